struct Card
    rank::Int
    suit::Symbol
end
Base.isless(a::Card, b::Card) = (a.rank, a.suit) < (b.rank, b.suit)
name(c::Card) = string(c.rank, first(string(c.suit)))
hand = [Card(10, :hearts), Card(2, :spades), Card(10, :clubs)]
println(join(name.(sort(hand)), " "))
counts = Dict{Int, Int}()
for c in hand
    counts[c.rank] = get(counts, c.rank, 0) + 1
end
println(counts[10], " ", counts[2], " ", Card(2, :spades) in hand, " ", Card(3, :spades) in hand)
seen = Set([Card(1, :a), Card(1, :a), Card(2, :b)])
println(length(seen))
d = Dict(Card(1, :a) => "one")
println(haskey(d, Card(1, :a)), " ", d[Card(1, :a)])
println(unique([Card(1, :a), Card(1, :a)]) |> length)
