x = 2; y = [1, 2, 3]; s = "a"; t = (1, 2); nt = (a = 1,); f(x; k = 1) = x + k; A = [1 2; 3 4]
@show x+1 2x 2*x x*2 x^2 -x -(x+1) x/y[1]
@show y[1] y[end] y[1:2] y[2:end] y .+ 1 y.^2 f.(y) sum(y)/length(y)
@show f(x,k=2) f(x; k=3) f(f(1)) (x, y) [x, x] [x x; x x] (a=x, b=1)
@show x>1 1<x<3 x==2&&true !(x>1) x>1||false x≥1 x≠3 x in y x ∉ y
@show s*"b" s^2 "v: $x" "$(x+1)" :sym 'c' "q" nothing
@show A*A A' A[1,:] A[:,1] A[1,2] A\[1,2] A.*A size(A) nt.a
@show sqrt(x) x|>sqrt x%2 x÷2 7//2 1+2im 1.5e10 1f0 0x1f 1_000 π
@show x isa Int typeof(x) Int8(1) Float32(x) Vector{Int} y===y
@show (x+1)*(x-1) x-1-1 x-(1-1) x^2^1 (x^2)^1 -x^2 2(x+1) 2y[1] x*y[1]*2 a=5
@show [i^2 for i in 1:3] sum(i for i in 1:3) maximum(y) Dict("a"=>1) 1:3 1:2:5 x:x+1
@show length(y), x
@show max(x, 1) abs(-1) y' t[1]
