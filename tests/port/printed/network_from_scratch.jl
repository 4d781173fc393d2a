using Random
mutable struct Layer
    W::Matrix{Float64}
    b::Vector{Float64}
    act::Function
end
Layer(n::Int, m::Int, act = tanh; rng = Xoshiro(1)) = Layer(0.5 .* randn(rng, m, n), zeros(m), act)
(l::Layer)(x) = l.act.(l.W * x .+ l.b)
struct Net
    layers::Vector{Layer}
end
(n::Net)(x) = foldl((h, l) -> l(h), n.layers; init = x)
Base.length(n::Net) = length(n.layers)
Base.getindex(n::Net, i) = n.layers[i]
nparams(n::Net) = sum(length(l.W) + length(l.b) for l in n.layers)
relu(x) = max(0, x)
net = Net([Layer(2, 3), Layer(3, 1, identity; rng = Xoshiro(2))])
println(length(net), " ", nparams(net), " ", size(net[1].W))
println(round.(net([1.0, -1.0]), digits = 5))
X = [0.0 0 1 1; 0 1 0 1]
y = [0.0 1 1 0]
mse(net, X, y) = sum((net(X) .- y) .^ 2) / length(y)
println(round(mse(net, X, y), digits = 5))
function numgrad!(net, X, y; h = 1e-5, lr = 0.3)
    for l in net.layers
        for A in (l.W, l.b)
            G = zero(A)
            for i in eachindex(A)
                old = A[i]
                A[i] = old + h; up = mse(net, X, y)
                A[i] = old - h; down = mse(net, X, y)
                A[i] = old
                G[i] = (up - down) / 2h
            end
            A .-= lr .* G
        end
    end
end
hist = [mse(net, X, y)]
for epoch in 1:60
    numgrad!(net, X, y)
    push!(hist, mse(net, X, y))
end
println(hist[end] < hist[1], " ", round(hist[end], digits = 4), " ", length(hist))
function backprop(W1, W2, x, t)
    a1 = W1 * x
    z1 = relu.(a1)
    o = W2 * z1
    δ2 = o .- t
    gW2 = δ2 * z1'
    δ1 = (W2' * δ2) .* (a1 .> 0)
    gW1 = δ1 * x'
    return gW1, gW2, sum(abs2, δ2) / 2
end
W1 = [0.1 0.2; -0.3 0.4; 0.5 -0.6]; W2 = [0.7 -0.8 0.9]
g1, g2, L = backprop(W1, W2, [1.0, 2.0], [1.0])
println(g1, " ", g2, " ", L)
for _ in 1:50
    global W1, W2
    g1, g2, _ = backprop(W1, W2, [1.0, 2.0], [1.0])
    W1 -= 0.1 * g1
    W2 -= 0.1 * g2
end
println(round.(W2, digits = 4), " ", round(backprop(W1, W2, [1.0, 2.0], [1.0])[3], digits = 6))
softmax(z) = (e = exp.(z .- maximum(z)); e / sum(e))
onehot(i, n) = [j == i for j in 1:n]
ce(p, t) = -sum(t .* log.(p))
p = softmax([1.0, 2.0, 0.5])
println(round.(p, digits = 4), " ", round(ce(p, onehot(2, 3)), digits = 4), " ", onehot(2, 3), " ", argmax(p))
batches(X, k) = [X[:, i:min(i + k - 1, end)] for i in 1:k:size(X, 2)]
println(length(batches(X, 3)), " ", batches(X, 3)[end])
accuracy(ŷ, y) = count(ŷ .== y) / length(y)
println(accuracy([1, 2, 2], [1, 2, 3]), " ", round(accuracy([1, 0], [1, 0]) * 100), "%")
conv1d(x, k) = [sum(x[i:i+length(k)-1] .* k) for i in 1:length(x)-length(k)+1]
println(conv1d([1, 2, 3, 4], [1, 0, -1]), " ", conv1d([1.0, 2, 4], [0.5, 0.5]))
pool(A) = [maximum(A[2i-1:2i, 2j-1:2j]) for i in 1:size(A, 1)÷2, j in 1:size(A, 2)÷2]
println(pool([1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 16]))
dropout(x, p, rng) = x .* (rand(rng, size(x)...) .> p) ./ (1 - p)
println(dropout(ones(4), 0.5, Xoshiro(3)))
