text = """
The quick brown fox jumps over the lazy dog.
The dog sleeps; the fox runs!
"""
words = split(lowercase(text), r"[^a-z]+", keepempty = false)
println(length(words), " ", words[1:3])
counts = Dict{String,Int}()
for w in words
    counts[w] = get(counts, w, 0) + 1
end
ordered = sort(collect(counts), by = p -> (-p.second, p.first))
for (w, c) in ordered[1:4]
    println(rpad(w, 6), "#"^c)
end
longest = argmax(length, words)
println(longest, " ", maximum(length.(words)))
println([uppercasefirst(w) for w in first(words, 3)])
initials = join(first.(words[1:4]))
println(initials)
letters = Dict(c => count(==(c), text) for c in "aeiou")
println(sort(collect(letters)))
println(collect(letters)[1] isa Pair)
caesar(s, k) = map(c -> isletter(c) ? Char((lowercase(c) - 'a' + k) % 26 + 'a' |> Int) : c, s)
rot(c, k) = isuppercase(c) ? 'A' + mod(c - 'A' + k, 26) : islowercase(c) ? 'a' + mod(c - 'a' + k, 26) : c
println(map(c -> rot(c, 3), "Hello, World!"), " ", map(c -> rot(c, -3), "Khoor"))
palin(s) = (t = filter(isletter, lowercase(s)); t == reverse(t))
println(palin("A man, a plan, a canal: Panama"), " ", palin("nope"))
println(strip("  x "), "|", split("a,b,,c", ","), "|", split("a b  c"), "|", join(1:5, "+", " and "))
m = match(r"(\d+)-(\d+)", "range 10-25 here")
println(m.match, " ", m.captures, " ", parse(Int, m[1]) + parse(Int, m.captures[2]))
println(replace("2024-01-05", r"(\d+)-(\d+)-(\d+)" => s"\3/\2/\1"), " ", occursin(r"^\d+$", "123"))
println([m.match for m in eachmatch(r"\w+", "one two")])
nlines = length(split(strip(text), '\n'))
println(nlines, " ", count(isspace, text), " ", count("the", lowercase(text)))
anagram(a, b) = sort(collect(a)) == sort(collect(b))
println(anagram("listen", "silent"))
rle(s) = isempty(s) ? "" : begin
    out = ""
    c, n = s[1], 0
    for x in s
        if x == c
            n += 1
        else
            out *= string(c, n)
            c, n = x, 1
        end
    end
    out * string(c, n)
end
println(rle("aaabccd"))
println(string("a", 1, 'b', 2.0), " ", "x: $(1 + 1), y: $(round(π, digits = 2))")
println(isdigit('5'), " ", isletter('x'), " ", Int('a'), " ", Char(98), " ", '0' + 7, " ", 'a' < 'b')
for (i, c) in enumerate("hé")
    println(i, " ", c, " ", isascii(c))
end
println(codepoint('A') |> Int, " ", uppercase('q'), " ", "abc"[2], " ", "abc"[2:2], " ", 'x' * 'y', " ", "ab" < "b")
