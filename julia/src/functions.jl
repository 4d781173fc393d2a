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

"""
    PyCallable(f, fields)

A Python object that can be called and has fields: called, it is a [`PyFunction`](@ref), whose rule
knows the gradients of the fields, too; `p.name` is a field.
"""
struct PyCallable{F<:NamedTuple} <: Function
    f::Py
    fields::F
end

topy(p::PyCallable) = python(p)
Base.show(io::IO, p::PyCallable) = print(io, "PyCallable(", python(p), ")")
Base.getproperty(p::PyCallable, name::Symbol) = getproperty(getfield(p, :fields), name)
Base.propertynames(p::PyCallable) = propertynames(getfield(p, :fields))

const FromPython = Union{PyFunction,PyCallable}
python(p::FromPython) = getfield(p, :f)

function (p::FromPython)(xs...; kw...)
    return uninterrupted() do
        args, named = packed(xs), topy(NamedTuple(kw))
        y = HOOKS[:python_call](python(p), args, named)
        release!(args)  # now: a loop may call many times before Julia's collector looks
        taken(y)
    end
end

"The Julia value of what Python returned and Julia has no other use for."
function taken(y::Py)
    x = tojulia(y)
    x === y || release!(y)
    return x
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

function ChainRulesCore.rrule(p::FromPython, xs...; kw...)
    own = p isa PyCallable
    y, back = uninterrupted() do
        args = own ? packed((p, xs...)) : packed(xs)
        pair = HOOKS[own ? :pullback_of_object : :pullback](python(p), args, topy(NamedTuple(kw)))
        release!(args)
        y, back = taken(pair[0]), pair[1]
        release!(pair)
        y, back
    end
    function pullback(dy)
        seed = unthunk(dy)
        seed isa AbstractZero && return (NoTangent(), map(_ -> NoTangent(), xs)...)
        found = uninterrupted() do
            given = topy(seed)
            g = taken(back(given))
            fresh(seed) && release!(given)
            g
        end
        mine = own ? tangent(p, first(found)) : NoTangent()
        return (mine, ntuple(k -> tangent(xs[k], found[k+own]), length(xs))...)
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
tangent(x::AbstractArray{<:Number}, g::AbstractArray) = g
function tangent(x::AbstractArray, g::AbstractArray)  # its elements as Zygote has them
    return map((a, b) -> Zygote.wrap_chainrules_output(tangent(a, b)), x, g)
end
function tangent(x::AbstractDict, g::AbstractDict)
    return Dict{Any,Any}(k => Zygote.wrap_chainrules_output(tangent(x[k], v)) for (k, v) in g)
end
function tangent(x::PyCallable, g::NamedTuple)
    fields = tangent(getfield(x, :fields), g)
    return fields isa NoTangent ? fields : Tangent{typeof(x)}(; fields)
end
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
