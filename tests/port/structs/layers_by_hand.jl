abstract type Layer end
struct Dense2 <: Layer
    W::Matrix{Float64}
    b::Vector{Float64}
end
struct ReLU <: Layer end
struct Seq <: Layer
    layers::Vector{Layer}
end
forward(l::Dense2, x) = l.W * x .+ l.b
forward(::ReLU, x) = max.(x, 0)
function forward(s::Seq, x)
    for l in s.layers
        x = forward(l, x)
    end
    x
end
nparams(l::Layer) = 0
nparams(l::Dense2) = length(l.W) + length(l.b)
nparams(s::Seq) = sum(nparams(l) for l in s.layers)
net = Seq([Dense2([1.0 -1.0; 2.0 0.5], [0.0, -1.0]), ReLU(), Dense2([1.0 1.0], [0.5])])
println(forward(net, [1.0, 2.0]), " ", nparams(net))
println([nparams(l) for l in net.layers])
