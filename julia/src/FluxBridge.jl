"""
    FluxBridge

The Julia half of the Python package fluxbridge: values across the border, derivatives by Zygote,
and Python functions that Zygote can differentiate. Python calls the functions in `OPERATIONS`;
nothing else is meant to be called from outside, except [`differentiable`](@ref).
"""
module FluxBridge

using ChainRulesCore: ChainRulesCore, AbstractThunk, AbstractZero, NoTangent, Tangent, unthunk
using LinearAlgebra: LinearAlgebra, Diagonal, UniformScaling, transpose!
using PythonCall: PythonCall, C, Py, PyException, pyisjl, pyjlvalue
using PythonCall.C: PyPtr
using PythonCall.Core: errclear, getptr, incref, pyisnone, pynew, pythrow
using Flux: Flux, NNlib
using Statistics: Statistics
using Random: Random
using Zygote: Zygote

include("interrupts.jl")  # Ctrl-C in a process of its own
include("python.jl")      # what we need of Python: types, hooks
include("arrays.jl")      # NumPy arrays in both directions, one pass over memory
include("convert.jl")     # every other value, and gradients in the shape of their arguments
include("errors.jl")      # what went wrong, in a few lines
include("functions.jl")   # Julia source and objects as functions; Python functions with a rule
include("gradients.jl")   # gradient, pullback, jacobian, hessian
include("trace.jl")       # generic Julia code traced by Python's own engine
include("layers.jl")      # layers that are one step in Python
include("numpy.jl")       # NumPy's words, for Python functions written in Julia
include("exchange.jl")    # models of Flux ↔ models of fluxbridge.flux
include("documents.jl")   # tutorials, run statement by statement
include("operations.jl")  # the table of what Python calls

end
