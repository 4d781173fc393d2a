struct Grid
    data::Matrix{Float64}
end
Base.getindex(g::Grid, i::Int, j::Int) = g.data[i, j]
Base.size(g::Grid) = size(g.data)
struct Row
    v::Vector{Int}
end
Base.getindex(r::Row, i::Int) = r.v[i]
Base.setindex!(r::Row, x, i::Int) = (r.v[i] = x)
Base.length(r::Row) = length(r.v)
g = Grid([1 2; 3 4])
println(g[1, 2], " ", size(g))
r = Row([10, 20, 30])
r[2] = 99
println(r[1], " ", r[2], " ", length(r), " ", r.v)
total = 0
for i in 1:length(r)
    global total += r[i]
end
println(total)
