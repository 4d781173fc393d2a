# functions of functions
compose(f, g) = x -> f(g(x))
inc(x) = x + 1
double(x) = 2x
println(compose(inc, double)(5), " ", (inc ∘ double)(5), " ", 5 |> inc |> double)
println(map(x -> x^2, [1, 2, 3]), " ", filter(iseven, 1:10), " ", reduce(+, 1:5), " ", foldl(-, [10, 1, 2]))
println(mapreduce(abs, max, [-3, 2]), " ", accumulate(*, 1:5), " ", sum(x -> x^2, 1:3))
apply_n(f, n, x) = n == 0 ? x : apply_n(f, n - 1, f(x))
println(apply_n(double, 5, 1))
function make_adder(n)
    add(x) = x + n
    return add
end
add5 = make_adder(5)
println(add5(1), " ", [f(3) for f in (inc, double, add5)])
counter = let c = 0
    () -> (c += 1)
end
counter(); counter()
println(counter())
println(map(+, [1, 2], [10, 20]), " ", map((a, b) -> a * b, 1:3, 4:6), " ", zip(1:2, "ab") |> collect)
g(x, y = 2; z = 3) = x + y * z
println(g(1), " ", g(1, 5), " ", g(1; z = 0), " ", g(1, 1, z = 1))
h(xs...) = length(xs)
println(h(), h(1, 2, 3), " ", max([4, 9, 2]...))
println(sort([3, 1, 2], by = x -> -x), " ", findmax(x -> abs(x - 3), [1, 2, 7]), " ", argmin(abs, [-3, 2, 1]))
println(any(isodd, [2, 4]), all(x -> x > 0, [1, 2]), count(isodd, 1:5), " ", extrema([3, 1, 2]))
