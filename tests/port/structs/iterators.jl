struct Fib
    n::Int
end
Base.iterate(f::Fib, state = (0, 1, 1)) = state[3] > f.n ? nothing : (state[1], (state[2], state[1] + state[2], state[3] + 1))
Base.length(f::Fib) = f.n
Base.eltype(::Type{Fib}) = Int
println(collect(Fib(10)), " ", sum(Fib(5)))
for x in Fib(4)
    print(x, " ")
end
println()
struct Countdown
    from::Int
end
Base.iterate(c::Countdown, s = c.from) = s < 1 ? nothing : (s, s - 1)
out = Int[]
for k in Countdown(3)
    push!(out, k * 10)
end
println(out, " ", maximum(Countdown(7)) )
