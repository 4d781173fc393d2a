using LinearAlgebra, Statistics, Printf
x = [1.0, 2, 3, 4, 5]
y = [2.2, 4.1, 6.2, 7.9, 10.1]
X = [ones(5) x]
β = X \ y
println(round.(β, digits = 4))
β2 = inv(X' * X) * X' * y
println(β ≈ β2)
ŷ = X * β
r² = 1 - sum(abs2, y - ŷ) / sum(abs2, y .- mean(y))
@printf("R² = %.5f\n", r²)
println(round(std(y - ŷ), sigdigits = 3))
function gd(X, y; η = 0.02, n = 500)
    w = zeros(size(X, 2))
    for _ in 1:n
        w -= η * 2 / length(y) * X' * (X * w - y)
    end
    w
end
println(round.(gd(X, y), digits = 2))
ridge(X, y, λ) = (X'X + λ * I) \ (X'y)
println(round.(ridge(X, y, 0.1), digits = 4))
A = [2 1; 1 3]
println(A * [1, 2], " ", A' == A, " ", issymmetric(A), " ", A^2, " ", det(A), " ", tr(A))
println(eigvals(A), " ", eigen(Symmetric([2.0 0; 0 1])).values)
println(A .+ 1 == A + ones(Int, 2, 2), " ", A ./ 2, " ", A / 2, " ", 2 \ A)
println(norm([3, 4]), " ", norm(A), " ", dot([1, 2], [3, 4]), " ", [1, 2]'A*[1, 2])
P = [0.9 0.1; 0.5 0.5]
v = [1.0, 0.0]'
for _ in 1:100
    global v = v * P
end
println(round.(v, digits = 4), " ", size(v))
println(hcat(x, y)[1:2, :], " ", vcat(x', y')[:, 1:2])
Q, R = qr([3.0 1; 4 2])
println(round.(abs.(R), digits = 4))
println(cor(x, y) > 0.99, " ", round(cov(x, y), digits = 3))
println(mapslices(norm, [3 0; 4 1], dims = 1), " ", sum([1 2; 3 4], dims = (1, 2)))
println(Diagonal([1, 2]), " ", Diagonal([1, 2]) * A, " ", diag(A), " ", triu(A), I + A)
println(cross([1, 0, 0], [0, 1, 0]), " ", kron([1, 2], [1, 1]), " ", rank([1 2; 2 4]), " ", A \ [3, 5])
