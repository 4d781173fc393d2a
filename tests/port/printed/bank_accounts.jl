# a mutable struct with methods, errors, and a ledger
mutable struct Account
    owner::String
    balance::Float64
    history::Vector{Tuple{Symbol, Float64}}
end
Account(owner) = Account(owner, 0.0, Tuple{Symbol, Float64}[])

function deposit!(a::Account, amount)
    amount > 0 || throw(ArgumentError("deposits are positive"))
    a.balance += amount
    push!(a.history, (:deposit, amount))
    return a
end
function withdraw!(a::Account, amount)
    if amount > a.balance
        error("not enough money: $(a.balance) < $amount")
    end
    a.balance -= amount
    push!(a.history, (:withdraw, amount))
    a
end

acc = Account("Ada")
deposit!(acc, 100)
withdraw!(acc, 30.5)
println(acc.owner, " has ", acc.balance)
try
    withdraw!(acc, 1000)
catch e
    println("caught: ", e.msg)
end
for (kind, amount) in acc.history
    println(kind, " ", amount)
end
total = sum(a for (k, a) in acc.history if k == :deposit)
println(total, " ", length(acc.history))
