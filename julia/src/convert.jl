# Values across the border.
#
#     Python                              Julia                          back
#     int, float, complex, bool, str      Int (BigInt), Float64, …       the same
#     np.float32 …                        Float32 …                      np.float32 …
#     Fraction                            Rational                       Fraction
#     None                                nothing                        None
#     ndarray                             Array                          ndarray, C-ordered, own memory
#     ndarray of shape ()                 number                         a number; as a gradient shape ()
#     list of numbers                     Vector                         ndarray; as a gradient a list
#     list                                Vector                         list
#     tuple                               Tuple                          tuple
#     dict                                Dict (keys as they are)        dict (a Symbol becomes text)
#     named tuple, dataclass, object      NamedTuple                     Record
#     fluxbridge.Diagonal                 Diagonal                       Diagonal
#     a function                          PyFunction, differentiable     itself
#     an object with __call__ and fields  PyCallable, with the fields    itself
#     an exception, an enum, bytes, …     Py                             itself
#     Decimal                             BigFloat                       Decimal
#     what came from Julia                itself                         JuliaObject
#
# What a side cannot hold exactly is refused by name (`Misfit`), or stays where it is.

"How deep structures may be nested; the stack of the thread, which nobody guards here, has room for that."
const DEEPEST = 64

"What is being converted at this moment, outermost first."
const INCOMING, OUTGOING = PyPtr[], Any[]

"Convert, by `f`, what is in the Python object `o`."
function within(f::F, o::PyPtr) where {F}
    depth = length(INCOMING)
    o in INCOMING && throw(Misfit("an object that holds itself cannot become a Julia value"))
    depth < DEEPEST || throw(Misfit("a structure of more than $DEEPEST levels cannot become a Julia value"))
    push!(INCOMING, o)
    try
        return f()
    finally
        resize!(INCOMING, depth)
    end
end

"Convert, by `f`, what is in the Julia value `x`. What Python refuses to make is ours to explain."
function inside(f::F, x) where {F}
    depth = length(OUTGOING)
    ismutable(x) && any(y -> y === x, OUTGOING) && throw(Misfit("$(kind(x)): what holds itself cannot become a Python value"))
    depth < DEEPEST || throw(Misfit("a structure of more than $DEEPEST levels cannot become a Python value"))
    push!(OUTGOING, x)
    try
        return f()
    catch e
        e isa PyException && impossible(e) || rethrow()
        throw(Misfit("this $(kind(x)) cannot become a Python value: $(string(e.v))"))
    finally
        resize!(OUTGOING, depth)
    end
end

kind(x) = nameof(typeof(x))
impossible(e::PyException) = any(t -> PythonCall.pyissubclass(e.t, t), (PythonCall.pybuiltins.TypeError, PythonCall.pybuiltins.OverflowError))

"The Julia value of a Python object."
tojulia(x::Py; share = false) = GC.@preserve x tojulia(getptr(x), share)

function tojulia(o::PyPtr, share::Bool = false)
    t = C.Py_Type(o)
    if t == TYPES.float
        return C.PyFloat_AsDouble(o)
    elseif t == TYPES.ndarray
        return array(o, share)
    elseif t == TYPES.object
        return object(o)
    elseif t == TYPES.int
        return integer(o)
    elseif t == TYPES.none
        return nothing
    elseif t == TYPES.bool
        return o == getptr(PythonCall.pybuiltins.True)
    elseif t == TYPES.tuple
        return within(() -> Tuple(elements(o, share)), o)
    elseif t == TYPES.list
        return within(() -> narrow(elements(o, share)), o)
    elseif t == TYPES.complex
        return ComplexF64(C.PyComplex_RealAsDouble(o), C.PyComplex_ImagAsDouble(o))
    elseif t == TYPES.str
        return chars(o)
    elseif t == TYPES.dict
        return within(() -> dictionary(borrowed(o), share), o)
    end
    T = get(SCALARS, t, nothing)
    T === nothing || return PythonCall.pyconvert(T, borrowed(o).item())
    return other(borrowed(o), share)
