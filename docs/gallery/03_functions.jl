# Functions: three ways to write them
square(x) = x^2

function hypotenuse(a, b; scale=1)
    # the value of the last expression is returned
    scale * sqrt(square(a) + square(b))
end

twice = f -> (x -> f(f(x)))
h = hypotenuse(3, 4)
fourth_power = twice(square)(2)
