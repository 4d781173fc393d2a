using FluxBridge: NumPy

function convolution_loss(image, kernel, bias)
    out = 0.0 .+ kernel[1, 1] * image[1:7, 1:7]
    out2 = out .+ kernel[1, 2] * image[1:7, 2:8]
    out3 = out2 .+ kernel[1, 3] * image[1:7, 3:end]
    out4 = out3 .+ kernel[2, 1] * image[2:8, 1:7]
    out5 = out4 .+ kernel[2, 2] * image[2:8, 2:8]
    out6 = out5 .+ kernel[2, 3] * image[2:8, 3:end]
    out7 = out6 .+ kernel[3, 1] * image[3:end, 1:7]
    out8 = out7 .+ kernel[3, 2] * image[3:end, 2:8]
    out9 = out8 .+ kernel[3, 3] * image[3:end, 3:end]
    features = max.(out9 .+ bias, 0.0)
    pooled = dropdims(maximum(NumPy.reshape(features[1:6, 1:6], 3, 2, 3, 2); dims=(2, 4));
        dims=(2, 4))
    return sum(pooled .^ 2)
end
