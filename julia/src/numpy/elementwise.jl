# Functions of numbers, to be broadcast. They are written for dual numbers too, which Zygote broadcasts with.

"The number behind dual numbers, which Zygote broadcasts with; they may differ although their values do not."
number(v) = v
number(v::ForwardDiff.Dual) = number(ForwardDiff.value(v))

"The larger one; a NaN counts as missing."
fmax(a, b) = (number(a) > number(b)) | isnan(b) ? a : b

"The smaller one; a NaN counts as missing."
fmin(a, b) = (number(a) <= number(b)) | isnan(b) ? a : b

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
heaviside(x, h) = number(x) == 0 ? h : oftype(h, x > 0)

"The distance to the next number away from 0, with the sign of `x`."
spacing(x) = x < 0 ? -eps(x) : eps(x)
spacing(x::ForwardDiff.Dual) = spacing(ForwardDiff.value(x))

"Is `a` near `b`, the one that is known to be right?"
function isclose(a, b, rtol, atol, equal_nan)
    isfinite(a) && isfinite(b) && return abs(a - b) <= atol + rtol * abs(b)
    return a == b || (equal_nan && isnan(a) && isnan(b))
end

"""
    wrapped(T, x)

Integers in the type `T`, in which NumPy computes: what is too large wraps round. The slope is 1.
"""
wrapped(::Type{T}, x::Number) where {T<:Integer} = rem(x, T)
wrapped(::Type{T}, x::AbstractArray) where {T<:Integer} = rem.(x, T)
function rrule(::typeof(wrapped), T::Type, x)
    project = ProjectTo(x)
    return wrapped(T, x), dy -> (NoTangent(), NoTangent(), project(unthunk(dy)))
end

"`x * 2^n`."
ldexp(x, n) = x * oftype(x, 2.0^n)

"The modified Bessel function of order 0."
i0(x) = SpecialFunctions.besseli(0, x)

# -- of scipy.special, where SpecialFunctions.jl has them under another name or not at all ---------------------

i1(x) = SpecialFunctions.besseli(1, x)
k0(x) = SpecialFunctions.besselk(0, x)
k1(x) = SpecialFunctions.besselk(1, x)
i0e(x) = SpecialFunctions.besselix(0, x)
i1e(x) = SpecialFunctions.besselix(1, x)
k0e(x) = SpecialFunctions.besselkx(0, x)
k1e(x) = SpecialFunctions.besselkx(1, x)
ellipkm1(p) = SpecialFunctions.ellipk(1 - p)

"The logarithm of the size of Γ(x)."
gammaln(x) = SpecialFunctions.loggamma(x)
rgamma(x) = 1 / SpecialFunctions.gamma(x)
binom(n, k) = 1 / ((n + 1) * SpecialFunctions.beta(n - k + 1, k + 1))
poch(z, m) = SpecialFunctions.gamma(z + m) / SpecialFunctions.gamma(z)

logit(p) = log(p / (1 - p))
"`x * log(y)`, and 0 where x is."
xlogy(x, y) = iszero(x) & !isnan(y) ? zero(x * y) : x * log(y)
xlog1py(x, y) = iszero(x) & !isnan(y) ? zero(x * y) : x * log1p(y)
entr(x) = x > 0 ? -x * log(x) : number(x) == 0 ? zero(x) : oftype(x, -Inf)
rel_entr(x, y) = x > 0 && y > 0 ? x * log(x / y) : number(x) == 0 && y >= 0 ? zero(x * y) : oftype(x * y, Inf)
kl_div(x, y) = rel_entr(x, y) - x + y
"Half the square of r up to `delta`, from there on a straight line."
huber(delta, r) = abs(r) <= delta ? r^2 / 2 : delta * (abs(r) - delta / 2)

boxcox(x, p) = iszero(number(p)) ? log(x) + zero(p) : expm1(p * log(x)) / p
boxcox1p(x, p) = iszero(number(p)) ? log1p(x) + zero(p) : expm1(p * log1p(x)) / p
inv_boxcox(y, p) = iszero(number(p)) ? exp(y) + zero(p) : exp(log1p(p * y) / p)
powm1(x, y) = expm1(y * log(x))
cosm1(x) = -2 * sin(x / 2)^2
exprel(x) = iszero(number(x)) ? one(x) + x / 2 : expm1(x) / x

"The standard normal distribution function, its logarithm and its inverse."
ndtr(x) = SpecialFunctions.erfc(-x / sqrt(oftype(x, 2))) / 2
log_ndtr(x) = x < -1 ? log(SpecialFunctions.erfcx(-x / sqrt(oftype(x, 2))) / 2) - x^2 / 2 : log1p(-SpecialFunctions.erfc(x / sqrt(oftype(x, 2))) / 2)
ndtri(p) = -sqrt(oftype(p, 2)) * SpecialFunctions.erfcinv(2 * p)

"The Airy functions Ai and Bi, with their derivatives: Ai, Ai', Bi, Bi'."
airy(x::Number) = (SpecialFunctions.airyai(x), SpecialFunctions.airyaiprime(x), SpecialFunctions.airybi(x), SpecialFunctions.airybiprime(x))
airy(x::AbstractArray) =
    (SpecialFunctions.airyai.(x), SpecialFunctions.airyaiprime.(x), SpecialFunctions.airybi.(x), SpecialFunctions.airybiprime.(x))

"The sine and cosine integrals."
sici(x::Number) = (SpecialFunctions.sinint(x), SpecialFunctions.cosint(abs(x)))
sici(x::AbstractArray) = (SpecialFunctions.sinint.(x), SpecialFunctions.cosint.(abs.(x)))

# The order of these functions is a constant.

jv(v, x) = SpecialFunctions.besselj(number(v), x)
yv(v, x) = SpecialFunctions.bessely(number(v), x)
iv(v, x) = SpecialFunctions.besseli(number(v), x)
kv(v, x) = SpecialFunctions.besselk(number(v), x)
ive(v, x) = SpecialFunctions.besselix(number(v), x)
kve(v, x) = SpecialFunctions.besselkx(number(v), x)
hankel1(v, x) = jv(v, x) + im * yv(v, x)
hankel2(v, x) = jv(v, x) - im * yv(v, x)
hankel1e(v, x) = hankel1(v, x) * cis(-x)
hankel2e(v, x) = hankel2(v, x) * cis(x)
polygamma(n, x) = SpecialFunctions.polygamma(Int(number(n)), x)
zeta(s, q) = SpecialFunctions.zeta(number(s), q)
"The exponential integral of order n; for n = 0 its slope comes from the closed form."
expn(n, x) = number(n) == 0 ? exp(-x) / x : SpecialFunctions.expint(Int(number(n)), x)
