using Random
rng = Xoshiro(42)
println(rand(rng), " ", rand(rng, 1:6), " ", randn(rng))
println(rand(rng, 3))
println(rand(rng, Float32, 2), " ", rand(rng, Int8) isa Int8)
println(rand(rng, Bool), " ", rand(rng, ["a", "b", "c"]))
println(shuffle(rng, 1:5), " ", randperm(rng, 4))
Random.seed!(1234)
println(rand(), " ", rand(2), " ", rand(1:10, 3))
println(randn(2, 2))
println(randn(Float32, 2))
x = rand(5)
println(sum(x .> 0.5), " ", x[1])
println(shuffle([1, 2, 3, 4]))
function estimate_pi(n; rng = Xoshiro(1))
    hits = 0
    for _ in 1:n
        x, y = rand(rng), rand(rng)
        hits += x^2 + y^2 <= 1
    end
    4hits / n
end
println(estimate_pi(1000))
walk = cumsum(rand(Xoshiro(3), [-1, 1], 10))
println(walk)
println(randstring(Xoshiro(5), 6))
println(rand(Xoshiro(9), 2, 2))
println(rand('a':'z') isa Char, " ", rand(1:3) in 1:3, " ", length(rand(4)))
dice = [rand(Xoshiro(i), 1:6) for i in 1:5]
println(dice, " ", rand(Xoshiro(2), (10, 20, 30)), " ", rand(Xoshiro(2), 0.0:0.1:1.0))
println(randexp(Xoshiro(4)), " ", bitrand(Xoshiro(4), 3))
