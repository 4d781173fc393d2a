using Flux, Random, Statistics
Random.seed!(42)
X = Float32[0 0 1 1; 0 1 0 1]
Y = Float32[0 1 1 0]
model = Chain(Dense(2 => 4, tanh), Dense(4 => 1, sigmoid))
println(model)
loss(m, x, y) = Flux.mse(m(x), y)
opt = Flux.setup(Adam(0.1), model)
println("initial loss: ", loss(model, X, Y))
losses = Float32[]
for epoch in 1:200
    l, grads = Flux.withgradient(m -> loss(m, X, Y), model)
    Flux.update!(opt, model, grads[1])
    push!(losses, l)
    epoch % 50 == 0 && println("epoch $epoch: loss = ", round(l, digits = 3))
end
println(length(losses), " ", losses[end] < losses[1])
ŷ = model(X)
println(size(ŷ), " ", round.(Int, ŷ))
println(mean((ŷ .> 0.5) .== (Y .> 0.5)))
println(typeof(losses), " ", eltype(ŷ))
println(length(Flux.trainables(model)), " ", sum(length, Flux.trainables(model)))
println(size(model[1].weight), " ", size(model[2].bias), " ", model[1].σ)
