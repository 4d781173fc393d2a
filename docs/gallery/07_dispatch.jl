# Several methods of one function, chosen by the types of the arguments
abstract type Shape end
struct Circle <: Shape
    r::Float64
end
struct Square <: Shape
    side::Float64
end

area(c::Circle) = π * c.r^2
area(s::Square) = s.side^2

total = sum(area(s) for s in [Circle(1), Square(2)])
