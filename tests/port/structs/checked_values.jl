struct Temperature
    k::Float64
    Temperature(k) = k >= 0 ? new(k) : throw(DomainError(k, "below zero"))
end
t = Temperature(300)
println(t.k)
caught = try
    Temperature(-1)
    false
catch e
    e isa DomainError
end
println(caught)
struct Wrapper
    f::Function
    n
end
call(w::Wrapper, x) = w.f(x) + w.n
println(call(Wrapper(x -> x^2, 1), 3), " ", call(Wrapper(sin, 0.5), 0.0))
ws = [Wrapper(sqrt, 1), Wrapper(abs, 2)]
println([call(w, 4.0) for w in ws])
struct Empty end
println(Empty(), " ", Empty() == Empty())
