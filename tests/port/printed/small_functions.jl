# small functions of Base that tutorials use
println(numerator(6 // 8), " ", denominator(6 // 8), " ", ndigits(1000), " ", gcdx(240, 46))
println(ispow2(8), ispow2(6), " ", nextpow(2, 9), " ", prevpow(2, 9), " ", trailing_zeros(8), " ", leading_zeros(1))
println(mapfoldl(x -> x^2, +, 1:3, init = 10), " ", partialsort([5, 1, 4, 2], 2), " ", searchsorted([1, 2, 2, 3], 2))
v = collect(1:8)
println(splice!(v, 2:3), " ", splice!(v, 1), " ", v)
println(findlast("o", "hello world"), " ", findfirst('o', "hello world"))
using LinearAlgebra
println(istriu([1 2; 0 3]), istril([1 2; 0 3]), " ", isdiag([1 0; 0 2]))
using Random
Random.seed!(3)
println([rand((-1, 1)) for _ in 1:8], " ", rand(("a", "b", "c")))
