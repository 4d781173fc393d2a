using Flux, LinearAlgebra
function attention(Q, K, V; mask = nothing)
    d = size(Q, 1)
    scores = K' * Q ./ sqrt(Float32(d))
    if mask !== nothing
        scores = ifelse.(mask, scores, -1f9)
    end
    w = softmax(scores; dims = 1)
    return V * w, w
end
Q = Float32[1 0 1; 0 1 1]
K = Float32[1 1 0; 0 1 1]
V = Float32[1 2 3; 4 5 6]
out, w = attention(Q, K, V)
println(size(out), " ", round.(w, digits = 4))
println(sum(w, dims = 1))
causal = [j <= i for j in 1:3, i in 1:3]
out2, w2 = attention(Q, K, V; mask = causal)
println(w2[:, 1], " ", out2[:, 1])
struct SelfAttention
    q::Dense
    k::Dense
    v::Dense
end
SelfAttention(d::Int) = SelfAttention(Dense(d => d, bias = false), Dense(d => d, bias = false), Dense(d => d, bias = false))
Flux.@layer SelfAttention
(m::SelfAttention)(x) = attention(m.q(x), m.k(x), m.v(x))[1]
m = SelfAttention(2)
println(size(m(Q)), " ", length(Flux.trainables(m)))
g = gradient(m -> sum(m(Q)), m)[1]
println(keys(g), " ", size(g.q.weight))
pos = [sin(p / 100^(2 * (i ÷ 2) / 4)) for i in 0:3, p in 0:2]
println(round.(pos, digits = 3))
println(tr(Float64.(w)) > 0, " ", argmax(w, dims = 1)[1], " ", [argmax(c) for c in eachcol(w)])
heads = reshape(collect(1:8), 2, 2, 2)
println(permutedims(heads, (2, 1, 3))[:, :, 1], " ", size(Flux.batched_mul(heads, heads)))
mha = MultiHeadAttention(4; nheads = 2)
y, α = mha(rand(Float32, 4, 3, 2))
println(size(y), " ", size(α))
