function attention(x, Wq, Wk, Wv)
    v = x * Wv
    scores = x * Wq * (x * Wk)' / 2.0
    weights = exp.(scores .- maximum(scores; dims=2))
    weights2 = weights ./ sum(weights; dims=2)
    return sum((weights2 * v) .^ 2)
end
