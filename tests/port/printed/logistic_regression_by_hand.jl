using Flux, Statistics
x = Float32[5.1 4.9 6.2 5.9 6.9 6.7; 3.5 3.0 2.9 3.0 3.1 3.3]
labels = ["a", "a", "b", "b", "c", "c"]
classes = unique(labels)
y = Flux.onehotbatch(labels, classes)
custom_y_onehot = unique(labels) .== permutedims(labels)
println(custom_y_onehot == y)
m(W, b, x) = W * x .+ b
W = zeros(Float32, 3, 2); b = zeros(Float32, 3)
custom_softmax(x) = exp.(x) ./ sum(exp.(x), dims = 1)
custom_model(W, b, x) = m(W, b, x) |> custom_softmax
println(custom_model(W, b, x)[:, 1], " ", all(0 .<= custom_model(W, b, x) .<= 1), " ", sum(custom_model(W, b, x), dims = 1))
function custom_logitcrossentropy(ŷ, y)
    logŷ = ŷ .- log.(sum(exp.(ŷ), dims = 1))
    mean(.-sum(logŷ .* y; dims = 1))
end
custom_loss(weights, biases, features, labels_onehot) = custom_logitcrossentropy(m(weights, biases, features), labels_onehot)
println(custom_loss(W, b, x, y))
max_idx = [i[1] for i in argmax(y; dims = 1)]
println(max_idx, " ", classes[vec(max_idx)])
custom_onecold(labels_onehot) = classes[vec([i[1] for i in argmax(labels_onehot; dims = 1)])]
println(custom_onecold(y) == labels)
custom_accuracy(W, b, x, y) = mean(custom_onecold(custom_model(W, b, x)) .== y)
println(custom_accuracy(W, b, x, labels))
function train_custom_model!(f_loss, weights, biases, features, labels_onehot)
    dLdW, dLdb, _, _ = gradient(f_loss, weights, biases, features, labels_onehot)
    @. weights = weights - 0.1f0 * dLdW
    @. biases = biases - 0.1f0 * dLdb
end
for i in 1:500
    train_custom_model!(custom_loss, W, b, x, y)
    custom_accuracy(W, b, x, labels) >= 0.98 && break
end
println(custom_accuracy(W, b, x, labels) >= 0.5, " ", round(custom_loss(W, b, x, y), digits = 2))
flux_model = Chain(Dense(2 => 3), softmax)
flux_model[1].weight .= 0; flux_model[1].bias .= 0
flux_loss(flux_model, features, labels_onehot) = Flux.logitcrossentropy(flux_model(features), labels_onehot)
println(flux_loss(flux_model, x, y))
function train_flux_model!(f_loss, model, features, labels_onehot)
    dLdm, _, _ = gradient(f_loss, model, features, labels_onehot)
    @. model[1].weight = model[1].weight - 0.1f0 * dLdm[:layers][1][:weight]
    @. model[1].bias = model[1].bias - 0.1f0 * dLdm[:layers][1][:bias]
end
for i in 1:200
    train_flux_model!(flux_loss, flux_model, x, y)
end
println(round.(flux_model[1].weight, digits = 2), " ", mean(Flux.onecold(flux_model(x), classes) .== labels))
