struct Circle
    r::Float64
end
struct Rect
    w::Float64
    h::Float64
end
area(c::Circle) = π * c.r^2
area(r::Rect) = r.w * r.h
perimeter(c::Circle) = 2π * c.r
perimeter(r::Rect) = 2(r.w + r.h)
shapes = [Circle(1.0), Rect(2.0, 3.0), Circle(0.5)]
for s in shapes
    println(typeof(s), ": area = ", area(s), ", perimeter = ", round(perimeter(s), digits=3))
end
println("total: ", sum(area, shapes))
println(Circle(2))
println(Rect(1, 2) == Rect(1.0, 2.0))
@show shapes[2]
println(shapes)
mutable struct Counter
    n::Int
    name::String
end
c = Counter(0, "main")
function tick!(c::Counter, k = 1)
    c.n += k
    return c
end
tick!(c); tick!(c, 5)
println(c.n, " ", c.name)
println(c)
c.name = "other"
@show c.name
println(fieldnames(Counter))
println(c isa Counter, " ", Circle <: Any)
