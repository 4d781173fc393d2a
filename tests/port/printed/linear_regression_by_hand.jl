using Flux
x = hcat(collect(Float32, -3:0.1:3)...)
println(size(x))
f(x) = @. 3x + 2
y = f(x)
custom_model(W, b, x) = @. W * x + b
W = zeros(Float32, 1, 1)
b = [0f0]
function custom_loss(W, b, x, y)
    ŷ = custom_model(W, b, x)
    sum((y .- ŷ) .^ 2) / length(x)
end
println(custom_loss(W, b, x, y))
dLdW, dLdb, _, _ = gradient(custom_loss, W, b, x, y)
println(dLdW, dLdb)
W .= W .- 0.1 .* dLdW
b .= b .- 0.1 .* dLdb
println(W, b, custom_loss(W, b, x, y))
function train_custom_model!()
    dLdW, dLdb, _, _ = gradient(custom_loss, W, b, x, y)
    @. W = W - 0.1f0 * dLdW
    @. b = b - 0.1f0 * dLdb
end
for i = 1:40
    train_custom_model!()
end
println("W = $W, b = $b")
println(custom_loss(W, b, x, y) < 1e-3)
flux_model = Dense(1 => 1)
flux_model.weight .= 0.5f0
println(size(flux_model(x)), " ", flux_model.bias)
flux_loss(m, x, y) = Flux.mse(m(x), y)
println(flux_loss(flux_model, x, y) ≈ sum((flux_model(x) .- y) .^ 2) / 61)
opt = Flux.setup(Descent(0.1), flux_model)
for epoch in 1:50
    Flux.train!(flux_loss, flux_model, [(x, y)], opt)
end
println(round.(flux_model.weight, digits = 2), round.(flux_model.bias, digits = 2))
