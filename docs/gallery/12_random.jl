# Random numbers are Julia's
using Random

Random.seed!(42)
a = rand(3)
b = randn(2, 2)
deck = shuffle(1:5)
