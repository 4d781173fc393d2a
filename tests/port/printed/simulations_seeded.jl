using Random, Statistics, Printf
Random.seed!(42)
x = rand(5)
println(round.(x, digits = 4))
n = randn(3)
println(round.(n, digits = 4))
println(rand(1:6, 5), " ", rand(['a', 'b', 'c']), " ", rand(Bool), " ", rand(2, 2) |> size)
println(shuffle(1:6), " ", randperm(5), " ", rand(Float32) isa Float32)
function estimate_pi(n)
    inside = 0
    for _ in 1:n
        x, y = rand(), rand()
        inside += x^2 + y^2 <= 1
    end
    4 * inside / n
end
Random.seed!(1)
est = estimate_pi(1000)
println(est)
function random_walk(steps)
    pos = zeros(Int, steps + 1)
    for t in 1:steps
        pos[t+1] = pos[t] + rand((-1, 1))
    end
    return pos
end
Random.seed!(3)
w = random_walk(20)
println(w, " max ", maximum(w), " at ", argmax(w))
rng = Xoshiro(7)
println(rand(rng, 1:100, 4), " ", round(randn(rng), digits = 5), " ", shuffle(rng, [1, 2, 3, 4]))
Random.seed!(10)
rolls = [sum(rand(1:6, 2)) for _ in 1:200]
hist = Dict{Int,Int}()
for r in rolls
    hist[r] = get(hist, r, 0) + 1
end
for k in 2:12
    @printf("%2d %s\n", k, "#"^get(hist, k, 0))
end
println(mean(rolls), " ", round(std(rolls), digits = 4), " ", median(rolls), " ", quantile(rolls, 0.9))
data = 3 .+ 2 .* randn(100)
m, s = mean(data), std(data)
println(round(m, digits = 6), " ", round(s, digits = 6))
z = (data .- m) ./ s
println(abs(mean(z)) < 1e-12, " ", round(var(z), digits = 8))
idx = randperm(10)
train, test = idx[1:7], idx[8:end]
println(sort(vcat(train, test)) == 1:10, " ", train, " ", randsubseq(1:10, 0.0))
println(randexp() > 0, " ", randstring(5) |> length, " ", rand(Int8) isa Int8)
