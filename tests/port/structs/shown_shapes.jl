struct Shape
    name::String
    sides::Int
end
Base.show(io::IO, s::Shape) = print(io, "Shape(", s.name, ")")
shapes = Dict("tri" => Shape("triangle", 3), "sq" => Shape("square", 4))
println(shapes["tri"], " ", shapes["sq"].sides)
for k in sort(collect(keys(shapes)))
    println(k, " => ", shapes[k])
end
best = argmax(s -> s.sides, collect(values(shapes)))
println(best, " ", [s.sides for s in [Shape("a", 1), Shape("b", 2)]])
println("interp: $(shapes["sq"]) and $(Shape("c", 5))")
println(repr(Shape("d", 1)), " ", string(Shape("e", 2)), " ", (Shape("f", 3), 1))
println(fieldnames(Shape), " ", getfield(Shape("g", 7), :sides))
