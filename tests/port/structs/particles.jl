struct Particle
    pos::Vector{Float64}
    vel::Vector{Float64}
    mass::Float64
end
energy(p::Particle) = 0.5 * p.mass * sum(abs2, p.vel)
momentum(p::Particle) = p.mass .* p.vel
function step!(p::Particle, dt)
    p.pos .+= dt .* p.vel
    return p
end
ps = [Particle([0.0, 0.0], [1.0, 2.0], 2), Particle([1.0, 1.0], [-1.0, 0.5], 1.5)]
for p in ps
    step!(p, 0.1)
end
println([p.pos for p in ps], " ", sum(energy, ps), " ", sum(momentum.(ps)))
centre = sum(p.mass .* p.pos for p in ps) ./ sum(p.mass for p in ps)
println(round.(centre, digits = 4))
same = Particle([1.0], [1.0], 1.0)
println(same == Particle([1.0], [1.0], 1.0), " ", same == same)