end

function chars(o::PyPtr)
    try
        return string(borrowed(o))
    catch e
        e isa PyException || rethrow()
        throw(Misfit("a text with lone surrogates is no text in Julia; pass bytes"))
    end
end

function integer(o::PyPtr)
    n = C.PyLong_AsLongLong(o)
    n == -1 || return Int64(n)
    if C.PyErr_Occurred() != C.PyNULL
        errclear()
        return parse(BigInt, string(PythonCall.pygetattr(borrowed(o), "__format__")("x")); base = 16)
    end
    return Int64(n)
end

"The Julia object inside of a fluxbridge.julia.JuliaObject."
function object(o::PyPtr)
    handle = PythonCall.pygetattr(borrowed(o), "_value")
    x = value(handle)
    release!(handle)
    return x
end

"The Julia object behind a handle."
function value(handle::Py)
    raw = PythonCall.pygetattr(handle, "raw")
    x = pyjlvalue(raw)
    release!(raw)
    return x
end

"The members of a Python tuple or list."
function elements(o::PyPtr, share::Bool)
    t = C.Py_Type(o) == TYPES.list ? owned(C.PyList_AsTuple(o)) : borrowed(o)
    p = getptr(t)
    out = GC.@preserve t Any[tojulia(C.PyTuple_GetItem(p, k - 1), share) for k in 1:C.PyTuple_Size(p)]
    release!(t)
    return out
end

"A vector with the element type that a literal `[a, b, …]` would have, if no number changes by it."
function narrow(v::Vector{Any})
    isempty(v) && return Float64[]
    out = identity.(v)
    T = eltype(out)
    (isconcretetype(T) || !all(x -> x isa Number && !(x isa Bool), out)) && return out
    common = convert(Vector{mapreduce(typeof, promote_type, out)}, out)
    return all(((a, b),) -> same(a, b), zip(common, out)) ? common : out
end

"Is this the same number?"
same(a::Number, b::Number) = a == b || isnan(a) && isnan(b)

function dictionary(d::Py, share::Bool)
    pairs = [tojulia(item[0]) => tojulia(item[1]; share) for item in d.items()]
    isempty(pairs) && return Dict{String,Any}()
    K, V = mapreduce(p -> typeof(p.first), typejoin, pairs), mapreduce(p -> typeof(p.second), typejoin, pairs)
    return all_of(Dict{K,V}(pairs), pairs, "dict", "Julia")
end

"A dictionary or set, if all that went into it is in it."
function all_of(made, from, what, where)
    length(made) == length(from) && return made
    seen = Set{Any}()
    for x in from
        key = x isa Pair && made isa AbstractDict ? x.first : x
        key in seen && throw(Misfit("two keys of this $what are one in $where ($(repr(key))); pass a list of them"))
        push!(seen, key)
    end
    throw(Misfit("two keys of this $what are one in $where; pass a list of them"))
end

"Everything that is not common: the Python half says what it is."
function other(x::Py, share::Bool)
    pyisjl(x) && return pyjlvalue(x)
    part = HOOKS[:take_apart](x)
    return within(() -> assembled(x, part, share), getptr(x))
end

function assembled(x::Py, part::Py, share::Bool)
    kind = string(part[0])
    if kind == "fields"
        return fields(part, share)
    elseif kind == "callable"
        return PyCallable(x, fields(part, share))
    elseif kind == "value"
        return tojulia(part[1]; share)
    elseif kind == "rational"
        return tojulia(part[1]) // tojulia(part[2])
    elseif kind == "diagonal"
        return Diagonal(tojulia(part[1]))
    elseif kind == "decimal"
        return binary(tojulia(part[1]), tojulia(part[2]))
    elseif kind == "special"
        return BigFloat(tojulia(part[1]))
    elseif kind == "scaling"
        return UniformScaling(tojulia(part[1]))
    elseif kind == "range"
        start, step, stop = tojulia(part[1]), tojulia(part[2]), tojulia(part[3])
        return step == 1 ? (start:stop) : (start:step:stop)
    elseif kind == "set"
        members = elements(getptr(part[1]), share)
        return all_of(Set(identity.(members)), members, "set", "Julia")
    elseif kind == "function"
        return PyFunction(x)
    end
    return x
