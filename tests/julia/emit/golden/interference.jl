function interference(amplitudes, phase)
    wave = amplitudes[1] + amplitudes[2] * exp(1.0im * phase)
    return abs(wave)^2
end
