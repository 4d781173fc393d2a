graph = Dict("A" => ["B", "C"], "B" => ["D"], "C" => ["D"], "D" => String[])
function bfs(g, start)
    seen = [start]
    queue = [start]
    while !isempty(queue)
        v = popfirst!(queue)
        for w in g[v]
            w in seen && continue
            push!(seen, w); push!(queue, w)
        end
    end
    seen
end
println(bfs(graph, "A"))
function dfs(g, v, seen = Set{String}(), order = String[])
    v in seen && return order
    push!(seen, v); push!(order, v)
    for w in sort(g[v])
        dfs(g, w, seen, order)
    end
    order
end
println(dfs(graph, "A"))
dist = Dict{Tuple{Int,Int},Float64}()
dist[(1, 2)] = 1
dist[(2, 3)] = 2.5
println(dist[(1, 2)], " ", get(dist, (3, 1), Inf))
function shortest(edges, n, s)
    d = fill(Inf, n)
    d[s] = 0
    for _ in 1:n-1, (u, v, w) in edges
        d[u] + w < d[v] && (d[v] = d[u] + w)
    end
    d
end
edges = [(1, 2, 4), (1, 3, 1), (3, 2, 2), (2, 4, 5)]
println(shortest(edges, 4, 1))
adj = zeros(Int, 3, 3)
for (i, j) in [(1, 2), (2, 3)]
    adj[i, j] = adj[j, i] = 1
end
println(adj, " ", sum(adj, dims = 2)[:], " ", adj^2)
function components(n, es)
    parent = collect(1:n)
    find(x) = parent[x] == x ? x : (parent[x] = find(parent[x]))
    for (a, b) in es
        parent[find(a)] = find(b)
    end
    length(unique(find.(1:n)))
end
println(components(5, [(1, 2), (3, 4)]))
indeg = Dict(v => 0 for v in keys(graph))
for (v, ws) in graph, w in ws
    indeg[w] += 1
end
println([indeg[k] for k in sort(collect(keys(indeg)))])
function topo(g)
    deg = Dict(k => 0 for k in keys(g))
    for ws in values(g), w in ws
        deg[w] += 1
    end
    ready = sort([k for (k, v) in deg if v == 0])
    out = String[]
    while !isempty(ready)
        v = popfirst!(ready)
        push!(out, v)
        for w in g[v]
            deg[w] -= 1
            deg[w] == 0 && push!(ready, w)
        end
    end
    out
end
println(join(topo(graph), " → "))
grid = ["..#", ".#.", "..."]
cells = [(i, j) for (i, row) in enumerate(grid) for (j, c) in enumerate(row) if c == '#']
println(cells)
M = permutedims(reduce(hcat, collect.(grid)))
println(M, " ", size(M), " ", M[1, 3], " ", count(==('#'), M))
