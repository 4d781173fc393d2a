struct Celsius
    deg::Float64
end
struct Fahrenheit
    deg::Float64
end
Celsius(f::Fahrenheit) = Celsius((f.deg - 32) * 5 / 9)
Fahrenheit(c::Celsius) = Fahrenheit(c.deg * 9 / 5 + 32)
Base.show(io::IO, c::Celsius) = print(io, round(c.deg, digits = 1), "°C")
Base.show(io::IO, f::Fahrenheit) = print(io, round(f.deg, digits = 1), "°F")
t = Celsius(100)
println(t, " = ", Fahrenheit(t))
println(Fahrenheit(212), " = ", Celsius(Fahrenheit(212)))
temps = [Celsius(x) for x in (0, 20, 37)]
println(temps)
println(join(string.(temps), ", "))
