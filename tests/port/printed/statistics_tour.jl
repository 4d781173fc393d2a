using Statistics
x = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
println(mean(x), " ", median(x), " ", std(x), " ", var(x))
println(std(x, corrected = false), " ", var(x; corrected = false))
println(quantile(x, 0.25), " ", quantile(x, [0.25, 0.5, 0.75]))
println(cor(x, 2 .* x .+ 1), " ", cov(x, x))
A = [1.0 2; 3 4; 5 6]
println(mean(A), " ", mean(A, dims = 1), " ", std(A, dims = 1), " ", mean(A; dims = 2))
println(mean(abs2, x), " ", mean([1, 2, 3]), " ", mean(1:10), " ", median([1, 3, 2]), " ", median([1, 2, 3, 4]))
println(middle(1, 4), " ", mean([true, false]))
z = (x .- mean(x)) ./ std(x)
println(round.(z, digits = 3))
println(cov(A))
function describe(v)
    (; min = minimum(v), max = maximum(v), mean = mean(v), std = std(v))
end
d = describe(x)
println(d)
for (k, v) in pairs(d)
    println(rpad(k, 6), " = ", round(v, digits = 3))
end
hist = zeros(Int, 4)
for v in x
    hist[clamp(ceil(Int, v / 2.5), 1, 4)] += 1
end
println(hist)
println(extrema(x), " ", sum(abs, x .- mean(x)) / length(x))
mode = argmax(k -> count(==(k), x), unique(x))
println(mode)
println(sum(x .^ 2), " ", prod(1:5), " ", cumsum(x)[end])
println(mean(skipmissing([1, missing, 3])))
println(std([1, 2, 3, 4]), " ", std([5]))
