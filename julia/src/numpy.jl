"""
    NumPy

What NumPy does and Julia has no short word for, under NumPy's names: the words of the source that
`fluxbridge.julia.source` writes. Arrays are Julia's, axes and indices count from 1; what is NumPy's is the
order in which `reshape` and `ravel` read elements (the last axis first), that trailing axes meet in
broadcasts, and that linear algebra works on stacks of matrices, in the last two axes.

Zygote differentiates all of them: most are written with functions that have rules, the others
(`scatter`, `assemble`, `pad`, `convolve`, `eigh`, `qr`, `roots`) have rules of their own here.
"""
module NumPy

import LinearAlgebra as LA
import Statistics
import ..Flux.NNlib
using ..Zygote: ForwardDiff
using .ForwardDiff: SpecialFunctions
using ..ChainRulesCore: ChainRulesCore, AbstractZero, NoTangent, ProjectTo, ZeroTangent, ignore_derivatives, unthunk
import ..ChainRulesCore: rrule

include("numpy/elementwise.jl")
include("numpy/shapes.jl")
include("numpy/pieces.jl")
include("numpy/reductions.jl")
include("numpy/products.jl")
include("numpy/matrices.jl")
include("numpy/signals.jl")

end
