using Flux, Statistics, Random
Random.seed!(11)
classes = ["setosa", "versicolor", "virginica"]
labels = repeat(classes, inner = 10)
X = hcat([randn(Float32, 4) .+ Float32[i, -i, 0.5i, 1] for i in 1:3 for _ in 1:10]...)
println(size(X), " ", labels[[1, 11, 21]], " ", unique(labels))
Xn = Flux.normalise(X, dims = 2)
println(round.(mean(Xn, dims = 2), digits = 5) |> size)
Y = Flux.onehotbatch(labels, classes)
println(size(Y), " ", Y[:, 1], " ", Y[:, 30])
train_idx = [i for i in 1:30 if i % 3 != 0]
test_idx = setdiff(1:30, train_idx)
println(length(train_idx), " ", test_idx)
model = Chain(Dense(4 => 3), softmax)
loss(m, x, y) = Flux.crossentropy(m(x), y)
opt = Flux.setup(Descent(0.5), model)
hist = [loss(model, Xn, Y)]
for _ in 1:60
    gs = Flux.gradient(m -> loss(m, Xn[:, train_idx], Y[:, train_idx]), model)
    Flux.update!(opt, model, gs[1])
    push!(hist, loss(model, Xn, Y))
end
println(hist[end] < hist[1] / 2, " ", length(hist), " ", eltype(hist))
pred = Flux.onecold(model(Xn), classes)
acc = mean(pred .== labels)
println(acc > 0.9)
conf = [count((pred .== p) .& (labels .== l)) for l in classes, p in classes]
println(size(conf), " ", sum(conf))
for (c, row) in zip(classes, eachrow(conf))
    println(rpad(c, 12), sum(row))
end
println(Dict(c => count(==(c), labels) for c in classes)["setosa"])
idx = shuffle(1:6)
println(sort(idx), " ", length(idx))
parts = collect(Iterators.partition(1:10, 4))
println(parts, " ", map(length, parts))
println(vcat(fill(1, 2), fill(2, 3)), " ", argmax([0.1 0.9; 0.8 0.2], dims = 1))
println([c[1] for c in argmax([0.1 0.9; 0.8 0.2], dims = 1)])
