using Flux, Random, Statistics
Random.seed!(5)
d, h, z = 6, 4, 2
enc = Chain(Dense(d => h, tanh))
μl, σl = Dense(h => z), Dense(h => z)
dec = Chain(Dense(z => h, tanh), Dense(h => d))
x = rand(Float32, d, 8)
function elbo(enc, μl, σl, dec, x, ε)
    hid = enc(x)
    μ, logσ = μl(hid), σl(hid)
    zz = μ .+ ε .* exp.(logσ)
    x̂ = dec(zz)
    kl = 0.5f0 * sum(@. exp(2 * logσ) + μ^2 - 1 - 2 * logσ) / size(x, 2)
    rec = sum(abs2, x̂ .- x) / size(x, 2)
    return rec + kl
end
ε = randn(Float32, z, 8)
println(round(elbo(enc, μl, σl, dec, x, ε), digits = 3))
models = (enc, μl, σl, dec)
opt = Flux.setup(Adam(0.02), models)
for epoch in 1:50
    l, gs = Flux.withgradient(models) do ms
        elbo(ms[1], ms[2], ms[3], ms[4], x, ε)
    end
    Flux.update!(opt, models, gs[1])
    epoch % 25 == 0 && println("epoch ", epoch, " loss ", round(l, digits = 2))
end
println(length(Flux.trainables(models)))
mutable struct Meter
    total::Float64
    n::Int
end
Meter() = Meter(0.0, 0)
update!(m::Meter, v) = (m.total += v; m.n += 1; m)
avg(m::Meter) = m.total / max(m.n, 1)
m = Meter()
for v in (1.0, 2.0, 6.0)
    update!(m, v)
end
println(avg(m), " ", m)
W = randn(Float32, 3, 3) ./ 10
U = randn(Float32, 3, 2) ./ 10
b = zeros(Float32, 3)
function rnn_loss(W, U, b, xs, y)
    h = zeros(Float32, 3)
    for x in xs
        h = tanh.(W * h .+ U * x .+ b)
    end
    sum(abs2, h .- y)
end
xs = [Float32[sin(t), cos(t)] for t in 1:4]
y = Float32[0.5, -0.5, 0.1]
l0 = rnn_loss(W, U, b, xs, y)
η = 0.1f0
for i in 1:100
    gW, gU, gb = gradient((W, U, b) -> rnn_loss(W, U, b, xs, y), W, U, b)
    W .-= η .* gW
    U .-= η .* gU
    @. b -= η * gb
end
println(rnn_loss(W, U, b, xs, y) < l0 / 10)
clip!(g, c) = (n = sqrt(sum(abs2, g)); n > c && (g .*= c / n); g)
println(clip!([3.0, 4.0], 1.0), " ", clip!([0.1], 1.0))
function fit!(model, data; epochs = 3, rule = Descent(0.1), verbose = true)
    st = Flux.setup(rule, model)
    losses = Float32[]
    for e in 1:epochs
        tot = 0f0
        for (x, y) in data
            l, g = Flux.withgradient(m -> Flux.mse(m(x), y), model)
            Flux.update!(st, model, g[1])
            tot += l
        end
        push!(losses, tot / length(data))
        verbose && println("epoch $e: ", round(losses[end], sigdigits = 3))
    end
    losses
end
lin = Dense(ones(Float32, 1, 1), zeros(Float32, 1))
data = [(Float32[i;;], Float32[2i + 1;;]) for i in 1:3]
ls = fit!(lin, data; epochs = 2, rule = Descent(0.05))
println(length(ls), " ", ls[2] < ls[1], " ", round.(lin.weight, digits = 3))
