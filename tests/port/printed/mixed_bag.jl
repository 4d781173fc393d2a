"""
    area(r)

The area of a circle.
"""
area(r) = π * r^2
println(round(area(2), digits = 3))
Base.@kwdef struct Config
    name::String = "run"
    lr::Float64 = 0.1
    epochs::Int = 10
    tags::Vector{String} = String[]
end
c = Config(lr = 0.5, epochs = 3)
println(c)
println(c.name, c.lr, c.epochs, c.tags)
@show Config()
x, y, z = 1, 2.5, "s"
println("$x $y $z $(x + y) $(z^2) $(typeof(y))")
α, β₁, x̂ = 0.1, 0.9, 3
println(α * β₁ + x̂)
Δx = 0.5; ∑(v) = sum(v)
println(Δx, " ", ∑([1, 2, 3]))
println(2x, " ", 3(x + 1), " ", 2π, " ", 2x^2)
a = [1, 2, 3]
b = a
b[1] = 100
println(a, " ", a === b, " ", copy(a) == a, " ", copy(a) === a)
t = (1, 2)
println(t .+ 1, " ", t == (1, 2), " ", 1 in t, " ", length(t), " ", sum(t), " ", maximum(t), " ", reverse(t))
f(; kws...) = join(["$k=$v" for (k, v) in kws], ", ")
println(f(a = 1, b = "x"))
g(a, b = 2, args...; c = 3, kw...) = (a, b, args, c, length(kw))
println(g(1), g(1, 5), g(1, 5, 6, 7; c = 0, d = 1))
function swap((a, b))
    return b, a
end
println(swap((1, 2)))
h = (x, y = 2) -> x * y
println(h(3), " ", h(3, 3))
println(map((x, y) -> x + y, [1, 2], [10, 20]), " ", map(+, 1:3, 4:6))
println(reduce((a, b) -> a * b, [1, 2, 3, 4]), " ", foldl(=>, 1:3), " ", accumulate(+, [1, 2, 3]), " ", mapreduce(abs, max, [-3, 2]))
println(all(iseven, [2, 4]), any(isodd, [2, 4]))
r = 1:10
println(r[3:5], " ", r[end], " ", length(r), " ", sum(r), " ", step(1:2:9), " ", first(r), last(r))
println([x^2 for x in r if x % 3 == 0], " ", Tuple(x for x in 1:3), " ", Set(x % 3 for x in 1:9) == Set([0, 1, 2]))
println(clamp.([1, 5, 10], 2, 8), " ", mod.(-3:3, 3), " ", fld.(7, 2), " ", [1, 2] ∪ [3], " ", 1 ∈ [1], " ", [1, 2] ⊆ [1, 2, 3])
v = Vector{Float64}(undef, 3)
fill!(v, 2.5)
println(v, " ", similar(v) |> length, " ", zeros(2) == [0, 0])
s = 0
for i = 1:3, j = 1:3
    i == j && continue
    global s += i * j
end
println(s)
println(isnothing(findfirst(==(9), a)), " ", something(nothing, 3), " ", coalesce(missing, 1), " ", ismissing(missing))
println(nothing === nothing, " ", missing == 1, " ", isequal(missing, missing))
println(string(:abc), " ", Symbol("x", 1), " ", :a == :a, " ", String(:b), " ", typeof(:a))
k = 5
k += 1; k *= 2; k -= 3; k ÷= 2; k ^= 2; k %= 7
println(k)
b2 = true
b2 &= false
println(b2, " ", true && false || true, " ", !true, " ", xor(true, false), " ", 5 > 3 ? "y" : "n")
println(ifelse(k > 3, "big", "small"), " ", min(3, 1, 2), " ", extrema([3, 1]), " ", minmax(2, 1))
