# Gradients of numbers, arrays, and what a function holds
using Flux

f(x) = 3x^2 + 2x + 1
df(x) = gradient(f, x)[1]
slope = df(2.0)

W = [1.0 2.0; 3.0 4.0]
b = [0.5, -0.5]
loss(W, b) = sum(abs2, W * [1.0, 1.0] .+ b)
dW, db = gradient(loss, W, b)
