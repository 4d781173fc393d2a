# gradient descent on the Rosenbrock function with Zygote
using Zygote
rosenbrock(v) = (1 - v[1])^2 + 100 * (v[2] - v[1]^2)^2
function descend(f, x; rate = 1e-3, steps = 2000)
    x = copy(x)
    for _ in 1:steps
        g = gradient(f, x)[1]
        x .-= rate .* g
    end
    return x
end
x0 = [-1.0, 1.0]
println(rosenbrock(x0), " ", gradient(rosenbrock, x0)[1])
x = descend(rosenbrock, x0)
println(round.(x, digits = 4), " ", round(rosenbrock(x), digits = 6))
H = Zygote.hessian(rosenbrock, [1.0, 1.0])
println(H)
value, grads = withgradient(rosenbrock, [0.5, 0.5])
println(value, " ", grads)
