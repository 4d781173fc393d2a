# rules of the optimisers by their steps
using Flux, Optimisers
for rule in [Descent(0.1), Momentum(0.1, 0.9), Adam(0.1), RMSProp(0.01), AdamW(0.1)]
    w = [1.0, -2.0]
    st = Optimisers.setup(rule, w)
    for _ in 1:3
        st, w = Optimisers.update(st, w, 2 .* w)
    end
    println(round.(w, digits = 6))
end
model = (W = [1.0 2.0], b = [0.5])
st = Flux.setup(Descent(0.5), model)
g = gradient(m -> sum(m.W) * m.b[1], model)[1]
println(g)
Flux.update!(st, model, g)
println(model.W, model.b)
Flux.adjust!(st, 0.1)
Flux.update!(st, model, (W = [1.0 1.0], b = [1.0]))
println(model.W, model.b)
Flux.freeze!(st.b)
Flux.update!(st, model, (W = [1.0 1.0], b = [1.0]))
println(model.b)
chain = OptimiserChain(ClipGrad(0.5), Descent(1.0))
st2 = Flux.setup(chain, [0.0])
println(Optimisers.update(st2, [0.0], [10.0])[2])
flat, re = Flux.destructure(Dense([1.0 2.0; 3.0 4.0], [5.0, 6.0]))
println(flat, " ", re(2 .* flat)([1.0, 0.0]))
