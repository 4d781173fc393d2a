area(w, h) = w * h
area(r) = pi * r^2
describe(x::Int) = "int $x"
describe(x::Float64) = "float $x"
describe(x::String) = "string $x"
describe(x) = "something"
describe(x::Vector) = "vector of $(length(x))"
describe(x::Int, y::Int) = "two ints"
println(area(2, 3), " ", round(area(1.0), digits = 3))
println(describe(1), ", ", describe(1.5), ", ", describe("a"), ", ", describe(:s), ", ", describe([1, 2]), ", ", describe(1, 2))
fact(n::Integer) = n <= 1 ? 1 : n * fact(n - 1)
println(fact(5), " ", fact(20))
greet(name; greeting = "Hello", punct = "!") = "$greeting, $name$punct"
println(greet("Bob"), " ", greet("Al", greeting = "Hi"), " ", greet("Z"; punct = "?"))
add(a, b = 10, c = 100) = a + b + c
println(add(1), " ", add(1, 2), " ", add(1, 2, 3))
summer(xs...; scale = 1) = scale * sum(xs)
println(summer(1, 2, 3), " ", summer(1.5, 2; scale = 2))
