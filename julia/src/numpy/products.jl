# Products of stacks and tensors.

"""
    tensordot(a, b, i, j)

The sum over axes `i` of `a` with axes `j` of `b`; the other axes follow each other.
"""
function tensordot(a::AbstractArray, b::AbstractArray, i::Tuple, j::Tuple)
    free_a = Tuple(k for k in 1:ndims(a) if !(k in i))
    free_b = Tuple(k for k in 1:ndims(b) if !(k in j))
    summed = prod(k -> size(a, k), i; init = 1)
    left = Base.reshape(permuted(a, (free_a..., i...)), :, summed)
    right = Base.reshape(permuted(b, (j..., free_b...)), summed, :)
    dims = (size.(Ref(a), free_a)..., size.(Ref(b), free_b)...)
    y = left * right
    return isempty(dims) ? y[1] : Base.reshape(y, dims)
end

permuted(x, order) = order == ntuple(identity, ndims(x)) ? x : permutedims(x, order)

"""
    matmul(a, b)

Products of the matrices in the last two axes; the axes before are broadcast. A vector is a row on the
left and a column on the right.
"""
function matmul(a::AbstractArray, b::AbstractArray)
    row, column = ndims(a) == 1, ndims(b) == 1
    A = row ? Base.reshape(a, 1, :) : a
    B = column ? Base.reshape(b, :, 1) : b
    batch = Base.Broadcast.broadcast_shape(size(lifted(A, ndims(B)))[1:end-2], size(lifted(B, ndims(A)))[1:end-2])
    y = from_stack(NNlib.batched_mul(to_stack(A, batch), to_stack(B, batch)), batch)
    row && (y = dropdims(y; dims = ndims(y) - 1))
    column && (y = dropdims(y; dims = ndims(y)))
    return y
end

"The matrices as a stack with one axis for it, the last; and back, with the axes of the stack first."
function to_stack(x, batch)
    m, n = size(x)[end-1:end]
    wide = size(x) == (batch..., m, n) ? x : broadcast_to(x, batch..., m, n)
    N = length(batch)
    return Base.reshape(permuted(wide, (N + 1, N + 2, ntuple(identity, N)...)), m, n, :)
end
function from_stack(x, batch)
    N = length(batch)
    split = Base.reshape(x, size(x, 1), size(x, 2), batch...)
    return permuted(split, (ntuple(k -> k + 2, N)..., 1, 2))
end

"""
    vecdot(a, b), matvec(A, x), vecmat(x, A)

Products of the vectors and matrices in the last axes. The vector on the left is conjugated.
"""
function vecdot(a::AbstractArray, b::AbstractArray)
    products = conj.(lifted(a, ndims(b))) .* lifted(b, ndims(a))
    return dropdims(sum(products; dims = ndims(products)); dims = ndims(products))
end
function matvec(a::AbstractArray, x::AbstractArray)
    y = matmul(a, Base.reshape(x, size(x)..., 1))
    return dropdims(y; dims = ndims(y))
end
function vecmat(x::AbstractArray, a::AbstractArray)
    y = matmul(Base.reshape(conj(x), size(x)[1:end-1]..., 1, size(x)[end]), a)
    return dropdims(y; dims = ndims(y) - 1)
end

"""
    cross(a, b)

Cross products of the vectors in the last axis.
"""
function cross(a::AbstractArray, b::AbstractArray)
    a1, a2, a3 = components(a)
    b1, b2, b3 = components(b)
    products = (a2 .* b3 .- a3 .* b2, a3 .* b1 .- a1 .* b3, a1 .* b2 .- a2 .* b1)
    return cat(map(p -> Base.reshape(p, size(p)..., 1), products)...; dims = ndims(products[1]) + 1)
end
components(x) = ntuple(k -> x[ntuple(_ -> :, ndims(x) - 1)..., k], 3)

"""
    trace(x, k, (i, j))

Sums of the diagonals `k` of the matrices in axes `i` and `j`.
"""
function trace(x::AbstractArray, k::Integer, (i, j))
    rest = Tuple(n for n in 1:ndims(x) if n != i && n != j)
    y = permuted(x, (rest..., i, j))
    N = ndims(y)
    masked = ifelse.(diagonal(y, k), y, zero(eltype(y)))
    N == 2 && return sum(masked)
    return dropdims(sum(masked; dims = (N - 1, N)); dims = (N - 1, N))
end
function diagonal(x, k)
    m, n = size(x)[end-1:end]
    return lifted([j - i == k for i in 1:m, j in 1:n], ndims(x))
end
ChainRulesCore.@non_differentiable diagonal(::Any, ::Any)

"""
    einsum("ij,jk->ik", a, b, ...)

The sum over all labels that are not in the output, operand after operand.
"""
function einsum(subscripts::String, operands...)
    inputs, output = split(subscripts, "->")
    terms = [collect(t) for t in split(inputs, ",")]
    labels, x = distinct(operands[1], terms[1])
    for k in 2:length(operands)
        more, y = distinct(operands[k], terms[k])
        needed = union(collect(output), terms[k+1:end]...)
        labels, x = contracted(x, labels, y, more, needed)
    end
    return arranged(x, labels, collect(output))
end

"An operand without repeated labels: where there are some, its diagonal."
function distinct(x, labels)
    unique_labels = unique(labels)
    length(unique_labels) == length(labels) && return unique_labels, x
    places = ignore_derivatives() do
        sizes = [size(x, findfirst(==(l), labels)) for l in unique_labels]
        number = LinearIndices(x)
        [number[(I[findfirst(==(l), unique_labels)] for l in labels)...] for I in CartesianIndices(Tuple(sizes))]
    end
    return unique_labels, x[places]
end

"Two operands as one, without the labels that are not needed any more."
function contracted(x, lx, y, ly, needed)
    both = intersect(lx, ly)
    summed = [l for l in both if !(l in needed)]
    at(l, labels) = findfirst(==(l), labels)
    equal = all(l -> size(x, at(l, lx)) == size(y, at(l, ly)), summed)
    if !isempty(summed) && summed == both && equal
        i, j = Tuple(at(l, lx) for l in summed), Tuple(at(l, ly) for l in summed)
        return vcat(setdiff(lx, summed), setdiff(ly, summed)), tensordot(x, y, i, j)
    end
    all_labels = union(lx, ly)
    z = spread(x, lx, all_labels) .* spread(y, ly, all_labels)
    return without(z, all_labels, needed)
end

"An operand with an axis for each of the labels."
function spread(x, labels, all_labels)
    x isa Number && return x
    mine = [l for l in all_labels if l in labels]
    y = permuted(x, Tuple(findfirst(==(l), labels) for l in mine))
    return Base.reshape(y, Tuple(l in labels ? size(x, findfirst(==(l), labels)) : 1 for l in all_labels))
end

function without(x, labels, needed)
    gone = Tuple(k for (k, l) in enumerate(labels) if !(l in needed))
    isempty(gone) && return labels, x
    length(gone) == length(labels) && return empty(labels), sum(x)
    return [l for l in labels if l in needed], dropdims(sum(x; dims = gone); dims = gone)
end

function arranged(x, labels, output)
    labels, y = without(x, labels, output)
    isempty(output) && return y isa AbstractArray ? y[1] : y
    return permuted(y, Tuple(findfirst(==(l), labels) for l in output))
end
