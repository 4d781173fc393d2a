abstract type Account end
struct Savings <: Account
    balance::Float64
    rate::Float64
end
mutable struct Checking <: Account
    balance::Float64
    fees::Int
end
interest(a::Account) = 0.0
interest(a::Savings) = a.balance * a.rate
charge!(c::Checking, x::Real) = (c.balance -= x; c.fees += 1; c)
Base.show(io::IO, c::Checking) = print(io, "Checking(", c.balance, ")")
accts = Account[Savings(100, 0.05), Checking(50, 0)]
charge!(accts[2], 3)
charge!(accts[2], 2.5)
println(sum(interest, accts), " ", accts[2], " ", accts[2].fees, " ", accts[1])
total = 0.0
for a in accts
    global total += a.balance
end
println(total)
struct Node
    key::Int
    left::Union{Node, Nothing}
    right::Union{Node, Nothing}
end
Node(k) = Node(k, nothing, nothing)
insert(n::Nothing, k) = Node(k)
insert(n::Node, k) = k < n.key ? Node(n.key, insert(n.left, k), n.right) : Node(n.key, n.left, insert(n.right, k))
inorder(n::Nothing) = Int[]
inorder(n::Node) = vcat(inorder(n.left), n.key, inorder(n.right))
depth(n) = n === nothing ? 0 : 1 + max(depth(n.left), depth(n.right))
root = nothing
for k in [5, 2, 8, 1, 9]
    global root = insert(root, k)
end
println(inorder(root), " ", depth(root))
struct Temp{T}
    v::T
end
Base.:+(a::Temp, b::Temp) = Temp(a.v + b.v)
Base.isless(a::Temp, b::Temp) = isless(a.v, b.v)
ts = [Temp(3), Temp(1), Temp(2)]
println(sort(ts)[1].v, " ", maximum(ts).v, " ", (ts[1] + ts[2]).v, " ", sum(t.v for t in ts))
struct Poly2
    c::Vector{Int}
end
Base.getindex(p::Poly2, i::Int) = i + 1 <= length(p.c) ? p.c[i + 1] : 0
Base.length(p::Poly2) = length(p.c)
deg(p::Poly2) = length(p) - 1
p = Poly2([1, 0, 2])
println(p[0], " ", p[2], " ", p[5], " ", deg(p), " ", [p[i] for i in 0:deg(p)])
mutable struct Counter
    n::Int
    Counter() = new(0)
end
(c::Counter)() = (c.n += 1)
c = Counter()
c(); c()
println(c(), " ", c.n)
struct Config
    name::Symbol
    opts::Dict{Symbol, Any}
end
cfg = Config(:test, Dict(:lr => 0.1, :n => 3))
println(cfg.name, " ", cfg.opts[:lr] * cfg.opts[:n], " ", haskey(cfg.opts, :x))
