using Printf
@printf("%d %5d|%-5d|%05d\n", 42, 42, 42, 42)
@printf("%.2f %8.3f %-8.1f| %e %.3e %g\n", 3.14159, 2.71828, 1.5, 12345.678, 0.00012, 0.0001)
@printf("%s %10s|%-10s|%c\n", "str", "right", "left", 'x')
@printf("%x %X %o %#x %+d %%\n", 255, 255, 8, 255, 5)
s = @sprintf("%.3f", 2 / 3)
println(s, " ", length(s))
for i in 1:3
    @printf "%2d: %6.2f\n" i i^2 / 3
end
@printf("%s %s %s\n", [1, 2], 1.5, :sym)
@printf("%5.1f%%\n", 45.678)
@printf("%d\n", 3.0)
@printf("%i %u\n", 7, 8)
@printf("%g %g %g\n", 1e10, 1.5, 100000.0)
println(@sprintf("%6.2f|%6s|%-6s|", 1.234, "ab", "cd"))
@printf("%s\n", true)
@printf("%.3s|\n", "abcdef")
@printf("%8.2e|\n", 123456.0)
@printf("%.0f %.1f\n", 2.5, 0.25)
name, val = "loss", 0.12345
@printf("%-10s = %8.4f\n", name, val)
@printf("%f\n", 1)
@printf("% d\n", 5)
@printf("%*d\n", 6, 42)
println(rpad("Name", 10), lpad("Value", 8))
println("-"^18)
for (n, v) in [("alpha", 1.0), ("beta", 22.5)]
    println(rpad(n, 10), lpad(v, 8))
end
println(round(1.005, digits = 2), " ", round(123.456; digits = -1), " ", round(Int, 1e3))
@printf("%s\n", 1f0)
@printf("%s\n", nothing)
@printf("%.2f\n", 1//3)
@printf("%.10g\n", 0.1)
@printf("%f %f\n", Inf, NaN)
@printf("%d %s\n", big(10)^20, "big")
