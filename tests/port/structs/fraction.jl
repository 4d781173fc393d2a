struct Rational2
    num::Int
    den::Int
    function Rational2(n, d)
        d == 0 && throw(DivideError())
        g = gcd(n, d)
        new(n ÷ g, d ÷ g)
    end
end
Base.:+(a::Rational2, b::Rational2) = Rational2(a.num * b.den + b.num * a.den, a.den * b.den)
Base.:*(a::Rational2, b::Rational2) = Rational2(a.num * b.num, a.den * b.den)
Base.:<(a::Rational2, b::Rational2) = a.num * b.den < b.num * a.den
Base.show(io::IO, r::Rational2) = print(io, r.num, "//", r.den)
a = Rational2(1, 2)
b = Rational2(3, 4)
println(a + b, " ", a * b, " ", a < b, " ", b < a)
println([Rational2(k, 6) for k in 1:6])
