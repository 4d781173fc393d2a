using Printf
sigm(z) = 1 / (1 + exp(-z))
X = [0.5 1.0; 1.5 2.0; 2.5 0.5; 3.0 3.5]
y = [0, 0, 1, 1]
function fit(X, y; lr = 0.5, steps = 200)
    n, d = size(X)
    w, b = zeros(d), 0.0
    losses = Float64[]
    for s in 1:steps
        p = sigm.(X * w .+ b)
        e = p .- y
        w -= lr * (X' * e) / n
        b -= lr * sum(e) / n
        push!(losses, -sum(y .* log.(p) .+ (1 .- y) .* log.(1 .- p)) / n)
    end
    return (w = w, b = b, losses = losses)
end
m = fit(X, y)
@printf("w = [%.4f, %.4f], b = %.4f\n", m.w..., m.b)
@printf("first %.4f last %.4f\n", m.losses[1], m.losses[end])
pred = sigm.(X * m.w .+ m.b) .> 0.5
println(pred, " ", pred == (y .== 1), " ", sum(pred .== y) / length(y))
println(round.(sigm.([-1.0, 0.0, 1.0]), digits = 4), " ", length(m.losses), " ", issorted(m.losses, rev = true))
tp = count(pred .& (y .== 1)); fp = count(pred .& (y .== 0)); fn = count(.!pred .& (y .== 1))
println("tp=$tp fp=$fp fn=$fn precision=$(tp / (tp + fp))")
for (i, l) in enumerate(m.losses)
    i in (1, 10, 100) && println("step ", lpad(i, 3), ": ", round(l, sigdigits = 4))
end
knn(x, X, y, k) = begin
    d = [sqrt(sum((X[i, :] .- x) .^ 2)) for i in axes(X, 1)]
    near = sortperm(d)[1:k]
    votes = Dict{Int,Int}()
    for i in near
        votes[y[i]] = get(votes, y[i], 0) + 1
    end
    findmax(votes)[2]
end
println(knn([2.8, 2.0], X, y, 3), " ", knn([0.4, 1.1], X, y, 1))
softmax2(z) = exp.(z .- maximum(z)) ./ sum(exp.(z .- maximum(z)))
println(round.(softmax2([1.0, 2.0, 3.0]), digits = 5), " ", sum(softmax2([10, 20])) ≈ 1)
onehot(k, n) = [i == k ? 1 : 0 for i in 1:n]
println(onehot(2, 4), " ", hcat(onehot.([1, 3], 3)...))
