Base.@kwdef struct Options
    lr::Float64 = 0.1
    epochs::Int = 5
    name::String = "run"
    verbose::Bool = false
end
Base.@kwdef mutable struct State
    step::Int = 0
    loss::Float64 = Inf
    best::Union{Nothing, Float64} = nothing
end
function train!(s::State, o::Options)
    w = 5.0
    for e in 1:o.epochs
        w -= o.lr * 2w
        s.loss = w^2
        s.step += 1
        if s.best === nothing || s.loss < s.best
            s.best = s.loss
        end
    end
    return w
end
o = Options(epochs = 3)
s = State()
w = train!(s, o)
println(o.lr, " ", o.name, " ", o.verbose)
println(s.step, " ", round(s.loss, digits=4), " ", round(s.best, digits=4), " ", round(w, digits=3))
println(Options(lr = 1, epochs = 2, name = "b", verbose = true))
o2 = Options(0.5, 1, "c", true)
println(o2.lr + o2.epochs)
