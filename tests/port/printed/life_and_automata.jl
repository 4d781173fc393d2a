function step(g)
    n, m = size(g)
    h = similar(g)
    for i in 1:n, j in 1:m
        s = 0
        for di in -1:1, dj in -1:1
            di == 0 && dj == 0 && continue
            s += g[mod1(i + di, n), mod1(j + dj, m)]
        end
        h[i, j] = s == 3 || (g[i, j] && s == 2)
    end
    return h
end
g = falses(5, 5)
g[2:4, 3] .= true
show_grid(g) = join([join([x ? '#' : '.' for x in row]) for row in eachrow(g)], "\n")
println(show_grid(g))
println(show_grid(step(g)))
println(step(step(g)) == g, " ", count(g), " ", sum(g))
println(typeof(g[1, 1]), " ", g[3, :])
rule(n) = [((n >> k) & 1) == 1 for k in 0:7]
function evolve(cells, r)
    n = length(cells)
    [r[4 * cells[mod1(i - 1, n)] + 2 * cells[i] + cells[mod1(i + 1, n)] + 1] for i in 1:n]
end
cells = [i == 8 for i in 1:15]
for _ in 1:4
    println(join(c ? "█" : " " for c in cells), "|")
    global cells = evolve(cells, rule(90))
end
println(cells[1:3], " ", Int.(cells)[6:10])
triangle(n) = [binomial(i, j) % 2 == 0 ? ' ' : '*' for i in 0:n, j in 0:n]
t = triangle(3)
println(t)
for r in eachrow(t)
    println(String(r))
end
