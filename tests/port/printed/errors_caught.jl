function safe_div(a, b)
    b == 0 && throw(DivideError())
    return a ÷ b
end
try
    safe_div(1, 0)
catch e
    println("caught ", typeof(e))
end
try
    error("custom message")
catch e
    println(e.msg)
    println(e isa ErrorException)
end
r = try
    parse(Int, "12x")
catch err
    -1
finally
    println("finally")
end
println(r)
try
    [1, 2, 3][5]
catch e
    println(e isa BoundsError, " ", typeof(e))
end
try
    Dict(:a => 1)[:b]
catch e
    println(e isa KeyError ? "key $(e.key) missing" : "other")
end
try
    sqrt(-1)
catch e
    println(typeof(e))
end
struct MyError <: Exception
    code::Int
end
Base.showerror(io::IO, e::MyError) = print(io, "MyError with code ", e.code)
try
    throw(MyError(42))
catch e
    if e isa MyError
        println("code: ", e.code)
        showerror(stdout, e)
        println()
        println(sprint(showerror, e))
    end
end
try
    @assert 1 == 2 "numbers differ"
catch e
    println(typeof(e), ": ", e.msg)
end
function retry(f, n)
    for i in 1:n
        try
            return f(i)
        catch e
            println("attempt $i failed: ", sprint(showerror, e))
        end
    end
    return nothing
end
println(retry(i -> i < 3 ? error("too small") : i * 10, 5))
try
    "a" + 1
catch e
    println(e isa MethodError)
end
try
    Int(2.5)
catch e
    println(e isa InexactError)
end
try
    throw(ArgumentError("bad"))
catch e
    println(sprint(showerror, e))
    try
        rethrow()
    catch e2
        println("again ", e2 isa ArgumentError)
    end
end
