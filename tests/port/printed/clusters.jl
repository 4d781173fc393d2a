using Random, Statistics, LinearAlgebra
Random.seed!(2)
pts = vcat([randn(2) .* 0.3 .+ c for c in ([0, 0], [5, 5]) for _ in 1:10])
println(length(pts), " ", typeof(pts))
P = reduce(hcat, pts)
function kmeans(P, k; iters = 10)
    C = P[:, [1, size(P, 2)]]
    assign = zeros(Int, size(P, 2))
    for _ in 1:iters
        for j in axes(P, 2)
            assign[j] = argmin([norm(P[:, j] - C[:, c]) for c in 1:k])
        end
        for c in 1:k
            members = findall(==(c), assign)
            isempty(members) || (C[:, c] = mean(P[:, members], dims = 2))
        end
    end
    return C, assign
end
C, a = kmeans(P, 2)
println(a, " ", round.(C, digits = 1))
println(count(==(1), a), " ", unique(a), " ", [findall(==(c), a)[1] for c in 1:2])
D = [norm(P[:, i] - P[:, j]) for i in 1:3, j in 1:3]
println(D == D', " ", diag(D), " ", size(D))
println(round(mean(P), digits = 1) > 2, " ", size(mean(P, dims = 2)), " ", round.(std(P, dims = 2), digits = 0))
Z = (P .- mean(P, dims = 2)) ./ std(P, dims = 2)
println(all(abs.(mean(Z, dims = 2)) .< 1e-10))
U, S, V = svd(Z)
println(size(U), size(S), size(V), " ", S[1] > S[2])
cumvar = cumsum(S .^ 2) ./ sum(S .^ 2)
println(round(cumvar[end], digits = 6), " ", issorted(cumvar))
