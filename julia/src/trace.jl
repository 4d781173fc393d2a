# Generic Julia code, traced by fluxbridge's native engine: numbers that record in Python.

"A number whose arithmetic happens in Python, on one of the native engine's tracers."
struct Traced <: Real
    value::Py
end

Traced(x::Real) = Traced(topy(x))
Traced(x::Traced) = x
Base.convert(::Type{Traced}, x::Real) = Traced(x)
Base.promote_rule(::Type{Traced}, ::Type{<:Real}) = Traced
Base.zero(::Union{Traced,Type{Traced}}) = Traced(0.0)
Base.one(::Union{Traced,Type{Traced}}) = Traced(1.0)
Base.float(x::Traced) = x
Base.show(io::IO, x::Traced) = print(io, x.value)
topy(x::Traced) = x.value

for (f, g) in ((:+, :pyadd), (:-, :pysub), (:*, :pymul), (:/, :pytruediv), (:^, :pypow), (:mod, :pymod))
    @eval Base.$f(a::Traced, b::Traced) = Traced(PythonCall.$g(a.value, b.value))
end
Base.:^(a::Traced, n::Integer) = Traced(PythonCall.pypow(a.value, topy(n)))
Base.:-(a::Traced) = Traced(PythonCall.pyneg(a.value))
Base.abs(a::Traced) = Traced(PythonCall.pyabs(a.value))
Base.abs2(a::Traced) = a * a
Base.inv(a::Traced) = 1 / a
Base.muladd(a::Traced, b::Traced, c::Traced) = a * b + c

for (f, g) in ((:(==), :pyeq), (:<, :pylt), (:<=, :pyle))
    @eval Base.$f(a::Traced, b::Traced) = PythonCall.$g(Bool, a.value, b.value)
end
Base.isless(a::Traced, b::Traced) = a < b
Base.isnan(a::Traced) = Bool(a != a)
Base.isfinite(a::Traced) = abs(a) < Inf

const TRACED_FUNCTIONS = (
    :sin, :cos, :tan, :asin => :arcsin, :acos => :arccos, :atan => :arctan, :sinh, :cosh, :tanh,
    :asinh => :arcsinh, :acosh => :arccosh, :atanh => :arctanh, :exp, :exp2, :expm1, :log, :log2,
    :log10, :log1p, :sqrt, :cbrt, :sign, :floor, :ceil,
)

for entry in TRACED_FUNCTIONS
    f, g = entry isa Pair ? entry : (entry, entry)
    @eval Base.$f(x::Traced) = Traced(PythonCall.pygetattr(HOOKS[:numpy], $(string(g)))(x.value))
end
Base.hypot(a::Traced, b::Traced) = Traced(HOOKS[:numpy].hypot(a.value, b.value))
Base.atan(a::Traced, b::Traced) = Traced(HOOKS[:numpy].arctan2(a.value, b.value))
Base.max(a::Traced, b::Traced) = Traced(HOOKS[:numpy].maximum(a.value, b.value))
Base.min(a::Traced, b::Traced) = Traced(HOOKS[:numpy].minimum(a.value, b.value))

"A function for the native engine: tracers become `Traced`, everything else what it always becomes."
traced(x::Py) = Bool(HOOKS[:is_tracer](x)) ? traced_value(x) : tojulia(x)

function traced_value(x::Py)
    dims = Tuple(PythonCall.pyconvert(Int, n) for n in HOOKS[:numpy].shape(x))
    isempty(dims) && return Traced(x)
    return [Traced(x[Tuple(index) .- 1]) for index in CartesianIndices(dims)]
end

"Call `f` with Python's tracers; an array of `Traced` comes back as a list that NumPy stacks."
calltraced(f, args::Py) = untraced(f(map(traced, Tuple(args))...))

untraced(x) = topy(x)
untraced(x::AbstractArray{Traced}) = HOOKS[:stack](
    PythonCall.pylist(Any[topy(v) for v in vec(permutedims(x, ndims(x):-1:1))]), size(x))
