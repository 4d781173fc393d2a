function newton_until_converged(x)
    # branch: abs(x * x - x) > 1.0e-10 is true
    y = x - (x * x - x) / (2 * x)
    # branch: abs(y * y - x) > 1.0e-10 is true
    y2 = y - (y * y - x) / (2 * y)
    # branch: abs(y2 * y2 - x) > 1.0e-10 is true
    y3 = y2 - (y2 * y2 - x) / (2 * y2)
    # branch: abs(y3 * y3 - x) > 1.0e-10 is true
    y4 = y3 - (y3 * y3 - x) / (2 * y3)
    # branch: abs(y4 * y4 - x) > 1.0e-10 is true
    # branch: … > 1.0e-10 is false
    return y4 - (y4 * y4 - x) / (2 * y4)
end
