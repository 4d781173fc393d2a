# a recurrent cell by hand, and by Flux
using Flux
Wx, Wh, b = [0.5 -0.3; 0.2 0.1], [0.1 0.2; -0.1 0.3], [0.0, 0.1]
cell(h, x) = tanh.(Wx * x .+ Wh * h .+ b)
function unroll(xs, h)
    out = typeof(h)[]
    for x in xs
        h = cell(h, x)
        push!(out, h)
    end
    return out
end
xs = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
hs = unroll(xs, zeros(2))
println([round.(h, digits = 5) for h in hs])
loss(W) = sum(abs2, foldl((h, x) -> tanh.(W * x .+ Wh * h .+ b), xs; init = zeros(2)))
g = gradient(loss, Wx)[1]
println(round.(g, digits = 5))
rnn = RNN(2 => 2)
rnn.cell.Wi .= Wx
rnn.cell.Wh .= Wh
rnn.cell.bias .= b
seq = reduce(hcat, xs)
println(size(rnn(seq)), " ", round.(rnn(seq), digits = 4))
