using Flux
struct Affine
    W
    b
end
Affine(in::Integer, out::Integer) = Affine(ones(out, in) ./ in, zeros(out))
(m::Affine)(x) = m.W * x .+ m.b
Flux.@layer Affine
struct TwoLayer
    first::Affine
    second::Affine
    act
end
(t::TwoLayer)(x) = t.second(t.act.(t.first(x)))
Flux.@layer TwoLayer
m = TwoLayer(Affine(2, 3), Affine(3, 1), tanh)
x = [1.0, 2.0]
y = m(x)
println(y)
g = gradient(mm -> sum(mm(x)), m)[1]
println(g.first.W, " ", g.second.b)
X = [1.0 2.0; 3.0 4.0]
println(size(m(X)))
loss(mm, x, y) = sum(abs2, mm(x) .- y)
opt = Flux.setup(Descent(0.1), m)
for i in 1:3
    gs = gradient(mm -> loss(mm, x, [0.5]), m)
    Flux.update!(opt, m, gs[1])
end
println(round(loss(m, x, [0.5]), digits = 6))
