mutable struct Stats
    n::Int
    mean::Float64
    m2::Float64
end
Stats() = Stats(0, 0.0, 0.0)
function update!(s::Stats, x)
    s.n += 1
    d = x - s.mean
    s.mean += d / s.n
    s.m2 += d * (x - s.mean)
    return s
end
variance(s::Stats) = s.n > 1 ? s.m2 / (s.n - 1) : NaN
s = Stats()
foreach(x -> update!(s, x), [2, 4, 4, 4, 5, 5, 7, 9])
println(s.n, " ", s.mean, " ", round(variance(s), digits = 6))
t = Stats()
for x in 1:3
    update!(t, x / 2)
end
println(t.mean, " ", variance(t), " ", variance(Stats()))
copy_ = deepcopy(t)
update!(copy_, 100.0)
println(t.n, " ", copy_.n)
