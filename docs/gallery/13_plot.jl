# A plot
using Plots

x = 0:0.1:6
plot(x, sin.(x), label="sin", lw=2, xlabel="x")
plot!(x, cos.(x), label="cos", ls=:dash)
hline!([0], color=:gray, label="")
