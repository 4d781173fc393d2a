# statistics by hand and by the library
using Statistics
data = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
m = sum(data) / length(data)
v = sum((x - m)^2 for x in data) / (length(data) - 1)
println(m, " ", v, " ", mean(data), " ", var(data), " ", std(data) ≈ sqrt(v))
println(median(data), " ", quantile(data, 0.25), " ", extrema(data))
histogram = Dict{Float64, Int}()
for x in data
    histogram[x] = get(histogram, x, 0) + 1
end
for k in sort(collect(keys(histogram)))
    println(rpad(k, 5), "*"^histogram[k])
end
x = [1.0, 2.0, 3.0, 4.0]
y = [2.1, 3.9, 6.2, 7.8]
slope = cov(x, y) / var(x)
intercept = mean(y) - slope * mean(x)
println(round(slope, digits = 6), " ", round(intercept, digits = 6), " ", round(cor(x, y), digits = 6))
A = [1.0 2.0; 3.0 4.0; 5.0 9.0]
println(mean(A, dims = 1), " ", std(A, dims = 1), " ", mean(A), " ", vec(sum(A, dims = 2)))
z = (A .- mean(A, dims = 1)) ./ std(A, dims = 1)
println(round.(z, digits = 4))
println(cumsum(1:5), " ", diff([1, 4, 9]), " ", prod([true, true, false]), " ", mean([true, false]))
