# where Python would compute something else
println(prod([true, true, false]), " ", prod([true, true]), " ", sum([true, true]))
println(isequal(0.0, -0.0), " ", isequal(NaN, NaN), " ", isequal([0.0], [-0.0]), " ", isequal((1, NaN), (1, NaN)))
x = Float32(0.1)
println(x, " ", 2f0, " $x")
h(n) = n == 0 ? typemax(Int) : h(n - 1) + 1
println(h(2))
s(n) = n == 0 ? 0 : 10^17 + s(n - 1)
println(s(120))
@enum Level low=1 high=5
println(Int(high), " ", low < high, " ", Level(5), " ", instances(Level))
println(argmax([1 5; 7 2], dims = 1), " ", findmax([1 5; 7 2], dims = 2)[1], " ", 0 .< [0.5, 2.0] .< 1)
big = Dict(string("k", i) => i for i in 1:15)
println(join(keys(big), ","))
grown = Dict{Int, Int}()
for i in 1:30
    grown[7i] = i
end
println(collect(keys(grown)))
println(Set(1:12), " ", collect(Set([0.5, 2.0, -1.5])), " ", Set([(1, 2), (3, 4)]))
xs = [[1], [2, 3]]
push!(xs[1], 9)
println(xs, " ", step(1:2:9), " ", powermod(2, 10, 7), " ", chop("abc"))
module Shapes
export double
const factor = 2
double(x) = factor * x
half(x) = x / factor
end
using .Shapes
println(double(4), " ", Shapes.half(4))
