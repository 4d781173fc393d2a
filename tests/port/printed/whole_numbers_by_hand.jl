isprime(n) = n > 1 && all(n % d != 0 for d in 2:isqrt(n))
println(filter(isprime, 1:30))
function sieve(n)
    is = trues(n); is[1] = false
    for i in 2:isqrt(n)
        is[i] || continue
        for j in i*i:i:n
            is[j] = false
        end
    end
    return findall(is)
end
println(sieve(40), " ", count(sieve(1000) .> 0))
function factors(n)
    fs = Pair{Int,Int}[]
    d = 2
    while n > 1
        k = 0
        while n % d == 0
            n ÷= d
            k += 1
        end
        k > 0 && push!(fs, d => k)
        d += 1
    end
    fs
end
println(factors(360))
println(join(["$p^$k" for (p, k) in factors(360)], " × "))
function gcd2(a, b)
    while b != 0
        a, b = b, a % b
    end
    a
end
println(gcd2(48, 36), " ", powermod(3, 200, 13), " ", invmod(3, 7))
fact(n::Integer) = n <= 1 ? big(1) : n * fact(n - 1)
println(fact(25), " ", typeof(fact(3)))
collatz(n) = n == 1 ? [1] : [n; collatz(iseven(n) ? n ÷ 2 : 3n + 1)]
println(collatz(6))
pascal = [[binomial(n, k) for k in 0:n] for n in 0:4]
foreach(println, pascal)
fizz(n) = n % 15 == 0 ? "FizzBuzz" : n % 3 == 0 ? "Fizz" : n % 5 == 0 ? "Buzz" : string(n)
println(join(fizz.(1:15), ","))
println(digits(1234, base = 10), " ", sum(digits(999)), " ", reverse(digits(120)), " ", ndigits(12345))
perfect = [n for n in 2:500 if sum(d for d in 1:n-1 if n % d == 0) == n]
println(perfect)
println(string(10, base = 2, pad = 8), " ", bitstring(UInt8(10)), " ", parse(Int, "1010", base = 2))
armstrong(n) = sum(d^ndigits(n) for d in digits(n)) == n
println([n for n in 100:999 if armstrong(n)])
tri = cumsum(1:10)
println(tri, " ", tri[end], " ", prod(big.(1:21)))
h = 0
for c in "hash me"
    global h = (31h + Int(c)) % 1_000_007
end
println(h, " ", hash(1) == hash(1.0))
