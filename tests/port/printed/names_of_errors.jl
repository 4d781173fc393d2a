function check(f)
    try
        f()
        println("no error")
    catch e
        println(typeof(e), " | ", e isa Exception)
    end
end
check(() -> error("x"))
check(() -> [1, 2][3])
check(() -> Dict(1 => 2)[3])
check(() -> parse(Int, "a"))
check(() -> sqrt(-1))
check(() -> 1 ÷ 0)
check(() -> "a" + 1)
check(() -> Int(1.5))
check(() -> [1, 2] + [1, 2, 3])
check(() -> throw(ArgumentError("bad")))
check(() -> (1, 2)[3])
check(() -> "abc"[5])
check(() -> zeros(2, 2) * ones(3))
check(() -> log(-1.0))
check(() -> convert(Int, "a"))
check(() -> first(Int[]))
check(() -> pop!(Int[]))
check(() -> nothing + 1)
check(() -> reshape(1:6, 4, 2))
check(() -> factorial(-1))
check(() -> @assert false)
check(() -> only([1, 2]))
check(() -> Int8(200))
check(() -> 2^-1)
r = try
    sqrt(-1.0)
catch e
    e isa DomainError ? "domain" : "other"
end
println(r)
try
    throw(DomainError(-1, "must be positive"))
catch e
    println(e.val, " ", e.msg)
    println(sprint(showerror, e))
end
try
    error("a ", 1, " b ", [2])
catch e
    println(e.msg, " ", sprint(showerror, e))
end
try
    [1, 2, 3][10]
catch e
    println(sprint(showerror, e))
end
try
    Dict("a" => 1)["b"]
catch e
    println(sprint(showerror, e))
end
f() = try
    return 1
finally
    println("cleanup")
end
println(f())
g(x) = x < 0 ? throw(ArgumentError("negative: $x")) : sqrt(x)
for v in (4, -4)
    try
        println(g(v))
    catch err
        println("caught: ", err.msg)
    end
end
struct TooBig <: Exception
    n::Int
end
Base.showerror(io::IO, e::TooBig) = print(io, "TooBig: ", e.n)
try
    throw(TooBig(5))
catch e
    println(e, " ", e.n, " ", sprint(showerror, e))
end
function nested()
    try
        try
            error("inner")
        catch e
            error("outer from " * e.msg)
        end
    catch e
        return e.msg
    end
end
println(nested())
a = []
for i in 1:3
    try
        i == 2 && continue
        push!(a, i)
    finally
        push!(a, -i)
    end
end
println(a)
println(something(tryparse(Int, "5"), 0) + something(tryparse(Int, "x"), 0))
@assert 1 < 2 "fine"
