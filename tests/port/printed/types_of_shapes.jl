abstract type Shape end
abstract type Polygon <: Shape end
struct Square <: Polygon
    s::Float64
end
struct Triangle <: Polygon
    b::Float64
    h::Float64
end
struct Disk <: Shape
    r::Float64
end
area(s::Square) = s.s^2
area(t::Triangle) = t.b * t.h / 2
area(d::Disk) = pi * d.r^2
area(x) = error("no area for $(typeof(x))")
sides(::Square) = 4
sides(::Triangle) = 3
sides(::Shape) = 0
shapes = [Square(2), Triangle(3, 4), Disk(1)]
for s in shapes
    println(nameof(typeof(s)), " ", round(area(s), digits = 3), " ", sides(s), " ", s isa Polygon)
end
println(typeof(shapes), " ", eltype(shapes))
try
    area("x")
catch e
    println(e.msg)
end
println(Square <: Polygon, " ", Polygon <: Shape, " ", Square <: Disk, " ", supertype(Square))
println([Square(1), Square(2)], " ", typeof([Square(1)]))
polys = [Square(1), Triangle(1, 2)]
println(typeof(polys))
Base.isless(a::Shape, b::Shape) = area(a) < area(b)
println(sort(shapes), " ", minimum(shapes), " ", Square(1) < Disk(1))
Base.:+(a::Square, b::Square) = Square(sqrt(area(a) + area(b)))
println(Square(3) + Square(4), " ", sum([Square(3), Square(4)]))
Base.show(io::IO, d::Disk) = print(io, "Disk(r=", d.r, ")")
println(Disk(2), " ", [Disk(1)], " ", "text: $(Disk(3))", " ", string(Disk(1)), " ", repr(Disk(1)))
struct Wrapper{T}
    value::T
end
unwrap(w::Wrapper) = w.value
println(Wrapper(3), " ", Wrapper("x"), " ", Wrapper([1, 2]), " ", unwrap(Wrapper(2.5)), " ", typeof(Wrapper(1)))
kind(::Wrapper{Int}) = "int"
kind(::Wrapper{<:AbstractString}) = "string"
kind(::Wrapper) = "other"
println(kind(Wrapper(1)), " ", kind(Wrapper("a")), " ", kind(Wrapper(2.0)))
f(x::Number) = "number"
f(x::Int) = "int"
f(x::Union{String,Symbol}) = "text or symbol"
f(x::Vector{<:Number}) = "numbers"
f(x::AbstractArray) = "array"
f(::Nothing) = "nothing"
f(x::Function) = "function"
f(x::Tuple{Int,Int}) = "pair of ints"
f(::Type{Int}) = "the type Int"
println(join([f(1), f(1.5), f("a"), f(:b), f([1]), f(["a"]), f(nothing), f(sin), f((1, 2)), f(Int)], "; "))
g(x, y) = "any"
g(x::Int, y) = "int first"
g(x, y::Int) = "int second"
g(x::Int, y::Int) = "ints"
println(g(1, 2), " ", g(1, "a"), " ", g("a", 1), " ", g("a", "b"))
h(x::T, y::T) where {T<:Real} = T
h(x::Real, y::Real) = h(promote(x, y)...)
println(h(1, 2), " ", h(1, 2.0), " ", h(1//2, 1))
println(Int <: Number, " ", Float64 <: Real, " ", 1 isa Integer, " ", typeof(1) == Int64, " ", Vector{Int} <: AbstractVector)
println(convert(Int, 2.0), " ", convert(Float32, 1), " ", Int8(5) |> typeof, " ", promote(1, 2.5, 3//2))
