# Convolution and Fourier transforms. The transforms multiply by their matrix, which is plain and quick enough
# for checking; for long signals there are FFTW.jl and its rules.

"""
    convolve(a, v, mode = :full)

`mode` says which part of the convolution is wanted: all of it, `:same` or `:valid`.
"""
function convolve(a::AbstractVector, v::AbstractVector, mode::Symbol = :full)
    return convolution(a, v)[kept(length(a), length(v), mode)]
end

function kept(n, m, mode)
    mode === :full && return 1:n+m-1
    short, long = minmax(n, m)
    return mode === :same ? ((short - 1) ÷ 2 .+ (1:long)) : (short:long)
end
ChainRulesCore.@non_differentiable kept(::Any, ::Any, ::Any)

function convolution(a::AbstractVector, v::AbstractVector)
    y = zeros(promote_type(eltype(a), eltype(v)), length(a) + length(v) - 1)
    for i in eachindex(a), j in eachindex(v)
        y[i+j-1] += a[i] * v[j]
    end
    return y
end

function rrule(::typeof(convolution), a::AbstractVector, v::AbstractVector)
    function pullback(dy)
        d = unthunk(dy)
        da = [sum(d[i+j-1] * conj(v[j]) for j in eachindex(v)) for i in eachindex(a)]
        dv = [sum(d[i+j-1] * conj(a[i]) for i in eachindex(a)) for j in eachindex(v)]
        return NoTangent(), ProjectTo(a)(da), ProjectTo(v)(dv)
    end
    return convolution(a, v), pullback
end

"""
    fft(x; n, dims, norm), ifft(x; n, dims, norm)

Fourier transforms along one axis of `x`, cut or filled with zeros to length `n`. `norm` is `:backward`,
`:ortho` or `:forward`, as in NumPy.
"""
function fft(x::AbstractArray; n = nothing, dims = ndims(x), norm = :backward)
    n = something(n, size(x, dims))
    return along(waves(n, -1, 1:n) .* scale(n, norm, :forward), x, n, dims)
end
function ifft(x::AbstractArray; n = nothing, dims = ndims(x), norm = :backward)
    n = something(n, size(x, dims))
    return along(waves(n, 1, 1:n) .* scale(n, norm, :backward), x, n, dims)
end

"""
    rfft(x; n, dims, norm), irfft(x; n, dims, norm)

The first half of the spectrum of a real signal, and back to a real signal of length `n`.
"""
function rfft(x::AbstractArray; n = nothing, dims = ndims(x), norm = :backward)
    n = something(n, size(x, dims))
    return along(waves(n, -1, 1:n)[1:n÷2+1, :] .* scale(n, norm, :forward), x, n, dims)
end
function irfft(x::AbstractArray; n = nothing, dims = ndims(x), norm = :backward)
    n = something(n, 2 * (size(x, dims) - 1))
    half = n ÷ 2 + 1
    times = [k == 1 || (iseven(n) && k == half) ? 1 : 2 for k in 1:half]  # the other half is the conjugate
    return real(along(waves(n, 1, 1:half) .* times' .* scale(n, norm, :backward), x, half, dims))
end

"The matrix of the transform, its columns `columns`."
waves(n, sign, columns) = [cispi(sign * 2 * mod((j - 1) * (k - 1), n) / n) for j in 1:n, k in columns]
scale(n, norm, full) = norm === :ortho ? 1 / sqrt(n) : norm === full ? 1 / n : 1.0
ChainRulesCore.@non_differentiable waves(::Any, ::Any, ::Any)
ChainRulesCore.@non_differentiable scale(::Any, ::Any, ::Any)

"The matrix `m` times the vectors along one axis, of which the first `n` elements count."
function along(m, x, n, dims)
    N = ndims(x)
    order = (dims, (k for k in 1:N if k != dims)...)
    y = permuted(x, order)
    y = Base.reshape(y, size(y, 1), :)
    n < size(y, 1) && (y = y[1:n, :])
    z = m[:, 1:size(y, 1)] * y
    shape = (size(z, 1), (size(x, k) for k in 1:N if k != dims)...)
    return permuted(Base.reshape(z, shape), Tuple(invperm(collect(order))))
end
