function ray_trace(lenses, heights)
    angles = [0.0, 0.0, 0.0] .- heights * lenses[1].curvature * (lenses[1].index - 1)
    heights2 = heights .+ angles * lenses[1].thickness / lenses[1].index
    angles2 = angles .- heights2 * lenses[2].curvature * (lenses[2].index - 1)
    heights3 = heights2 .+ angles2 * lenses[2].thickness / lenses[2].index
    return sum(heights3 .^ 2)
end
