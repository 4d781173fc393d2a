# dispatch on types, abstract types, unions
abstract type Animal end
struct Dog <: Animal
    name::String
end
struct Cat <: Animal
    name::String
    lives::Int
end
Cat(name) = Cat(name, 9)
speak(::Dog) = "Woof"
speak(::Cat) = "Meow"
speak(a::Animal) = "..."
meet(a::Dog, b::Cat) = "$(a.name) chases $(b.name)"
meet(a::Cat, b::Dog) = "$(a.name) hisses at $(b.name)"
meet(a::Animal, b::Animal) = "$(a.name) meets $(b.name)"
rex, tom = Dog("Rex"), Cat("Tom")
for a in [rex, tom]
    println(a.name, " says ", speak(a))
end
println(meet(rex, tom), "; ", meet(tom, rex), "; ", meet(rex, rex))
describe(x::Int) = "integer"
describe(x::AbstractFloat) = "float"
describe(x::String) = "text"
describe(x::Vector) = "vector of $(length(x))"
describe(x) = "something"
println(join(describe.([1, 2.5]), ", "), " ", describe("a"), " ", describe([1, 2]), " ", describe(nothing))
println(rex isa Animal, " ", typeof(tom), " ", Dog <: Animal, " ", tom.lives, " ", isa(1, Number))
area(shape::NamedTuple) = shape.w * shape.h
println(area((w = 2, h = 3)), " ", (a = 1, b = 2).b, " ", keys((a = 1, b = 2)))
safe(x::Union{Nothing, Int}) = x === nothing ? 0 : x
println(safe(nothing) + safe(4), " ", something(nothing, 5))
