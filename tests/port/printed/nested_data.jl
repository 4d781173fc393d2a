# nested dictionaries, named tuples and arrays
students = [(name = "Ada", grades = [90, 85]), (name = "Bob", grades = [70, 65, 80])]
for s in students
    println(s.name, ": ", sum(s.grades) / length(s.grades))
end
best = students[argmax([maximum(s.grades) for s in students])]
println(best.name, " ", best)
groups = Dict{Bool, Vector{String}}()
for s in students
    key = sum(s.grades) > 200
    push!(get!(groups, key, String[]), s.name)
end
println(groups[true], groups[false])
config = Dict("model" => Dict("layers" => [2, 3], "rate" => 0.1), "seed" => 1)
config["model"]["rate"] *= 2
push!(config["model"]["layers"], 4)
println(config["model"]["rate"], " ", config["model"]["layers"], " ", haskey(config, "x"))
nt = (a = 1, b = (c = [1, 2], d = "x"))
println(nt.b.c[2], " ", nt.b.d, " ", merge(nt, (a = 5,)).a, " ", length(nt))
m = [[1, 2], [3], Int[]]
push!(m[3], 9)
println(m, " ", sum(sum, m), " ", reduce(vcat, m), " ", length.(m))
inventory = Dict("apple" => (price = 0.5, n = 10), "pear" => (price = 0.75, n = 4))
total = sum(v.price * v.n for v in values(inventory))
println(total)
deep = deepcopy(m)
deep[1][1] = 100
println(m[1], deep[1])
pairs_list = ["x" => 1, "y" => 2]
for (k, v) in pairs_list
    print(k, v, " ")
end
println(first(pairs_list), " ", pairs_list[2].second)
