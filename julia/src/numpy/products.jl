# Products of stacks and tensors. What is said about axes is worked out apart, where Zygote does not look.

"""
    tensordot(a, b, i, j)

The sum over axes `i` of `a` with axes `j` of `b`; the other axes follow each other.
"""
function tensordot(a::AbstractArray, b::AbstractArray, i::Tuple, j::Tuple)
    order_a, order_b, m, k, n, dims = contraction(size(a), size(b), i, j)
    left = Base.reshape(permuted(a, order_a), m, k)
    right = Base.reshape(permuted(b, order_b), k, n)
    y = left * right
    return isempty(dims) ? y[1] : Base.reshape(y, dims)
end

function contraction(size_a, size_b, i, j)
    free_a = Tuple(k for k in eachindex(size_a) if !(k in i))
    free_b = Tuple(k for k in eachindex(size_b) if !(k in j))
    along(s, axes) = prod((s[k] for k in axes); init = 1)
    dims = ((size_a[k] for k in free_a)..., (size_b[k] for k in free_b)...)
    return (free_a..., i...), (j..., free_b...), along(size_a, free_a), along(size_a, i), along(size_b, free_b), dims
end
ChainRulesCore.@non_differentiable contraction(::Any, ::Any, ::Any, ::Any)

permuted(x, order) = is_sorted(order) ? x : permutedims(x, order)
is_sorted(order) = order == ntuple(identity, length(order))
ChainRulesCore.@non_differentiable is_sorted(::Any)

"""
    matmul(a, b)

Products of the matrices in the last two axes; the axes before are broadcast. A vector is a row on the
left and a column on the right.
"""
function matmul(a::AbstractArray, b::AbstractArray)
    row, column = ndims(a) == 1, ndims(b) == 1
    A = row ? Base.reshape(a, 1, length(a)) : a
    B = column ? Base.reshape(b, length(b), 1) : b
    batch = common(size(A), size(B))
    y = from_stack(NNlib.batched_mul(to_stack(A, batch), to_stack(B, batch)), batch)
    z = row ? dropdims(y; dims = ndims(y) - 1) : y
    return column ? dropdims(z; dims = ndims(z)) : z
end

"The axes before the last two, broadcast as in NumPy."
function common(size_a, size_b)
    n = max(length(size_a), length(size_b))
    wide(s) = (ntuple(_ -> 1, n - length(s))..., s...)[1:n-2]
    return Base.Broadcast.broadcast_shape(wide(size_a), wide(size_b))
end
ChainRulesCore.@non_differentiable common(::Any, ::Any)

"The matrices as a stack with one axis for it, the last; and back, with the axes of the stack first."
function to_stack(x, batch)
    shape, order, flat = stacking(size(x), batch)
    wide = size(x) == shape ? x : broadcast_to(x, shape...)
    return Base.reshape(permuted(wide, order), flat)
end
function from_stack(x, batch)
    shape, order = unstacking(size(x), batch)
    return permuted(Base.reshape(x, shape), order)
end

function stacking(s, batch)
    N = length(batch)
    return (batch..., s[end-1], s[end]), (N + 1, N + 2, ntuple(identity, N)...), (s[end-1], s[end], prod(batch))
end
unstacking(s, batch) = (s[1], s[2], batch...), (ntuple(k -> k + 2, length(batch))..., 1, 2)
ChainRulesCore.@non_differentiable stacking(::Any, ::Any)
ChainRulesCore.@non_differentiable unstacking(::Any, ::Any)

"""
    vecdot(a, b), matvec(A, x), vecmat(x, A)

Products of the vectors and matrices in the last axes. The vector on the left is conjugated.
"""
function vecdot(a::AbstractArray, b::AbstractArray)
    products = conj.(lifted(a, ndims(b))) .* lifted(b, ndims(a))
    return dropdims(sum(products; dims = ndims(products)); dims = ndims(products))
end
function matvec(a::AbstractArray, x::AbstractArray)
    y = matmul(a, with_axis(x, ndims(x) + 1))
    return dropdims(y; dims = ndims(y))
end
function vecmat(x::AbstractArray, a::AbstractArray)
    y = matmul(with_axis(conj(x), ndims(x)), a)
    return dropdims(y; dims = ndims(y) - 1)
end

"""
    cross(a, b)

Cross products of the vectors in the last axis.
"""
function cross(a::AbstractArray, b::AbstractArray)
    a1, a2, a3 = component(a, 1), component(a, 2), component(a, 3)
    b1, b2, b3 = component(b, 1), component(b, 2), component(b, 3)
    return cat(a2 .* b3 .- a3 .* b2, a3 .* b1 .- a1 .* b3, a1 .* b2 .- a2 .* b1; dims = ndims(a))
end
component(x::AbstractArray{<:Any,N}, k) where {N} = x[ntuple(_ -> :, N - 1)..., k:k]

