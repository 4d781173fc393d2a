struct Stack{T}
    items::Vector{T}
end
Stack{T}() where {T} = Stack{T}(T[])
Base.push!(s::Stack, x) = (push!(s.items, x); s)
Base.pop!(s::Stack) = isempty(s) ? throw(ArgumentError("stack is empty")) : pop!(s.items)
Base.isempty(s::Stack) = isempty(s.items)
Base.length(s::Stack) = length(s.items)
Base.show(io::IO, s::Stack{T}) where {T} = print(io, "Stack{$T}(", join(s.items, ", "), ")")
s = Stack{Int}()
push!(s, 1); push!(s, 2); push!(s, 3)
println(s, " ", length(s))
println(pop!(s), " ", s)
while !isempty(s)
    pop!(s)
end
println(s, " ", isempty(s))
try
    pop!(s)
catch e
    println(sprint(showerror, e))
end
function balanced(str)
    st = Char[]
    pairs = Dict(')' => '(', ']' => '[', '}' => '{')
    for c in str
        if c in values(pairs)
            push!(st, c)
        elseif haskey(pairs, c)
            (isempty(st) || pop!(st) != pairs[c]) && return false
        end
    end
    isempty(st)
end
println(balanced("(a[b]{c})"), " ", balanced("(]"), " ", balanced("(("))
function rpn(expr)
    stack = Float64[]
    for tok in split(expr)
        if tok in ("+", "-", "*", "/")
            b, a = pop!(stack), pop!(stack)
            push!(stack, tok == "+" ? a + b : tok == "-" ? a - b : tok == "*" ? a * b : a / b)
        else
            push!(stack, parse(Float64, tok))
        end
    end
    only(stack)
end
println(rpn("3 4 + 2 *"), " ", rpn("5 1 2 + 4 * + 3 -"))
mutable struct Node
    value::Int
    next::Union{Node,Nothing}
end
list = Node(1, Node(2, Node(3, nothing)))
function tolist(n)
    out = Int[]
    while n !== nothing
        push!(out, n.value)
        n = n.next
    end
    out
end
println(tolist(list))
function rev(n)
    prev = nothing
    while n !== nothing
        n.next, prev, n = prev, n, n.next
    end
    prev
end
println(tolist(rev(list)))
q = [1, 2, 3]
push!(q, 4)
println(popfirst!(q), " ", q, " ", first(q), " ", last(q))
deque = Int[]
pushfirst!(deque, 1, 2); push!(deque, 3)
println(deque, " ", splice!(deque, 2), " ", deque)
