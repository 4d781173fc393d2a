# Loops and conditions
function collatz(n)
    steps = 0
    while n != 1
        n = iseven(n) ? n ÷ 2 : 3n + 1
        steps += 1
    end
    return steps
end

for n in 1:5
    println("$n needs $(collatz(n)) steps")
end
