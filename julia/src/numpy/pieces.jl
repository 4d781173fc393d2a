# Arrays put together from pieces. Positions count in Julia's order of elements.

"""
    scatter(dims, positions, parts...)

An array of zeros to which every part is added at its positions.
"""
function scatter(dims::Tuple, positions::Tuple, parts...)
    y = zeros(mapreduce(eltype, promote_type, parts), dims)
    for (where, part) in zip(positions, parts)
        for (k, v) in zip(where, part)
            y[k] += v
        end
    end
    return y
end

function rrule(::typeof(scatter), dims::Tuple, positions::Tuple, parts...)
    function pullback(dy)
        d = unthunk(dy)
        found = map((where, part) -> ProjectTo(part)(d[where]), positions, parts)
        return (NoTangent(), NoTangent(), NoTangent(), found...)
    end
    return scatter(dims, positions, parts...), pullback
end

"""
    assemble(base, positions, parts...)

`base` with the parts written into it, one after the other.
"""
function assemble(base::AbstractArray, positions::Tuple, parts...)
    y = Array{mapreduce(eltype, promote_type, parts; init = eltype(base))}(base)
    for (where, part) in zip(positions, parts)
        for (k, v) in zip(where, part)
            y[k] = v
        end
    end
    return y
end

function rrule(::typeof(assemble), base::AbstractArray, positions::Tuple, parts...)
    function pullback(dy)
        d = unthunk(dy)
        owner = zeros(Int, size(d))  # who wrote an element last has its cotangent
        for (k, where) in enumerate(positions)
            fill!(view(owner, where), k)
        end
        mine(k, where::Integer) = owner[where] == k ? d[where] : zero(d[where])
        mine(k, where) = ifelse.(owner[where] .== k, d[where], zero(eltype(d)))
        found = map((k, where, part) -> ProjectTo(part)(mine(k, where)), Tuple(eachindex(positions)), positions, parts)
        return (NoTangent(), ProjectTo(base)(ifelse.(owner .== 0, d, zero(eltype(d)))), NoTangent(), found...)
    end
    return assemble(base, positions, parts...), pullback
end

"""
    bincount(weights, index, n)

`n` sums: of the weights with each index.
"""
bincount(weights::AbstractVector, index, n::Integer) = scatter((n,), (index,), weights)
