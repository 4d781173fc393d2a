struct Squares
    n::Int
end
Base.iterate(s::Squares, i = 1) = i > s.n ? nothing : (i^2, i + 1)
Base.length(s::Squares) = s.n
Base.eltype(::Type{Squares}) = Int
for q in Squares(4)
    print(q, " ")
end
println()
println(collect(Squares(5)), " ", sum(Squares(3)), " ", maximum(Squares(3)))
println([x + 1 for x in Squares(3)], " ", 9 in Squares(3))
struct Countdown
    from::Int
end
Base.iterate(c::Countdown, state = c.from) = state < 1 ? nothing : (state, state - 1)
Base.length(c::Countdown) = c.from
println(collect(Countdown(3)), " ", join(Countdown(5), ","))
for (i, v) in enumerate(Countdown(2))
    println(i, ": ", v)
end
next = iterate([10, 20])
while next !== nothing
    (v, st) = next
    println(v)
    global next = iterate([10, 20], st)
end
println(collect(Iterators.take(Iterators.countfrom(5, 5), 3)))
println(collect(Iterators.filter(isodd, 1:7)), collect(Iterators.map(x -> x^2, 1:3)))
println(collect(Iterators.product(1:2, [:a, :b])))
println(collect(Iterators.partition(1:7, 3)))
println(collect(Iterators.flatten([[1, 2], [3]])), " ", collect(Iterators.reverse(1:3)))
println(collect(Iterators.accumulate(+, 1:4)), " ", accumulate(*, 1:4), " ", accumulate(max, [1, 3, 2]))
println(first(Iterators.drop(1:5, 2)), " ", collect(Iterators.takewhile(<(3), 1:5)), collect(Iterators.dropwhile(<(3), 1:5)))
for x in Iterators.cycle([1, 2])
    x == 2 && break
    println("cycle ", x)
end
for i in 10:-3:1
    print(i, " ")
end
println()
for i in 1:3, j in i:3
    print((i, j), " ")
end
println()
for c in "héy"
    print(c, "|")
end
println()
for row in eachrow([1 2; 3 4])
    println(row, " ", sum(row))
end
for col in eachcol([1 2; 3 4])
    println(col)
end
for I in CartesianIndices((2, 2))
    print(I, " ", Tuple(I), " ")
end
println()
println([(i, j) for i in 1:3 for j in 1:i if i + j > 3])
println(Dict(i => i^2 for i in 1:3)[2], " ", sum(i^2 for i in 1:4 if iseven(i)))
println(collect(pairs([10, 20])), " ", collect(keys([5, 6])))
