text = """
The quick brown fox jumps over the lazy dog.
The dog barks; the fox runs away!
A quick end.
"""
clean = lowercase(replace(text, r"[^A-Za-z\s]" => ""))
words = split(clean)
counts = Dict{String,Int}()
for w in words
    counts[w] = get(counts, w, 0) + 1
end
ranked = sort(collect(counts), by = p -> (-p[2], p[1]))
for (w, c) in ranked[1:5]
    println(rpad(w, 8, '.'), c)
end
longest = maximum(length, words)
println("longest: ", [w for w in unique(words) if length(w) == longest])
initials = Dict{Char,Vector{String}}()
for w in unique(words)
    push!(get!(initials, first(w), String[]), w)
end
for c in sort(collect(keys(initials)))
    println(c, ": ", join(sort(initials[c]), ","))
end
function caesar(s, k)
    out = Char[]
    for c in s
        if isuppercase(c)
            push!(out, 'A' + mod(c - 'A' + k, 26))
        elseif islowercase(c)
            push!(out, 'a' + mod(c - 'a' + k, 26))
        else
            push!(out, c)
        end
    end
    return String(out)
end
secret = caesar("Hello, World!", 3)
println(secret, " ", caesar(secret, -3))
ispalindrome(s) = (t = filter(isletter, lowercase(s)); t == reverse(t))
println(ispalindrome("A man, a plan, a canal: Panama"), " ", ispalindrome("Julia"))
println(titlecase("the end of it"), " ", uppercasefirst("abc"), " ", strip("  x y "), "|")
println(occursin("fox", text), " ", startswith(text, "The"), " ", endswith(strip(text), "."))
m = match(r"(\w+) (\w+) dog", text)
println(m === nothing ? "none" : m.captures[1] * "-" * m.captures[2])
println([m.match for m in eachmatch(r"[a-z]+x\b", text)])
println(split("a=1;b=2;c=3", ';'), " ", parse.(Int, last.(split.(split("a=1;b=2;c=3", ';'), '='))))
println(repeat("ab", 3), " ", "x"^4, " ", string(1, "a", 2.5, true), " ", reverse("stressed"))
println(findfirst('o', "hello world"), " ", findlast("o", "hello world"), " ", "hello"[2:4], " ", "hello"[end])
println(lpad(string(5, base = 2), 8, '0'), " ", parse(Int, "ff", base = 16), " ", bitstring(UInt8(5)))
