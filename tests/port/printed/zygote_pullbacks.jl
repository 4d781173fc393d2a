# pullbacks, custom rules, and what has no gradient
using Zygote
y, back = Zygote.pullback(x -> x^2 + 3x, 2.0)
println(y, " ", back(1.0), " ", back(2.0))
println(gradient((a, b) -> a * b + sin(a), 1.0, 2.0))
println(gradient(x -> sum(x .^ 2), [1.0, 2.0, 3.0]))
println(gradient(x -> x[1] * x[2], [2.0, 5.0]))
println(gradient(x -> 3.0, 1.0), " ", gradient((x, y) -> x, 1.0, 2.0))
f(p) = p.a^2 + p.b
println(gradient(f, (a = 3.0, b = 1.0)))
mysquare(x) = x * x
Zygote.@adjoint mysquare(x) = mysquare(x), dy -> (10 * dy,)
println(gradient(mysquare, 3.0))
J = Zygote.jacobian(x -> [x[1]^2, x[1] * x[2]], [2.0, 3.0])[1]
println(J)
println(Zygote.hessian(x -> x[1]^2 * x[2], [1.0, 2.0]))
println(gradient(x -> sum(abs, x), [-1.0, 2.0]), " ", gradient(x -> maximum(x), [1.0, 5.0, 2.0]))
w = [1.0 2.0; 3.0 4.0]
println(gradient(w -> sum(w * [1.0, 1.0]), w))
println(gradient(t -> t > 0 ? t^2 : -t, -2.0), " ", gradient(x -> prod(x), [2.0, 3.0]))
function powloop(x, n)
    r = one(x)
    for _ in 1:n
        r *= x
    end
    r
end
println(gradient(x -> powloop(x, 4), 2.0), " ", Zygote.gradient(x -> log(x) * exp(-x), 1.0))
