a = [1, 2, 3]; b = a; b = [9]; println(a, b)
f(x) = (x[1] = 100; x); println(f(a), a)
g(x) = (x = [0]; x); println(g(a), a)
s = "abc"; t = s; t *= "d"; println(s, t)
n = 5; m = n; m += 1; println(n, m)
d1 = Dict(:a => [1]); d2 = copy(d1); push!(d2[:a], 2); d2[:b] = [3]; println(d1, " ", length(d2))
x = 1:3; y = collect(x); y[1] = 5; println(x, y)
tup = (1, [2]); push!(tup[2], 3); println(tup)
mat = [1 2; 3 4]; r = mat[1, :]; r[1] = 99; println(mat, r)
v = @view mat[1, :]; v[1] = 99; println(mat)
row = mat[1:1, :]; println(row, size(row), size(mat[1, :]), size(mat[:, 1:1]))
println(7 / 2, 6 / 2, 7 ÷ 2, -7 ÷ 2, 7 % -3, mod(7, -3), 2^3, 2.0^3, 4 / 2 == 2, 1 / 3)
println(1:3 == [1, 2, 3], (1, 2) == [1, 2], "a" == 'a', 1 == true, [1.0] == [1], nothing == false)
println(3 > 2 > 1, 1 < 2 == true, !true == false, -2^2, (-2)^2, 2^-1, -1^2, 10 - 2 - 3, 2^2^3)
println(length("héllo"), "héllo"[1], lastindex("héllo"), uppercase("straße"), reverse("héllo"))
println([1, 2, 3][end], [1 2; 3 4][end], (1, 2, 3)[end], "abc"[end], [[1, 2], [3]][end][end])
println(sum([]; init = 0), prod(Int[]), maximum([3]; init = 5), isempty([]), length(Int[]), any(Bool[]), all(Bool[]))
c = 0; for i in 1:10; i == 5 && break; global c += i; end; println(c)
z = [i for i in 1:3 for j in 1:i]; println(z, [(i, j) for i in 1:2, j in 1:2 if i != j])
println(round(0.5), round(1.5), round(2.5), round(-0.5), round(Int, 0.5), floor(-0.5), ceil(-0.5), trunc(1.9), round(2.675, digits = 2), round(1e20))
println(string(1.0), string(1), string(1e7), string(0.1), string(1f0), 1.0, " ", 1e0, " ", 100.0, " ", 1e-3)
println(parse(Int, "7") + 1, parse(Float64, "1.5e2"), string(7) * "1", "a"^0, 'a' * 'b', "x" * string('y'))
println(typeof(1 + 1.0), typeof(1 * 2), typeof(1 / 1), typeof(2^2), typeof(2^2.0), typeof(1 // 2 + 1), typeof(true + true), typeof('a' + 1), typeof(1.0f0 + 1), typeof(1.0f0 + 1.0), typeof([1, 2] / 2), typeof(sum([1.0f0])))
println(findmax([1, 3, 3]), argmin([2, 1, 1]), sortperm([2, 1, 2]), sort([2, 1], rev = true), partialsort([3, 1, 2], 1:2), reverse([1, 2]), unique([2, 1, 2]))
println(div(7, 2), rem(-7, 2), mod(-7, 2), fld(-7, 2), cld(7, 2), gcd(12, 18), lcm(4, 6), abs(-3), sign(-2.0), clamp(5, 1, 3), isqrt(10))
w = 10
function shadow()
    w = 1
    function inner()
        w += 1
    end
    inner(); inner()
    w
end
println(shadow(), w)
k = 3
sq = () -> k^2
k = 4
println(sq())
fs = []
for i in 1:3
    push!(fs, () -> i)
end
println([f() for f in fs])
j = 0
gs = []
while j < 3
    global j += 1
    let j = j
        push!(gs, () -> j)
    end
end
println([g() for g in gs], j)
p(x) = x > 0 ? p(x - 1) + 1 : 0
println(p(50))
q = nothing
q = something(q, 5); println(q, isnothing(q))
u = [x > 2 ? "big" : "small" for x in 1:4]; println(u)
aa, bb = [1, 2], [3, 4]; aa, bb = bb, aa; println(aa, bb)
l = [1, 2, 3]; l[1], l[3] = l[3], l[1]; println(l)
o = (; x = 1, y = 2); (; x, y) = o; println(x, y)
e, (ff, gg...) = 1, (2, 3, 4); println(e, ff, gg)
h = Dict("a" => 1); h["a"] += 5; h["b"] = get(h, "b", 0) + 1; println(h["a"], h["b"], get(h, "z", -1))
ss = Set([1, 2]); push!(ss, 2); println(length(ss), 2 in ss, ss == Set([2, 1]))
mm = [0 for _ in 1:2, _ in 1:2]; mm[1, :] .= 1; println(mm, mm')
println([1, 2, 3] .|> (x -> x^2), map(x -> 2x, (1, 2)), filter(>(1), [1, 2]), reduce(-, [10, 2, 3]), foldr(-, [10, 2, 3]), (1:3)..., [1:3;])
