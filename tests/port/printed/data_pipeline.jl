# batches, splits, labels
using Flux, MLUtils, Random
X = reshape(collect(1.0:12.0), 2, 6)
Y = [:a, :b, :a, :c, :b, :a]
for (x, y) in DataLoader((X, Y), batchsize = 4)
    println(size(x), " ", y)
end
loader = DataLoader(X, batchsize = 2)
println(length(loader), " ", first(loader))
train, test = splitobs((X, Y), at = 0.5)
println(size(train[1]), " ", test[2])
onehots = Flux.onehotbatch(Y, [:a, :b, :c])
println(size(onehots), " ", Int.(onehots[:, 4]), " ", Flux.onecold(onehots, [:a, :b, :c]))
println(numobs(X), " ", getobs(X, 2), " ", Flux.batch([[1, 2], [3, 4]]), " ", Flux.unsqueeze([1, 2], dims = 1))
println(MLUtils.chunk(1:5, 2), " ", Flux.normalise([1.0, 2.0, 3.0]) |> x -> round.(x, digits = 4))
for fold in kfolds(6, 3)[2]
    print(collect(fold), " ")
end
println()
println(Flux.stack([[1, 2], [3, 4]], dims = 2), " ", unstack([1 2; 3 4], dims = 2))
a, b = MLUtils.group_indices(Y)[:a], MLUtils.group_indices(Y)[:c]
println(a, b)
