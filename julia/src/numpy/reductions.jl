# Reductions that Julia spells otherwise.

"""
    norm(x; dims), norm(x, p; dims)

Lengths of the vectors along some axes; at zero their slope is zero.
"""
function norm(x::AbstractArray; dims = :)
    squares = sum(abs2, x; dims)
    empty = squares .== 0
    return ifelse.(empty, zero(eltype(squares)), sqrt.(ifelse.(empty, one(eltype(squares)), squares)))
end
norm(x::AbstractArray, p::Real; dims = :) = sum(abs.(x) .^ p; dims) .^ (1 / p)

"""
    sort(x; dims)

Equal elements keep their order.
"""
function sort(x::AbstractArray; dims::Integer)
    return x[ascending(x, dims)]
end
ascending(x, dims) = sortperm(x; dims)
ChainRulesCore.@non_differentiable ascending(::Any, ::Any)

"""
    var(x; dims, ddof = 0, where = trues), std(x; dims, ddof = 0, where = trues)

Mean squares of the deviations from the mean, of the elements in `where`, over their number less `ddof`;
and the roots of these.
"""
function var(x::AbstractArray; dims, ddof::Real = 0, where = nothing)
    taken = where === nothing ? trues(size(x)) : where
    n = sum(taken; dims)
    m = sum(ifelse.(taken, x, zero(eltype(x))); dims) ./ n
    deviations = ifelse.(taken, x .- m, zero(eltype(x)))
    return sum(abs2, deviations; dims) ./ ifelse.(n .> ddof, n .- ddof, NaN)
end
std(x::AbstractArray; options...) = sqrt.(var(x; options...))

"""
    cumprod(x; dims)

Running products along an axis.
"""
cumprod(x::AbstractArray; dims::Integer) = Base.cumprod(x; dims)

"Without division, so that zeros do no harm: an element counts in all products from its own on."
function rrule(::typeof(cumprod), x::AbstractArray; dims::Integer)
    y = cumprod(x; dims)
    function pullback(dy)
        d = unthunk(dy)
        dx = mapslices(CartesianIndices(x); dims) do line
            n = length(line)
            map(1:n) do i
                product = i == 1 ? one(eltype(x)) : y[line[i-1]]  # of the elements before
                total = d[line[i]] * conj(product)
                for j in i+1:n
                    product *= x[line[j]]
                    total += d[line[j]] * conj(product)
                end
                total
            end
        end
        return NoTangent(), ProjectTo(x)(dx)
    end
    return y, pullback
end
