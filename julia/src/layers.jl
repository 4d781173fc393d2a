# What fluxbridge computes in one step and Flux in several.

"""
    lstm(x, Wi, Wh, b, h0, c0)

An LSTM over a sequence (features, steps, batch): the hidden states (h, steps, batch), the cell states
(steps, h, batch) and the gates (steps, 4h, batch).
"""
function lstm(x, Wi, Wh, b, h0, c0)
    n = size(Wh, 2)
    h, c = h0, c0
    hidden, cells, gates = (), (), ()
    for t in axes(x, 2)
        z = Wi * x[:, t, :] .+ Wh * h .+ b
        i, f, o = NNlib.sigmoid.(z[1:n, :]), NNlib.sigmoid.(z[n+1:2n, :]), NNlib.sigmoid.(z[3n+1:4n, :])
        g = tanh.(z[2n+1:3n, :])
        c = f .* c .+ i .* g
        h = o .* tanh.(c)
        hidden, cells, gates = (hidden..., h), (cells..., c), (gates..., vcat(i, f, g, o))
    end
    return stack([hidden...]; dims = 2), stack([cells...]; dims = 1), stack([gates...]; dims = 1)
end

"""
    standardise(x, eps, dims)

`x` with mean 0 and standard deviation 1 along `dims`; `eps` is added to the variance.
"""
function standardise(x, eps, dims)
    centred = x .- Statistics.mean(x; dims)
    return centred ./ sqrt.(Statistics.mean(centred .* centred; dims) .+ eps)
end
