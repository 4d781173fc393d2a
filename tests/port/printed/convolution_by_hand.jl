# convolution by loops and by Flux
using Flux
function conv2(img, k)
    n, m = size(img)
    p, q = size(k)
    out = zeros(n - p + 1, m - q + 1)
    for i in axes(out, 1), j in axes(out, 2)
        out[i, j] = sum(img[i:i+p-1, j:j+q-1] .* k)
    end
    out
end
img = Float64[i * j % 5 for i in 1:5, j in 1:5]
k = [1.0 0.0; 0.0 -1.0]
println(conv2(img, k))
layer = CrossCor(reshape(k, 2, 2, 1, 1), [0.0])
println(layer(reshape(img, 5, 5, 1, 1))[:, :, 1, 1] == conv2(img, k))
pool = MaxPool((2, 2))
println(pool(reshape(img[1:4, 1:4], 4, 4, 1, 1))[:, :, 1, 1], " ", MeanPool((2, 2))(reshape(img[1:4, 1:4], 4, 4, 1, 1)) |> vec)
c = Conv((2, 2), 1 => 2; pad = 1, stride = 2, init = Flux.ones32)
println(size(c(ones(Float32, 4, 4, 1, 3))), " ", size(c.weight), " ", sum(c(ones(Float32, 4, 4, 1, 1))))
