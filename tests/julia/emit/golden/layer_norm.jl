using Statistics

function layer_norm(x, scale, shift)
    v = scale' .* (x .- mean(x; dims=2)) ./ (std(x; dims=2, corrected=false) .+ 1.0e-5)
    return sum(sin.(v .+ shift'))
end
