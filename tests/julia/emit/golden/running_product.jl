function running_product(x)
    v = x[1] * x[2] + sin(x[2])
    v2 = v * x[3] + sin(x[3])
    v3 = v2 * x[4] + sin(x[4])
    v4 = v3 * x[5] + sin(x[5])
    v5 = v4 * x[6] + sin(x[6])
    return sum([x[1], v, v2, v3, v4, v5, v5 * x[7] + sin(x[7])])
end