end

function fields(part::Py, share::Bool)
    names = Tuple(Symbol(chars(getptr(n))) for n in part[1])
    return NamedTuple{names}(Tuple(elements(getptr(part[2]), share)))
end

"n·2^-k, exactly."
function binary(n::Integer, k::Integer)
    precision = max(Base.precision(BigFloat), ndigits(n; base = 2))
    return setprecision(() -> ldexp(BigFloat(n), -k), BigFloat, precision)
end

# ---------------------------------------------------------------------------------------------
# Julia → Python
# ---------------------------------------------------------------------------------------------

"The Python object of a Julia value: plain data where there is any, else a JuliaObject."
topy(x::Py) = x
topy(::Nothing) = PythonCall.pybuiltins.None
topy(::Missing) = PythonCall.pybuiltins.None
topy(::AbstractZero) = PythonCall.pybuiltins.None
topy(x::Bool) = Py(x)
topy(x::Float64) = owned(C.PyFloat_FromDouble(x))
topy(x::Float32) = HOOKS[:float32](Float64(x))
topy(x::Float16) = HOOKS[:float16](Float64(x))
topy(x::BigFloat) = decimal(x)
topy(x::AbstractFloat) = same(Float64(x), x) ? topy(Float64(x)) : opaque(x)
topy(x::Integer) = Py(x)
topy(x::Rational{<:Integer}) = iszero(denominator(x)) ? opaque(x) : Py(x)
topy(x::AbstractIrrational) = topy(Float64(x))
topy(x::ComplexF32) = HOOKS[:complex64](Py(ComplexF64(x)))
topy(x::Complex) = exact(x) ? Py(ComplexF64(x)) : opaque(x)
topy(x::Union{AbstractString,AbstractChar}) = isvalid(x) ? Py(string(x)) : throw(Misfit("$(repr(x)) is no valid Unicode; return collect(codeunits(string(x)))"))
topy(x::Symbol) = topy(string(x))
topy(x::Tuple) = inside(() -> packed(x), x)
topy(x::Pair) = topy((x.first, x.second))
topy(x::NamedTuple) = inside(() -> record(keys(x), packed(values(x))), x)
topy(x::Base.RefValue) = isassigned(x) ? inside(() -> topy(x[]), x) : topy(nothing)
topy(x::AbstractThunk) = topy(unthunk(x))
topy(x::Tangent) = topy(ChainRulesCore.backing(ChainRulesCore.canonicalize(x)))
topy(x::AbstractSet) = inside(() -> all_of(PythonCall.pyset(key(v) for v in x), texts_first(x), "Set", "Python"), x)
topy(x::Diagonal{<:Plain}) = HOOKS[:Diagonal](topy(x.diag))
topy(x::UniformScaling) = HOOKS[:UniformScaling](topy(x.λ))
topy(x::AbstractArray{<:Plain}) = numpy(x)
topy(x::AbstractArray{<:Complex{<:Integer}}) = all(exact, x) ? numpy(ComplexF64.(x)) : inside(() -> box(x), x)
topy(x::AbstractArray{<:AbstractIrrational}) = numpy(Float64.(x))
topy(x::AbstractArray) = inside(() -> box(x), x)
topy(x::PyException) = x.v

function topy(x::AbstractDict)
    return inside(x) do
        out = PythonCall.pydict()
        for (k, v) in x
            value = topy(v)
            out[key(k)] = value
            fresh(v) && release!(value)
        end
        all_of(out, texts_first(keys(x)), "Dict", "Python")
    end
