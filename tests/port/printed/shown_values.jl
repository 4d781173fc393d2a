x = 3
y = [1.5, 2.0]
z = "text"
@show x
@show y z
@show x + 1
@show (1, "a", 'c', :s, nothing, 2.0, 1f0, true)
@show [1 2; 3 4]
@show Dict("k" => [1])
@show :sym "str" 'c'
@show x == 3 && y[1] > 1
@show sum(y) / 2
@show typeof(y)
@show 1:3 0.0:0.5:1.0
@show [:a, :b]
@show ['a', 'b']
@show ["a", "b"]
@show (a = 1, b = "x")
@show nothing missing
@show 1e-7 1e7 NaN Inf
@show [1e-7, 1e7]
@show Float32[1.5, 2]
@show 1//2 2+3im
@show zeros(2, 2)
@show [[1, 2], [3]]
@show []
@show Int[]
@show Set([1])
println(repr("a\nb"), repr('x'), repr(:s), repr(1f0), repr([1, 2]))
println([1, missing, 3])
println((1,), " ", (), " ", (a = 1,))
println([nothing, 1])
println(Union{Int, Missing}[1, missing])
show("quoted"); println()
show([1.0, 2.0]); println()
print("no newline", 1, '\n')
println("tab\there \"quoted\" \$5 back\\slash")
println("""
multi
  line""")
