lambda = 0.5; class = 3; def = "d"; is = true; from = [1, 2]; pass = 7; None = 1; del = 2.5; print_ = 1; list = [3, 4]; str = "abc"; dict = Dict(1 => 2); int = 5; type_ = 1; id = 9
println(lambda, " ", class, " ", def, " ", is, " ", from, " ", pass, " ", None, " ", del, " ", list, " ", str, " ", dict, " ", int, " ", id)
sum_of(xs) = sum(xs)
max_val = maximum([1, 5, 2]); min_val = minimum([1, 5])
println(sum_of([1, 2, 3]), " ", max_val, " ", min_val)
len = length(list); range_ = 1:3; zip_ = zip(1:2, 3:4); map_ = map(x -> x + 1, [1]); set = Set([1])
println(len, " ", range_, " ", collect(zip_), " ", map_, " ", length(set))
function f(in_, not_, with = 2; yield = 3)
    raise = in_ + not_
    assert_ = raise * with
    try_ = assert_ - yield
    return try_
end
println(f(1, 2), " ", f(1, 2, 3; yield = 0))
struct Thing
    class::Int
    from::String
    self::Float64
end
t = Thing(1, "x", 2.0)
println(t.class, t.from, t.self, " ", t)
np = 3; jl = 4; Flux = "f"; math = 2; os = 1
println(np + jl, Flux, math, os)
x′ = 2; x₁ = 3; α̂ = 4; Δt = 0.1; θ = [1.0]; ∂f = 2; ŷ = 5; σ² = 2.0; λ = 1; π2 = 6.28; ε = 1e-3; _tmp = 1; café = 2
println(x′, x₁, α̂, Δt, θ, ∂f, ŷ, σ², λ, π2, ε, _tmp, café)
isodd2(n) = n % 2 == 1; push_all!(v, xs) = (for x in xs push!(v, x) end; v)
println(isodd2(3), push_all!([1], [2, 3]))
g(sum, max) = sum + max
println(g(1, 2), " ", (len -> len + 1)(3))
for list in 1:2 print(list) end
println(list)
h = let str = "inner"
    str * "!"
end
println(h, str)
abs2_(x) = x * x
println(abs2_(3), abs2(3), " ", [id for id in 1:3], id)
and = true; or = false; println(and && !or, and || or)
