mutable struct TreeNode
    key::Int
    left::Union{TreeNode,Nothing}
    right::Union{TreeNode,Nothing}
end
TreeNode(k) = TreeNode(k, nothing, nothing)
function insert!(t::Union{TreeNode,Nothing}, k)
    t === nothing && return TreeNode(k)
    if k < t.key
        t.left = insert!(t.left, k)
    elseif k > t.key
        t.right = insert!(t.right, k)
    end
    return t
end
inorder(::Nothing) = Int[]
inorder(t::TreeNode) = vcat(inorder(t.left), t.key, inorder(t.right))
depth(t) = t === nothing ? 0 : 1 + max(depth(t.left), depth(t.right))
root = nothing
for k in [5, 2, 8, 1, 9, 3]
    global root = insert!(root, k)
end
println(inorder(root), " ", depth(root), " ", root.key, " ", root.left.key)
contains_key(t, k) = t !== nothing && (t.key == k || contains_key(k < t.key ? t.left : t.right, k))
println(contains_key(root, 9), " ", contains_key(root, 7))
abstract type Expression end
struct Num <: Expression
    v::Float64
end
struct Var <: Expression
    name::Symbol
end
struct Add <: Expression
    l::Expression
    r::Expression
end
struct Mul <: Expression
    l::Expression
    r::Expression
end
Base.:+(a::Expression, b::Expression) = Add(a, b)
Base.:*(a::Expression, b::Expression) = Mul(a, b)
ev(e::Num, env) = e.v
ev(e::Var, env) = env[e.name]
ev(e::Add, env) = ev(e.l, env) + ev(e.r, env)
ev(e::Mul, env) = ev(e.l, env) * ev(e.r, env)
d(e::Num, x) = Num(0)
d(e::Var, x) = Num(e.name == x ? 1 : 0)
d(e::Add, x) = d(e.l, x) + d(e.r, x)
d(e::Mul, x) = d(e.l, x) * e.r + e.l * d(e.r, x)
str(e::Num) = string(e.v)
str(e::Var) = string(e.name)
str(e::Add) = "($(str(e.l)) + $(str(e.r)))"
str(e::Mul) = "$(str(e.l))*$(str(e.r))"
x = Var(:x)
e = Num(3) * x * x + Num(2) * x
println(str(e), " = ", ev(e, Dict(:x => 2.0)))
println(str(d(e, :x)), " = ", ev(d(e, :x), Dict(:x => 2.0)))
println(e isa Add, " ", typeof(e.l), " ", x, " ", Num(1))
println(Add(Num(1), Var(:y)))
hanoi(n, a, b, c) = n == 0 ? 0 : hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
println(hanoi(5, 'A', 'B', 'C'))
perms(v) = length(v) <= 1 ? [v] : [[v[i]; p] for i in eachindex(v) for p in perms(v[[1:i-1; i+1:end]])]
println(perms([1, 2, 3]))
subsets(v) = isempty(v) ? [Int[]] : (r = subsets(v[2:end]); vcat(r, [[v[1]; s] for s in r]))
println(subsets([1, 2]))
ack(m, n) = m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1))
println(ack(2, 3))
