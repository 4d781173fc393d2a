function bubble!(v)
    n = length(v)
    for i in 1:n-1
        for j in 1:n-i
            if v[j] > v[j+1]
                v[j], v[j+1] = v[j+1], v[j]
            end
        end
    end
    return v
end
println(bubble!([5, 2, 9, 1]))
function quicksort(v)
    length(v) <= 1 && return v
    p = v[1]
    left = filter(x -> x < p, v[2:end])
    right = filter(x -> x >= p, v[2:end])
    return vcat(quicksort(left), [p], quicksort(right))
end
println(quicksort([3, 6, 1, 8, 2, 9, 2]))
function mergesort(v::Vector{T}) where {T}
    length(v) <= 1 && return copy(v)
    m = length(v) ÷ 2
    a, b = mergesort(v[1:m]), mergesort(v[m+1:end])
    out = T[]
    i = j = 1
    while i <= length(a) && j <= length(b)
        if a[i] <= b[j]
            push!(out, a[i]); i += 1
        else
            push!(out, b[j]); j += 1
        end
    end
    append!(out, a[i:end]); append!(out, b[j:end])
    return out
end
println(mergesort([3.5, 1.25, 2.0]), " ", mergesort(["pear", "apple", "fig"]))
words = ["banana", "Apple", "cherry", "date"]
println(sort(words), sort(words, by = lowercase), sort(words, by = length, rev = true))
println(sortperm([3, 1, 2]), issorted([1, 2, 2]), sort([3, 1, 2], lt = (a, b) -> a > b))
people = [("Ann", 30), ("Bob", 25), ("Cid", 30)]
println(sort(people, by = p -> (-p[2], p[1])))
println(searchsortedfirst([1, 3, 5], 3), " ", insorted(3, [1, 3, 5]))
function binary_search(v, x)
    lo, hi = 1, length(v)
    while lo <= hi
        mid = (lo + hi) >> 1
        if v[mid] == x
            return mid
        elseif v[mid] < x
            lo = mid + 1
        else
            hi = mid - 1
        end
    end
    return nothing
end
println(binary_search([1, 3, 5, 7], 5), " ", binary_search([1, 3], 2))
println(partialsort([5, 3, 1], 2), " ", reverse(sort([2, 3, 1])), " ", sort!([3, 2]))
d = Dict("x" => 3, "y" => 1, "z" => 2)
println(sort(collect(keys(d)), by = k -> d[k]))
println([k for (k, v) in sort(collect(d), by = last)])
println(findmax([1, 5, 2]), findmin([4, 2, 8]), maximum(length, words), argmin(abs.([-3, 1])))
println(sort([1.5, NaN, -Inf]), unique([3, 1, 3]), union([1, 2], [2, 3]), intersect([1, 2], [2]))
