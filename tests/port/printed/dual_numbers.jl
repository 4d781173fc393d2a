struct Dual{T<:Real} <: Number
    val::T
    der::T
end
Dual(v::Real, d::Real) = Dual(promote(v, d)...)
Base.:+(a::Dual, b::Dual) = Dual(a.val + b.val, a.der + b.der)
Base.:-(a::Dual, b::Dual) = Dual(a.val - b.val, a.der - b.der)
Base.:*(a::Dual, b::Dual) = Dual(a.val * b.val, a.der * b.val + a.val * b.der)
Base.:/(a::Dual, b::Dual) = Dual(a.val / b.val, (a.der * b.val - a.val * b.der) / b.val^2)
Base.sin(a::Dual) = Dual(sin(a.val), cos(a.val) * a.der)
Base.exp(a::Dual) = Dual(exp(a.val), exp(a.val) * a.der)
Base.convert(::Type{Dual{T}}, x::Real) where {T} = Dual(convert(T, x), zero(T))
Base.promote_rule(::Type{Dual{T}}, ::Type{S}) where {T,S<:Real} = Dual{promote_type(T, S)}
Base.show(io::IO, d::Dual) = print(io, d.val, " + ", d.der, "ε")
derivative(f, x) = f(Dual(x, one(x))).der
f(x) = x * x + sin(x)
println(f(Dual(2.0, 1.0)))
println(derivative(f, 2.0))
println(derivative(x -> x * x * x, 3.0))
println(derivative(x -> exp(x) / x, 1.0))
println(Dual(1, 2) + Dual(3, 4))
println(Dual(1.0, 0.0) * 3)
println(2 + Dual(1.0, 1.0))
println([Dual(1, 0), Dual(2, 1)])
newton(f, x; tol = 1e-10) = begin
    for i in 1:50
        d = f(Dual(x, 1.0))
        step = d.val / d.der
        x -= step
        abs(step) < tol && return (x, i)
    end
    (x, 50)
end
r, n = newton(x -> x * x - 2, 1.0)
println(r, " ", n)
println(typeof(Dual(1, 2.0)), " ", Dual(1, 2) isa Number)
