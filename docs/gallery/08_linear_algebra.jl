# Linear algebra: * is the matrix product
using LinearAlgebra

A = [2.0 1.0; 1.0 3.0]
b = [1.0, 2.0]
x = A \ b
residual = norm(A * x - b)
quadratic = x' * A * x
eigenvalues = eigvals(A)
