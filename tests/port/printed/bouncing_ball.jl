using Printf
Base.@kwdef struct Params
    g::Float64 = 9.81
    drag::Float64 = 0.1
    dt::Float64 = 0.01
end
mutable struct Ball
    pos::Vector{Float64}
    vel::Vector{Float64}
end
energy(b::Ball, p::Params) = 0.5 * sum(abs2, b.vel) + p.g * b.pos[2]
function step!(b::Ball, p::Params)
    acc = [0.0, -p.g] .- p.drag .* b.vel
    b.vel .+= p.dt .* acc
    b.pos .+= p.dt .* b.vel
    if b.pos[2] < 0
        b.pos[2] = -b.pos[2]
        b.vel[2] *= -0.8
        return true
    end
    return false
end
function simulate(b, p = Params(); tmax = 2.0)
    bounces = Float64[]
    t = 0.0
    traj = typeof((t, b.pos[1], b.pos[2]))[]
    while t < tmax
        step!(b, p) && push!(bounces, t)
        t += p.dt
        push!(traj, (t, b.pos...))
    end
    return traj, bounces
end
b = Ball([0.0, 1.0], [2.0, 0.0])
e0 = energy(b, Params())
traj, bounces = simulate(b)
println(length(traj), " ", length(bounces))
@printf("E: %.4f -> %.4f\n", e0, energy(b, Params()))
for (t, x, y) in traj[1:50:end]
    @printf("t=%.2f x=%7.4f y=%7.4f\n", t, x, y)
end
println(round.(bounces, digits = 2))
highest = maximum(p -> p[3], traj)
@printf "highest %.3f at %s\n" highest findmax(last, traj)[2]
p2 = Params(drag = 0.0, dt = 0.001)
println(p2, " ", p2.g)
b2 = Ball([0, 1], [0, 0])
simulate(b2, p2; tmax = 0.3)
println(round.(b2.pos, sigdigits = 5), " ", round.(b2.vel; digits = 4))
rk4(f, y, t, h) = begin
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    y + h / 6 * (k1 + 2k2 + 2k3 + k4)
end
function integrate(f, y0, ts)
    ys = [y0]
    for (a, b) in zip(ts[1:end-1], ts[2:end])
        push!(ys, rk4(f, ys[end], a, b - a))
    end
    ys
end
ts = range(0, 1, length = 11)
ys = integrate((t, y) -> -2y, 1.0, ts)
@printf("%.8f %.8f\n", ys[end], exp(-2))
sol = integrate((t, u) -> [u[2], -u[1]], [1.0, 0.0], 0:0.1:1)
println(round.(sol[end], digits = 6))
