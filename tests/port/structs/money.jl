struct Money
    amount::Float64
    currency::String
end
Base.:+(a::Money, b::Money) = a.currency == b.currency ? Money(a.amount + b.amount, a.currency) : error("different currencies")
Base.:-(a::Money, b::Money) = Money(a.amount - b.amount, a.currency)
Base.:*(a::Money, k::Real) = Money(a.amount * k, a.currency)
Base.isless(a::Money, b::Money) = a.amount < b.amount
Base.show(io::IO, m::Money) = print(io, m.amount, " ", m.currency)
wallet = [Money(10, "EUR"), Money(2.5, "EUR"), Money(7, "EUR")]
total = wallet[1] + wallet[2] + wallet[3]
println(total)
println(maximum(wallet), " ", minimum(wallet))
println(sort(wallet))
println(wallet[1] * 2 - wallet[2])
msg = try
    Money(1, "EUR") + Money(1, "USD")
catch e
    e.msg
end
println(msg)
println(Money(1, "EUR") == Money(1.0, "EUR"), " ", Money(1, "EUR") > Money(0.5, "EUR"))
