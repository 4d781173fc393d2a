compose(fs...) = x -> foldl((v, f) -> f(v), fs; init = x)
println(compose(x -> x + 1, x -> 2x, string)(3))
isneg(x) = x < 0
nonneg = !isneg
println(nonneg(3), " ", filter(!isneg, [-1, 2]), " ", count(!isempty, ["", "a"]))
apply_not(p) = !p
println(apply_not(true), " ", apply_not(iseven)(3))
negate(p, xs) = filter(!p, xs)
println(negate(isodd, 1:5))
curry(f, x) = (y...) -> f(x, y...)
println(curry(+, 1)(2, 3), " ", curry(max, 5)(3))
pipeline = [x -> x .^ 2, x -> filter(iseven, x), sum]
println(reduce((acc, f) -> f(acc), pipeline; init = 1:6))
println((1:10 |> collect |> x -> x[x .> 5]) |> sum, " ", [1, 4, 9] .|> sqrt, " ", "abc" |> uppercase |> reverse)
println(map(zip(1:3, "abc")) do (i, c)
    "$i$c"
end)
println(map(1:3) do i
    i == 2 ? "two" : i
end)
w = [x > 2 ? x : -x for x in 1:4]
println(w, " ", [i == j ? 1 : 0 for i in 1:2, j in 1:2], " ", [(x, y) for x in 1:2, y in 'a':'b'], " ", [x for x in 1:10 if isodd(x) && x > 3])
a, b... = 1:4
println(a, b)
fst, snd = "hi"
println(fst, snd)
x = y = z = 0
x += 1
println(x, y, z)
(p, q), r = (1, 2), 3
println(p + q + r)
i = 10
while i > 0
    i % 3 == 0 && (global i -= 1; continue)
    i < 5 && break
    print(i, " ")
    global i -= 2
end
println()
function multi(x)
    x > 0 || return "nonpositive", x
    y = x^2
    y > 10 && return "big", y
    "small", y
end
println(multi(-1), multi(2), multi(5))
v = [1, 2, 3]
function grow!(v; by = 1)
    v .+= by
    push!(v, sum(v))
    nothing
end
grow!(v); grow!(v, by = 10)
println(v)
function modify(v)
    v = copy(v)
    v[1] = 0
    v
end
println(modify(v)[1], " ", v[1])
counter = Ref(0)
inc!(r) = (r[] += 1)
inc!(counter); inc!(counter)
println(counter[], " ", counter)
acc = let total = 0
    x -> (total += x)
end
println(acc(1), acc(2), acc(3))
fs = Function[]
for k in 1:3
    push!(fs, () -> k^2)
end
println([f() for f in fs])
m = Dict{String,Function}("sq" => x -> x^2, "neg" => x -> -x)
println(m["sq"](4), " ", m["neg"](4), " ", sort(collect(keys(m))))
println(ntuple(i -> i^2, 3), " ", Tuple(1:3), " ", (1, 2)..., " ", [1:3...], " ", max([3, 1, 2]...), " ", string("a", 1:2...))
println(any(x -> x > 2, [1, 2, 3]) && !all(iseven, [2, 3]) ? "yes" : "no")
println(sum(x -> x.a, [(a = 1,), (a = 2,)]), " ", maximum(p -> p[2], [(1, 5), (2, 3)]), " ", sort([(2, 'a'), (1, 'b')]), " ", minimum([(2, 1), (1, 9)]))
println(vcat([[i, i^2] for i in 1:2]...), " ", hcat([[i, i^2] for i in 1:2]...), " ", collect(Iterators.flatten([[1], [2, 3]])), " ", reduce(hcat, [[1, 2], [3, 4]])')
const G = 9.81
fall(t) = G * t^2 / 2
println(fall(2), " ", fall.(0:2), " ", map(fall, (1, 2)))
println(occursin.(["a", "z"], "abc"), " ", replace.(["ab", "cb"], "b" => "x"), " ", string.(1:3, "-"), " ", ["a", "b"] .* ["x", "y"], " ", 'a' .+ (0:2))
println(rpad.(["a", "bb"], 3, '.'), " ", split.(["a b", "c d"]), " ", Int.(['a', 'b']), " ", parse.(Float64, ["1.5", "2"]), " ", (x -> x + 1).([1, 2]), " ", ((a, b) -> a * b).([1, 2], [3, 4]))
println(@.(sqrt(abs([-4, 9]))), " ", (@. [1, 2] + 1 > 2), " ", .![true, false], " ", [1 2; 3 4] .|> string)
println(1 < 2 <= 2 != 3 == 3, " ", 1 < 3 > 2, " ", (1, 2) < (1, 3), " ", [1, 2] < [1, 3], " ", "a" < "b", " ", 'a' < 'b', " ", isless(1, NaN), " ", true < 2)
