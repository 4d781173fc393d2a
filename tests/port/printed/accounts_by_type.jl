# A bank with accounts
abstract type Account end
mutable struct Checking <: Account
    owner::String
    balance::Float64
end
mutable struct Savings <: Account
    owner::String
    balance::Float64
    rate::Float64
end
Savings(owner, balance) = Savings(owner, balance, 0.02)
deposit!(a::Account, x) = (a.balance += x; a)
function withdraw!(a::Account, x)
    x > a.balance && throw(DomainError(x, "insufficient funds"))
    a.balance -= x
    return a
end
monthly!(a::Checking) = nothing
monthly!(a::Savings) = (a.balance *= 1 + a.rate / 12; nothing)
accounts = Account[Checking("Ann", 100.0), Savings("Bob", 2000)]
deposit!(accounts[1], 50)
for a in accounts
    monthly!(a)
    println(rpad(a.owner, 5), " | ", lpad(round(a.balance, digits = 2), 10))
end
try
    withdraw!(accounts[1], 1000)
catch e
    println("error: ", e isa DomainError, " ", e.val)
end
total(as) = sum(a.balance for a in as)
println("total = ", total(accounts))
println(accounts[1])
println(sort(accounts, by = a -> a.balance)[1].owner)
richest = accounts[argmax([a.balance for a in accounts])]
println("richest: $(richest.owner) with \$$(round(richest.balance; digits=1))")
history = Tuple{String,Float64}[]
push!(history, ("Ann", 5.0))
push!(history, ("Bob", 1e7))
println(history)
@show length(history) history[end]
