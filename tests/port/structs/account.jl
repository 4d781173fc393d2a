mutable struct Account
    owner::String
    balance::Float64
    history::Vector{Float64}
end
Account(owner) = Account(owner, 0, Float64[])
function deposit!(a::Account, x)
    x > 0 || throw(ArgumentError("deposit must be positive"))
    a.balance += x
    push!(a.history, x)
    return a
end
function withdraw!(a::Account, x)
    if x > a.balance
        error("insufficient funds: $(a.balance)")
    end
    a.balance -= x
    push!(a.history, -x)
    a
end
acc = Account("Ann")
deposit!(acc, 100)
deposit!(acc, 50.5)
withdraw!(acc, 30)
println(acc.owner, ": ", acc.balance, " ", acc.history)
r = try
    withdraw!(acc, 1000)
    "ok"
catch e
    e isa ErrorException ? e.msg : "other"
end
println(r)
r2 = try
    deposit!(acc, -5)
catch e
    typeof(e)
end
println(r2)
b = acc
b.balance = 1
println(acc.balance, " ", b === acc, " ", length(acc.history), " ", sum(acc.history))
