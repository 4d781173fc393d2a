function huber_regression(p, y, c)
    r = y .- (p[1] .+ p[2] * c)
    v = abs.(r)
    return sum(ifelse.(v .< 1.0, 0.5 * r .^ 2, v .- 0.5))
end
