# # A small generative adversarial network
#
# After the GANs of Flux's model zoo: the true data are points near a circle.

using Flux, Random, Statistics
using Flux: logitbinarycrossentropy

Random.seed!(11)
latent_dim, batch_size = 3, 32
angle = range(0f0, 2f0π, length=batch_size)
real_points = vcat(cos.(angle)', sin.(angle)')
size(real_points)

# ## The two networks

generator = Chain(Dense(latent_dim => 8, leakyrelu), Dense(8 => 2))
discriminator = Chain(Dense(2 => 8, leakyrelu), Dense(8 => 1))

discriminator_loss(real_output, fake_output) = logitbinarycrossentropy(real_output, 1) + logitbinarycrossentropy(fake_output, 0)
generator_loss(fake_output) = logitbinarycrossentropy(fake_output, 1)

# ## One step of each

function train_discriminator!(gen, disc, x, opt_disc)
    noise = randn(Float32, latent_dim, batch_size)
    fake = gen(noise)
    loss, grads = Flux.withgradient(disc) do disc
        discriminator_loss(disc(x), disc(fake))
    end
    Flux.update!(opt_disc, disc, grads[1])
    return loss
end

function train_generator!(gen, disc, opt_gen)
    noise = randn(Float32, latent_dim, batch_size)
    loss, grads = Flux.withgradient(gen) do gen
        generator_loss(disc(gen(noise)))
    end
    Flux.update!(opt_gen, gen, grads[1])
    return loss
end

# ## Training

opt_gen = Flux.setup(Adam(2f-2), generator)
opt_disc = Flux.setup(Adam(2f-2), discriminator)
history = Tuple{Float32,Float32}[]
for step in 1:60
    l_disc = train_discriminator!(generator, discriminator, real_points, opt_disc)
    l_gen = train_generator!(generator, discriminator, opt_gen)
    push!(history, (l_disc, l_gen))
    step % 20 == 0 && println("step $step: discriminator $l_disc, generator $l_gen")
end

#-

fakes = generator(randn(Float32, latent_dim, 5))
distance = vec(sqrt.(sum(abs2, fakes, dims=1)))
mean(distance)
