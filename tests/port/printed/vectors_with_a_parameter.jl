struct Vec2{T<:Real}
    x::T
    y::T
end
Vec2(x::Real, y::Real) = Vec2(promote(x, y)...)
import Base: +, -, *, ==, show, getindex, length, iterate, zero
+(a::Vec2, b::Vec2) = Vec2(a.x + b.x, a.y + b.y)
-(a::Vec2, b::Vec2) = Vec2(a.x - b.x, a.y - b.y)
-(a::Vec2) = Vec2(-a.x, -a.y)
*(k::Number, a::Vec2) = Vec2(k * a.x, k * a.y)
*(a::Vec2, k::Number) = k * a
==(a::Vec2, b::Vec2) = a.x == b.x && a.y == b.y
show(io::IO, a::Vec2) = print(io, "<", a.x, ", ", a.y, ">")
getindex(a::Vec2, i::Int) = i == 1 ? a.x : i == 2 ? a.y : throw(BoundsError(a, i))
length(::Vec2) = 2
iterate(a::Vec2, s = 1) = s > 2 ? nothing : (a[s], s + 1)
zero(::Type{Vec2{T}}) where {T} = Vec2(zero(T), zero(T))

a = Vec2(1, 2)
b = Vec2(0.5, 3)
println(a, " ", b, " ", typeof(a), " ", typeof(b))
println(a + b, " ", a - b, " ", 2a, " ", a * 1.5, " ", -a, " ", a == Vec2(1, 2))
x, y = b
println(x, " ", y, " ", collect(a), " ", [c^2 for c in a])
println(sum([a, a, a]), " ", zero(Vec2{Int}))
try
    a[3]
catch e
    println(typeof(e))
end
struct Pair2{A,B}
    first::A
    second::B
end
swap(p::Pair2{A,B}) where {A,B} = Pair2{B,A}(p.second, p.first)
p = Pair2(1, "one")
q = swap(p)
println(typeof(p), " ", typeof(q), " ", q.first, " ", p)
describe(::Vec2{T}) where {T<:Integer} = "integer vector"
describe(::Vec2{T}) where {T<:AbstractFloat} = "float vector"
println(describe(a), ", ", describe(b))
vs = [Vec2(i, i^2) for i in 1:3]
println(vs, " ", length(vs), " ", reduce(+, vs), " ", maximum(v -> v.y, vs))