end

"As a key: what Python can hash."
key(x) = topy(x)
key(x::AbstractSet) = PythonCall.pyfrozenset(topy(x))
key(x::Tuple) = inside(() -> pytuple(Any[key(v) for v in x]), x)
key(x::Pair) = key((x.first, x.second))

"The keys as Python tells them apart, as far as that is simple: what `all_of` names."
texts_first(keys) = Any[k isa Union{Symbol,AbstractChar} ? string(k) : k isa Bool ? Int(k) : k for k in keys]

exact(x::Complex) = same(Float64(real(x)), real(x)) && same(Float64(imag(x)), imag(x))

"The Decimal of a number, with all its digits."
function decimal(x::BigFloat)
    isfinite(x) && !iszero(x) || return HOOKS[:decimal](isnan(x) ? "NaN" : isinf(x) ? (x > 0 ? "Infinity" : "-Infinity") : signbit(x) ? "-0" : "0", 0)
    n, k, sign = Base.decompose(x)
    zeros = trailing_zeros(n)
    abs(k + zeros) > 50_000 && throw(Misfit("a BigFloat of this size has too many digits for a Decimal; return exponent(x) and significand(x)"))
    return HOOKS[:decimal](sign * (n >> zeros), k + zeros)
end

"Anything else stays in Julia; Python holds it by a JuliaObject."
topy(x) = opaque(x)
opaque(x) = HOOKS[:opaque](PythonCall.pyjlraw(x))

"Arrays whose elements are not numbers that NumPy has."
function box(x::AbstractArray)
    y = vec(dense(x))
    concrete = identity.(y)  # Vector{Any} of numbers is an array of numbers
    if !isempty(concrete) && eltype(concrete) <: Plain && isconcretetype(eltype(concrete))
        return numpy(reshape(concrete, size(x)))
    end
    x isa AbstractVector && return pylist(y)
    out = HOOKS[:empty](size(x), PythonCall.pybuiltins.object)
    for index in CartesianIndices(x)
        out[Tuple(index) .- 1] = topy(x[index])
    end
    return out
end

"Is what `topy` makes of `x` new, and large perhaps? Nothing but the caller knows it then."
fresh(x) = x isa Union{AbstractArray,NamedTuple,Tuple,AbstractDict}

"The tuple of what `topy` makes of the values; nothing else holds on to it."
function packed(xs)
    t = owned(C.PyTuple_New(length(xs)))
    for (k, x) in enumerate(xs)
        item = topy(x)
        C.PyTuple_SetItem(getptr(t), k - 1, incref(getptr(item)))  # steals a reference
        fresh(x) && release!(item)
    end
    return t
end

function pylist(xs)
    t = packed(xs)
    made = PythonCall.pylist(t)
    release!(t)
    return made
end

function pytuple(items::Vector{Any})
    t = owned(C.PyTuple_New(length(items)))
    for (k, x) in enumerate(items)
        C.PyTuple_SetItem(getptr(t), k - 1, incref(getptr(x::Py)))  # steals a reference
    end
    return t
end

function record(names, values::Py)
    made = HOOKS[:record](pytuple(Any[topy(n) for n in names]), values)
    release!(values)
    return made
end

# ---------------------------------------------------------------------------------------------
# Gradients: in the structure of the Python argument
# ---------------------------------------------------------------------------------------------

"The gradients of a call, as a Python tuple, each in the structure of its argument in `args`."
function gradients(grads, args::Py)
    p = getptr(args)
    n = C.PyTuple_Size(p)
    t = owned(C.PyTuple_New(n))
    for k in 1:n
        g = grads === nothing ? nothing : grads[k]
        made = like(g, C.PyTuple_GetItem(p, k - 1))
        C.PyTuple_SetItem(getptr(t), k - 1, incref(getptr(made)))
        g isa AbstractArray{<:Plain} && release!(made)
    end
    return t
