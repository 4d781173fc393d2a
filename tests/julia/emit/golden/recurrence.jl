using LinearAlgebra

function recurrence(W, U, b, xs)
    h = tanh.(W * [0.0, 0.0, 0.0, 0.0] .+ U * xs[1, :] .+ b)
    h2 = tanh.(W * h .+ U * xs[2, :] .+ b)
    h3 = tanh.(W * h2 .+ U * xs[3, :] .+ b)
    h4 = tanh.(W * h3 .+ U * xs[4, :] .+ b)
    h5 = tanh.(W * h4 .+ U * xs[5, :] .+ b)
    h6 = tanh.(W * h5 .+ U * xs[6, :] .+ b)
    return dot(h6, h6)
end
