mutable struct Node{T}
    value::T
    left::Union{Node{T},Nothing}
    right::Union{Node{T},Nothing}
end
Node(v::T) where {T} = Node{T}(v, nothing, nothing)
function insert!(n::Union{Node,Nothing}, v)
    n === nothing && return Node(v)
    if v < n.value
        n.left = insert!(n.left, v)
    elseif v > n.value
        n.right = insert!(n.right, v)
    end
    return n
end
height(::Nothing) = 0
height(n::Node) = 1 + max(height(n.left), height(n.right))
inorder(::Nothing) = Int[]
inorder(n::Node) = vcat(inorder(n.left), [n.value], inorder(n.right))
contains_value(::Nothing, v) = false
contains_value(n::Node, v) = n.value == v || (v < n.value ? contains_value(n.left, v) : contains_value(n.right, v))
function show_tree(io::IO, n::Node, depth = 0)
    n.right === nothing || show_tree(io, n.right, depth + 1)
    println(io, "    "^depth, n.value)
    isnothing(n.left) || show_tree(io, n.left, depth + 1)
end
let
    root = nothing
    for v in [50, 30, 70, 20, 40, 60, 80, 30]
        root = insert!(root, v)
    end
    println(inorder(root), " height ", height(root))
    println(contains_value(root, 60), " ", contains_value(root, 65))
    show_tree(stdout, root)
    println(sum(inorder(root)))
end
abstract type Expr2 end
struct Num <: Expr2
    v::Float64
end
struct BinOp <: Expr2
    op::Symbol
    l::Expr2
    r::Expr2
end
evaluate(n::Num) = n.v
function evaluate(b::BinOp)
    l, r = evaluate(b.l), evaluate(b.r)
    b.op == :+ ? l + r : b.op == :* ? l * r : b.op === :- ? l - r : error("unknown op $(b.op)")
end
pretty(n::Num) = isinteger(n.v) ? string(Int(n.v)) : string(n.v)
pretty(b::BinOp) = "(" * pretty(b.l) * " " * string(b.op) * " " * pretty(b.r) * ")"
e = BinOp(:+, Num(2), BinOp(:*, Num(3), BinOp(:-, Num(7.5), Num(1))))
println(pretty(e), " = ", evaluate(e))
try
    evaluate(BinOp(:^, Num(1), Num(2)))
catch err
    println("error: ", err.msg)
end
depth(::Num) = 1
depth(b::BinOp) = 1 + maximum(depth.((b.l, b.r)))
println(depth(e))
