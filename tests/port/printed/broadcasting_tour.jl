x = 1:4
y = [10, 20, 30]
table = x .* y'
println(table)
println(size(table), " ", sum(table, dims = 1), " ", sum(table, dims = 2), " ", sum(table))
f(a, b) = a > b ? a - b : zero(a)
println(f.([1, 5, 3], 2), " ", f.([1, 5], [3, 3]), " ", (x -> x^2 + 1).(x))
A = reshape(1:6, 2, 3)
println(A .+ [100, 200], " ", A .+ [1 2 3], " ", A .== 3, " ", A[A .> 3])
B = Float64.(A)
B .*= 2
B[:, 1] .-= 1
B[2, :] .= 0
println(B)
@. B = sqrt(abs(B)) + 1
println(round.(B, digits = 3))
println(sqrt.(abs.([-4, 9])), " ", string.([1, 2], "a"), " ", ["a", "b"] .* ["x" "y"])
println(max.([1, 5], [3, 2]), " ", ifelse.([true, false], 1, 2), " ", [1, 2] .=> ["a", "b"], " ", (1, 2) .+ (3, 4))
println(maximum(abs.(table .- 50)), " ", argmax(table), " ", findmax(table), " ", findall(table .> 70))
println(mapslices(sum, A, dims = 1), " ", map(maximum, eachrow(A)), " ", [sum(c) for c in eachcol(A)])
println(cat(A, A, dims = 3) |> size, " ", permutedims(A), " ", vec(A'), " ", reshape(A, :, 2), " ", reshape(A, 3, :)[2, :])
println(dropdims(sum(A, dims = 1), dims = 1), " ", stack([[1, 2], [3, 4]]), " ", repeat([1 2], 2, 2), " ", hcat([1, 2], [3, 4]), " ", vcat(1:2, 3))
clip(v; lo = 0, hi = 1) = clamp.(v, lo, hi)
println(clip([-1, 0.5, 3]), " ", clip([-1, 0.5, 3], hi = 2))
println(count(iseven, A), " ", any(A .> 5), " ", all(x -> x > 0, A), " ", sum(A .* (A .> 2)), " ", prod(size(A)))
C = zeros(Int, 3, 3)
for idx in CartesianIndices(C)
    C[idx] = idx[1] + 10 * idx[2]
end
println(C, " ", C[2, :], " ", C[:, end], " ", C[end, 1], " ", C[[1, 3], 2:3], " ", C[5])
v = @view C[2, :]
v .= -1
println(C, " ", sum(v))
w = [3, 1, 2]
println(w[sortperm(w)], " ", sortperm(w, rev = true), " ", sort(w; rev = true), " ", w, " ", sort!(w), " ", w, " ", issorted(w), " ", searchsortedfirst([1, 3, 5], 4))
println(circshift([1, 2, 3, 4], 1), " ", rotl90([1 2; 3 4]), " ", reverse([1 2; 3 4], dims = 2), " ", diff([1, 4, 9]), " ", unique([1, 2, 1]), " ", setdiff([1, 2, 3], [2]))
println(map((a, b, c) -> a + b * c, [1, 2], [3, 4], [5, 6]), " ", broadcast(+, [1, 2], [10 20]), " ", sum(x .^ 2), " ", 2 .^ (0:4))
