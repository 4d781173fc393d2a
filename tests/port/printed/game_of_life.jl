# Conway's game of life
function neighbours(g, i, j)
    n, m = size(g)
    s = 0
    for di in -1:1, dj in -1:1
        (di == 0 && dj == 0) && continue
        s += g[mod1(i + di, n), mod1(j + dj, m)]
    end
    return s
end
function evolve(g)
    new = similar(g)
    for I in CartesianIndices(g)
        k = neighbours(g, Tuple(I)...)
        new[I] = (g[I] == 1 && k in (2, 3)) || (g[I] == 0 && k == 3) ? 1 : 0
    end
    return new
end
g = zeros(Int, 6, 6)
for (i, j) in [(1, 2), (2, 3), (3, 1), (3, 2), (3, 3)]
    g[i, j] = 1
end
draw(g) = for row in eachrow(g)
    println(join([c == 1 ? '#' : '.' for c in row]))
end
draw(g)
for t in 1:4
    global g = evolve(g)
end
println(sum(g))
draw(g)
