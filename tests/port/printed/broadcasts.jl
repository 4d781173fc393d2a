x = [1.0, 2.0, 3.0]
println(x .+ 1, x .^ 2, 2 .* x, sin.(x) .+ cos.(x))
f(a, b) = a + 2b
println(f.(x, 1), f.(x, x))
y = similar(x)
y .= x .* 2
println(y)
y .+= 1
y[2:3] .= 0
println(y)
A = [1 2; 3 4]
println(A .+ [10, 20], A .+ [10 20], A .* A)
println(x .> 1.5, " ", sum(x .> 1.5))
println(ifelse.(x .> 1.5, "hi", "lo"))
println(@. x^2 + 2x + 1)
@. y = x + 1
println(y)
println(max.(x, 2), min.(A, 2), clamp.(x, 1.5, 2.5))
println(string.(x, "a"), uppercase.(["a", "b"]))
println((1, 2) .+ 1, (1, 2) .* (3, 4))
println(x' .* x)
println([1, 2, 3] .== [1, 5, 3], .!(x .> 2), (x .> 1) .& (x .< 3))
println(Float32.(x), Int.(x), round.(Int, [1.2, 2.7]))
println(broadcast(+, [1, 2], [10, 20]), map(+, [1, 2], [3, 4]))
g(x) = x > 2 ? x : -x
println(g.(x), abs.(g.(x)))
println(x ./ 2, 2 ./ x, x .÷ 2, x .% 2)
println(1:3 .+ 1, " ", (1:3) .+ 1, " ", (1:3) .* 2)
z = x[x .>= 2]
z[1] = 100
println(x, z)
x[x .> 2] .= 0
println(x)
m = zeros(2, 3)
m[1, :] .= 5
m[:, 2] = [7, 8]
println(m)
println(getindex.([[1, 2], [3, 4]], 1), length.(["a", "bbb"]), first.([(1, 2), (3, 4)]))
println(parse.(Int, ["1", "2"]), in.([1, 5], Ref([1, 2])))
names = ["a", "b"]
println(names .* "!", "pre_" .* names)
println(sum(abs2, [1, 2] .- [3, 5]), sqrt.(abs.([-4, 9])))
println(tuple.(1:2, 3:4), Pair.([1], [2]))
println(isodd.(1:4), 2 .^ (0:4), (-1) .^ (0:3))
h = x -> x .+ 1
println(h([1]), h(1))
println([1, 2] .+ [3 4], .-[1, 2], -[1.0, -0.0])
