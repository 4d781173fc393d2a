using LinearAlgebra
A = [1 2; 3 4]
B = [0.5 0; 0 2]
println(A * B, " ", A .* B, " ", A + B, " ", A - 2A, " ", 2A, " ", A / 2, " ", -A)
println(A', " ", transpose(A), " ", A'A, " ", A * A', " ", [1, 2]' * A, " ", A * [1, 2], " ", [1, 2] * [3 4])
println(det(A), " ", inv(B), " ", tr(A), " ", rank(A), " ", A^2, " ", A^0, " ", B^2)
println(A[:], " ", A[:, 1]', " ", vec(A'), " ", sum(A), " ", sum(A, dims = 1), " ", maximum(A, dims = 2), " ", prod(A))
println(I + A, " ", A - I, " ", 2I + A, " ", Matrix(1.0I, 2, 2), " ", I * A == A, " ", (2I) * [1, 2])
println(hcat(A, [5, 6]), " ", vcat(A, [5 6]), " ", [A B], " ", [A; B], " ", hcat(1, 2), " ", vcat(1, 2))
println(zeros(2, 2) == zeros(2, 2), " ", A == copy(A), " ", A ≈ A .+ 1e-12, " ", iszero(zeros(2)), " ", isone([1 0; 0 1]))
println(Diagonal([1, 2]), " ", Diagonal([1.0, 2]) * A, " ", diagm([1, 2]), " ", diagm(1 => [5]), " ", diag(A), " ", diag(A, 1))
println(UpperTriangular(A), " ", LowerTriangular(A), " ", Symmetric(A), " ", triu(A), " ", tril(A, -1))
println(dot([1, 2], [3, 4]), " ", norm([3.0, 4]), " ", norm([1, 2, 2]), " ", norm([1 2; 3 4], 1), " ", normalize([0.0, 2]), " ", cross([1, 2, 3], [4, 5, 6]))
println(kron([1 0; 0 1], [1 2]), " ", A \ [5, 6], " ", B \ [1.0, 2], " ", [2.0 0; 0 4] \ [2 4; 4 8])
println(mapreduce(sum, +, eachrow(A)), " ", reduce(hcat, eachcol(A)), " ", stack(eachrow(A)), " ", [A[i, j] for i in 1:2 for j in 1:2])
println(size(A), size(A, 1), length(A), ndims(A), eltype(B), " ", axes(A, 1) == 1:2, " ", isempty(A), " ", A isa Matrix, " ", A isa AbstractMatrix{Int})
A2 = copy(A); A2[A2 .> 2] .= 0
println(A2, " ", A .> 2, " ", findall(A .> 2), " ", count(>(1), A), " ", any(==(4), A), " ", A[A .> 1], " ", argmax(A), " ", findmax(A))
C = zeros(Int, 2, 3); C[1, :] = 1:3; C[2, :] .= 7
println(C, " ", C[:, 2:end], " ", C[end, 1], " ", reverse(C, dims = 2), " ", circshift(C, (0, 1)), " ", sortslices(C, dims = 1, rev = true))
println(permutedims(C), " ", reshape(C, 3, 2), " ", reshape(C, :), " ", dropdims(sum(C, dims = 2), dims = 2), " ", cumsum(C, dims = 2), " ", diff(C, dims = 2))
issym(M) = M == M'
println(issym(A + A'), " ", issymmetric([1 2; 2 1]), " ", isdiag([1 0; 0 2]), " ", isposdef([2.0 0; 0 1]), " ", istriu([1 2; 0 1]))
mul!(C2, A, B) = C2 .= A * B
D = zeros(2, 2)
mul!(D, A, B)
println(D, " ", A .+ [10, 20], " ", A .+ [10 20], " ", A .* [1, 2], " ", A .^ 2, " ", 2 .^ A, " ", A .÷ 2, " ", A .% 2)
v = [1.0, 2, 3]
println(v * v', " ", v'v, " ", v .* v, " ", sum(v .* v), " ", v' * ones(3), " ", ones(2, 3) * v, " ", v / 2, " ", v .- sum(v) / 3)
println(rot180(A), " ", rotl90(A), " ", rotr90(A), " ", repeat(A, 1, 2), " ", cat(A, A, dims = 3)[:, :, 2], " ", A[[2, 1], :], " ", view(A, 1, :))
println(exp.(zeros(2)), " ", sqrt.(A), " ", map(x -> x^2, A), " ", broadcast(max, A, 2), " ", clamp.(A, 2, 3), " ", ifelse.(A .> 2, 1, 0), " ", float.(A), " ", string.(A))
println([1 2 3] * [1, 2, 3], " ", [1, 2, 3] * [1 2 3], " ", [1 2 3] .* [1, 2], " ", [[1, 2] [3, 4]] * [1, 1], " ", A * A * A, " ", A * 0.5, " ", sum(A * B'))
w, V = eigen([2.0 0; 0 3])
println(w, " ", abs.(V), " ", eigvals([1.0 2; 2 1]), " ", round.(svdvals([3.0 0; 0 4])), " ", round(cond([1.0 0; 0 2]), digits = 3), " ", opnorm([1.0 2; 3 4], 1))