"""
    trace(x, k, (i, j))

Sums of the diagonals `k` of the matrices in axes `i` and `j`.
"""
function trace(x::AbstractArray, k::Integer, axes)
    y = permuted(x, last_two(ndims(x), axes))
    masked = ifelse.(diagonal(size(y), k), y, zero(eltype(y)))
    N = ndims(y)
    N == 2 && return sum(masked)
    return dropdims(sum(masked; dims = (N - 1, N)); dims = (N - 1, N))
end
last_two(N, axes) = (Tuple(n for n in 1:N if !(n in axes))..., axes...)
diagonal(s, k) = Base.reshape([j - i == k for i in 1:s[end-1], j in 1:s[end]], ntuple(_ -> 1, length(s) - 2)..., s[end-1], s[end])
ChainRulesCore.@non_differentiable last_two(::Any, ::Any)
ChainRulesCore.@non_differentiable diagonal(::Any, ::Any)

# -- einsum ---------------------------------------------------------------------------------------------

"""
    einsum("ij,jk->ik", a, b, ...)

The sum over all labels that are not in the output, operand after operand.
"""
function einsum(subscripts::String, operands...)
    terms, output = labels(subscripts)
    return contracted(terms, output, operands)
end

function labels(subscripts)
    inputs, output = split(subscripts, "->")
    return [collect(t) for t in split(inputs, ",")], collect(output)
end

function contracted(terms, output, operands)
    have, x = distinct(operands[1], terms[1])
    for k in 2:length(operands)
        more, y = distinct(operands[k], terms[k])
        have, x = together(x, have, y, more, union(output, terms[k+1:end]...))
    end
    have, x = without(x, have, output)
    isempty(output) && return x isa AbstractArray ? x[1] : x
    return permuted(x, Tuple(place(l, have) for l in output))
end

place(l, labels) = findfirst(==(l), labels)

"The positions of the diagonal of an array that has labels twice, one axis a label; nothing if none is twice."
function diagonal_places(shape, labels)
    once = unique(labels)
    length(once) == length(labels) && return nothing
    number = LinearIndices(shape)
    lengths = Tuple(shape[place(l, labels)] for l in once)
    return [number[(I[place(l, once)] for l in labels)...] for I in CartesianIndices(lengths)]
end

function distinct(x, labels)
    places = diagonal_places(size(x), labels)
    return unique(labels), places === nothing ? x : x[places]
end

"Two operands as one, without the labels that are not needed any more."
function together(x, lx, y, ly, needed)
    summed = [l for l in intersect(lx, ly) if !(l in needed)]
    i, j = Tuple(place(l, lx) for l in summed), Tuple(place(l, ly) for l in summed)
    if !isempty(summed) && length(summed) == length(intersect(lx, ly)) && size.(Ref(x), i) == size.(Ref(y), j)
        return vcat(setdiff(lx, summed), setdiff(ly, summed)), tensordot(x, y, i, j)
    end
    all_labels = union(lx, ly)
    return without(spread(x, lx, all_labels) .* spread(y, ly, all_labels), all_labels, needed)
end

"An operand with an axis for each of the labels."
function spread(x, labels, all_labels)
    x isa Number && return x
    y = permuted(x, Tuple(place(l, labels) for l in all_labels if l in labels))
    return Base.reshape(y, Tuple(l in labels ? size(x, place(l, labels)) : 1 for l in all_labels))
end

"The sum over the labels that are not needed."
function without(x, labels, needed)
    gone = Tuple(k for (k, l) in enumerate(labels) if !(l in needed))
    isempty(gone) && return labels, x
    length(gone) == length(labels) && return empty(labels), sum(x)
    return [l for l in labels if l in needed], dropdims(sum(x; dims = gone); dims = gone)
end

"The cotangent of an operand is a product of the same kind, of the output's with the other operands."
function rrule(::typeof(einsum), subscripts::String, operands...)
    terms, output = labels(subscripts)
    y = contracted(terms, output, operands)
    function pullback(dy)
        d = unthunk(dy)
        found = ntuple(length(operands)) do k
            others = [i for i in eachindex(operands) if i != k]
            mine = unique(terms[k])
            reached = [l for l in mine if l in output || any(i -> l in terms[i], others)]
            g = contracted([output, terms[others]...], reached, (d, (conj(operands[i]) for i in others)...))
            return ProjectTo(operands[k])(whole(g, reached, mine, operands[k], terms[k]))
        end
        return (NoTangent(), NoTangent(), found...)
    end
    return y, pullback
end

"The cotangent `g`, with labels `reached`, in the shape of the operand `x`."
function whole(g, reached, mine, x, labels)
    x isa Number && return g isa AbstractArray ? sum(g) : g
    lengths = Tuple(size(x, place(l, labels)) for l in mine)
    if g isa AbstractArray
        g = Base.reshape(g, Tuple(l in reached ? size(g, place(l, reached)) : 1 for l in mine))
        repeated = Tuple(k for k in eachindex(mine) if lengths[k] == 1 && size(g, k) != 1)
        g = isempty(repeated) ? g : sum(g; dims = repeated)
    end
    filled = g .* ones(eltype(g), lengths)
    places = diagonal_places(size(x), labels)
    places === nothing && return filled
    out = zeros(eltype(filled), size(x))
    out[places] = filled
    return out
end
