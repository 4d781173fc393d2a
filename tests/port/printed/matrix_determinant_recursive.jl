# determinants by Laplace's expansion, and by LinearAlgebra
using LinearAlgebra
function minor(A, i, j)
    rows = [r for r in 1:size(A, 1) if r != i]
    cols = [c for c in 1:size(A, 2) if c != j]
    A[rows, cols]
end
function laplace(A)
    n = size(A, 1)
    n == 1 && return A[1, 1]
    s = 0
    for j in 1:n
        s += (-1)^(1 + j) * A[1, j] * laplace(minor(A, 1, j))
    end
    return s
end
M = [2 0 1; 1 3 2; 1 1 4]
println(laplace(M), " ", round(Int, det(M)))
println(minor(M, 2, 2))
println(tr(M), " ", M', " ", M^2)
println(laplace([1.5 2; 3 4]), " ", inv([2.0 0; 0 4]))
