struct V2
    x::Float64
    y::Float64
end
V2() = V2(0, 0)
V2(a) = V2(a, a)
Base.:+(a::V2, b::V2) = V2(a.x + b.x, a.y + b.y)
Base.:-(a::V2) = V2(-a.x, -a.y)
Base.:-(a::V2, b::V2) = a + (-b)
Base.:*(k::Real, a::V2) = V2(k * a.x, k * a.y)
Base.:*(a::V2, b::V2) = a.x * b.x + a.y * b.y
Base.zero(::Type{V2}) = V2()
Base.abs(a::V2) = sqrt(a * a)
vs = [V2(3, 4), V2(1), V2()]
println(abs(vs[1]), " ", vs[1] * vs[2], " ", 2 * vs[2], " ", -vs[1], " ", vs[1] - vs[2])
println(reduce(+, vs), " ", sum(vs; init = zero(V2)))
println(V2(0, 0) == V2(-0.0, 0.0), " ", V2(1, 2) == V2(1, 2), " ", V2(NaN, 0) == V2(NaN, 0))
