struct Fib
    n::Int
end
Base.iterate(f::Fib, (a, b, k) = (0, 1, 0)) = k >= f.n ? nothing : (a, (b, a + b, k + 1))
Base.length(f::Fib) = f.n
Base.eltype(::Type{Fib}) = Int
println(collect(Fib(8)), " ", sum(Fib(5)), " ", [x for x in Fib(6) if iseven(x)], " ", maximum(Fib(7)), " ", 5 in Fib(8))
for (i, x) in enumerate(Fib(3))
    print(i, ":", x, " ")
end
println(first(Fib(3)), " ", length(Fib(4)), " ", collect(zip(Fib(3), 'a':'c')), " ", map(x -> 2x, Fib(4)), " ", filter(isodd, collect(Fib(6))))
struct Deck end
const SUITS = ["♠", "♥"]
Base.length(::Deck) = 4
Base.getindex(::Deck, i::Int) = (SUITS[(i-1)÷2+1], (i - 1) % 2 + 1)
Base.iterate(d::Deck, i = 1) = i > length(d) ? nothing : (d[i], i + 1)
Base.lastindex(d::Deck) = length(d)
d = Deck()
println(d[1], " ", d[end], " ", [c[1] for c in d], " ", length(collect(d)))
mutable struct Counter
    count::Int
end
(c::Counter)() = (c.count += 1)
(c::Counter)(k) = (c.count += k)
c = Counter(0)
c(); c(5)
println(c.count, " ", c(), " ", [c() for _ in 1:2])
gen = (x^2 for x in 1:5)
println(sum(gen), " ", collect(gen), " ", maximum(gen), " ", (i for i in 1:3) |> collect, " ", Tuple(x for x in 1:2), " ", join((x for x in 1:3), "-"))
println(collect(Iterators.take(Iterators.cycle([1, 2]), 5)), " ", collect(Iterators.drop(1:5, 3)), " ", collect(Iterators.filter(iseven, 1:6)), " ", collect(Iterators.enumerate("ab")))
println([(i, j) for i in 1:2, j in 1:2] |> vec, " ", collect(Iterators.product(1:2, 3:4)) |> vec, " ", collect(Iterators.zip(1:2, 3:4)), " ", Iterators.partition(1:5, 2) |> collect)
println(accumulate(+, 1:5), " ", accumulate((a, b) -> a * b, [1, 2, 3]), " ", foldl((a, b) -> "($a$b)", ["x", "y", "z"]), " ", foldr((a, b) -> "($a$b)", ["x", "y", "z"]), " ", reduce(max, [1, 5, 2]), " ", mapfoldl(x -> x^2, +, 1:3))
println(findall(iseven, [1, 2, 4]), " ", findfirst(x -> x > 2, [1, 3]), " ", argmax(x -> -x^2, -2:2), " ", count(isodd, 1:5), " ", extrema(x -> x % 3, 1:5), " ", unique(x -> x % 2, 1:5), " ", allunique([1, 2]), " ", sum(enumerate([5, 6])) do (i, x)
    i * x
end)
println(zip(1:3, "abc", [true, false, true]) |> collect, " ", Dict(zip([:a, :b], 1:2))[:b], " ", [a + b for (a, b) in zip(1:2, 3:4)])
e = [10, 20, 30]
for i in eachindex(e) e[i] += i end
println(e, " ", collect(pairs(e)), " ", [i => x for (i, x) in pairs(e)], " ", Dict(pairs(e))[2], " ", keys(e) |> collect, " ", lastindex(e), " ", e[begin])
it = iterate(1:3)
while it !== nothing
    v, st = it
    print(v, " ")
    global it = iterate(1:3, st)
end
println()
println(iterate([7, 8]), " ", iterate([7, 8], 3), " ", iterate("ab"), " ", iterate(Int[]), " ", iterate((1, 2), 2))
println(mapreduce(length, +, ["a", "bb"]), " ", sum(length, ["a", "bb"]; init = 10), " ", prod(x -> x + 1, 1:3), " ", any(isequal(2), 1:3), " ", all(x -> x > 0, (1, 2)), " ", minimum(abs, [-3, 2]), " ", sum(Float64[]), " ", prod(Int[]))
println(collect(Iterators.takewhile(x -> x < 4, 1:10)), " ", collect(Iterators.dropwhile(isodd, [1, 3, 4, 5])), " ", collect(Iterators.flatten((1:2, [5]))), " ", Iterators.peel(1:3)[1], " ", collect(Iterators.map(+, 1:2, 3:4)), " ", only([7]), " ", collect(Iterators.repeated(0, 2)))
