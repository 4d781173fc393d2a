using Printf

mutable struct Item
    name::String
    price::Float64
    qty::Int
end

total(i::Item) = i.price * i.qty

inventory = [Item("widget", 2.5, 10), Item("gadget", 10.0, 3), Item("doohickey", 0.75, 120)]
println("Inventory:")
println(rpad("name", 12), lpad("price", 8), lpad("qty", 6), lpad("total", 10))
println("-"^36)
for it in sort(inventory, by = total, rev = true)
    @printf("%-12s%8.2f%6d%10.2f\n", it.name, it.price, it.qty, total(it))
end
grand = sum(total, inventory)
@printf("%-26s%10.2f\n", "TOTAL", grand)

function restock!(items, name, n)
    idx = findfirst(i -> i.name == name, items)
    if isnothing(idx)
        println("no such item: ", name)
        return false
    end
    items[idx].qty += n
    return true
end
ok1 = restock!(inventory, "gadget", 7)
ok2 = restock!(inventory, "sprocket", 1)
println(ok1, " ", ok2, " ", inventory[2].qty)
by_name = Dict(i.name => i for i in inventory)
for k in sort(collect(keys(by_name)))
    println(k, " => ", by_name[k].qty)
end
cheap = [i.name for i in inventory if i.price < 5]
println(join(cheap, ", ", " and "))
most = inventory[argmax([i.qty for i in inventory])]
println("most: $(most.name) ($(most.qty))")
avg = grand / length(inventory)
println("average ", round(avg, digits = 3))
println(@sprintf("%05d|%+.3e|%x|%o|%5s|%-5s|", 42, 12345.678, 255, 8, "ab", "cd"))
