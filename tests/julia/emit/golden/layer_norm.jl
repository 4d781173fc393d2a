using Statistics

function layer_norm(x, scale, shift)
    mean2 = mean(x; dims=2)
    std2 = std(x; dims=2, corrected=false)
    return sum(sin.(scale' .* (x .- mean2) ./ (std2 .+ 1.0e-5) .+ shift'))
end
