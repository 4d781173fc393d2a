abstract type Animal end
abstract type Pet <: Animal end
struct Dog <: Pet
    name::String
end
struct Cat <: Pet
    name::String
    lives::Int
end
struct Cow <: Animal end
speak(a::Animal) = "..."
speak(d::Dog) = "Woof, I am $(d.name)"
speak(c::Cat) = "Meow"
meet(a::Animal, b::Animal) = "ignores"
meet(a::Dog, b::Cat) = "chases"
meet(a::Cat, b::Dog) = "hisses"
zoo = [Dog("Rex"), Cat("Tom", 9), Cow()]
for z in zoo
    println(speak(z))
end
for a in zoo, b in zoo
    println(typeof(a), " ", meet(a, b), " ", typeof(b))
end
pets = filter(z -> z isa Pet, zoo)
println(length(pets), " ", count(z -> z isa Dog, zoo), " ", Dog <: Pet, " ", Cow <: Pet)
names = [p.name for p in pets]
println(names, " ", Cat("x", 3) == Cat("x", 3), " ", Dog("a") == Dog("b"))
