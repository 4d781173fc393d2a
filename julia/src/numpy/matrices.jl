# Linear algebra: decompositions as NumPy returns them, and functions of stacks of matrices.

"The function `f` of every matrix in the last two axes; its values are numbers, arrays or tuples of these."
function each(f, x::AbstractArray)
    batch, shape = batched(size(x))
    flat = Base.reshape(x, shape)
    return gathered(map(k -> f(flat[k, :, :]), 1:shape[1]), batch)
end
batched(s) = s[1:end-2], (prod(s[1:end-2]), s[end-1], s[end])
ChainRulesCore.@non_differentiable batched(::Any)

gathered(ys::AbstractVector{<:Number}, batch) = Base.reshape(ys, batch)
function gathered(ys::AbstractVector{<:AbstractArray}, batch)
    y = stack(ys; dims = 1)
    return Base.reshape(y, batch..., size(y)[2:end]...)
end
gathered(ys::AbstractVector{<:Tuple}, batch) = ntuple(k -> gathered(map(y -> y[k], ys), batch), length(first(ys)))

det(x::AbstractArray) = each(LA.det, x)
inv(x::AbstractArray) = each(LA.inv, x)
pinv(x::AbstractArray; options...) = each(a -> LA.pinv(a; options...), x)
expm(x::AbstractArray) = each(exp, x)
cholesky(x::AbstractArray) = each(a -> LA.cholesky(LA.Hermitian(a, :L)).L, x)

"""
    solve(A, b)

`A \\ b` for stacks: of matrices, or of one vector `b`.
"""
function solve(a::AbstractArray, b::AbstractArray)
    ndims(b) == 1 && return each(m -> m \ b, a)
    batch = common(size(a), size(b))
    A, B = to_stack(a, batch), to_stack(b, batch)
    ys = map(k -> A[:, :, k] \ B[:, :, k], 1:size(A, 3))
    return from_stack(stack(ys; dims = 3), batch)
end

"""
    slogdet(A)

The sign of the determinant and the logarithm of its size.
"""
function slogdet(a::AbstractMatrix)
    size_, sign = LA.logabsdet(a)
    return sign, size_
end
slogdet(x::AbstractArray) = each(slogdet, x)

# -- eigenvalues ----------------------------------------------------------------------------------------

"""
    eigh(A, uplo = :L)

Eigenvalues and eigenvectors of a symmetric or Hermitian matrix, of which one triangle is read.
"""
eigh(a::AbstractMatrix, uplo::Symbol = :L) = whole_eigh(completed(a, uplo), uplo)
eigh(x::AbstractArray, uplo::Symbol = :L) = each(a -> eigh(a, uplo), x)

"A Hermitian matrix from one of its triangles."
function completed(a, uplo)
    part = uplo === :L ? LA.tril(a, -1) : LA.triu(a, 1)
    return part .+ part' .+ LA.Diagonal(real(LA.diag(a)))
end

function whole_eigh(a, uplo)
    values, vectors = LA.LAPACK.syevd!('V', first(string(uplo)), Matrix(a))  # what NumPy calls, for the same signs
    return values, vectors
end

"Allow for the phase of complex vectors: LAPACK makes their element in row `k` real."
function with_phase(V, dV, k, turn = imag(sum(conj(V) .* dV; dims = 1)))
    eltype(V) <: Real && return dV
    pivot = real(V[k:k, :])
    ratio = ifelse.(abs.(pivot) .< 1e-8, 0, turn ./ pivot)
    return dV .- im .* (axes(V, 1) .== k) .* ratio
end

