# text: counting, reversing, replacing
s = "Hello, Julia world"
println(length(s), " ", uppercase(s), " ", lowercase(s), " ", reverse(s))
println(occursin("Julia", s), " ", startswith(s, "Hello"), " ", endswith(s, "x"))
println(replace(s, "world" => "planet"), " ", split(s, ", "))
vowels = count(c -> c in "aeiou", s)
println("vowels: $vowels")
println(join(["a", "b", "c"], "-"), " ", repeat("ab", 3), " ", strip("  x "), "|")
function ispalindrome(t)
    clean = filter(isletter, lowercase(t))
    return clean == reverse(clean)
end
for t in ["A man a plan a canal Panama", "not one"]
    println(t, ": ", ispalindrome(t))
end
println(s[1], s[end], " ", s[1:5], " ", first(s, 3), " ", last(s, 5))
println(parse(Int, "42") + parse(Float64, "0.5"), " ", string(3.0, "x", 2))
println(lpad(7, 3, '0'), " ", rpad("ab", 4, '.'), " ", collect("abc"))
words = split("the quick brown fox jumps over the lazy dog")
println(sort(words, by = length), " ", unique(length.(words)))
println(titlecase("some words"), " ", findfirst("o", s), " ", chop("abcd"))
