struct Polynomial{T<:Number}
    coeffs::Vector{T}
end
Polynomial(xs::Number...) = Polynomial(collect(promote(xs...)))
degree(p::Polynomial) = length(p.coeffs) - 1
(p::Polynomial)(x) = evalpoly(x, p.coeffs)
function Base.:+(p::Polynomial, q::Polynomial)
    n = max(length(p.coeffs), length(q.coeffs))
    c = [get(p.coeffs, i, 0) + get(q.coeffs, i, 0) for i in 1:n]
    return Polynomial(c)
end
function Base.:*(p::Polynomial{T}, q::Polynomial{S}) where {T,S}
    c = zeros(promote_type(T, S), degree(p) + degree(q) + 1)
    for (i, a) in enumerate(p.coeffs), (j, b) in enumerate(q.coeffs)
        c[i+j-1] += a * b
    end
    Polynomial(c)
end
Base.:-(p::Polynomial) = Polynomial(-p.coeffs)
Base.:(==)(p::Polynomial, q::Polynomial) = p.coeffs == q.coeffs
derivative(p::Polynomial) = Polynomial([k * p.coeffs[k+1] for k in 1:degree(p)])
function Base.show(io::IO, p::Polynomial)
    terms = String[]
    for (k, c) in enumerate(p.coeffs)
        c == 0 && continue
        push!(terms, k == 1 ? "$c" : k == 2 ? "$(c)x" : "$(c)x^$(k-1)")
    end
    print(io, isempty(terms) ? "0" : join(terms, " + "))
end
p = Polynomial(1, 2, 3)
q = Polynomial([0, 1])
println(p, "; ", q, "; ", p + q, "; ", p * q)
println(p(2), " ", p.([0, 1, 2]), " ", p(0.5))
println(derivative(p), " ", degree(p), " ", -p)
println(p == Polynomial(1, 2, 3), " ", typeof(p), " ", typeof(Polynomial(1.5, 2)))
println([p, q])
@show p
newton(p, x; n = 20) = foldl((x, _) -> x - p(x) / derivative(p)(x), 1:n; init = x)
println(newton(Polynomial(-2, 0, 1), 1.0))
Base.getindex(p::Polynomial, i::Int) = p.coeffs[i+1]
Base.length(p::Polynomial) = length(p.coeffs)
Base.iterate(p::Polynomial, s...) = iterate(p.coeffs, s...)
println(p[0], p[2], " ", length(p), " ", sum(p), " ", collect(p))