function rrule(::typeof(whole_eigh), a, uplo)
    w, V = whole_eigh(a, uplo)
    function pullback(dy)
        dw, dV = map(unthunk, Tuple(unthunk(dy)))
        inner = dw isa AbstractZero ? zeros(eltype(V), size(V)) : Matrix{eltype(V)}(LA.Diagonal(real(dw)))
        if !(dV isa AbstractZero)
            gaps = [i == j ? zero(eltype(w)) : 1 / (w[j] - w[i]) for i in eachindex(w), j in eachindex(w)]
            inner += gaps .* (V' * with_phase(V, dV, uplo === :L ? 1 : length(w)))
        end
        return NoTangent(), ProjectTo(a)(V * inner * V'), NoTangent()
    end
    return (w, V), pullback
end

"""
    eig(A)

Eigenvalues, in the order in which LAPACK finds them, and eigenvectors.
"""
function eig(a::AbstractMatrix)
    F = LA.eigen(a; sortby = nothing)
    return F.values, F.vectors
end
eig(x::AbstractArray) = each(eig, x)

# -- svd, qr -----------------------------------------------------------------------------------------------

"""
    svd(A; full = false)

`U, s, Vt`. The vectors that only complete the basis, with `full`, count as constants.
"""
function svd(a::AbstractMatrix; full::Bool = false)
    U, s, Vt = thin_svd(a)
    full || return U, s, Vt
    k = minimum(size(a))
    whole = ignore_derivatives(() -> LA.svd(a; full = true))
    return size(a, 1) > k ? hcat(U, whole.U[:, k+1:end]) : U, s, size(a, 2) > k ? vcat(Vt, whole.Vt[k+1:end, :]) : Vt
end
svd(x::AbstractArray; full::Bool = false) = each(a -> svd(a; full), x)

"""
    qr(A; full = false)

`Q, R`. The columns that only complete the basis, with `full`, count as constants.
"""
function qr(a::AbstractMatrix; full::Bool = false)
    Q, R = thin_qr(a)
    full || return Q, R
    m, n = size(a)
    whole = ignore_derivatives(() -> Matrix(LA.qr(a).Q * LA.I(m)))
    return hcat(Q, whole[:, n+1:end]), vcat(R, zeros(eltype(R), m - n, n))
end
qr(x::AbstractArray; full::Bool = false) = each(a -> qr(a; full), x)

function thin_qr(a)
    F = LA.qr(a)
    return Matrix(F.Q), Matrix(F.R)
end

"For tall and square matrices Walter & Lehmann 2010; a wide one is split into a square one and the rest."
function rrule(::typeof(thin_qr), a)
    Q, R = thin_qr(a)
    m, n = size(a)
    function pullback(dy)
        dQ, dR = map(unthunk, Tuple(unthunk(dy)))
        dQ = dQ isa AbstractZero ? zero(Q) : dQ
        dR = dR isa AbstractZero ? zero(R) : dR
        if m >= n
            return NoTangent(), ProjectTo(a)(square_qr(Q, R, dQ, dR))
        end
        X, rest = R[:, 1:m], a[:, m+1:end]  # A = Q [X Y], Y = Q' rest
        dX, dY = dR[:, 1:m], dR[:, m+1:end]
        return NoTangent(), ProjectTo(a)(hcat(square_qr(Q, X, dQ + rest * dY', dX), Q * dY))
    end
    return (Q, R), pullback
end

function square_qr(Q, R, dQ, dR)
    M = R * dR' - dQ' * Q
    below = LA.tril(M, -1)
    both = below + below' + LA.Diagonal(real(LA.diag(M)))  # the lower triangle, completed
    return (dQ + Q * both) / R'
end

function thin_svd(a)
    F = LA.svd(a)
    return F.U, F.S, F.Vt
end

"Wan & Zhang 2019; where singular values meet, the vectors have no derivative."
function rrule(::typeof(thin_svd), a)
    U, s, Vt = thin_svd(a)
    function pullback(dy)
        dU, ds, dVt = map(unthunk, Tuple(unthunk(dy)))
        inner = ds isa AbstractZero ? zeros(eltype(U), length(s), length(s)) : Matrix{eltype(U)}(LA.Diagonal(real(ds)))
        gaps = [i == j ? zero(eltype(s)) : 1 / ((s[j] - s[i]) * (s[j] + s[i])) for i in eachindex(s), j in eachindex(s)]
        outer = zero(U * Vt)
        if eltype(U) <: Complex
            dU, dV = dU isa AbstractZero ? zero(U) : dU, dVt isa AbstractZero ? zero(Vt') : dVt'
            turn = imag(sum(conj(U) .* dU; dims = 1)) + imag(sum(conj(Vt') .* dV; dims = 1))
            size(a, 1) >= size(a, 2) ? (dV = with_phase(Vt', dV, 1, turn)) : (dU = with_phase(U, dU, 1, turn))
            dVt = dV'
        end
        if !(dU isa AbstractZero)
            J = gaps .* (U' * dU)
            inner += (J + J') .* s'
            size(U, 1) > length(s) && (outer += (dU - U * (U' * dU)) ./ s' * Vt)
        end
        if !(dVt isa AbstractZero)
            turns = Vt * dVt'
            K = gaps .* turns
            inner += s .* (K + K') - LA.Diagonal((x -> x - real(x)).(LA.diag(turns)) ./ s)
            size(Vt, 2) > length(s) && (outer += U * ((dVt - (dVt * Vt') * Vt) ./ s))
        end
        return NoTangent(), ProjectTo(a)(U * inner * Vt + outer)
    end
    return (U, s, Vt), pullback
end

# -- polynomials ---------------------------------------------------------------------------------------------

"""
    roots(p)

The roots of a polynomial, given by its coefficients with the highest power first.
"""
function roots(p::AbstractVector)
    n = something(findlast(!iszero, p), 0)
    n < 2 && return zeros(eltype(p), max(length(p) - 1, 0))
    companion = zeros(eltype(p), n - 1, n - 1)
    companion[1, :] = -p[2:n] ./ p[1]
    for k in 2:n-1
        companion[k, k-1] = 1
    end
    found = LA.eigvals(companion; sortby = nothing)
    return vcat(found, zeros(eltype(found), length(p) - n))
end

"From P(root) = 0: a coefficient moves a root by -root^k / P'(root)."
function rrule(::typeof(roots), p::AbstractVector)
    y = roots(p)
    n = length(p) - 1
    function pullback(dy)
        slopes = [sum((n + 1 - k) * p[k] * r^(n - k) for k in 1:n) for r in y]
        powers = [-r^(n + 1 - k) for r in y, k in 1:n+1]
        dp = vec(sum(unthunk(dy) ./ conj.(slopes) .* conj.(powers); dims = 1))
        return NoTangent(), ProjectTo(p)(dp)
    end
    return y, pullback
end
