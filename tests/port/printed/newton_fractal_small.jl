# complex numbers: Newton's method for z^3 = 1
f(z) = z^3 - 1
df(z) = 3z^2
function root(z; tol = 1e-10)
    n = 0
    while abs(f(z)) > tol && n < 50
        z -= f(z) / df(z)
        n += 1
    end
    return z, n
end
roots = [cis(2π * k / 3) for k in 0:2]
grid = [complex(x, y) for x in -1.0:1.0:1.0, y in -1.0:1.0:1.0 if (x, y) != (0.0, 0.0)]
for z0 in grid
    z, n = root(z0)
    k = argmin([abs(z - r) for r in roots])
    println(z0, " -> ", k, " after ", n)
end
z = 3 + 4im
println(abs(z), " ", conj(z), " ", real(z), " ", imag(z), " ", z * im, " ", z / (1 + im), " ", z^2)
println(round(angle(1 + 1im), digits = 6), " ", sqrt(complex(-4)), " ", exp(im * π) ≈ -1)
