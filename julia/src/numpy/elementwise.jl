# Functions of numbers, to be broadcast. They are written for dual numbers too, which Zygote broadcasts with.

"The larger one; a NaN counts as missing."
fmax(a, b) = (a > b) | isnan(b) ? a : b

"The smaller one; a NaN counts as missing."
fmin(a, b) = (a <= b) | isnan(b) ? a : b

"`log(exp(a) + exp(b))` without overflow."
function logaddexp(a, b)
    m = max(a, b)
    isinf(m) && return m
    return m + log(exp(a - m) + exp(b - m))
end

"`log2(2^a + 2^b)` without overflow."
function logaddexp2(a, b)
    m = max(a, b)
    isinf(m) && return m
    return m + log2(exp2(a - m) + exp2(b - m))
end

"0 for negative x, 1 for positive, and `h` at 0."
heaviside(x, h) = x == 0 ? h : oftype(h, x > 0)

"`x * 2^n`."
ldexp(x, n) = x * oftype(x, 2.0^n)

"The modified Bessel function of order 0."
i0(x) = SpecialFunctions.besseli(0, x)
