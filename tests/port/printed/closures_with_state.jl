function adam(; lr = 0.1, β1 = 0.9, β2 = 0.999, ϵ = 1e-8)
    m, v, t = 0.0, 0.0, 0
    return function (g)
        t += 1
        m = β1 * m + (1 - β1) * g
        v = β2 * v + (1 - β2) * g^2
        lr * (m / (1 - β1^t)) / (sqrt(v / (1 - β2^t)) + ϵ)
    end
end
step = adam()
x = 5.0
for i in 1:100
    global x -= step(2x)
end
println(round(x, digits = 4))
funcs = [n -> n + i for i in 1:3]
println([f(10) for f in funcs])
function outer()
    x = 1
    inc() = (x += 1; x)
    inc(); inc()
    return x, inc
end
v, g = outer()
println(v, " ", g(), " ", g())
counter = (() -> (c = 0; () -> c += 1))()
println(counter(), counter(), counter())
compose_all(fs) = reduce(∘, fs)
println(compose_all([x -> x + 1, x -> 2x, x -> x - 3])(10))
memo = Dict{Int,Int}()
function fib(n)
    haskey(memo, n) && return memo[n]
    memo[n] = n < 2 ? n : fib(n - 1) + fib(n - 2)
end
println(fib(50), " ", length(memo))
applyn(f, n) = n == 0 ? identity : x -> applyn(f, n - 1)(f(x))
println(applyn(x -> 2x, 5)(1))
function integrate(f, a, b; n = 100)
    h = (b - a) / n
    s = 0.0
    for i in 0:n-1
        s += f(a + (i + 0.5) * h)
    end
    s * h
end
println(integrate(x -> x^2, 0, 1), " ", integrate(sin, 0, π))
I2 = integrate(0, 2; n = 4) do x
    y = x^2
    y + 1
end
println(I2)
sorted = sort(["bb", "a", "ccc"], by = length, rev = true)
println(sorted, " ", map(s -> s[1], sorted))
kw(; a, b = 2a) = (a, b)
println(kw(a = 1), kw(a = 1, b = 0))
pos(a, b = a + 1, c = a * b) = (a, b, c)
println(pos(1), pos(1, 5), pos(1, 5, 0))
va(a, rest...) = (a, length(rest), sum(rest; init = 0))
println(va(1), va(1, 2, 3), va([1, 2]...))
opts = (a = 5,)
println(kw(; opts...), " ", kw(; opts..., b = 1))
f(x::Int) = "int"; f(x::Float64) = "float"; f(x) = "other"
println(f.([1, 2.0, "s"]), " ", f(1.0f0), map(f, (1, 1.5, nothing)))
(a, b), c = (1, 2), 3
println(a + b + c)
println(map(((x, y),) -> x * y, [(1, 2), (3, 4)]), " ", [x + y for (x, y) in [(1, 2), (3, 4)]])
