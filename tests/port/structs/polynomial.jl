struct Poly
    c::Vector{Float64}
end
(p::Poly)(x) = evalpoly(x, Tuple(p.c))
Base.:+(p::Poly, q::Poly) = begin
    n = max(length(p.c), length(q.c))
    a = zeros(n)
    for i in eachindex(p.c)
        a[i] += p.c[i]
    end
    for i in eachindex(q.c)
        a[i] += q.c[i]
    end
    Poly(a)
end
Base.length(p::Poly) = length(p.c)
degree(p::Poly) = length(p) - 1
function derivative(p::Poly)
    n = length(p.c)
    d = zeros(n - 1)
    for k in 2:n
        d[k-1] = (k - 1) * p.c[k]
    end
    return Poly(d)
end
p = Poly([1.0, 2.0, 3.0])
q = Poly([0.0, 1.0])
s = p + q
println(s.c, " ", degree(s), " ", p(2.0), " ", derivative(p).c, " ", derivative(p)(1.0))
