using Flux, LinearAlgebra, Statistics
X = Float32[1 2 3 4; 1 0 1 0]
y = Float32[2 4 6 8]
m = Dense(zeros(Float32, 1, 2), zeros(Float32, 1))
sqnorm(x) = sum(abs2, x)
loss(m) = Flux.mse(m(X), y) + 0.1f0 * sum(sqnorm, Flux.trainables(m))
println(loss(m))
g = Flux.gradient(loss, m)[1]
println(g.weight, " ", g.bias)
opt = Flux.setup(Descent(0.01), m)
hist = Float32[]
for i in 1:100
    l, gs = Flux.withgradient(loss, m)
    Flux.update!(opt, m, gs[1])
    push!(hist, l)
end
println(round(hist[end], digits = 3), " ", hist[1] > hist[end], " ", round.(m.weight, digits = 2))
for η in (0.1, 0.01)
    m = Dense(zeros(Float32, 1, 2), zeros(Float32, 1))
    o = Flux.setup(OptimiserChain(WeightDecay(1f-2), Adam(η)), m)
    for i in 1:20
        Flux.train!((m, x, y) -> Flux.mse(m(x), y), m, [(X, y)], o)
    end
    println(η, " ", round(Flux.mse(m(X), y), digits = 2))
end
l1(x) = sum(abs, x)
println(gradient(l1, [1.0, -2.0])[1], " ", gradient(norm, [3.0, 4.0])[1])
data = [(Float32[i, 1], Float32[2i]) for i in 1:3]
m = Dense(zeros(Float32, 1, 2), false)
o = Flux.setup(Descent(0.05), m)
for epoch in 1:2, (x, t) in data
    g = gradient(m -> Flux.mse(m(x), t), m)[1]
    Flux.update!(o, m, g)
end
println(round.(m.weight, digits = 4))
lr = [0.1 * 0.9^k for k in 0:3]
println(round.(lr, digits = 5))
cosine(t, T; hi = 1.0, lo = 0.0) = lo + (hi - lo) * (1 + cos(pi * t / T)) / 2
println([round(cosine(t, 4), digits = 3) for t in 0:4])
clip(g, c) = norm(g) > c ? g .* (c / norm(g)) : g
println(clip([3.0, 4.0], 1.0), " ", clip([0.3, 0.4], 1.0))
bn = BatchNorm(2)
gradient(b -> sum(b(X)), bn)
println(bn.μ, " ", round.(bn.σ², digits = 3))
drop = Dropout(0.5)
println(drop(X) == X)
println(Flux.mse(Float32[1, 2], Float32[1, 4]), " ", mean(abs2, Float32[0, 2]), " ", Flux.mae(X, X .+ 1))
