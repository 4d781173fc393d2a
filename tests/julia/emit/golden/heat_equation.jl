function heat_equation(u, k)
    u2 = u .+ k * (circshift(u, 1) .- 2 * u .+ circshift(u, -1))
    u3 = u2 .+ k * (circshift(u2, 1) .- 2 * u2 .+ circshift(u2, -1))
    u4 = u3 .+ k * (circshift(u3, 1) .- 2 * u3 .+ circshift(u3, -1))
    u5 = u4 .+ k * (circshift(u4, 1) .- 2 * u4 .+ circshift(u4, -1))
    u6 = u5 .+ k * (circshift(u5, 1) .- 2 * u5 .+ circshift(u5, -1))
    return sum(u6 .^ 3)
end
