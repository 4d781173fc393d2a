function lev(a, b)
    D = zeros(Int, length(a) + 1, length(b) + 1)
    D[:, 1] = 0:length(a)
    D[1, :] = 0:length(b)
    for i in 1:length(a), j in 1:length(b)
        D[i+1, j+1] = min(D[i, j+1] + 1, D[i+1, j] + 1, D[i, j] + (a[i] != b[j]))
    end
    return D[end, end]
end
println(lev("kitten", "sitting"))
function lcs(a, b)
    L = fill("", length(a) + 1, length(b) + 1)
    for i in 1:length(a), j in 1:length(b)
        L[i+1, j+1] = a[i] == b[j] ? L[i, j] * a[i] : length(L[i, j+1]) >= length(L[i+1, j]) ? L[i, j+1] : L[i+1, j]
    end
    L[end, end]
end
println(lcs("ABCBDAB", "BDCABA"))
function knap(w, v, W)
    best = zeros(Int, W + 1)
    for i in eachindex(w)
        for c in W:-1:w[i]
            best[c+1] = max(best[c+1], best[c-w[i]+1] + v[i])
        end
    end
    return best[end]
end
println(knap([1, 3, 4], [15, 20, 30], 4))
coins(n, cs) = begin
    ways = [1; zeros(Int, n)]
    for c in cs, k in c:n
        ways[k+1] += ways[k-c+1]
    end
    ways[end]
end
println(coins(100, [1, 5, 10, 25, 50]))
const memo = Dict{Int,BigInt}()
fibm(n) = get!(memo, n) do
    n < 2 ? big(n) : fibm(n - 1) + fibm(n - 2)
end
println(fibm(90), " ", length(memo))
maxsub(v) = begin
    best = cur = v[1]
    for x in v[2:end]
        cur = max(x, cur + x)
        best = max(best, cur)
    end
    best
end
println(maxsub([-2, 1, -3, 4, -1, 2, 1, -5, 4]))
function queens(n, row = 1, cols = Int[])
    row > n && return 1
    total = 0
    for c in 1:n
        ok = true
        for (r, cc) in enumerate(cols)
            if cc == c || abs(cc - c) == row - r
                ok = false
                break
            end
        end
        ok && (total += queens(n, row + 1, [cols; c]))
    end
    return total
end
println([queens(n) for n in 1:6])
spiral(A) = isempty(A) ? Int[] : vcat(A[1, :], spiral(rotl90(A[2:end, :])))
println(spiral([1 2 3; 4 5 6; 7 8 9]))
roman(n) = begin
    out = ""
    for (v, s) in [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
        while n >= v
            out *= s
            n -= v
        end
    end
    out
end
println(roman(1994), " ", roman.([4, 9, 14]))
println(join(reverse(string(12345))), " ", sum(parse(Int, c) for c in string(2^15)), " ", count(==('1'), string(37, base = 2)))
magic = [2 7 6; 9 5 1; 4 3 8]
println(all(sum(magic, dims = 1) .== 15), " ", sum(magic[i, i] for i in 1:3), " ", [magic[i, 4-i] for i in 1:3])
