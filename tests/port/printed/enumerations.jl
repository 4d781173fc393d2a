@enum Light red yellow green
next(l::Light) = l == red ? green : l == green ? yellow : red
function cycle(start, n)
    states = Light[start]
    for _ in 1:n
        push!(states, next(states[end]))
    end
    return states
end
println(cycle(red, 4))
println(Int(green), " ", Light(1), " ", instances(Light), " ", string(red))
wait_time(l) = if l == red
    30
elseif l == yellow
    5
else
    25
end
total = sum(wait_time, cycle(red, 5))
println("total wait: ", total)
counts = Dict(l => count(==(l), cycle(green, 9)) for l in instances(Light))
for l in instances(Light)
    println(rpad(l, 7), "*"^counts[l])
end
@enum Direction N = 1 E S W
const moves = Dict(N => (0, 1), E => (1, 0), S => (0, -1), W => (-1, 0))
turn_right(d::Direction) = Direction(mod1(Int(d) + 1, 4))
function walk(commands)
    pos = (0, 0)
    d = N
    for c in commands
        if c == 'R'
            d = turn_right(d)
        elseif c == 'L'
            for _ in 1:3
                d = turn_right(d)
            end
        else
            pos = pos .+ moves[d]
        end
    end
    return pos, d
end
println(walk("FFRFFLFRR"))
pos, d = walk("RF")
println(pos, " facing ", d, " ", d < W, " ", typeof(d))
