using Flux
struct Affine
    W
    b
end
Affine(in::Integer, out::Integer) = Affine(0.1f0 .* ones(Float32, out, in), zeros(Float32, out))
(a::Affine)(x) = a.W * x .+ a.b
Flux.@layer Affine
a = Affine(3, 2)
println(a([1, 2, 3]))
println(length(Flux.trainables(a)))
g = gradient(m -> sum(m(Float32[1, 2, 3])), a)[1]
println(g.W, " ", g.b)
model = Chain(Affine(3, 4), relu, Affine(4, 1))
println(model(ones(Float32, 3, 2)))
opt = Flux.setup(Descent(0.1), model)
gs = gradient(m -> sum(m(ones(Float32, 3))), model)
println(keys(gs[1]), " ", length(gs[1].layers))
Flux.update!(opt, model, gs[1])
println(model[1].W[1, :], " ", model[3].b)
struct Residual{F}
    f::F
end
Flux.@layer Residual
(r::Residual)(x) = r.f(x) .+ x
r = Residual(Dense(ones(Float32, 2, 2), zeros(Float32, 2)))
println(r(Float32[1, 2]))
struct Gate{A}
    α::A
end
Flux.@layer Gate
(g::Gate)(x) = g.α .* x
chain = Chain(r, Gate(Float32[0.5]))
println(chain(Float32[1, 2]))
println(sum(length, Flux.trainables(chain)))
grads = Flux.gradient(m -> sum(abs2, m(Float32[1, 2])), chain)[1]
println(grads.layers[2].α)
println(grads.layers[1].f.weight)
flat, re = Flux.destructure(chain)
println(length(flat), " ", flat)
chain2 = re(2 .* flat)
println(chain2(Float32[1, 1]))
l2(m) = sum(sum(abs2, p) for p in Flux.trainables(m))
println(l2(chain), " ", gradient(l2, chain)[1].layers[2].α)
