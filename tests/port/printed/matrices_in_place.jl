# changing arrays in place
A = zeros(3, 3)
for i in 1:3, j in 1:3
    A[i, j] = 10i + j
end
println(A)
A[2, :] .= 0
A[:, 1] .+= 1
println(A, " ", sum(A), " ", sum(A, dims = 1), " ", maximum(A, dims = 2))
B = copy(A)
B[1, 1] = -1
println(A[1, 1], " ", B[1, 1])
v = collect(1:5)
v[2:3] = [20, 30]
v[end] *= 2
println(v, " ", v[v .> 4], " ", findall(v .> 4))
w = view(v, 1:2)
w[1] = 99
println(v)
swap!(x, i, j) = begin; x[i], x[j] = x[j], x[i]; x; end
println(swap!([1, 2, 3], 1, 3))
C = [i * j for i in 1:2, j in 1:3]
println(C, " ", size(C'), " ", vec(C), " ", C[end, :], " ", C[:, end])
D = hcat(C, [9, 9])
println(D, " ", vcat([1 2], [3 4]), " ", [C; 7 8 9])
println(reshape(1:6, 2, 3), " ", permutedims([1 2 3]), " ", cat([1, 2], [3, 4], dims = 2))
fill!(A, 7)
println(A[1, :], " ", similar([1, 2]) |> length, " ", all(A .== 7), " ", any(x -> x > 7, A))
