mutable struct Queue
    items::Vector{Any}
end
Queue() = Queue([])
enqueue!(q::Queue, x) = push!(q.items, x)
dequeue!(q::Queue) = popfirst!(q.items)
Base.isempty(q::Queue) = isempty(q.items)
Base.length(q::Queue) = length(q.items)
q = Queue()
enqueue!(q, 1)
enqueue!(q, "two")
enqueue!(q, 3.0)
println(length(q), " ", dequeue!(q), " ", dequeue!(q), " ", isempty(q))
while !isempty(q)
    println(dequeue!(q))
end
println(isempty(q))
struct Pair2
    a
    b
end
swap(p::Pair2) = Pair2(p.b, p.a)
println(swap(Pair2(1, "x")), " ", Pair2(1, 2) == Pair2(1, 2), " ", Pair2(1, 2) == Pair2(1.0, 2), " ", Pair2(1, [1]) == Pair2(1, [1]))
