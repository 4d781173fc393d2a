# polynomials as a type with arithmetic
struct Poly
    c::Vector{Int}
end
Base.:+(p::Poly, q::Poly) = begin
    n = max(length(p.c), length(q.c))
    Poly([(i <= length(p.c) ? p.c[i] : 0) + (i <= length(q.c) ? q.c[i] : 0) for i in 1:n])
end
function Base.:*(p::Poly, q::Poly)
    r = zeros(Int, length(p.c) + length(q.c) - 1)
    for i in eachindex(p.c), j in eachindex(q.c)
        r[i + j - 1] += p.c[i] * q.c[j]
    end
    return Poly(r)
end
(p::Poly)(x) = sum(p.c[i] * x^(i - 1) for i in eachindex(p.c))
Base.show(io::IO, p::Poly) = print(io, join(["$(a)x^$(i-1)" for (i, a) in enumerate(p.c)], " + "))
Base.:(==)(p::Poly, q::Poly) = p.c == q.c
derivative(p::Poly) = Poly([i * p.c[i + 1] for i in 1:length(p.c) - 1])
p = Poly([1, 2, 3])
q = Poly([0, 1])
println(p, "; ", p + q, "; ", p * q)
println(p(2), " ", derivative(p), " ", p == Poly([1, 2, 3]), " ", [p, q])
