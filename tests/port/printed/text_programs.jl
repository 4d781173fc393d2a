vowels = "aeiou"
countv(s) = count(c -> lowercase(c) in vowels, s)
println(countv("Hello World"), " ", [c for c in "hello" if c ∉ vowels], " ", filter(c -> c in vowels, "education"))
ispalin(s) = (cs = filter(isletter, lowercase(s)); cs == reverse(cs))
println(ispalin("Never odd or even"), " ", ispalin("Julia"))
function caesar(text, shift)
    out = Char[]
    for c in text
        if 'a' <= c <= 'z'
            push!(out, 'a' + (c - 'a' + shift) % 26)
        elseif isuppercase(c)
            push!(out, Char((Int(c) - 65 + shift) % 26 + 65))
        else
            push!(out, c)
        end
    end
    return String(out)
end
println(caesar("Hello, xyz!", 3), " ", caesar(caesar("abc", 5), 21))
function rle(s)
    parts = Tuple{Char,Int}[]
    for c in s
        if !isempty(parts) && parts[end][1] == c
            parts[end] = (c, parts[end][2] + 1)
        else
            push!(parts, (c, 1))
        end
    end
    parts
end
println(rle("aaabbc"), " ", join(["$c$n" for (c, n) in rle("aaabbc")]))
text = "one two three two one two"
freq = Dict{String,Int}()
for w in split(text)
    freq[w] = get(freq, w, 0) + 1
end
println(sort(collect(freq), by = x -> (-x[2], x[1])), " ", freq, " ", maximum(values(freq)))
hist = sort(collect(pairs(freq)); by = last)
for (w, n) in hist
    println(rpad(w, 6), '|', "*"^n, " ", n)
end
roman = Dict('I' => 1, 'V' => 5, 'X' => 10, 'L' => 50)
function fromroman(s)
    total = 0
    for (i, c) in enumerate(s)
        v = roman[c]
        total += i < length(s) && roman[s[i+1]] > v ? -v : v
    end
    total
end
println(fromroman("XIV"), " ", fromroman("LIX"), " ", sort(collect(keys(roman))), " ", roman['X'])
morse = Dict("a" => ".-", "b" => "-...")
println(join([morse[string(c)] for c in "ab"], " "), " ", haskey(morse, "z"))
camel(s) = join([i == 1 ? w : uppercasefirst(w) for (i, w) in enumerate(split(s, "_"))])
println(camel("my_var_name"), " ", replace("a-b-c", "-" => "_", count = 1), " ", replace("hello", 'l' => 'L'), " ", replace("abc", r"[ac]" => "x"))
println(join(map(c -> isodd(Int(c)) ? uppercase(c) : c, "abcdef")), " ", String([c for c in "hello"][end:-1:1]), " ", "hello"[[1, end]])
println(lpad(string(5, base = 2), 8, '0'), " ", parse(Int, "0b101"), " ", string(3.0), " ", string(1//2), " ", string([1, 2]), " ", string((1, 'a')))
words = ["apple", "Banana", "cherry"]
println(sort(words, by = lowercase), " ", map(length, words), " ", uppercase.(words), " ", first.(words), " ", [w[end] for w in words], " ", join(sort(collect(words[1]))))
println(findall(c -> c == 'a', "banana"), " ", findfirst('n', "banana"), " ", findlast("an", "banana"), " ", findnext('a', "banana", 3), " ", collect(eachindex("abc")))
csv = "name,age\nAnn,30\nBob,25"
rows = [split(line, ",") for line in split(csv, "\n")]
header, data = rows[1], rows[2:end]
println(header, " ", data)
table = [Dict(zip(header, r)) for r in data]
println(table[1]["name"], " ", sum(parse(Int, r["age"]) for r in table), " ", sort(collect(table[2])))
for r in data
    name, age = r
    println("$name is $(parse(Int, age) + 1) next year")
end
println(strip("  a b "), "|", lstrip("xxa", 'x'), "|", rstrip("a\n"), "|", chomp("a\n"), "|", chop("abc", head = 1, tail = 1), "|", strip("--a--", '-'))
println("a,b;c" |> s -> split(s, [',', ';']), " ", split("2024-01-02", "-") .|> x -> parse(Int, x))
println(startswith("hello", "he") && endswith("hello", "lo"), " ", occursin(r"l+", "hello"), " ", match(r"(\w)(\w+)", "hello").captures[2], " ", match(r"z", "a") === nothing)
s = "x"
s *= "y"; s ^= 2
println(s, " ", s == "xyxy", " ", length(s), " ", isempty(s), " ", s < "xz", " ", hash("a") == hash("a"), " ", Symbol(s), " ", repeat("-", 5))
println("tab\tnew\\n \"q\" \u03b1 $(1+1)%", " ", 'α', " ", "αβ"[1], " ", length("αβ"), " ", sizeof("αβ"), " ", nextind("αβ", 1), " ", collect("αβ"))
print("a"); print(" b\n"); println("c", "d", 1, 2.0, 'e', :f, nothing, true)
println(Char(0x41), " ", 'A' + 2, " ", 'c' - 'a', " ", Int('0'), " ", '5' - '0', " ", 'a':'e', " ", collect('a':2:'g'))
