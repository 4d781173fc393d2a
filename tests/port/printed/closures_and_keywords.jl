function make_counter()
    n = 0
    () -> (n += 1; n)
end
c1, c2 = make_counter(), make_counter()
c1(); c1()
println(c1(), " ", c2())
adder(k) = x -> x + k
fs = [adder(i) for i in 1:3]
println([f(10) for f in fs])
compose2(f, g) = x -> f(g(x))
h = compose2(sqrt, abs)
println(h(-16))
println((sqrt ∘ abs)(-9.0))
println(map(x -> 2x, (1, 2, 3)))
apply_twice(f, x) = f(f(x))
println(apply_twice(x -> x^2, 3))
println([1, 2, 3] |> sum |> sqrt |> x -> round(x, digits = 3))
function memo(f)
    cache = Dict{Int,Int}()
    return function (n)
        haskey(cache, n) && return cache[n]
        cache[n] = f(n)
    end
end
slow(n) = (println("computing $n"); n^2)
fast = memo(slow)
println(fast(4)); println(fast(4))
fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
println([fib(i) for i in 0:10])
function stats(xs...; verbose = false)
    m = sum(xs) / length(xs)
    verbose && println("n = ", length(xs))
    return (mean = m, n = length(xs))
end
r = stats(1, 2, 3; verbose = true)
println(r, " ", r.mean)
println(stats(2, 4))
args = (1, 2, 5)
println(stats(args...).mean)
kw = (; verbose = true)
stats(1; kw...)
f(x; a = 1, b = a + 1) = x + a * b
println(f(1), " ", f(1, a = 3), " ", f(1; b = 0))
g = !isempty
println(g([1]), " ", g([]))
println(filter(!iszero, [0, 1, 0, 2]))
k = Base.Fix2(^, 2)
println(k(5))
println(foreach(println, 1:2))
do_it(f, n) = [f(i) for i in 1:n]
res = do_it(3) do i
    i % 2 == 0 && return "even"
    "odd"
end
println(res)
