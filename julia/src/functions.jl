# Julia source and objects as functions for Python, and Python functions that Zygote differentiates.

"The modules of all sources; they live as long as Julia does, as the methods in them do."
const MODULES = Module[]

"The value of the last expression of `source`, evaluated in a module of its own."
function define(source::String)
    n = length(MODULES) + 1
    m = Module(Symbol("FluxBridgeSource", n))
    push!(MODULES, m)
    Core.eval(m, Expr(:const, Expr(:(=), :FluxBridge, @__MODULE__)))
    Base.include_string(m, PRELUDE, "prelude")
    return Base.include_string(m, source, "$SOURCE $n")
end

"What Julia source may use without asking."
const PRELUDE = """
using .FluxBridge.Flux, .FluxBridge.Zygote
using .FluxBridge.Zygote: gradient, withgradient
using .FluxBridge.Prelude.LinearAlgebra, .FluxBridge.Prelude.Statistics, .FluxBridge.Prelude.Random
using .FluxBridge: NumPy
using .FluxBridge.NumPy: SpecialFunctions
eval(x) = Core.eval(@__MODULE__, x)
include(path) = Base.include(@__MODULE__, path)
"""

"Packages that Julia source finds loaded beside Flux and Zygote."
module Prelude
import LinearAlgebra, Random, Statistics
end

"""
    PyFunction(f)

A Python function as a Julia one. It takes and returns what [`topy`](@ref) and [`tojulia`](@ref) make
of the values, and has a rule: its pullback is that of fluxbridge's native engine.
"""
struct PyFunction <: Function
    f::Py
end

topy(p::PyFunction) = p.f
Base.show(io::IO, p::PyFunction) = print(io, "PyFunction(", p.f, ")")

function (p::PyFunction)(xs...; kw...)
    args = pytuple(Any[topy(x) for x in xs])
    return uninterrupted(() -> tojulia(HOOKS[:python_call](p.f, args, topy(NamedTuple(kw)))))
end

"A function with keyword arguments, as Python passes them."
struct Keywords{F,K} <: Function
    f::F
    keywords::K
end
(k::Keywords)(xs...) = k.f(xs...; k.keywords...)

"A function whose last arguments are filled in."
struct Captured{F,C<:Tuple} <: Function
    f::F
    values::C
end
(c::Captured)(xs...) = c.f(xs..., c.values...)

function ChainRulesCore.rrule(p::PyFunction, xs...; kw...)
    y, back = uninterrupted() do
        pair = HOOKS[:pullback](p.f, pytuple(Any[topy(x) for x in xs]), topy(NamedTuple(kw)))
        tojulia(pair[0]), pair[1]
    end
    function pullback(dy)
        seed = unthunk(dy)
        seed isa AbstractZero && return (NoTangent(), map(_ -> NoTangent(), xs)...)
        found = uninterrupted(() -> tojulia(back(topy(seed))))
        return (NoTangent(), ntuple(k -> tangent(xs[k], found[k]), length(xs))...)
    end
    return y, pullback
end

"The gradient `g` of `x`, as ChainRules spells it."
tangent(x, g) = g
tangent(x, ::Nothing) = NoTangent()
tangent(x::Tuple, g::Union{Tuple,AbstractVector}) = Tangent{typeof(x)}(map(tangent, x, Tuple(g))...)
function tangent(x::NamedTuple{K}, g::AbstractDict) where {K}
    return Tangent{typeof(x)}(; NamedTuple{K}(map(k -> tangent(x[k], child(g, k)), K))...)
end
tangent(x::AbstractArray{<:Real}, g::AbstractArray{<:Complex}) = real(g)
function tangent(x::T, g::NamedTuple) where {T}
    x isa NamedTuple && return tangent(x, Dict{Symbol,Any}(pairs(g)))
    names = filter(k -> haskey(g, k), fieldnames(T))
    return Tangent{T}(; NamedTuple{names}(map(k -> tangent(getfield(x, k), g[k]), names))...)
end

"""
    differentiable(f::Py)

The Python function `f` as a Julia function that Zygote can differentiate.
"""
differentiable(f::Py) = PyFunction(f)

# ---------------------------------------------------------------------------------------------
# The parts of Julia objects
# ---------------------------------------------------------------------------------------------

"`x.name`, also by the Latin name of a Greek field (`sigma` for `σ`) and with `_` for a final `!`."
function attribute(x, name::String)
    s = Symbol(name)
    hasproperty(x, s) && return getproperty(x, s)
    for alias in get(ALIASES, name, ())
        hasproperty(x, alias) && return getproperty(x, alias)
    end
    endswith(name, '_') && hasproperty(x, Symbol(chop(name), "!")) && return getproperty(x, Symbol(chop(name), "!"))
    throw(NoField(string(typeof(x).name.name), name, join(propertynames(x), ", ")))
end

const ALIASES = Dict("sigma" => (:σ,), "lambda_" => (:λ,), "epsilon" => (:ϵ, :ε), "beta" => (:β,), "gamma" => (:γ,), "mu" => (:μ,), "sigma2" => (:σ²,))

struct NoField <: Exception
    owner::String
    name::String
    fields::String
end
Base.showerror(io::IO, e::NoField) = print(io, "a Julia $(e.owner) has no field $(e.name); it has $(e.fields)")

"The fields that can hold parameters, for the native engine: (names, values); nothing for none."
function parts(x)
    x isa Union{Number,AbstractArray,AbstractString,Symbol,Function,Module,Type} && !isstructtype(typeof(x)) && return nothing
    names = fieldnames(typeof(x))
    return names isa Tuple{Vararg{Symbol}} && !isempty(names) ? (names, map(n -> getfield(x, n), names)) : nothing
end
