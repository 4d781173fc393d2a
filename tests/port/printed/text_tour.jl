s = "Hello, World"
println(uppercase(s), " ", lowercase(s), " ", length(s))
println(reverse(s))
println(s[1], s[end], " ", s[1:5], " ", s[end-4:end])
println(split(s, ", "))
println(join(["a", "b", "c"], "-"))
println(replace(s, "World" => "Julia"))
println(occursin("World", s), " ", startswith(s, "Hell"), " ", endswith(s, "x"))
println(findfirst('o', s), " ", findlast('o', s), " ", findfirst("World", s))
println(strip("  padded  "), "|", lstrip("  l"), "|", rstrip("r  "), "|")
println(lpad("7", 3, '0'), " ", rpad("ab", 5, '.'), "|")
println(repeat("ab", 3), " ", "xy"^2, " ", "con" * "cat")
println([c for c in s if isuppercase(c)])
println(collect("abc"))
vowels = filter(c -> c in "aeiou", s)
println(vowels)
counts = Dict{Char,Int}()
for c in lowercase(s)
    isletter(c) || continue
    counts[c] = get(counts, c, 0) + 1
end
for k in sort(collect(keys(counts)))
    print(k, "=", counts[k], " ")
end
println()
println(string(1, " ", 2.5, " ", true, " ", nothing, " ", :sym))
println('a' + 1, " ", 'z' - 'a', " ", Int('A'), " ", Char(66))
println(parse(Int, "42") + 1, " ", parse(Float64, "2.5"))
println(tryparse(Int, "abc"))
println(titlecase("the quick brown fox"))
println(chop("hello"), " ", first(s, 3), " ", last(s, 3))
println(cmp("a", "b"), " ", "apple" < "banana")
println(isempty(""), " ", ncodeunits("é"), " ", length("é"))
@show s[2]
@show s
