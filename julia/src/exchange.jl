# Models of Flux ↔ models of fluxbridge.flux.
#
# Both sides write a model down as nested lists, and read each other's. A node is one of
#
#     ["value", x]                           a number, array, text, nothing, or what stays in Julia
#     ["function", name]                     a function that has a name on both sides
#     ["elementwise", name]                  that function, element by element: name.(x)
#     ["symbol", name], ["colon"]
#     ["tuple", nodes], ["vector", nodes]
#     ["named", names, nodes], ["dict", keys, nodes]
#     ["layer", name, fields, nodes]         the fields in the order of Flux's own
#     ["generator", words]                   Xoshiro by its state, or without words the default one
#     ["asked", f]                           a generator in Python: f(dtype, shape) gives its numbers
#     ["tied", number, node], ["again", number]   what occurs in several places
#     ["unknown", text, value]               only from here: nothing in Python goes with it

"The layers that both sides have."
const LAYERS = (
    :Chain, :Dense, :Scale, :Bilinear, :Maxout, :SkipConnection, :Parallel, :PairwiseFusion, :Embedding, :EmbeddingBag,
    :Conv, :ConvTranspose, :CrossCor, :MaxPool, :MeanPool, :AdaptiveMaxPool, :AdaptiveMeanPool, :GlobalMaxPool,
    :GlobalMeanPool, :BatchNorm, :InstanceNorm, :GroupNorm, :LayerNorm, :WeightNorm, :Dropout, :AlphaDropout, :RNNCell,
    :LSTMCell, :GRUCell, :GRUv3Cell, :RNN, :LSTM, :GRU, :GRUv3, :Recurrence, :MultiHeadAttention, :Upsample,
    :PixelShuffle,
)

const Sequences = Union{Flux.RNN,Flux.LSTM,Flux.GRU,Flux.GRUv3,Flux.Recurrence}
const Statistical = Union{Flux.BatchNorm,Flux.InstanceNorm,Flux.GroupNorm}

# ---------------------------------------------------------------------------------------------
# Python → Julia
# ---------------------------------------------------------------------------------------------

"The model that a description describes, to be held by Python."
built(description) = opaque(build(description, Dict{Int,Any}()))

function build(@nospecialize(node), known::Dict{Int,Any})
    kind = node[1]::String
    kind == "value" && return node[2]
    kind == "function" && return named(node[2])
    kind == "elementwise" && return Base.BroadcastFunction(named(node[2]))
    kind == "symbol" && return Symbol(node[2])
    kind == "colon" && return Colon()
    kind == "again" && return known[node[2]]
    kind == "tied" && return known[node[2]] = build(node[3], known)
    kind == "generator" && return isempty(node[2]) ? Flux.default_rng() : Random.Xoshiro(node[2]...)
    kind == "asked" && return Asked(node[2])
    parts = Any[build(part, known) for part in node[end]]
    kind == "tuple" && return Tuple(parts)
    kind == "vector" && return identity.(parts)
    kind == "named" && return NamedTuple{Tuple(Symbol.(node[2]))}(Tuple(parts))
    kind == "dict" && return isempty(parts) ? Dict{Any,Any}() : Dict(zip(node[2], parts))
    kind == "layer" && return construct(Symbol(node[2]), Tuple(Symbol.(node[3])), parts)
    throw(ArgumentError("no part of a model is a $kind"))
end

"A generator whose numbers come from one in Python."
struct Asked{F} <: Random.AbstractRNG
    f::F
end

function Random.rand!(rng::Asked, A::AbstractArray{T}) where {T<:AbstractFloat}
    return copyto!(A, rng.f(lowercase(string(T)), size(A)))
end
ChainRulesCore.@non_differentiable Random.rand!(::Asked, ::AbstractArray)

"The function of this name, as it is known after `using Flux`."
named(name) = getproperty(Flux, Symbol(name))

