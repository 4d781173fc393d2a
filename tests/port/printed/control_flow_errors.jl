# control flow, exceptions, finally
function classify(n)
    if n < 0
        "negative"
    elseif n == 0
        "zero"
    elseif n < 10
        "small"
    else
        "large"
    end
end
println(classify.([-1, 0, 5, 50]))
function risky(x)
    try
        x == 0 && throw(DivideError())
        x < 0 && throw(DomainError(x, "must be positive"))
        return 10 ÷ x
    catch err
        if err isa DivideError
            return -1
        elseif err isa DomainError
            return -2
        else
            rethrow()
        end
    finally
        print("[done] ")
    end
end
println(risky(2), risky(0), risky(-1))
r = try
    [1, 2, 3][5]
catch e
    e isa BoundsError ? "out of bounds" : "other"
end
println(r)
for i in 1:3, j in 1:3
    j == 2 && continue
    i == 3 && break
    print((i, j), " ")
end
println()
n = 0
while true
    global n += 1
    n % 2 == 0 && continue
    n > 6 && break
    print(n, " ")
end
println()
x = 5
msg = x > 3 ? "big" : "small"
println(msg, " ", x > 3 && "and", " ", 1 < x <= 5, " ", !(x == 5), " ", xor(true, false))
@assert x == 5
res = begin
    a = 2
    a^3
end
println(res, " ", ifelse(x > 3, 1, 2), " ", isnothing(nothing), " ", x in (1, 5), " ", 3 ∉ [1, 2])
try
    error("custom ", 42)
catch e
    println(e.msg)
end
