using Statistics

function correlation(X)
    centred = X .- mean(X; dims=1)
    cov = centred' * centred / 19
    scale = sqrt.(cov[CartesianIndex.(1:4, 1:4)])
    return sum(abs.(cov ./ (scale * scale')))
end
