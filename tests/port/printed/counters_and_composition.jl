function make_counter(start = 0; step = 1)
    n = start
    increment() = (n += step)
    reset!() = (n = start)
    get() = n
    return (; increment, reset!, get)
end
c = make_counter(10, step = 5)
c.increment(); c.increment()
println(c.get())
c.reset!()
println(c.get())
function memoize(f)
    cache = Dict()
    calls = Ref(0)
    g = function (x)
        if !haskey(cache, x)
            calls[] += 1
            cache[x] = f(x)
        end
        return cache[x]
    end
    return g, calls
end
sq, calls = memoize(x -> (x^2))
println([sq(i % 3) for i in 1:10], " calls ", calls[])
adders = [x -> x + i for i in 1:3]
println([f(10) for f in adders])
fs = Function[]
for i in 1:3
    push!(fs, () -> i^2)
end
println([f() for f in fs])
compose(fs...) = x -> foldl((acc, f) -> f(acc), fs, init = x)
pipeline = compose(x -> x + 1, sqrt, x -> round(x, digits = 3))
println(pipeline(9), " ", (sqrt ∘ abs)(-16), " ", map(∘(abs, x -> x - 5), 1:4))
fibmemo = Dict{Int,BigInt}()
function fib(n)
    n <= 2 && return big(1)
    get!(fibmemo, n) do
        fib(n - 1) + fib(n - 2)
    end
end
println(fib(100), " ", length(fibmemo))
curry(f, x) = (y...) -> f(x, y...)
println(curry(max, 3)(1, 7), " ", curry(*, "a")("b", "c"))
Y(f) = (x -> x(x))(x -> f(y -> x(x)(y)))
fact = Y(f -> n -> n == 0 ? 1 : n * f(n - 1))
println(fact(10))
apply_twice(f, x) = f(f(x))
println(apply_twice(x -> 2x, 3), " ", apply_twice(reverse, [1, 2]), " ", apply_twice("a" |> (s -> (t -> s * t)), "b"))
result = map(1:3) do x
    y = x^2
    y > 4 ? "big" : "small"
end
println(result)
acc = let total = 0
    x -> (total += x; total)
end
println(acc(1), acc(2), acc(3))
sumsq = mapreduce(+, [1, 2, 3], [4, 5, 6]) do x, y
    x * y
end
println(sumsq)
