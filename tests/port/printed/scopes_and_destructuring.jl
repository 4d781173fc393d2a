x = 10
function f()
    x = 5
    x += 1
    return x
end
println(f(), " ", x)
g() = x * 2
println(g())
let x = 1, y = 2
    x += y
    println("let ", x)
end
println(x)
total = 0
for i in 1:5
    global total += i
end
println(total)
y = begin
    a = 2
    a^2 + 1
end
println(y, " ", a)
const LIMIT = 3
for i in 1:10
    i > LIMIT && break
    i == 2 && continue
    println("i=", i)
end
i = 0
while true
    global i += 1
    i == 3 && continue
    i > 5 && break
    print(i, " ")
end
println()
function outer()
    n = 0
    function inner()
        n += 1
        return n
    end
    inner(); inner()
    return n
end
println(outer())
z = if x > 5
    "big"
elseif x > 2
    "medium"
else
    "small"
end
println(z)
sgn = x < 0 ? -1 : x == 0 ? 0 : 1
println(sgn)
a, b = 1, 2
a, b = b, a
println(a, " ", b)
(p, (q, r)) = (1, (2, 3))
println(p + q + r)
first_, rest... = [1, 2, 3]
println(first_, " ", rest)
(; m, n) = (m = 1, n = 2)
println(m, n)
t = (1, 2, 3)
println(t[1], t[end], length(t), t[2:3], (t..., 4))
nt = (a = 1, b = 2)
println(nt.a, nt[:b], keys(nt), values(nt), merge(nt, (c = 3,)), haskey(nt, :a))
v = x > 3 || error("no")
println(v)
w = nothing
println(isnothing(w), w === nothing, something(w, 5))
println(@isdefined(x), " ", @isdefined(undefined_variable))
function early(xs)
    for x in xs
        x < 0 && return "negative"
    end
    "all fine"
end
println(early([1, -1]), " ", early([1]))
local_sum = let s = 0
    for k in 1:3
        s += k
    end
    s
end
println(local_sum)
