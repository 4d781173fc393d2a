using LinearAlgebra
using FluxBridge: NumPy

function gaussian_with_covariance(root, mean, c)
    cov = root * root' .+ c
    x = [0.5, -1.0, 2.0] .- mean
    _, logdet = NumPy.slogdet(cov)
    return 0.5 * (dot(x, cov \ x) + logdet)
end
