mutable struct Node
    value::Int
    next::Union{Node, Nothing}
end
mutable struct List
    head::Union{Node, Nothing}
    n::Int
end
List() = List(nothing, 0)
function Base.push!(l::List, v)
    l.head = Node(v, l.head)
    l.n += 1
    return l
end
Base.length(l::List) = l.n
function tovector(l::List)
    out = Int[]
    node = l.head
    while node !== nothing
        push!(out, node.value)
        node = node.next
    end
    out
end
l = List()
for i in 1:5
    push!(l, i^2)
end
println(tovector(l), " ", length(l), " ", isempty(tovector(List())))
function reverse_list(l::List)
    r = List()
    node = l.head
    while !isnothing(node)
        push!(r, node.value)
        node = node.next
    end
    r
end
println(tovector(reverse_list(l)))