end

like(::Union{Nothing,AbstractZero}, o::PyPtr) = topy(nothing)
like(g::AbstractThunk, o::PyPtr) = like(unthunk(g), o)
like(g::Base.RefValue, o::PyPtr) = like(g[], o)
like(g::Tangent, o::PyPtr) = like(ChainRulesCore.backing(ChainRulesCore.canonicalize(g)), o)

function like(g, o::PyPtr)
    t = C.Py_Type(o)
    if t == TYPES.float || t == TYPES.int || t == TYPES.object
        return topy(g)
    elseif t == TYPES.ndarray
        return g isa Number || g isa Array{<:Any,0} ? HOOKS[:array0](topy(g)) : topy(g)
    elseif t == TYPES.tuple || t == TYPES.list
        return sequence(g, borrowed(o), t == TYPES.list)
    elseif t == TYPES.dict
        return g isa AbstractDict ? mapping(g, borrowed(o)) : topy(g)
    elseif haskey(SCALARS, t)
        return g isa Float64 && SCALARS[t] === Float64 ? HOOKS[:float64](g) : topy(g)
    end
    g isa NamedTuple || return topy(g)
    part = HOOKS[:take_apart](borrowed(o))
    string(part[0]) in ("fields", "callable") || return topy(g)
    if string(part[0]) == "callable"
        g = g.fields
        g isa NamedTuple || return topy(g)
    end
    values = Any[like(get(g, Symbol(string(n)), nothing), getptr(v)) for (n, v) in zip(part[1], part[2])]
    all(pyisnone, values) && return topy(nothing)
    made = part[3]  # a named tuple is rebuilt as one
    return pyisnone(made) ? HOOKS[:record](part[1], pytuple(values)) : made(values...)
end

function sequence(g, o::Py, aslist::Bool)
    g isa Union{Tuple,AbstractVector} && length(g) == length(o) || return topy(g)
    values = Any[like(g[k], getptr(o[k-1])) for k in eachindex(g)]
    all(pyisnone, values) && return topy(nothing)
    return aslist ? PythonCall.pylist(values) : pytuple(values)
end

function mapping(g::AbstractDict, o::Py)
    out = PythonCall.pydict()
    for key in o
        value = get(g, tojulia(key), nothing)
        value === nothing || (out[key] = like(value, getptr(o[key])))
    end
    return length(out) == 0 ? topy(nothing) : out
end

"The cotangent that Python gives for the output `y`: its numbers and shapes must fit."
seed(y, s) = s === nothing ? nothing : fitted(y, s)
fitted(y, s) = s
fitted(y::Number, s) = s isa Number ? s : misfit(y, s)
fitted(y::AbstractArray{<:Number}, s) = s isa AbstractArray && size(s) == size(y) ? s : misfit(y, s)
function fitted(y::Tuple, s)
    s isa Union{Tuple,AbstractVector} && length(s) == length(y) || misfit(y, s)
    return map(seed, y, Tuple(s))
end
fitted(y::NamedTuple{K}, s) where {K} = NamedTuple{K}(map(k -> seed(y[k], child(s, k)), K))

child(s::NamedTuple, k::Symbol) = get(s, k, nothing)
child(s::AbstractDict, k::Symbol) = get(s, k, get(s, string(k), nothing))
child(s, k::Symbol) = throw(Misfit("the seed has no part $k, as the output has"))

"A seed that does not have the structure of the output."
struct Misfit <: Exception
    message::String
end
Base.showerror(io::IO, e::Misfit) = print(io, e.message)

shape(x::AbstractArray) = string("shape (", join(size(x), ", "), ndims(x) == 1 ? ",)" : ")")
shape(x::Number) = "shape ()"
shape(x) = "type $(typeof(x))"
misfit(y, s) = throw(Misfit("the seed has $(shape(s)), but the output has $(shape(y))"))
