# modular arithmetic
function powmod(b, e, m)
    r = 1
    b = b % m
    while e > 0
        if isodd(e)
            r = r * b % m
        end
        b = b * b % m
        e = e ÷ 2
    end
    return r
end
println(powmod(3, 200, 13), " ", powermod(3, 200, 13))
egcd(a, b) = b == 0 ? (a, 1, 0) : begin
    g, x, y = egcd(b, a % b)
    (g, y, x - (a ÷ b) * y)
end
println(egcd(240, 46), " ", gcd(240, 46), " ", lcm(4, 6), " ", invmod(3, 7))
phi(n) = count(k -> gcd(k, n) == 1, 1:n)
println([phi(n) for n in 1:12])
println(digits(1234), " ", sum(digits(987)), " ", string(10, base = 2), " ", bitstring(Int8(5)))
println(mod(-7, 3), " ", rem(-7, 3), " ", -7 ÷ 3, " ", fld(-7, 3), " ", divrem(17, 5))
println(typemax(Int), " ", typemax(Int) + 1, " ", 2^62 * 4, " ", Int32(7) ÷ Int32(2))
println(factorial(20), " ", binomial(10, 3), " ", big(2)^70)
println(isqrt(50), " ", 7 & 3, " ", 7 ⊻ 2, " ", 1 << 5, " ", count_ones(255))
