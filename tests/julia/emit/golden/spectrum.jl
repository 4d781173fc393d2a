using FluxBridge: NumPy

function spectrum(signal, cutoff, c)
    power = abs.(NumPy.rfft(signal)) .^ 2
    return sum(power ./ (1 .+ (c / cutoff) .^ 4))
end
