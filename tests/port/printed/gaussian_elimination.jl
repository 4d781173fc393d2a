# Gaussian elimination with pivoting
function solve(A, b)
    A, b = float.(copy(A)), float.(copy(b))
    n = length(b)
    for k in 1:n-1
        p = argmax(abs.(A[k:n, k])) + k - 1
        if p != k
            A[[k, p], :] = A[[p, k], :]
            b[k], b[p] = b[p], b[k]
        end
        for i in k+1:n
            f = A[i, k] / A[k, k]
            A[i, k:n] -= f * A[k, k:n]
            b[i] -= f * b[k]
        end
    end
    x = zeros(n)
    for i in n:-1:1
        s = i < n ? sum(A[i, j] * x[j] for j in i+1:n) : 0.0
        x[i] = (b[i] - s) / A[i, i]
    end
    return x
end
A = [2 1 -1; -3 -1 2; -2 1 2]
b = [8, -11, -3]
x = solve(A, b)
println(round.(x, digits = 10), " ", A * x ≈ b, " ", round.(A \ b, digits = 10))
function lu_doolittle(A)
    n = size(A, 1)
    L = [i == j ? 1.0 : 0.0 for i in 1:n, j in 1:n]
    U = float.(A)
    for k in 1:n, i in k+1:n
        L[i, k] = U[i, k] / U[k, k]
        U[i, :] .-= L[i, k] .* U[k, :]
    end
    L, U
end
L, U = lu_doolittle([4 3; 6 3])
println(L, U, L * U)
