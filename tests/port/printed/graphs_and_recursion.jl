using Random
function bfs(graph, start)
    dist = Dict(start => 0)
    queue = [start]
    while !isempty(queue)
        u = popfirst!(queue)
        for v in graph[u]
            if !haskey(dist, v)
                dist[v] = dist[u] + 1
                push!(queue, v)
            end
        end
    end
    dist
end
graph = Dict(1 => [2, 3], 2 => [4], 3 => [4, 5], 4 => [6], 5 => [6], 6 => Int[])
d = bfs(graph, 1)
println([d[k] for k in sort(collect(keys(d)))])
function topo(graph)
    indeg = Dict(k => 0 for k in keys(graph))
    for vs in values(graph), v in vs
        indeg[v] += 1
    end
    ready = sort([k for (k, n) in indeg if n == 0])
    order = Int[]
    while !isempty(ready)
        u = popfirst!(ready)
        push!(order, u)
        for v in graph[u]
            indeg[v] -= 1
            indeg[v] == 0 && push!(ready, v)
        end
        sort!(ready)
    end
    order
end
println(topo(graph))
function knapsack(w, v, cap)
    n = length(w)
    best = zeros(Int, n + 1, cap + 1)
    for i in 1:n, c in 0:cap
        best[i+1, c+1] = best[i, c+1]
        if w[i] <= c
            best[i+1, c+1] = max(best[i+1, c+1], best[i, c-w[i]+1] + v[i])
        end
    end
    best[end, end]
end
println(knapsack([1, 3, 4, 5], [1, 4, 5, 7], 7))
function permutations_of(v)
    length(v) <= 1 && return [v]
    out = Vector{Int}[]
    for i in eachindex(v)
        rest = [v[1:i-1]; v[i+1:end]]
        for p in permutations_of(rest)
            push!(out, [v[i]; p])
        end
    end
    out
end
ps = permutations_of([1, 2, 3])
println(length(ps), " ", ps[4], " ", ps)
hanoi(n, a, b, c) = n == 0 ? 0 : hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
println(hanoi(5, 'A', 'B', 'C'))
function sieve(n)
    isp = trues(n)
    isp[1] = false
    for i in 2:isqrt(n)
        isp[i] || continue
        for j in i^2:i:n
            isp[j] = false
        end
    end
    findall(isp)
end
println(sieve(30))
collatz(n) = n == 1 ? [1] : [n; collatz(iseven(n) ? n ÷ 2 : 3n + 1)]
println(collatz(6))
roman(n) = begin
    out = ""
    for (v, s) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
        while n >= v
            out *= s
            n -= v
        end
    end
    out
end
println(roman.([4, 9, 14, 38]))
tobin(n) = n < 2 ? string(n) : tobin(n ÷ 2) * string(n % 2)
println(tobin(10), " ", [digits(n, base = 2) for n in 1:3], " ", parse(Int, "1010", base = 2))
lcs(a, b) = isempty(a) || isempty(b) ? "" : a[end] == b[end] ? lcs(a[1:end-1], b[1:end-1]) * a[end] : (x = lcs(a[1:end-1], b); y = lcs(a, b[1:end-1]); length(x) >= length(y) ? x : y)
println(lcs("ABCBDAB", "BDCABA"))
