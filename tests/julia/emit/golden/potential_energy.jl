using LinearAlgebra

function potential_energy(positions, masses)
    d = positions[2, :] .- positions[1, :]
    energy = 0.0 - masses[2] * masses[1] / sqrt(dot(d, d))
    d2 = positions[3, :] .- positions[1, :]
    energy2 = energy - masses[3] * masses[1] / sqrt(dot(d2, d2))
    d3 = positions[3, :] .- positions[2, :]
    return energy2 - masses[3] * masses[2] / sqrt(dot(d3, d3))
end
