using Flux, Random, Statistics
Random.seed!(7)
gen = Chain(Dense(1 => 8, tanh), Dense(8 => 1))
disc = Chain(Dense(1 => 8, relu), Dense(8 => 1))
real_data(n) = 2f0 .+ 0.5f0 .* randn(Float32, 1, n)
noise(n) = randn(Float32, 1, n)
dopt = Flux.setup(Adam(0.01), disc)
gopt = Flux.setup(Adam(0.01), gen)
dloss(d, x, z) = Flux.logitbinarycrossentropy(d(x), 1f0) + Flux.logitbinarycrossentropy(d(z), 0f0)
gloss(g, d, z) = Flux.logitbinarycrossentropy(d(g(z)), 1f0)
for step in 1:100
    x, z = real_data(16), noise(16)
    fake = gen(z)
    gd = gradient(d -> dloss(d, x, fake), disc)[1]
    Flux.update!(dopt, disc, gd)
    gg = gradient(g -> gloss(g, disc, z), gen)[1]
    Flux.update!(gopt, gen, gg)
    step % 50 == 0 && println("step $step: ", round(mean(gen(noise(200))), digits = 1) isa Float32)
end
println(size(gen(noise(3))), " ", typeof(gen(noise(2))))
out = disc(real_data(4))
println(all(isfinite, out), " ", length(out))
