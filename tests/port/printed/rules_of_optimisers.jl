using Flux, Optimisers
rules = [Descent(0.1), Momentum(0.1, 0.9), Adam(0.1), RMSProp(0.1), AdaGrad(0.1), Nesterov(0.1), AdamW(0.1)]
f(p) = (p.x[1] - 3)^2 + p.x[2]^2
for rule in rules
    p = (x = [0.0, 1.0],)
    st = Flux.setup(rule, p)
    for _ in 1:50
        g = Flux.gradient(f, p)[1]
        st, p = Flux.update!(st, p, g)
    end
    println(nameof(typeof(rule)), " ", round.(p.x, digits = 3), " ", round(f(p), digits = 4))
end
p = (w = Float32[1, 2], b = Float32[0])
st = Optimisers.setup(Optimisers.Descent(0.5), p)
st, p2 = Optimisers.update(st, p, (w = Float32[1, 1], b = nothing))
println(p2, " ", p)
chain = OptimiserChain(ClipGrad(1.0), Descent(1.0))
st3 = Flux.setup(chain, p)
Flux.update!(st3, p, (w = Float32[10, -10], b = Float32[0.5]))
println(p)
Optimisers.adjust!(st3, 0.1)
Flux.update!(st3, p, (w = Float32[10, -10], b = Float32[0.5]))
println(p.w)
println(Flux.trainables(p))
flat, re = Optimisers.destructure(p)
println(flat, " ", re(flat .+ 1))
wd = OptimiserChain(WeightDecay(0.1), Descent(1.0))
q = (w = [1.0],)
sq = Flux.setup(wd, q)
Flux.update!(sq, q, (w = [0.0],))
println(q)
println(Descent(0.1), " ", Adam(0.01).eta)
