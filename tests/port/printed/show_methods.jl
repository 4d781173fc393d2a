# printing of one's own types, iteration, indexing
struct Deck
    cards::Vector{String}
end
Base.length(d::Deck) = length(d.cards)
Base.getindex(d::Deck, i) = d.cards[i]
Base.iterate(d::Deck, state = 1) = state > length(d) ? nothing : (d.cards[state], state + 1)
Base.show(io::IO, d::Deck) = print(io, "Deck of ", length(d))
Base.in(c::String, d::Deck) = c in d.cards
d = Deck(["ace", "king", "queen"])
println(d, " ", d[2], " ", length(d), " ", "king" in d)
for c in d
    print(c, " ")
end
println()
struct Celsius
    t::Float64
end
struct Fahrenheit
    t::Float64
end
Base.convert(::Type{Celsius}, f::Fahrenheit) = Celsius((f.t - 32) * 5 / 9)
Base.isless(a::Celsius, b::Celsius) = a.t < b.t
Base.show(io::IO, c::Celsius) = print(io, round(c.t, digits = 1), "°C")
c = convert(Celsius, Fahrenheit(212.0))
println(c, " ", Celsius(10) < c, " ", sort([c, Celsius(1), Celsius(50)]), " ", maximum([Celsius(3), Celsius(2)]))
struct Interval{T}
    lo::T
    hi::T
end
Base.in(x, i::Interval) = i.lo <= x <= i.hi
width(i::Interval) = i.hi - i.lo
println(2 in Interval(1, 3), " ", width(Interval(0.5, 2.0)), " ", Interval(1, 2).lo)
Base.:-(a::Interval) = Interval(-a.hi, -a.lo)
n = -Interval(1, 2)
println(n.lo, " ", n.hi)
