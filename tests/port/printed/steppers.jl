using Printf, LinearAlgebra
function euler(f, u0, t0, t1, n)
    h = (t1 - t0) / n
    u = u0
    t = t0
    for _ in 1:n
        u += h * f(t, u)
        t += h
    end
    u
end
println(euler((t, u) -> -u, 1.0, 0.0, 1.0, 100))
function rk4(f, u, t, h)
    k1 = f(t, u)
    k2 = f(t + h / 2, u .+ h / 2 .* k1)
    k3 = f(t + h / 2, u .+ h / 2 .* k2)
    k4 = f(t + h, u .+ h .* k3)
    u .+ h / 6 .* (k1 .+ 2k2 .+ 2k3 .+ k4)
end
u = [1.0, 0.0]
h = 0.1
for i in 1:10
    global u = rk4((t, u) -> [u[2], -u[1]], u, i * h, h)
end
println(u)
println(norm(u))
for n in (10, 20, 40)
    err = abs(euler((t, u) -> -u, 1.0, 0.0, 1.0, n) - exp(-1))
    @printf("%4d  %.3e\n", n, err)
end
lotka(t, u) = [1.1u[1] - 0.4u[1] * u[2], 0.1u[1] * u[2] - 0.4u[2]]
traj = [[10.0, 5.0]]
for k in 1:20
    push!(traj, rk4(lotka, traj[end], 0.0, 0.05))
end
println(round.(traj[end], digits = 4), " ", length(traj))
ts = range(0, 1; length = 5)
println(ts, " ", collect(ts), " ", step(ts), " ", ts[2])
us = [exp(-t) for t in ts]
println(round.(us; digits = 3))
trap(f, a, b, n) = (h = (b - a) / n; h * (f(a) / 2 + sum(f(a + k * h) for k in 1:n-1) + f(b) / 2))
println(trap(sin, 0, π, 100))
simpson(f, a, b; n = 10) = begin
    x = range(a, b, length = n + 1)
    w = [i == 0 || i == n ? 1 : iseven(i) ? 2 : 4 for i in 0:n]
    (b - a) / (3n) * sum(w .* f.(x))
end
println(simpson(x -> x^3, 0, 2), " ", simpson(exp, 0, 1; n = 4))
bisect(f, a, b; tol = 1e-6) = begin
    while b - a > tol
        m = (a + b) / 2
        sign(f(m)) == sign(f(a)) ? (a = m) : (b = m)
    end
    (a + b) / 2
end
println(round(bisect(x -> x^2 - 2, 0, 2), digits = 5))
