using Flux, Random
Random.seed!(7)
struct Affine{M,V,F}
    W::M
    b::V
    σ::F
end
Affine(in::Integer, out::Integer, σ = identity) = Affine(Flux.glorot_uniform(out, in), zeros(Float32, out), σ)
(a::Affine)(x) = a.σ.(a.W * x .+ a.b)
Flux.@layer Affine
Base.show(io::IO, a::Affine) = print(io, "Affine(", size(a.W, 2), " => ", size(a.W, 1), ")")

model = Chain(Affine(2, 8, tanh), Affine(8, 1, sigmoid))
X = Float32[0 0 1 1; 0 1 0 1]
Y = Float32[0 1 1 0]
loss(m) = Flux.binarycrossentropy(m(X), Y)
println(model[1], " ", length(model))
println(sum(length, Flux.trainables(model)))
state = Flux.setup(Adam(0.05), model)
first_loss = loss(model)
for i in 1:400
    g = gradient(loss, model)[1]
    Flux.update!(state, model, g)
end
last_loss = loss(model)
println(first_loss > 0.5, " ", last_loss < 0.05)
println(Int.(model(X) .> 0.5))
g = gradient(loss, model)[1]
println(keys(g), " ", length(g.layers), " ", size(g.layers[1].W), " ", g.layers[1].σ)
for (i, l) in enumerate(model.layers)
    println(i, ": ", l, " ", size(l.W))
end
