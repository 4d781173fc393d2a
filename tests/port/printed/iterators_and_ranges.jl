# ranges and iterators
r = 1:3:10
println(collect(r), " ", length(r), " ", step(r), " ", last(r), " ", 5 in r, " ", r[2], " ", reverse(r))
println(collect(range(0, 1, length = 5)), " ", 0:0.25:1, " ", collect(10:-3:1), " ", isempty(5:1))
for (i, x) in enumerate(["a", "b"])
    println(i, x)
end
for (a, b) in zip(1:3, [10, 20, 30])
    print(a * b, " ")
end
println()
println(collect(Iterators.take(Iterators.countfrom(5, 2), 3)), " ", collect(Iterators.flatten([[1, 2], [3]])))
println([x for x in Iterators.product(1:2, 1:2)] |> vec, " ", collect(Iterators.partition(1:5, 2)))
fib = Int[1, 1]
while last(fib) < 50
    push!(fib, fib[end] + fib[end - 1])
end
println(fib, " ", sum(x for x in fib if iseven(x)))
println([(i, j) for i in 1:3 for j in i:3 if i + j == 4], " ", [i + j for i in 1:2, j in 1:2])
println(collect(Iterators.filter(isodd, 1:6)), " ", first(Iterators.drop(1:5, 2)), " ", Iterators.peel([1, 2, 3])[1])
t = (1, "two", 3.0)
a, rest... = t
println(a, " ", rest, " ", t[end], " ", length(t), " ", tuple(1, 2) .+ 1)
println(1:0, " ", sum(1:0), " ", maximum(3:7), " ", [1:3;], " ", collect('a':'c'))
for i in 10:-4:1
    print(i, ";")
end
println()
println(any(>(3), 1:5), " ", map(==(2), 1:3), " ", findall(<(3), [5, 1, 2]))
