struct Matrix2
    a::Int
    b::Int
    c::Int
    d::Int
end
Base.:*(m::Matrix2, n::Matrix2) = Matrix2(m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d, m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d)
Base.:(==)(m::Matrix2, n::Matrix2) = m.a == n.a && m.b == n.b && m.c == n.c && m.d == n.d
Base.one(::Type{Matrix2}) = Matrix2(1, 0, 0, 1)
function power(m::Matrix2, n)
    r = one(Matrix2)
    while n > 0
        if isodd(n)
            r = r * m
        end
        m = m * m
        n = n ÷ 2
    end
    r
end
fib(n) = power(Matrix2(1, 1, 1, 0), n).b
println([fib(n) for n in 1:10], " ", fib(90))
println(power(Matrix2(1,1,1,0), 2) == Matrix2(2, 1, 1, 1), " ", Matrix2(1,0,0,1) != one(Matrix2))
println(fib(100))
