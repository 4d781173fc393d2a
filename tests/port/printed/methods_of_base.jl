# methods of Base for one's own types
struct Bag{T}
    items::Vector{T}
    Bag{T}() where {T} = new{T}(T[])
    Bag(items::Vector{T}) where {T} = new{T}(items)
end
Base.copy(b::Bag) = Bag(copy(b.items))
Base.reverse!(b::Bag) = (reverse!(b.items); b)
Base.sum(b::Bag) = sum(b.items) + 100
Base.maximum(b::Bag) = maximum(abs, b.items)
Base.length(b::Bag) = length(b.items)
Base.push!(b::Bag, x) = (push!(b.items, x); b)
a = Bag{Int}()
push!(a, 1)
push!(push!(a, -7), 3)
b = copy(a)
reverse!(b)
println(a.items, " ", b.items, " ", sum(a), " ", maximum(a), " ", length(b), " ", sum([1, 2]), " ", maximum([1, 2]))
println(map(sum, [a, b]), " ", sum.([a, b]))
vol(::Bag{T}) where {T<:Integer} = "whole"
vol(::Bag{T}) where {T<:AbstractFloat} = "float"
vol(::Bag{T}) where {T<:AbstractString} = "text"
println(vol(a), vol(Bag([1.5])), vol(Bag(["x"])))
@enum Suit clubs = 1 hearts spades
struct Card
    suit::Suit
    rank::Int
end
hand = [Card(hearts, 3), Card(clubs, 12), Card(spades, 1)]
sorted = sort(hand, by = c -> (c.suit, c.rank))
println([c.suit for c in sorted], " ", [c.rank for c in sorted], " ", Suit[hearts, clubs], " ", Suit(2), " ", Int(spades))
println(count(c -> c.suit == hearts, hand), " ", Dict(s => Int(s) for s in instances(Suit))[spades])
