struct Linear
    w::Vector{Float64}
    b::Float64
end
(l::Linear)(x) = l.w' * x + l.b
struct Scaled
    inner::Linear
    k::Float64
end
(s::Scaled)(x) = s.k * s.inner(x)
l = Linear([1.0, 2.0], 0.5)
s = Scaled(l, 2)
println(l([1.0, 1.0]), " ", s([1.0, 1.0]))
f = l
println(f([0.0, 1.0]))
models = [l, Linear([0.0, 1.0], 1)]
println([m([2.0, 3.0]) for m in models])
println(map(m -> m.b, models))
