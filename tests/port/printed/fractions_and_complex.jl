r = 3 // 4
println(r, " ", r + 1, " ", r * 2 // 3, " ", r ^ 2, " ", 1 / r, " ", float(r))
println(numerator(r), "/", denominator(r), " ", r == 0.75, " ", r < 1)
println([1//2, 3//4], " ", sum([1//2, 1//3]), " ", typeof(r))
println(6 // 4, " ", -1 // 2, " ", 1 // 3 + 0.5, " ", round(Int, 7 // 2))
z = 1 + 2im
println(z, " ", conj(z), " ", abs(z), " ", z * z, " ", z + 1, " ", z / 2, " ", z^2)
println(real(z), " ", imag(z), " ", z == 1 + 2im, " ", typeof(z), " ", typeof(1.0 + 0im))
w = 1.5 - 0.5im
println(w, " ", w * z, " ", abs2(w), " ", angle(1im), " ", im * im, " ", im)
println(exp(im * π), " ", sqrt(complex(-1)), " ", Complex(1, 2), " ", complex(1.0, 2.0))
println([1 + im, 2.0 - im], " ", sum([1im, 2im]))
function mandel(c, n)
    z = 0 + 0im
    for i in 1:n
        abs(z) > 2 && return i - 1
        z = z^2 + c
    end
    return n
end
println([mandel(complex(x, 0.5), 20) for x in -2:0.5:1])
println(isreal(1 + 0im), " ", iszero(0im), " ", 3 + 0im == 3)
println(rationalize(0.75), " ", 1 // 2 > 1 // 3)
println(gcd(12, 18), " ", 7 // 1, " ", Int(4 // 2), " ", 5 // 10 == 1 // 2)
