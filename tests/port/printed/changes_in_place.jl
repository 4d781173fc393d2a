W = [1.0 2.0; 3.0 4.0]
b = [1.0, 1.0]
function upd!()
    @. W = W - 0.5 * W
    b .-= 0.5
    W[1, 1] += 10
    return nothing
end
upd!()
println(W, " ", b)
function scale!(A, k)
    A .*= k
    A
end
scale!(W, 2)
println(W)
function local_copy(A)
    A = A .+ 1
    A[1] = 0
    A
end
println(local_copy(b), " ", b)
x = [1, 2, 3]
y = x
x = x .+ 1
println(x, " ", y)
z = y
z .+= 10
println(y, " ", z)
z += [1, 1, 1]
println(y, " ", z)
s = 0
function addto(n)
    global s
    s += n
end
addto(3); addto(4)
println(s)
m = zeros(2, 2)
rows = [m[i, :] for i in 1:2]
rows[1][1] = 5
println(m, " ", rows)
v = view(m, :, 1)
v .= [7, 8]
println(m)
nested = [[1, 2], [3]]
c = copy(nested); d = deepcopy(nested)
c[1][1] = 99
println(nested, " ", d)
t = ([1], 2)
t[1][1] = 5
println(t)
function f!(v; k = 2)
    for i in eachindex(v)
        v[i] = v[i]^k
    end
    v
end
println(f!([1, 2, 3]), " ", f!([1, 2]; k = 3))
a = [1, 2, 3, 4]
a[2:3] .= 0
a[end] = a[1] + 5
println(a, " ", a .== 0)
@views a[1:2] .+= 1
println(a)
A = reshape(1:6, 2, 3) |> collect
A[:, 2] .= -1
A[2, :] = [10, 20, 30]
println(A)
@. A = A * 2 + 1
println(A)
B = similar(A, Float64)
B .= A ./ 2
println(B)
p = fill([0], 2)
push!(p[1], 1)
println(p)
q = [[0] for _ in 1:2]
push!(q[1], 1)
println(q)
i = 5
for i in 1:3 end
println(i)
k = [i^2 for i in 1:3]
println(i, k)
h = let i = 10
    i + 1
end
println(i, h)
