struct Temp
    c::Float64
    Temp(c) = c < -273.15 ? throw(DomainError(c, "too cold")) : new(c)
end
Base.convert(::Type{Temp}, x::Real) = Temp(x)
f(t::Temp) = t.c * 9 / 5 + 32
println(f(Temp(100)), " ", Temp(20), " ", Temp[1, 2.5])
try
    Temp(-300)
catch e
    println(sprint(showerror, e))
end
struct Grid{T,N}
    data::Array{T,N}
end
Base.size(g::Grid) = size(g.data)
Base.getindex(g::Grid, i...) = g.data[i...]
Base.setindex!(g::Grid, v, i...) = (g.data[i...] = v)
Base.length(g::Grid) = length(g.data)
g = Grid([1 2; 3 4])
g[1, 2] = 20
println(g[1, 2], " ", size(g), " ", length(g), " ", typeof(g), " ", g[1, :])
struct Money
    cents::Int
end
Money(d::AbstractFloat) = Money(round(Int, 100d))
Base.:+(a::Money, b::Money) = Money(a.cents + b.cents)
Base.:*(k::Integer, m::Money) = Money(k * m.cents)
Base.isless(a::Money, b::Money) = a.cents < b.cents
Base.zero(::Type{Money}) = Money(0)
Base.show(io::IO, m::Money) = print(io, "\$", m.cents ÷ 100, ".", lpad(m.cents % 100, 2, '0'))
wallet = [Money(1.5), Money(250), Money(3.25)]
println(wallet, " ", sum(wallet), " ", maximum(wallet), " ", sort(wallet), " ", 3 * Money(0.1))
println(Money(5) == Money(5), " ", Money(5) < Money(6), " ", "total: $(sum(wallet))", " ", Dict("a" => Money(1)))
const ORIGIN = (x = 0, y = 0)
dist(p, q = ORIGIN) = sqrt((p.x - q.x)^2 + (p.y - q.y)^2)
println(dist((x = 3, y = 4)), " ", ORIGIN, " ", merge(ORIGIN, (y = 5, z = 1)))
Base.:(==)(a::Temp, b::Temp) = a.c ≈ b.c
println(Temp(0.1 + 0.2) == Temp(0.3), " ", Temp(1) != Temp(2), " ", [Temp(1)] == [Temp(1)])
