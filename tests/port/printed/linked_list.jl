mutable struct ListNode
    data::Int
    next::Union{ListNode,Nothing}
end
mutable struct LinkedList
    head::Union{ListNode,Nothing}
    len::Int
end
LinkedList() = LinkedList(nothing, 0)
function Base.push!(l::LinkedList, x)
    node = ListNode(x, nothing)
    if l.head === nothing
        l.head = node
    else
        cur = l.head
        while cur.next !== nothing
            cur = cur.next
        end
        cur.next = node
    end
    l.len += 1
    return l
end
Base.length(l::LinkedList) = l.len
function Base.iterate(l::LinkedList, state = l.head)
    state === nothing && return nothing
    return state.data, state.next
end
function Base.reverse!(l::LinkedList)
    prev = nothing
    cur = l.head
    while cur !== nothing
        cur.next, prev, cur = prev, cur, cur.next
    end
    l.head = prev
    return l
end
Base.show(io::IO, l::LinkedList) = print(io, "LinkedList(", join(l, " -> "), ")")
l = LinkedList()
for i in 1:5
    push!(l, i^2)
end
println(l, " ", length(l))
println(sum(l), " ", [x + 1 for x in l], " ", collect(l), " ", maximum(l))
reverse!(l)
println(l)
println("$l has $(length(l)) elements; ", 16 in l)
struct Queue{T}
    items::Vector{T}
    Queue{T}() where {T} = new{T}(T[])
end
enqueue!(q::Queue{T}, x::T) where {T} = (push!(q.items, x); q)
dequeue!(q::Queue) = isempty(q.items) ? throw(ArgumentError("queue is empty")) : popfirst!(q.items)
q = Queue{String}()
enqueue!(q, "a")
enqueue!(q, "b")
println(dequeue!(q), dequeue!(q))
try
    dequeue!(q)
catch e
    println(sprint(showerror, e))
end