function construct(name::Symbol, fields::Tuple, parts::Vector{Any})
    name === :Fix1 && return Base.Fix1(parts...)
    name in LAYERS || throw(ArgumentError("Flux has no layer $name"))
    T = getproperty(Flux, name)
    f = NamedTuple{fields}(Tuple(parts))
    T <: Sequences && return T(f.cell; return_state = f.return_state)
    T <: Flux.Upsample && return T(f.mode; f.scale, f.size)
    if T <: Statistical
        small = promote(f.ϵ, f.momentum)
        f = merge(f, (ϵ = small[1], momentum = small[2]))
    end
    T <: Flux.Chain && return T(f.layers)
    Set(fields) == Set(fieldnames(T)) || throw(ArgumentError("$name has the fields $(fieldnames(T)), not $fields"))
    return T((f[k] for k in fieldnames(T))...)
end

# ---------------------------------------------------------------------------------------------
# Julia → Python
# ---------------------------------------------------------------------------------------------

"What is seen while a model is described: the number of each part that can be shared."
struct Seen
    numbers::IdDict{Any,Int}
    Seen() = new(IdDict{Any,Int}())
end

"The description of a model."
described(@nospecialize(model)) = describe(model, Seen())

describe(x::Union{Nothing,Number,AbstractString}, ::Seen) = Any["value", x]
describe(x::Symbol, ::Seen) = Any["symbol", string(x)]
describe(::Colon, ::Seen) = Any["colon"]
describe(x::Tuple, seen::Seen) = Any["tuple", each(x, seen)]
describe(x::NamedTuple, seen::Seen) = Any["named", texts(keys(x)), each(values(x), seen)]
describe(x::AbstractDict, seen::Seen) = Any["dict", Any[keys(x)...], each(values(x), seen)]
describe(x::Base.BroadcastFunction, ::Seen) = hasname(x.f) ? Any["elementwise", string(nameof(x.f))] : unknown(x)
describe(x::Function, ::Seen) = hasname(x) ? Any["function", string(nameof(x))] : unknown(x)
describe(x::PyFunction, ::Seen) = Any["value", x]  # in Python it is itself
describe(x::Base.Fix1, seen::Seen) = Any["layer", "Fix1", Any["f", "x"], each((x.f, x.x), seen)]
describe(::Type{Tuple}, ::Seen) = Any["function", "tuple"]
describe(::Random.TaskLocalRNG, ::Seen) = Any["generator", Any[]]
describe(x::Random.Xoshiro, ::Seen) = Any["generator", Any[string(getfield(x, k)) for k in fieldnames(Random.Xoshiro)]]
describe(x::AbstractArray{<:Plain}, seen::Seen) = tied(() -> Any["value", x], x, seen)
describe(x::AbstractArray, seen::Seen) = tied(() -> Any["vector", each(x, seen)], x, seen)

function describe(x, seen::Seen)
    T = typeof(x)
    name = nameof(T)
    if name in LAYERS && getproperty(Flux, name) === Base.typename(T).wrapper
        return tied(() -> layer(name, x, seen), x, seen)
    end
    return unknown(x)
end

function layer(name::Symbol, x, seen::Seen)
    fields = NamedTuple{fieldnames(typeof(x))}(ntuple(k -> getfield(x, k), nfields(x)))
    if x isa Sequences
        fields = (; fields..., return_state = typeof(x).parameters[1])
    elseif x isa Flux.Upsample
        fields = (; mode = typeof(x).parameters[1], fields...)
    end
    return Any["layer", string(name), texts(keys(fields)), each(values(fields), seen)]
end

each(xs, seen::Seen) = Any[describe(x, seen) for x in xs]
texts(names) = Any[string(n) for n in names]
unknown(x) = Any["unknown", first(sprint(show, x; context = :limit => true), 200), opaque(x)]

"Is this the function that Flux's users have under its name?"
hasname(f) = isdefined(Flux, nameof(f)) && getproperty(Flux, nameof(f)) === f

"Write something down once; the second time only its number."
function tied(write, x, seen::Seen)
    haskey(seen.numbers, x) && return Any["again", seen.numbers[x]]
    number = seen.numbers[x] = length(seen.numbers)
    return Any["tied", number, write()]
end
