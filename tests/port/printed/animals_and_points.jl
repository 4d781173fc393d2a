abstract type Animal end
struct Dog <: Animal
    name::String
end
struct Cat <: Animal
    name::String
    lives::Int
end
Cat(name) = Cat(name, 9)
speak(a::Animal) = "..."
speak(d::Dog) = "Woof"
speak(c::Cat) = "Meow"
name(a::Animal) = a.name
meets(a::Animal, b::Animal) = "$(name(a)) ignores $(name(b))"
meets(a::Dog, b::Cat) = "$(name(a)) chases $(name(b))"
meets(a::Cat, b::Dog) = "$(name(a)) hisses at $(name(b))"
pets = Animal[Dog("Rex"), Cat("Tom"), Dog("Fido")]
for a in pets, b in pets
    a === b && continue
    println(meets(a, b))
end
println(speak.(pets))
describe(x::Integer) = "integer $x"
describe(x::AbstractFloat) = "float $x"
describe(x::AbstractString) = "string \"$x\""
describe(x::Vector{T}) where {T} = "vector of $T with $(length(x))"
describe(x::Tuple) = "tuple of $(length(x))"
describe(x::Nothing) = "nothing"
describe(x) = "something else: $(typeof(x))"
for v in (1, 2.5, "hi", [1, 2], (1, 2, 3), nothing, :sym, 'c', 1//2, ["a"])
    println(describe(v))
end
describe(x::Int, y::Int) = "two ints"
println(describe(1, 2))
println(isabstracttype(Animal), " ", Dog <: Animal, " ", supertype(Dog), " ", Cat("x") isa Animal)
println(typeof(pets), " ", eltype(pets))
same(a::T, b::T) where {T} = "same type $T"
same(a, b) = "different"
println(same(1, 2), " ", same(1, 2.0))
struct Point{T<:Real}
    x::T
    y::T
end
Base.:+(a::Point, b::Point) = Point(a.x + b.x, a.y + b.y)
Base.:*(k::Real, p::Point) = Point(k * p.x, k * p.y)
Base.show(io::IO, p::Point) = print(io, "⟨", p.x, ", ", p.y, "⟩")
p = Point(1, 2) + Point(3, 4)
println(p, " ", 2 * p, " ", Point(1.5, 2.5))
println(typeof(p), " ", [p, p])
norm2(p::Point{T}) where {T} = sqrt(p.x^2 + p.y^2)
println(norm2(Point(3, 4)))
