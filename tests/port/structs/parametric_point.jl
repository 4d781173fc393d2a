struct Point{T<:Real}
    x::T
    y::T
end
Base.:+(p::Point, q::Point) = Point(p.x + q.x, p.y + q.y)
norm1(p::Point) = abs(p.x) + abs(p.y)
scale(p::Point{T}, k) where {T} = Point(p.x * k, p.y * k)
p = Point(1, 2)
q = Point(0.5, 1.5)
println(p, " ", q, " ", p + Point(3, 4), " ", norm1(q))
println(typeof(p), " ", typeof(q), " ", scale(q, 2))
println(Point{Float64}(1, 2))
m = try
    Point(1, 2.0)
    "made"
catch e
    "no method"
end
println(m)
