using Printf
newton(f, df, x; tol = 1e-12, maxit = 50) = begin
    for k in 1:maxit
        dx = f(x) / df(x)
        x -= dx
        abs(dx) < tol && return x, k
    end
    return x, maxit
end
r, k = newton(x -> x^3 - 2, x -> 3x^2, 1.0)
println(r, " ", k)
function secant(f, a, b; n = 10)
    for _ in 1:n
        a, b = b, b - f(b) * (b - a) / (f(b) - f(a))
        abs(f(b)) < 1e-14 && break
    end
    b
end
println(secant(cos, 1.0, 2.0))
taylor(x, n) = sum(x^k / factorial(k) for k in 0:n)
for n in (1, 5, 10)
    @printf("n = %2d  e ≈ %.10f  err = %.2e\n", n, taylor(1.0, n), abs(taylor(1.0, n) - exp(1)))
end
fd(f, x; h = 1e-5) = (f(x + h) - f(x - h)) / 2h
println(fd(sin, 1.0), " ", fd(x -> x^2, 3.0), " ", round(fd(exp, 0.0), digits = 8))
golden(f, a, b) = begin
    φ = (√5 - 1) / 2
    while b - a > 1e-6
        c, d = b - φ * (b - a), a + φ * (b - a)
        f(c) < f(d) ? (b = d) : (a = c)
    end
    (a + b) / 2
end
println(round(golden(x -> (x - 2)^2, 0, 5), digits = 4))
horner(c, x) = foldr((a, acc) -> a + x * acc, c)
println(horner([1, 2, 3], 2), " ", horner([1.0, 0.5], 4), " ", evalpoly(2, [1, 2, 3]))
lagrange(xs, ys, x) = sum(ys[i] * prod((x - xs[j]) / (xs[i] - xs[j]) for j in eachindex(xs) if j != i) for i in eachindex(xs))
println(lagrange([0, 1, 2], [1, 3, 7], 1.5))
function jacobi(A, b; n = 25)
    x = zeros(length(b))
    for _ in 1:n
        x = [(b[i] - sum(A[i, j] * x[j] for j in eachindex(b) if j != i)) / A[i, i] for i in eachindex(b)]
    end
    x
end
println(round.(jacobi([4.0 1; 2 5], [1.0, 2]), digits = 8))
function gauss(A, b)
    A, b = copy(A), copy(b)
    n = length(b)
    for k in 1:n-1, i in k+1:n
        m = A[i, k] / A[k, k]
        A[i, k:end] .-= m .* A[k, k:end]
        b[i] -= m * b[k]
    end
    x = similar(b)
    for i in n:-1:1
        x[i] = (b[i] - sum(A[i, j] * x[j] for j in i+1:n; init = 0.0)) / A[i, i]
    end
    x
end
println(gauss([2.0 1 -1; -3 -1 2; -2 1 2], [8.0, -11, -3]))
mc = let s = 12345
    function next()
        s = (1103515245 * s + 12345) % 2^31
        s / 2^31
    end
    count(_ -> next()^2 + next()^2 < 1, 1:1000)
end
println(4mc / 1000)
interest = 1000.0
for year in 1:3
    global interest *= 1.05
    println("year $year: ", round(interest, digits = 2))
end
heat(u, α) = [i == 1 || i == length(u) ? u[i] : u[i] + α * (u[i-1] - 2u[i] + u[i+1]) for i in eachindex(u)]
u = [0.0, 0, 1, 0, 0]
for _ in 1:2
    global u = heat(u, 0.25)
end
println(u, " ", sum(u))
trapz(x, y) = sum((x[i+1] - x[i]) * (y[i] + y[i+1]) / 2 for i in 1:length(x)-1)
xs = 0:0.25:1
println(trapz(xs, xs .^ 2), " ", xs .^ 2, " ", collect(xs)[end])
println(mod2pi(7.0), " ", deg2rad(90), " ", sind(30), " ", cosd(60), " ", atan(1.0, -1.0), " ", exp10(2), " ", log1p(0.0))
println(maximum(abs, [-3, 2]), " ", sum(abs2, [3, 4]), " ", [1, 2, 3] ./ [2, 2, 2], " ", round.([1.255, 2.5], digits = 1), " ", floor.([1.5, -1.5]))
