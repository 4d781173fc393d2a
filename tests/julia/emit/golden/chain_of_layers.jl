function chain_of_layers(layers, x)
    x2 = max.(layers[1].weight * x .+ layers[1].bias, 0.0)
    v = exp.(layers[2].weight * x2 .+ layers[2].bias)
    return sum(v / sum(v) .* [0.2, 0.3, 0.5])
end
