# formatted output
using Printf
@printf("%5.2f|%-6s|%04d|%e\n", 3.14159, "ab", 42, 12345.678)
for (name, value) in [("alpha", 1.5), ("beta", 22.25)]
    @printf("%-8s %8.3f\n", name, value)
end
s = @sprintf("%d%%", 50)
println(s, " ", round(3.14159, digits = 2), " ", round(Int, 2.5), " ", round(Int, 3.5), " ", floor(2.7), " ", ceil(Int, 2.1))
println(1e10, " ", 1e-5, " ", 123456.789, " ", 1/3, " ", 100.0, " ", 1e6, " ", 1.0e5, " ", 2f0, " ", Float32(0.1))
println(1 // 3 + 1 // 6, " ", 0.1 + 0.2, " ", 5 / 2, " ", 7 ÷ 2, " ", 2^10, " ", 2^-1, " ", 10 % 3)
println(Inf, " ", -Inf, " ", NaN, " ", isnan(NaN), " ", 1 / 0, " ", typemin(Int8), " ", eps(Float64))
println([1, 2.5], " ", [1, 2, 3] ./ 2, " ", (1, 2.0, "x"), " ", 1:3, " ", nothing, " ", missing, " ", :sym)
println([true, false], " ", ["a", "b"], " ", [1.0f0, 2.0f0], " ", Any[1, "a", nothing], " ", ([1, 2], 3))
show("text"); println()
show([1.5, 2.0]); println()
print("no newline", "\n")
println("tab\there", " quote \" ", 'c', " ", "a" * "b", " ", "ab"^2)
println(string(1.0), " ", string([1, 2]), " ", repr("x"), " ", "$(1 + 1) and $([1, 2])")
@show 1 + 1
x = [1, 2]
@show x sum(x)
println(trunc(Int, -2.7), " ", sign(-3), " ", abs(-2.5), " ", clamp(7, 1, 5), " ", cbrt(27.0), " ", hypot(3, 4))
