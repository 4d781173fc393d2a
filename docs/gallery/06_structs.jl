# A type with methods
struct Point
    x::Float64
    y::Float64
end

norm2(p::Point) = p.x^2 + p.y^2
Base.:+(a::Point, b::Point) = Point(a.x + b.x, a.y + b.y)

p = Point(1, 2) + Point(3, 4)
size2 = norm2(p)
