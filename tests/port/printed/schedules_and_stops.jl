using Flux, Random, Statistics
Random.seed!(3)
x = rand(Float32, 1, 50)
y = 2x .+ 1 .+ 0.1f0 .* randn(Float32, 1, 50)
xt, yt = x[:, 1:40], y[:, 1:40]
xv, yv = x[:, 41:end], y[:, 41:end]
model = Dense(1 => 1)
opt = Flux.setup(Momentum(0.1, 0.9), model)
loss(m, x, y) = Flux.mse(m(x), y)
best, patience_left, best_epoch = Inf, 5, 0
for epoch in 1:200
    Flux.train!(loss, model, [(xt, yt)], opt)
    v = loss(model, xv, yv)
    if v < best - 1e-5
        global best = v
        global best_epoch = epoch
        global patience_left = 5
    else
        global patience_left -= 1
        patience_left == 0 && break
    end
end
println(best < 0.1, " ", best_epoch > 5, " ", patience_left)
println(typeof(best))
lr(epoch) = 0.1 * 0.5^(epoch ÷ 10)
println([lr(e) for e in (1, 10, 25)])
m2 = Chain(Dense(ones(Float32, 2, 2)), Dense(ones(Float32, 1, 2)))
st = Flux.setup(Adam(0.1), m2)
Flux.adjust!(st, 0.01)
Flux.freeze!(st.layers[1])
before = copy(m2[1].weight)
gs = gradient(m -> sum(m(Float32[1, 2])), m2)
Flux.update!(st, m2, gs[1])
println(before == m2[1].weight, " ", m2[2].weight)
Flux.thaw!(st)
Flux.update!(st, m2, gs[1])
println(m2[1].weight)
penalty(m) = sum(p -> sum(abs2, p), Flux.trainables(m))
println(penalty(Dense(ones(Float32, 2, 2), zeros(Float32, 2))))
l, g = Flux.withgradient(m -> loss(m, x, y) + 0.01f0 * penalty(m), model)
println(l isa Float32, " ", keys(g[1]))
state = Flux.state(model)
println(keys(state))
clone = deepcopy(model)
clone.weight .= 0
println(model.weight != clone.weight)
Flux.loadmodel!(clone, state)
println(model.weight == clone.weight)
es = let c = 0
    Flux.early_stopping(() -> (c += 1; c), 3)
end
println([es() for _ in 1:5])
