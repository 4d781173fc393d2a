using Flux
f(x) = 3x^2 - 2x + 1
xs = [-1.0, 0.5, 2.0]
println(f.(xs), " ", f(2.0), " ", sum(f, xs), " ", map(f, xs))
c = 0.5
g(x) = c * sin(x) + x^3
println(g.(xs))
M = [1.0 2.0; 3.0 4.0]
println(g.(M), " ", gradient(x -> sum(g.(x)), xs)[1])
apply(h, x) = h(x) + 1
println(apply(sqrt, 4.0), " ", apply(f, 1.0), " ", apply(abs, -2), " ", apply(x -> 2x, 1.5))
function descend(loss, grad, w; lr = 0.1, steps = 20)
    hist = Float64[]
    for k in 1:steps
        w = w - lr * grad(w)
        push!(hist, loss(w))
        hist[end] < 1e-6 && break
    end
    return w, hist
end
w, hist = descend(w -> (w - 3)^2, w -> 2(w - 3), 0.0)
println(w, " ", length(hist), " ", hist[1], " ", hist[end])
loss2(v) = sum(abs2, v .- [1.0, 2.0])
v, h2 = descend(loss2, v -> gradient(loss2, v)[1], [0.0, 0.0]; steps = 5)
println(v, " ", h2)
fs = Dict("sq" => x -> x^2, "cube" => x -> x^3)
println(fs["sq"](3), " ", fs["cube"](2.0))
function safe(v, i)
    try
        return v[i]
    catch e
        return e isa BoundsError ? -1 : -2
    end
end
println(safe([1, 2], 2), " ", safe([1, 2], 5), " ", safe([1, 2], 0))
pick(v, i) = v[i]
res = try
    pick([1.0], 3)
catch
    "out"
end
println(res)
k = 7
function usesk(n)
    s = 0
    for k in 1:n
        s += k
    end
    s + k
end
println(usesk(3))
mat = zeros(Int, 3, 3)
for i in 1:3, j in i:3
    i + j == 5 && break
    mat[i, j] = i * j
end
println(mat)
t = (a = 1, b = [1.0, 2.0])
println(t.b[end] + t.a, " ", [i for (i, x) in enumerate(t.b) if x > 1])
model = Chain(Dense([1.0f0 2.0f0; 0.5f0 -1.0f0], [0.0f0, 1.0f0], relu), Dense([1.0f0 1.0f0], [0.5f0]))
X = Float32[1 2; 3 4]
println(model(X), " ", sum(model(X)), " ", Flux.mse(model(X), Float32[1 2]))
data = [(X, Float32[1 2])]
opt = Flux.setup(Descent(0.01), model)
l(m, x, y) = Flux.mse(m(x), y)
for e in 1:3
    Flux.train!(l, model, data, opt)
end
println(round(l(model, X, Float32[1 2]), digits = 4))
