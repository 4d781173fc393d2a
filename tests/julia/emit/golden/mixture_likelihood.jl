function mixture_likelihood(weights, means, scales, c)
    z = (c .- means') ./ scales'
    density = (weights ./ (scales * 2.5066282746310002))' .* exp.(-0.5 * z .^ 2)
    return -sum(log.(vec(sum(density; dims=2))))
end
