# queues with push!, popfirst! and a dictionary of results
queue = [("a", 3), ("b", 1), ("c", 2)]
served = Dict{String, Int}()
order = String[]
clock = 0
while !isempty(queue)
    global clock
    name, left = popfirst!(queue)
    clock += 1
    if left > 1
        push!(queue, (name, left - 1))
    else
        served[name] = clock
        push!(order, name)
    end
end
println(order, " ", clock)
for name in sort(collect(keys(served)))
    println(name, " finished at ", served[name])
end
println(served)
stack = Int[]
for i in 1:4
    push!(stack, i^2)
end
println(pop!(stack), " ", stack, " ", length(stack))
pushfirst!(stack, 0)
insert!(stack, 2, 7)
deleteat!(stack, 1)
println(stack, " ", reverse(stack), " ", sort(stack, rev = true))
