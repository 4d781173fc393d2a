# recursion with memory, Hanoi, permutations
const memo = Dict{Int, Int}()
function fibm(n)
    haskey(memo, n) && return memo[n]
    memo[n] = n < 2 ? n : fibm(n - 1) + fibm(n - 2)
    return memo[n]
end
println(fibm(50), " ", length(memo))
fibr(n) = n < 2 ? n : fibr(n - 1) + fibr(n - 2)
println(fibr.(0:10))
function hanoi!(moves, n, a, b, c)
    n == 0 && return moves
    hanoi!(moves, n - 1, a, c, b)
    push!(moves, (a, b))
    hanoi!(moves, n - 1, c, b, a)
end
println(length(hanoi!(Tuple{Char, Char}[], 5, 'A', 'C', 'B')))
println(hanoi!(Tuple{Int, Int}[], 2, 1, 3, 2))
function permutations(xs)
    isempty(xs) && return [eltype(xs)[]]
    [vcat(x, p) for x in xs for p in permutations(filter(!=(x), xs))]
end
println(permutations([1, 2, 3]))
ackermann(m, n) = m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1))
println(ackermann(2, 3))
subsets(xs) = isempty(xs) ? [Int[]] : (rest = subsets(xs[2:end]); [rest; [[xs[1]; r] for r in rest]])
println(length(subsets([1, 2, 3])), " ", subsets([1, 2]))
flattenall(x) = x isa Vector ? reduce(vcat, flattenall.(x), init = Int[]) : [x]
println(flattenall(Any[1, [2, 3], [4]]))
quicksort(v) = length(v) <= 1 ? v : (p = v[1]; r = v[2:end]; [quicksort(r[r .< p]); p; quicksort(r[r .>= p])])
println(quicksort([3, 6, 1, 8, 2, 9, 2]))
big = 1
for i in 1:25
    global big *= i
end
println(big)
sumrec(n) = n == 0 ? 0 : n^15 + sumrec(n - 1)
println(sumrec(20))
