# Convolution and Fourier transforms. The transforms multiply by their matrix, which is plain and quick enough
# for checking; for long signals there are FFTW.jl and its rules.

"""
    convolve(a, v, mode = :full)

The convolution of two arrays with as many axes; `mode` says which part of it is wanted: all, `:same` or
`:valid`.
"""
function convolve(a::AbstractArray{<:Any,N}, v::AbstractArray{<:Any,N}, mode::Symbol = :full) where {N}
    return convolution(a, v)[map((n, m) -> kept(n, m, mode), size(a), size(v))...]
end

function kept(n, m, mode)
    mode === :full && return 1:n+m-1
    short, long = minmax(n, m)
    return mode === :same ? ((short - 1) ÷ 2 .+ (1:long)) : (short:long)
end
ChainRulesCore.@non_differentiable kept(::Any, ::Any, ::Any)

function convolution(a, v)
    y = zeros(promote_type(eltype(a), eltype(v)), size(a) .+ size(v) .- 1)
    for i in CartesianIndices(a), j in CartesianIndices(v)
        y[shifted(i, j)] += a[i] * v[j]
    end
    return y
end
shifted(i, j) = CartesianIndex(Tuple(i) .+ Tuple(j) .- 1)

function rrule(::typeof(convolution), a, v)
    function pullback(dy)
        d = unthunk(dy)
        da = [sum(d[shifted(i, j)] * conj(v[j]) for j in CartesianIndices(v)) for i in CartesianIndices(a)]
        dv = [sum(d[shifted(i, j)] * conj(a[i]) for i in CartesianIndices(a)) for j in CartesianIndices(v)]
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
    order, back, shape = axis_first(size(x), dims, size(m, 1))
    y = Base.reshape(permuted(x, order), size(x, dims), :)
    z = n < size(x, dims) ? m * y[1:n, :] : m[:, 1:size(x, dims)] * y
    return permuted(Base.reshape(z, shape), back)
end
function axis_first(s, dims, n)
    rest = Tuple(k for k in eachindex(s) if k != dims)
    order = (dims, rest...)
    return order, Tuple(invperm(collect(order))), (n, (s[k] for k in rest)...)
end
ChainRulesCore.@non_differentiable axis_first(::Any, ::Any, ::Any)
