A = reshape(collect(1:12), 3, 4)
println(A)
println(A[1, :], A[:, 1], A[2:3, 2:3], A[:, end], A[end, 1:2:end])
println(A[A .> 6], " ", A[5], " ", A[[1, 3], :])
v = @view A[:, 2]
v .= 0
println(A)
B = copy(A)
B[B .== 0] .= -1
println(B, " ", A == B)
A[2, :] .+= 100
println(A[2, :], " ", sum(A), " ", maximum(A; dims = 2))
@views s = sum(A[:, 1:2])
println(s)
println(selectdim(A, 1, 3), " ", size(selectdim(A, 2, 1)))
C = zeros(2, 2)
C[1, :] = [1, 2]
C[:, 2] .= 9
C[2, 1] = C[1, 1] + 0.5
println(C)
x = collect(1.0:5.0)
x[2:3] = [20, 30]
x[end] *= 2
println(x)
x[x .> 10] .-= 10
println(x)
y = x[end:-1:1]
println(y, " ", x[begin], " ", x[begin:2], " ", x[1:2:end], " ", x[[true, false, true, false, false]])
println(circshift(x, 2), " ", rotr90([1 2; 3 4]), " ", rotl90([1 2; 3 4]), " ", reverse([1 2; 3 4], dims = 1))
println(permutedims([1, 2, 3]), " ", permutedims([1 2; 3 4]), " ", vec([1 2; 3 4]), " ", reshape(1:6, :, 2))
println(cat([1 2], [3 4]; dims = 3) |> size, " ", repeat([1 2], 2), " ", repeat([1, 2], inner = 2), " ", repeat([1, 2]; outer = 2))
println(hcat(1:2, 3:4), " ", vcat(1:2, 5), " ", [1:2; 7], " ", [A[1, 1:2]; 0])
println(findall(A .> 100), " ", findmax(A), " ", argmin(A), " ", findfirst(>(5), [1, 6, 7]))
println(any(A .< 0), " ", all(>(0), [1, 2]), " ", count(iseven, A), " ", extrema(A))
println(sum(A; dims = 1), " ", prod([1 2; 3 4], dims = 2), " ", cumsum([1 2; 3 4], dims = 1), " ", vec(sum(A, dims = 2)))
println(mapslices(x -> sum(x), [1 2; 3 4]; dims = 2), " ", [sum(r) for r in eachrow([1 2; 3 4])], " ", map(maximum, eachcol([1 5; 3 4])))
println(sortslices([3 1; 1 2], dims = 1), " ", sort([3 1; 1 2], dims = 2), " ", unique([1 1; 2 2], dims = 1))
println(dropdims([1 2], dims = 1), " ", ndims(zeros(2, 3, 4)), " ", size(zeros(2, 3, 4), 3), " ", length(zeros(2, 3)))
println(CartesianIndices((2, 2))[3], " ", LinearIndices((2, 2))[2, 1], " ", CartesianIndex(1, 2) + CartesianIndex(1, 0))
println(stack([[1, 2], [3, 4]]), " ", stack([[1, 2], [3, 4]], dims = 1), " ", reduce(hcat, [[1, 2], [3, 4]]), " ", reduce(vcat, [[1 2], [3 4]]))
D = fill(0, 2, 3)
for i in axes(D, 1), j in axes(D, 2)
    D[i, j] = 10i + j
end
println(D, " ", D', " ", D[:, [3, 1]], " ", D[end])
println([D; 7 8 9], " ", [D [0; 0]], " ", [1 2
3 4])
for (i, x) in pairs([10, 20])
    print(i, ":", x, " ")
end
println(eachindex([5, 6]) == 1:2, " ", axes(D) == (1:2, 1:3), " ", collect(Iterators.product(1:2, 1:2)) |> size)
