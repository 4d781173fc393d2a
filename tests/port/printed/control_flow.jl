function classify(n)
    if n < 0
        return :negative
    elseif n == 0
        return :zero
    elseif n < 10 && isodd(n)
        :small_odd
    else
        :other
    end
end
println(classify.([-1, 0, 3, 4, 11]), " ", classify(5), " ", typeof(classify(0)))
n = 27; steps = 0
while n != 1
    global n = n % 2 == 0 ? n ÷ 2 : 3n + 1
    global steps += 1
end
println(steps)
for i in 1:3
    for j in 1:3
        j == 2 && continue
        i == 3 && break
        print(i, j, " ")
    end
end
println()
for (i, j) in zip(1:3, 4:6), k in 1:1
    print(i * j + k, " ")
end
println()
x = 5
y = x > 3 ? "big" : "small"
z = if x < 3 "a" elseif x < 6 "b" else "c" end
println(y, z)
result = begin
    t = x * 2
    t + 1
end
println(result, " ", t)
total = let
    s = 0
    for i in 1:10
        i in (3, 5) && continue
        i > 8 && break
        s += i
    end
    s
end
println(total)
f(n) = n <= 1 ? 1 : n * f(n - 1)
g(n) = n == 0 || h(n - 1)
h(n) = n != 0 && g(n - 1)
println(f(10), " ", g(4), " ", h(3))
do_twice(f) = (f(); f())
c = 0
do_twice() do
    global c += 1
end
println(c)
i = 0
while true
    global i += 1
    isodd(i) && continue
    i >= 6 && break
end
println(i)
for x in [1, "a", :b, 2.5, nothing, [1], (1,)]
    d = x isa Number ? "num" : x isa AbstractString ? "str" : x isa Symbol ? "sym" : x === nothing ? "nil" : "col"
    print(d, " ")
end
println()
for k in 10:-4:0 print(k, ",") end
println()
foreach(x -> print(x^2, ";"), 1:3); println()
foreach((a, b) -> print(a + b, ";"), 1:2, 3:4); println()
m = [1, 2, 3]
for (k, v) in enumerate(m)
    m[k] = v^2
end
println(m)
for row in eachrow([1 2; 3 4]), v in row
    print(v, " ")
end
println()
s = Set{Int}(); v = Int[]
for x in [3, 1, 3, 2, 1]
    x in s && continue
    push!(s, x); push!(v, x)
end
println(v, " ", length(s))
a, b = 0, 1
fibs = Int[]
while a < 50
    push!(fibs, a)
    global a, b = b, a + b
end
println(fibs)
outer = 0
for i in 1:2
    inner = i * 10
    global outer += inner
end
grade(s) = s ≥ 90 ? 'A' : s ≥ 80 ? 'B' : 'C'
println(grade.([95, 85, 20]), " ", grade(90))
sw(x) = (x == 1 && return "one"; x == 2 && return "two"; "many")
println(sw(1), sw(2), sw(3))
p = true; q = false
println(p && q, p || q, !p, p ⊻ q, p & q, p | q, " ", (p && "yes") == "yes", " ", something(nothing, 1))
println(1 <= 2 < 3, " ", all(1 .<= [1, 2] .< 3), " ", !(1 > 2), " ", 3 ∈ 1:5, " ", !isempty([1]), " ", isnothing(nothing))
const LIMIT = 3
countdown(n) = n > 0 ? (print(n, "…"); countdown(n - 1)) : println("go")
countdown(LIMIT)
