function babylonian(x)
    y = (1 + x) / 2
    y2 = (y + x / y) / 2
    y3 = (y2 + x / y2) / 2
    y4 = (y3 + x / y3) / 2
    y5 = (y4 + x / y4) / 2
    y6 = (y5 + x / y5) / 2
    y7 = (y6 + x / y6) / 2
    y8 = (y7 + x / y7) / 2
    return (y8 + x / y8) / 2
end
