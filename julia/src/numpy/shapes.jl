# Shapes, with the elements in NumPy's order.

"`x` with its axes in reverse: Julia's order of the result is NumPy's order of `x`."
turned(x::AbstractArray{<:Any,N}) where {N} = N < 2 ? x : permutedims(x, backwards(N))
backwards(n) = ntuple(k -> n + 1 - k, n)
ChainRulesCore.@non_differentiable backwards(::Any)

"""
    ravel(x)

The elements as a vector, the last axis first.
"""
ravel(x::AbstractArray) = vec(turned(x))

"""
    reshape(x, dims...)

`Base.reshape` reads and fills the first axis first; this one the last.
"""
reshape(x::AbstractArray, dims::Integer...) = turned(Base.reshape(turned(x), Base.reverse(dims)))

"`x` with axes of length 1 in front, so that it has `n`."
lifted(x::Number, n) = x
lifted(x::AbstractArray, n) = ndims(x) >= n ? x : Base.reshape(x, lifted_size(size(x), n))
lifted_size(s, n) = (ntuple(_ -> 1, n - length(s))..., s...)
ChainRulesCore.@non_differentiable lifted_size(::Any, ::Any)

"""
    broadcast_to(x, dims...)

`x` repeated along the axes where it has length 1, or none.
"""
broadcast_to(x::AbstractArray, dims::Integer...) = lifted(x, length(dims)) .* ones(eltype(x), dims)

"""
    rot90(x, k, (i, j))

Turned `k` times by 90 degrees, from axis `i` towards axis `j`.
"""
function rot90(x::AbstractArray, k::Integer, (i, j))
    k = mod(k, 4)
    k == 0 && return x
    k == 2 && return Base.reverse(Base.reverse(x; dims = i); dims = j)
    order = exchanged(ndims(x), i, j)
    return k == 1 ? permutedims(Base.reverse(x; dims = j), order) : Base.reverse(permutedims(x, order); dims = j)
end

exchanged(n, i, j) = ntuple(k -> k == i ? j : k == j ? i : k, n)
ChainRulesCore.@non_differentiable exchanged(::Any, ::Any, ::Any)

"""
    linspace(a, b, n; endpoint = true, dims = 1)

`n` numbers from `a` to `b`, along a new axis if these are arrays.
"""
function linspace(a, b, n::Integer; endpoint::Bool = true, dims::Integer = 1)
    t = shares(n, endpoint, max(ndims(a), ndims(b)), dims)
    first, last = with_axis(a, dims), with_axis(b, dims)
    return (1 .- t) .* first .+ t .* last
end

"How far from `a` to `b` the numbers are, along axis `dims` of N + 1."
function shares(n, endpoint, N, dims)
    share = n == 1 ? zeros(1) : collect((0:n-1) ./ (endpoint ? n - 1 : n))
    return N == 0 ? share : Base.reshape(share, ntuple(k -> k == dims ? n : 1, N + 1))
end
ChainRulesCore.@non_differentiable shares(::Any, ::Any, ::Any, ::Any)

with_axis(x::Number, dims) = x
with_axis(x::AbstractArray, dims) = Base.reshape(x, size_with_axis(size(x), dims))
size_with_axis(s, dims) = (s[1:dims-1]..., 1, s[dims:end]...)
ChainRulesCore.@non_differentiable size_with_axis(::Any, ::Any)

"""
    pad(x, widths)

Zeros around `x`: a pair (before, after) for each axis.
"""
function pad(x::AbstractArray, widths)
    y = zeros(eltype(x), map((n, w) -> n + sum(w), size(x), widths))
    y[middle(x, widths)...] = x
    return y
end
middle(x, widths) = map((n, w) -> w[1]+1:w[1]+n, size(x), widths)

function rrule(::typeof(pad), x::AbstractArray, widths)
    project = ProjectTo(x)
    return pad(x, widths), dy -> (NoTangent(), project(unthunk(dy)[middle(x, widths)...]), NoTangent())
end

"""
    tril(x, k = 0), triu(x, k = 0)

The lower or upper triangles of a stack of matrices.
"""
tril(x::AbstractArray, k::Integer = 0) = ifelse.(lower(x, k), x, zero(eltype(x)))
triu(x::AbstractArray, k::Integer = 0) = ifelse.(.!lower(x, k - 1), x, zero(eltype(x)))

"Which elements of the last two axes are on diagonal `k` or below."
function lower(x, k)
    m, n = size(x)[end-1:end]
    return lifted([j - i <= k for i in 1:m, j in 1:n], ndims(x))
end
ChainRulesCore.@non_differentiable lower(::Any, ::Any)
