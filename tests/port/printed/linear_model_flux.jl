# a linear model with Flux, by an explicit loop
using Flux
W = [0.5 -0.2]
b = [0.1]
model = Dense(W, b)
X = [1.0 2.0 3.0; 0.0 1.0 -1.0]
Y = [1.0 3.0 2.0]
loss(m, x, y) = Flux.mse(m(x), y)
println(model(X), " ", loss(model, X, Y))
opt = Flux.setup(Descent(0.05), model)
losses = Float64[]
for epoch in 1:20
    l, grads = Flux.withgradient(m -> loss(m, X, Y), model)
    Flux.update!(opt, model, grads[1])
    push!(losses, l)
end
println(round.(losses[1:5], digits = 6), " ", losses[end] < losses[1])
println(round.(model.weight, digits = 5), " ", round.(model.bias, digits = 5))
println(sum(length, Flux.trainables(model)))
