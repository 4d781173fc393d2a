# errors with a text, one's own and Julia's
struct ParseFailure <: Exception
    line::Int
    text::String
end
Base.showerror(io::IO, e::ParseFailure) = print(io, "line ", e.line, ": cannot read ", repr(e.text))
function number(line, text)
    value = tryparse(Float64, text)
    value === nothing && throw(ParseFailure(line, text))
    return value
end
function total(lines)
    s = 0.0
    for (i, l) in enumerate(lines)
        s += number(i, l)
    end
    s
end
println(total(["1", "2.5"]))
try
    total(["1", "x"])
catch e
    println(typeof(e), " ", e.line)
    println(sprint(showerror, e))
end
function why(f)
    try
        return string(f())
    catch e
        return sprint(showerror, e)
    end
end
println(why(() -> throw(ArgumentError("too short"))))
println(why(() -> throw(DomainError(-2, "not below zero"))))
println(why(() -> throw(DimensionMismatch("2 and 3"))))
println(why(() -> error("a ", 1, " b")))
println(why(() -> sqrt(-4.0)), " ", why(() -> parse(Int, "4y")))
println(why(() -> parse(Float64, "abc")), " ", why(() -> 5))
d = Dict("a" => 1)
key = try
    d["b"]
catch e
    e isa KeyError ? e.key : "?"
end
println(key)
abstract type ShopError <: Exception end
struct SoldOut <: ShopError
    what::String
end
struct TooDear <: ShopError
    price::Float64
end
buy(x) = x == "pen" ? throw(SoldOut(x)) : x == "car" ? throw(TooDear(2e4)) : x
for thing in ("cup", "pen", "car")
    try
        println("bought ", buy(thing))
    catch e
        if e isa ShopError
            println(e isa SoldOut ? "no $(e.what)" : "$(e.price) is too much")
        else
            rethrow()
        end
    end
end
