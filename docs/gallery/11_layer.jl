# A layer of one's own
using Flux

struct Affine
    W
    b
end
Affine(in::Integer, out::Integer) = Affine(ones(out, in), zeros(out))
(a::Affine)(x) = a.W * x .+ a.b
Flux.@layer Affine

model = Chain(Affine(3, 2), x -> relu.(x), Affine(2, 1))
y = model([1.0, 2.0, -1.0])
g = gradient(m -> sum(m([1.0, 2.0, -1.0])), model)[1]
