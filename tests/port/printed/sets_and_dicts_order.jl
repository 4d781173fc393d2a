# the order of dictionaries and sets
d = Dict("apple" => 3, "banana" => 5, "cherry" => 7)
for (fruit, n) in d
    println(fruit, " ", n)
end
println(d)
println(collect(keys(d)), collect(values(d)))
println(Set([5, 3, 1, 3]), " ", Set(["x", "y", "z"]))
e = Dict(i => i^2 for i in 1:8)
println(e)
println([k for (k, v) in e if v > 10])
letters = Dict{Char, Int}()
for c in "mississippi"
    letters[c] = get(letters, c, 0) + 1
end
for (c, n) in letters
    print(c, n, " ")
end
println()
s = Set{Int}()
for i in [10, 20, 5, 40, 3]
    push!(s, i)
end
println(s, " ", collect(s), " ", sum(s))
println(union(Set([1, 2]), Set([3])), intersect(Set([1, 2, 3]), Set([2, 3, 4])))
sym = Dict(:b => 2, :a => 1, :c => 3)
println(sum(values(sym)), " ", sort(collect(keys(sym))))
for (k, v) in sym
    println(k, "=", v)
end
big = Dict(string("k", i) => i for i in 1:15)
println(join(keys(big), ","))
