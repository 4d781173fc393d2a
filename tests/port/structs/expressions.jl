abstract type Expr2 end
struct Num <: Expr2
    v::Float64
end
struct Add <: Expr2
    a::Expr2
    b::Expr2
end
struct Mul <: Expr2
    a::Expr2
    b::Expr2
end
struct Var <: Expr2
    name::Symbol
end
ev(e::Num, env) = e.v
ev(e::Var, env) = env[e.name]
ev(e::Add, env) = ev(e.a, env) + ev(e.b, env)
ev(e::Mul, env) = ev(e.a, env) * ev(e.b, env)
diff(e::Num, x) = Num(0)
diff(e::Var, x) = Num(e.name == x ? 1 : 0)
diff(e::Add, x) = Add(diff(e.a, x), diff(e.b, x))
diff(e::Mul, x) = Add(Mul(diff(e.a, x), e.b), Mul(e.a, diff(e.b, x)))
show_(e::Num) = string(e.v)
show_(e::Var) = string(e.name)
show_(e::Add) = "(" * show_(e.a) * " + " * show_(e.b) * ")"
show_(e::Mul) = show_(e.a) * "*" * show_(e.b)
e = Add(Mul(Num(3), Var(:x)), Mul(Var(:x), Var(:y)))
env = Dict(:x => 2.0, :y => 5.0)
println(ev(e, env), " ", ev(diff(e, :x), env), " ", show_(e))
