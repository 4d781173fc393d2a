# Broadcasting: a dot in Julia, nothing in NumPy
x = 0:0.25:1
y = sin.(x) .^ 2 .+ 1
clipped = max.(y, 1.2)
big = y .> 1.3
chosen = y[big]
