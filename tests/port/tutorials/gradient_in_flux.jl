# # The gradient function of Flux
#
# The calls of "Gradient và jacobien trong Flux" by phunc20 (a Pluto notebook).

using Flux, LinearAlgebra
using Flux: gradient

# ## Numbers

gradient(x -> 3x^2 + 2x + 1, 3)

#-

gradient((x, y, z) -> x*y + z^2, 1, 2, 3)

# ## Vectors

gradient((x, y) -> sum((x - y).^2), [2.0, 1.0], [2.0, 0.0])

#-

A = [1 0 1; 0 1 0; 0 0 1]
gradient((x, y) -> x' * A * y, [1, 2, 3], [4, 5, 6])

# ## Matrices

Flux.jacobian(inv, [2.0 1.0; 1.0 3.0])

#-

gradient(det, [4.0 1.0 5.0; 3.0 4.0 5.0; 6.0 7.0 8.0])

#-

gradient(det, [1 1 1; 0 1 1; 0 0 1])

# The differential of the determinant, by the cofactors.

X, H = [2.0 1.0 0.0; 1.0 3.0 1.0; 0.0 1.0 4.0], [1.0 0.0 2.0; 0.0 1.0 0.0; 3.0 0.0 1.0]
comatrix = det(X) * inv(X)'
sum(gradient(det, X)[1] .* H) ≈ tr(comatrix' * H)

# ## Functions of Julia

gradient(*, 2.0, 3.0, 5.0)

#-

gradient([7, 11], 0, 1) do x, y, d
    p = size(x, d)
    sum(x.^p .+ y)
end

# ## Implicit parameters

x, y, z = [1 2 3; 4 5 6], [7, 8], [1, 10, 100]
g = gradient(Flux.params([x, y])) do
    sum(x .* y .* z')
end
g[x], g[y]

#-

haskey(g, z)

#-

p, q = [2, 1], [2, 0]
length(keys(gradient(() -> sum((p - q).^2), Flux.params(p, q))))
