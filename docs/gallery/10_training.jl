# A model, a loss, and a training loop
using Flux, Random

Random.seed!(1)
x = hcat(0.0f0:0.1f0:1.0f0...)
y = 4 .* x .+ 2
model = Dense(1 => 1)
opt = Flux.setup(Descent(0.1), model)

for epoch in 1:200
    loss, grads = Flux.withgradient(m -> Flux.mse(m(x), y), model)
    Flux.update!(opt, model, grads[1])
end
println(round.(model.weight; digits=2), " ", round.(model.bias; digits=2))
