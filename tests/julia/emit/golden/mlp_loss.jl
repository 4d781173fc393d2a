using Statistics

function mlp_loss(m, DATA, TARGET)
    h = tanh.(m.W1 * DATA .+ m.b1)
    y = m.W2 * h .+ m.b2
    return mean((y .- TARGET) .^ 2)
end
