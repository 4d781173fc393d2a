using Zygote
W = [1.0 2.0; 3.0 4.0]
b = [0.0, 0.0]
x = [1.0, -1.0]
y = [0.5, 0.5]
predict(x) = W * x .+ b
loss() = sum((predict(x) .- y) .^ 2)
ps = Zygote.Params([W, b])
gs = gradient(loss, ps)
println(gs[W], " ", gs[b])
for p in ps
    p .-= 0.1 .* gs[p]
end
println(W, " ", b, " ", loss())
println(length(ps))
f(x, y) = x^2 * y + sin(y)
∇f(x, y) = gradient(f, x, y)
println(∇f(2.0, 0.0))
h = 1e-6
num = (f(2 + h, 1.0) - f(2 - h, 1.0)) / 2h
println(round(num, digits = 5), " ", ∇f(2.0, 1.0)[1])
g2(x) = gradient(x -> x^4, x)[1]
println(gradient(g2, 2.0)[1])
println(Zygote.hessian(v -> sum(v .^ 3), [1.0, 2.0]))
println(Zygote.diaghessian(v -> sum(v .^ 3), [1.0, 2.0])[1])
J = Zygote.jacobian(v -> [v[1] * v[2], v[1] + v[2]], [3.0, 4.0])[1]
println(J, " ", size(J))
println(gradient(x -> Zygote.forwarddiff(x -> x^2, x), 3.0))
buf_sum(x) = begin
    b = Zygote.Buffer(x)
    for i in eachindex(x)
        b[i] = x[i]^2
    end
    sum(copy(b))
end
println(gradient(buf_sum, [1.0, 2.0]))
println(gradient(x -> sum(cumsum(x)), [1.0, 2.0, 3.0])[1])
println(gradient(x -> sum(map(t -> t^2, x)), [1.0, 2.0])[1])
println(gradient((a, b) -> sum(a * b), [1.0 2.0], [3.0; 4.0;;]))
println(gradient(x -> sum(reshape(x, 2, 2)[:, 1]), [1.0, 2.0, 3.0, 4.0])[1])
println(gradient(x -> x[1] > 0 ? x[1]^2 : 0.0, [2.0, 1.0])[1])
println(gradient(x -> sum(x ./ sum(x) .* [1, 2]), [1.0, 3.0])[1])
try
    gradient(x -> (x[1] = 0.0; sum(x)), [1.0, 2.0])
catch e
    println("mutation: ", e isa ErrorException)
end
println(gradient(x -> [x, x][2] * 2, 3.0), gradient(x -> length([x, x]), 3.0))
println(withgradient((x, y) -> x / y, 1.0, 4.0).grad[2])
