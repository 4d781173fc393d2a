using Flux, Random, Statistics, Printf
Random.seed!(0)
W_true = [2.0f0 -1.0f0]
b_true = 0.5f0
X = randn(Float32, 2, 64)
Y = W_true * X .+ b_true .+ 0.01f0 .* randn(Float32, 1, 64)
model = Dense(2 => 1)
loss(m, x, y) = Flux.mse(m(x), y)
opt_state = Flux.setup(Adam(0.1), model)
history = Float32[]
for epoch in 1:50
    val, grads = Flux.withgradient(m -> loss(m, X, Y), model)
    Flux.update!(opt_state, model, grads[1])
    push!(history, val)
    if epoch % 10 == 0
        @printf("epoch %3d  loss %.4f\n", epoch, val)
    end
end
println(history[end] < 0.05, " ", length(history), " ", size(model.weight), " ", argmin(history) > 20)
println(round.(model.weight, digits = 1), " ", round.(model.bias, digits = 1))
pred = model(X)
r = cor(vec(pred), vec(Y))
println(r > 0.99, " ", typeof(pred), " ", eltype(history))
