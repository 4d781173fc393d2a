# # Convex and concave networks
#
# After "Convexity and MLPs" by phunc20: a network with relu, which is convex, beside one with min(x, 0).
# The data are small images made by a formula, in place of MNIST.

using Flux, Random
using Flux: train!, onehotbatch, logitcrossentropy

lulu(x) = min(x, 0)

#-

Random.seed!(2013)
images = rand(Float32, 8, 8, 60)
labels = [i % 10 for i in 1:60]
X = reshape(images, :, 60)
Y = onehotbatch(labels, 0:9)
size(X), size(Y)

# ## The convex one

convex_model = Chain(Dense(64 => 16, relu), Dense(16 => 16, relu), Dense(16 => 10))
loss(m, x, y) = logitcrossentropy(m(x), y)
loss(convex_model, X, Y)

#-

sum(length, Flux.trainables(convex_model))

#-

opt = Flux.setup(Descent(0.1), convex_model)
losses = Float32[]
for epoch in 1:20
    train!(loss, convex_model, [(X, Y)], opt)
    push!(losses, loss(convex_model, X, Y))
end
losses

# ## The concave one

concave_model = Chain(Dense(64 => 16, lulu), Dense(16 => 16, lulu), Dense(16 => 10))
opt2 = Flux.setup(Descent(0.1), concave_model)
before = loss(concave_model, X, Y)
for epoch in 1:20
    train!(loss, concave_model, [(X, Y)], opt2)
end
after = loss(concave_model, X, Y)
println("from $before to $after")

#-

losses[1] > losses[end] && before > after
