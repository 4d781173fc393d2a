function chain_of_layers(layers, x)
    v = layers[2].weight * max.(layers[1].weight * x .+ layers[1].bias, 0.0)
    v2 = exp.(v .+ layers[2].bias)
    return sum(v2 / sum(v2) .* [0.2, 0.3, 0.5])
end
