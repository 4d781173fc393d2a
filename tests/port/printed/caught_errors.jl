function safe_divide(a, b)
    b == 0 && throw(DivideError())
    return a / b
end
function attempt(f, args...)
    try
        return "ok: " * string(f(args...))
    catch e
        if isa(e, DivideError)
            return "division by zero"
        elseif e isa DomainError
            return "domain: $(e.val)"
        elseif e isa BoundsError
            return "bounds"
        elseif e isa MethodError
            return "no method"
        elseif e isa ArgumentError
            return "argument: " * e.msg
        else
            return "other: " * string(typeof(e))
        end
    end
end
println(attempt(safe_divide, 1, 2))
println(attempt(safe_divide, 1, 0))
println(attempt(sqrt, -1.0))
println(attempt(x -> x[5], [1, 2]))
println(attempt(parse, Int, "12x"))
println(attempt(div, 1, 0))
println(attempt(x -> error("bad ", x), 3))
println(attempt(log, -2.0))
println(attempt(d -> d[:a], Dict(:b => 1)))
println(attempt(Int, 2.5))
println(tryparse(Int, "abc") === nothing, " ", tryparse(Float64, "1.5"), " ", something(tryparse(Int, "x"), 0))
struct MyError <: Exception
    code::Int
    msg::String
end
function process(x)
    x < 0 && throw(MyError(1, "negative"))
    x > 100 && throw(MyError(2, "too big"))
    return sqrt(x)
end
for v in (16, -1, 1000)
    try
        println(process(v))
    catch e
        e isa MyError || rethrow()
        println("code ", e.code, ": ", e.msg)
    else
        println("fine")
    finally
        println("checked ", v)
    end
end
function retry(f; times = 3)
    for i in 1:times
        try
            return f(i), i
        catch e
            println("attempt $i failed: ", e.msg)
        end
    end
    return nothing, times
end
println(retry(i -> i < 3 ? error("not yet") : 42))
println(retry(i -> error("never"); times = 2))
res = try
    @assert 1 > 2 "one is not bigger"
catch e
    e.msg
end
println(res)
nested() = try
    try
        error("inner")
    catch e
        throw(ArgumentError("outer of " * e.msg))
    end
catch e
    e.msg
end
println(nested())
