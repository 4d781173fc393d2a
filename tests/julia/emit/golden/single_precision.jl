function single_precision(W, rate, x)
    y = W * (rate * x) .+ 0.1f0
    return sum(1 ./ (1 .+ exp.(-2 * y)))
end
