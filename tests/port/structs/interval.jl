struct Interval
    lo::Float64
    hi::Float64
    function Interval(lo, hi)
        lo <= hi || error("empty interval: $lo > $hi")
        new(lo, hi)
    end
end
Base.in(x::Real, i::Interval) = i.lo <= x <= i.hi
width(i::Interval) = i.hi - i.lo
overlap(a::Interval, b::Interval) = max(a.lo, b.lo) <= min(a.hi, b.hi)
i = Interval(1, 3)
j = Interval(2.5, 4)
println(2 in i, " ", 5 in i, " ", width(i), " ", overlap(i, j), " ", overlap(i, Interval(3.5, 4)))
err = try
    Interval(3, 1)
catch e
    e.msg
end
println(err)
