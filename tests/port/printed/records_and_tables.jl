# Simple notebook style cells
data = [(name = "a", score = 3.5), (name = "b", score = 4.25), (name = "c", score = 2.0)]
names = [d.name for d in data]
scores = [d.score for d in data]
println(names, scores)
best = data[argmax(scores)]
println(best)
println(best.name, " ", best.score)
avg = sum(scores) / length(scores)
println("average: ", avg, " rounded: ", round(avg; digits = 2))
above = filter(d -> d.score > avg, data)
println(length(above), " ", above)
table = Dict(d.name => d.score for d in data)
for k in sort(collect(keys(table)))
    println("$k: ", table[k])
end
println(sort(data, by = d -> d.score, rev = true)[1].name)
by_len = Dict{Int,Vector{String}}()
for w in ["one", "two", "three", "four"]
    push!(get!(by_len, length(w), String[]), w)
end
for k in sort(collect(keys(by_len)))
    println(k, " => ", by_len[k])
end
println(by_len[3], " ", haskey(by_len, 9), " ", get(by_len, 9, String[]))
matrix = [d.score * k for d in data, k in 1:2]
println(matrix)
println(map(d -> (d.name, round(Int, d.score)), data))
println([merge(d, (rank = i,)) for (i, d) in enumerate(data)][1])
(; name, score) = data[2]
println(name, " ", score)
println(NamedTuple{(:x, :y)}((1, 2)), " ", (; a = 1, b = 2), " ", keys((a = 1,)), " ", Tuple((a = 1, b = 2)))
println(zip(names, scores) |> collect, " ", Dict(zip(names, scores))["b"])
total = 0.0
for (i, d) in enumerate(data)
    global total += i * d.score
end
println(total)
println(string.(scores), " ", join(string.(round.(scores, digits = 1)), " | "))
println(any(d -> d.name == "b", data), " ", findfirst(d -> d.name == "b", data), " ", count(d -> d.score > 2, data))
println(reduce(vcat, [[1], [2, 3]]), " ", reduce(*, ["x", "y"]), " ", sum(d.score for d in data if d.name != "a"))
println(cumsum(scores), " ", diff(scores), " ", scores ./ sum(scores) .|> (x -> round(x, digits = 3)))
println(first(data, 2) |> length, " ", last(names), " ", reverse(names), " ", length.(names))
println(eltype(scores), " ", typeof(best), " ", typeof(data) == Vector{typeof(best)})
