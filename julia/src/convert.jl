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
#     what came from Julia                itself                         JuliaObject

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
        return Tuple(elements(o, share))
    elseif t == TYPES.list
        return narrow(elements(o, share))
    elseif t == TYPES.complex
        return ComplexF64(C.PyComplex_RealAsDouble(o), C.PyComplex_ImagAsDouble(o))
    elseif t == TYPES.str
        return string(borrowed(o))
    elseif t == TYPES.dict
        return dictionary(borrowed(o), share)
    end
    T = get(SCALARS, t, nothing)
    T === nothing || return PythonCall.pyconvert(T, borrowed(o).item())
    return other(borrowed(o), share)
end

function integer(o::PyPtr)
    n = C.PyLong_AsLongLong(o)
    n == -1 || return Int64(n)
    if C.PyErr_Occurred() != C.PyNULL
        errclear()
        return PythonCall.pyconvert(BigInt, borrowed(o))
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

"A vector with the element type that a literal `[a, b, …]` would have."
function narrow(v::Vector{Any})
    isempty(v) && return Float64[]
    out = identity.(v)
    T = eltype(out)
    (isconcretetype(T) || !all(x -> x isa Number && !(x isa Bool), out)) && return out
    return convert(Vector{mapreduce(typeof, promote_type, out)}, out)
end

function dictionary(d::Py, share::Bool)
    pairs = [tojulia(item[0]) => tojulia(item[1]; share) for item in d.items()]
    isempty(pairs) && return Dict{String,Any}()
    K, V = mapreduce(p -> typeof(p.first), typejoin, pairs), mapreduce(p -> typeof(p.second), typejoin, pairs)
    return Dict{K,V}(pairs)
end

"Everything that is not common: the Python half says what it is."
function other(x::Py, share::Bool)
    pyisjl(x) && return pyjlvalue(x)
    part = HOOKS[:take_apart](x)
    kind = string(part[0])
    if kind == "fields"
        names = Tuple(Symbol(string(n)) for n in part[1])
        return NamedTuple{names}(Tuple(elements(getptr(part[2]), share)))
    elseif kind == "value"
        return tojulia(part[1]; share)
    elseif kind == "rational"
        return tojulia(part[1]) // tojulia(part[2])
    elseif kind == "diagonal"
        return Diagonal(tojulia(part[1]))
    elseif kind == "scaling"
        return UniformScaling(tojulia(part[1]))
    elseif kind == "range"
        start, step, stop = tojulia(part[1]), tojulia(part[2]), tojulia(part[3])
        return step == 1 ? (start:stop) : (start:step:stop)
    elseif kind == "set"
        return Set(tojulia(part[1]))
    elseif kind == "function"
        return PyFunction(x)
    end
    return x
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
topy(x::AbstractFloat) = topy(Float64(x))
topy(x::Union{Integer,Rational{<:Integer}}) = Py(x)
topy(x::AbstractIrrational) = topy(Float64(x))
topy(x::ComplexF32) = HOOKS[:complex64](Py(ComplexF64(x)))
topy(x::Complex) = Py(ComplexF64(x))
topy(x::Union{AbstractString,AbstractChar}) = Py(x)
topy(x::Symbol) = Py(string(x))
topy(x::Tuple) = pytuple(Any[topy(v) for v in x])
topy(x::Pair) = topy((x.first, x.second))
topy(x::NamedTuple) = record(keys(x), Any[topy(v) for v in values(x)])
topy(x::Base.RefValue) = isassigned(x) ? topy(x[]) : topy(nothing)
topy(x::AbstractThunk) = topy(unthunk(x))
topy(x::Tangent) = topy(ChainRulesCore.backing(ChainRulesCore.canonicalize(x)))
topy(x::AbstractSet) = PythonCall.pyset(topy(v) for v in x)
topy(x::Diagonal{<:Plain}) = HOOKS[:Diagonal](topy(x.diag))
topy(x::UniformScaling) = HOOKS[:UniformScaling](topy(x.λ))
topy(x::AbstractArray{<:Plain}) = numpy(x)
topy(x::AbstractArray{<:Complex{<:Integer}}) = numpy(ComplexF64.(x))
topy(x::AbstractArray{<:Union{BigFloat,AbstractIrrational}}) = numpy(Float64.(x))
topy(x::AbstractArray) = box(x)
topy(x::PyException) = x.v

function topy(x::AbstractDict)
    out = PythonCall.pydict()
    for (k, v) in x
        out[topy(k)] = topy(v)
    end
    return out
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
    x isa AbstractVector && return PythonCall.pylist(Any[topy(v) for v in y])
    out = HOOKS[:empty](size(x), PythonCall.pybuiltins.object)
    for index in CartesianIndices(x)
        out[Tuple(index) .- 1] = topy(x[index])
    end
    return out
end

function pytuple(items::Vector{Any})
    t = owned(C.PyTuple_New(length(items)))
    for (k, x) in enumerate(items)
        C.PyTuple_SetItem(getptr(t), k - 1, incref(getptr(x::Py)))  # steals a reference
    end
    return t
end

record(names, values) = HOOKS[:record](pytuple(Any[Py(string(n)) for n in names]), pytuple(values))

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
        C.PyTuple_SetItem(getptr(t), k - 1, incref(getptr(like(g, C.PyTuple_GetItem(p, k - 1)))))
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
    string(part[0]) == "fields" || return topy(g)
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
