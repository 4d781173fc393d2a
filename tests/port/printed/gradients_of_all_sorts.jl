using Zygote
f(x) = 3x^2 + 2x + 1
println(gradient(f, 5.0))
println(gradient(f, 5))
println(gradient((x, y) -> x * y, 2.0, 3.0))
println(f'(2.0))
g = gradient(x -> sum(x .^ 2), [1.0, 2.0, 3.0])[1]
println(g)
println(gradient(x -> sum(sin, x), [0.0, 1.0]))
W = [1.0 2.0; 3.0 4.0]; b = [0.5, -0.5]; x = [1.0, 1.0]
loss(W, b) = sum((W * x .+ b) .^ 2)
gw, gb = gradient(loss, W, b)
println(gw, " ", gb)
val, back = Zygote.pullback(x -> x^3, 2.0)
println(val, " ", back(1.0))
println(withgradient(x -> x^2, 3.0))
r = withgradient(x -> sum(x), [1.0, 2.0])
println(r.val, " ", r.grad)
println(Zygote.jacobian(x -> x .^ 2, [1.0, 2.0])[1])
println(Zygote.hessian(x -> x[1]^2 * x[2], [1.0, 2.0]))
println(gradient(x -> x > 0 ? x^2 : -x, -2.0))
function pw(x, n)
    r = one(x)
    for _ in 1:n
        r *= x
    end
    r
end
println(gradient(pw, 2.0, 3))
println(gradient(nt -> nt.a^2 + nt.b, (a = 3.0, b = 1.0)))
struct Lin
    w
    b
end
(m::Lin)(x) = m.w * x + m.b
println(gradient(m -> m(2.0), Lin(3.0, 1.0)))
println(gradient(x -> 1.0, 2.0), gradient((x, y) -> x, 1.0, 2.0))
println(gradient(x -> abs(x), 0.0), gradient(x -> max(x, 1.0), 1.0))
println(gradient(x -> sum(x[1:2]), [1.0, 2.0, 3.0]))
println(gradient(x -> maximum(x), [1.0, 3.0, 2.0]))
println(gradient(xs -> sum(a * b for (a, b) in zip(xs, [1.0, 2.0])), [3.0, 4.0]))
println(gradient(x -> log(x) + exp(x), 1.0)[1])
let θ = [0.0, 0.0]
    for i in 1:100
        θ .-= 0.1 .* gradient(t -> (t[1] - 1)^2 + (t[2] + 2)^2, θ)[1]
    end
    println(round.(θ, digits = 4))
end
println(gradient(x -> real(x^2), 1.0 + 2.0im))
println(gradient(t -> t[1] * t[2], (2.0, 3.0)))
println(gradient(x -> prod(x), [2.0, 3.0, 4.0]))
println(Zygote.gradient(x -> foldl(*, x), [2.0, 3.0]))
