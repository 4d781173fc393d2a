using Flux, Random, Statistics, Printf
Random.seed!(1)
n = 100
X = randn(Float32, 2, n)
labels = [X[1, i] * X[2, i] > 0 ? 1 : 2 for i in 1:n]
Y = Flux.onehotbatch(labels, 1:2)
println(size(X), " ", size(Y), " ", count(==(1), labels))
model = Chain(Dense(2 => 16, relu), Dense(16 => 2))
loader = Flux.DataLoader((X, Y), batchsize = 25, shuffle = true)
println(length(loader))
opt_state = Flux.setup(Adam(0.02), model)
accuracy(m, x, y) = mean(Flux.onecold(m(x)) .== Flux.onecold(y))
for epoch in 1:30
    total = 0.0
    for (x, y) in loader
        l, gs = Flux.withgradient(m -> Flux.logitcrossentropy(m(x), y), model)
        Flux.update!(opt_state, model, gs[1])
        total += l
    end
    if epoch % 10 == 0
        @printf("epoch %2d  loss %.3f  acc %.2f\n", epoch, total / length(loader), accuracy(model, X, Y))
    end
end
println("final accuracy > 0.9: ", accuracy(model, X, Y) > 0.9)
preds = Flux.onecold(model(X[:, 1:5]))
println(typeof(preds), " ", length(preds))
cm = zeros(Int, 2, 2)
for (p, t) in zip(Flux.onecold(model(X)), labels)
    cm[t, p] += 1
end
println(sum(cm), " ", cm[1, 1] > cm[1, 2])
