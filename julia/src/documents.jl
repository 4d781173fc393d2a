# Documents: Julia that is run statement by statement, each document in a module of its own, and what every
# statement leaves, described as data. `fluxbridge.port.checking` asks for it, and compares.

module Documents

using ..FluxBridge: Flux, MODULES, SOURCE, root, text
using Random: Random

"""
    document(soft, seed)

A new document. `soft`: loops may assign globals, as at the prompt. Its random numbers start from `seed`.
"""
function document(soft::Bool, seed::Integer)
    world = Module(Symbol("FluxBridgeDocument", length(MODULES) + 1))
    push!(MODULES, world)
    Core.eval(world, :(eval(x) = Core.eval($world, x)))
    Core.eval(world, :(include(path) = Base.include($world, path)))
    return Document(world, soft, Random.Xoshiro(seed))
end

struct Document
    world::Module
    soft::Bool
    rng::Random.Xoshiro  # the state of the default generator between statements
end

"""
    evaluate(d, code, names)

Run one statement of a document. The answer: what it printed, the type and text of its error (empty if there
was none), whether it drew random numbers of the default generator, its value, and of the variables `names`
those that exist then, as pairs of a name and a value; values as [`described`](@ref).
"""
function evaluate(d::Document, code::AbstractString, names::Tuple)
    error, value, drawn = ("", ""), nothing, false
    printed = captured() do
        generator = Random.default_rng()
        copy!(generator, d.rng)
        try
            value = Base.CoreLogging.with_logger(Base.CoreLogging.NullLogger()) do
                Base.include_string(ex -> prepared(d, ex), d.world, code, SOURCE)
            end
        catch e
            e = root(e)
            e isa InterruptException && rethrow()
            error = (string(nameof(typeof(e))), plain(d, text(e)))
        end
        after = copy(generator)
        drawn = !same_state(after, d.rng)
        copy!(d.rng, after)
    end
    return (plain(d, printed), error..., drawn, Base.invokelatest(left, d, value, names)...)
end

"""
    share(d, code, names, values, wanted)

Run code in a document with variables from outside, as `%%julia --real` does. The answer: what it printed, the
type and text of its error, its value, and of the names in `wanted` those that exist then with their values.
"""
function share(d, code::AbstractString, names::Tuple, values::Tuple, wanted::Tuple)
    error, value = ("", ""), nothing
    printed = captured() do
        try
            for (name, x) in zip(names, values)
                Core.eval(d.world, Expr(:(=), Symbol(name), QuoteNode(x)))
            end
            value = Base.include_string(ex -> prepared(d, ex), d.world, code, SOURCE)
        catch e
            e = root(e)
            e isa InterruptException && rethrow()
            error = (string(nameof(typeof(e))), plain(d, text(e)))
        end
    end
    return (plain(d, printed), error..., value, Base.invokelatest(there, d, wanted)...)
end

function there(d, wanted)
    found = filter(n -> isdefined(d.world, Symbol(n)), collect(String, wanted))
    return Tuple(found), Tuple(getglobal(d.world, Symbol(n)) for n in found)
end

"The value of a statement and the variables after it, described."
function left(d, value, names)
    there = filter(n -> isdefined(d.world, Symbol(n)), collect(String, names))
    return described(d, value, 0), Tuple((n, described(d, getglobal(d.world, Symbol(n)), 0)) for n in there)
end

"The four words that give the numbers; a fifth counts tasks."
same_state(a, b) = all(f -> getfield(a, f) == getfield(b, f), (:s0, :s1, :s2, :s3))

"What `f` writes to stdout; what it writes to stderr is dropped."
function captured(f)
    pipe = Pipe()
    Base.link_pipe!(pipe; reader_supports_async = true, writer_supports_async = true)
    reading = @async read(pipe, String)
    try
        redirect_stdout(() -> redirect_stderr(f, devnull), pipe.in)
    finally
        close(pipe.in)
    end
    return fetch(reading)
end

"Text without the name of the document's module, and without bytes that are no text."
plain(d::Document, s::AbstractString) = replace(map(c -> isvalid(c) ? c : '\ufffd', s), "Main.$(nameof(d.world))." => "", ".$(nameof(d.world))." => "", "$(nameof(d.world))." => "")

# -- what is evaluated -------------------------------------------------------------------------------

"A statement as it is evaluated: packages are found, and loops assign globals where they may."
prepared(d::Document, ex) = d.soft ? softened(packaged(d, ex)) : packaged(d, ex)

function softened(ex)
    ex isa Expr || return ex
    ex.head === :toplevel && return Expr(:toplevel, map(softened, ex.args)...)
    ex.head in (:meta, :import, :using, :export, :public, :module, :error, :incomplete, :thunk, :struct, :abstract, :primitive) && return ex
    ex.head === :global && all(a -> a isa Symbol, ex.args) && return ex
    ex.head === :macrocall && any(a -> a isa Expr && a.head in (:struct, :module), ex.args) && return ex
    return Expr(:block, Expr(:softscope, true), ex)
end

"""
`using X` where X is a package that others have loaded, though it is no direct dependency of the project:
Optimisers, NNlib, OneHotArrays and MLUtils come with Flux.
"""
function packaged(d::Document, ex)
    ex isa Expr || return ex
    ex.head === :toplevel && return Expr(:toplevel, map(a -> packaged(d, a), ex.args)...)
    ex.head in (:using, :import) || return ex
    return Expr(ex.head, map(a -> found(d, a), ex.args)...)
end

function found(d::Document, path)
    path isa Expr || return path
    path.head in (:(:), :as) && return Expr(path.head, found(d, path.args[1]), path.args[2:end]...)
    name = path.args[1]
    (path.head === :. && name isa Symbol && name !== :.) || return path
    name in (:Base, :Core, :Main) && return path
    Base.identify_package(String(name)) === nothing || return path
    loaded = [m for (id, m) in Base.loaded_modules if id.name == String(name)]
    isempty(loaded) && return path
    isdefined(d.world, name) || Core.eval(d.world, Expr(:const, Expr(:(=), name, only(loaded))))
    return Expr(:., :., path.args...)
end

# -- values as data ------------------------------------------------------------------------------------

"How deep values are described, and how long."
const DEPTH, MOST_ITEMS, MOST_ENTRIES = 12, 5_000, 50_000_000

"""
    described(d, x, depth)

A value as tuples of plain data, the first entry its kind:

    ("number", type, x)   ("text", type, text)   ("nothing",)   ("missing",)
    ("array", element type, array)   ("range", element type, array)   ("list", element type, size, items)
    ("tuple", items)   ("pair", items)   ("cartesian", indices)   ("record", names, values)
    ("dict", keys, values)   ("set", items)   ("ref", value)
    ("struct", type, names, values)   ("model", type, state)
    ("function", name)   ("type", name)   ("module", name)   ("other", type)
"""
function described(d::Document, x, depth)
    depth > DEPTH && return other(d, x)
    try
        return form(d, x, depth + 1)
    catch e
        e isa InterruptException && rethrow()
        return other(d, x)
    end
end

other(d::Document, x) = ("other", typename(d, typeof(x)))
typename(d::Document, T) = plain(d, string(T))
each(d, xs, depth) = Tuple(described(d, x, depth) for x in xs)

const Exact = Union{Bool,Base.BitInteger,BigInt,Float16,Float32,Float64,Rational{<:Union{Base.BitInteger,BigInt}}}

form(d, ::Nothing, depth) = ("nothing",)
form(d, ::Missing, depth) = ("missing",)
form(d, x::Exact, depth) = ("number", string(typeof(x)), x)
form(d, x::BigFloat, depth) = ("number", "BigFloat", Float64(x))
form(d, x::AbstractIrrational, depth) = ("number", "Irrational", Float64(x))
form(d, x::Complex{<:Exact}, depth) = ("number", string(typeof(x)), ComplexF64(x))
form(d, x::AbstractString, depth) = ("text", "String", plain(d, x))
form(d, x::AbstractChar, depth) = ("text", "Char", plain(d, string(x)))
form(d, x::Symbol, depth) = ("text", "Symbol", string(x))
form(d, x::Tuple, depth) = length(x) > MOST_ITEMS ? other(d, x) : ("tuple", each(d, x, depth))
form(d, x::Pair, depth) = ("pair", each(d, (x.first, x.second), depth))
form(d, x::NamedTuple, depth) = ("record", map(string, keys(x)), each(d, values(x), depth))
form(d, x::CartesianIndex, depth) = ("cartesian", Tuple(x))
form(d, x::Base.RefValue, depth) = isassigned(x) ? ("ref", described(d, x[], depth)) : other(d, x)
form(d, x::Type, depth) = ("type", typename(d, x))
form(d, x::Module, depth) = ("module", string(nameof(x)))
form(d, x::Function, depth) = ("function", string(nameof(x)))

function form(d, x::AbstractRange{<:Exact}, depth)
    return length(x) > MOST_ENTRIES ? other(d, x) : ("range", string(eltype(x)), numbers(collect(x)))
end

function form(d, x::AbstractArray{T}, depth) where {T}
    length(x) > MOST_ENTRIES && return other(d, x)
    isconcretetype(T) && (T <: Union{Bool,Base.BitInteger,Float16,Float32,Float64} || T <: Complex{<:Exact}) &&
        return ("array", string(T), numbers(collect(x)))
    length(x) > MOST_ITEMS && return other(d, x)
    return ("list", typename(d, T), size(x), each(d, vec(collect(x)), depth))
end

numbers(x::Array) = x
numbers(x::Array{<:Union{Int128,UInt128}}) = Float64.(x)
numbers(x::Array{<:Complex}) = ComplexF64.(x)

function form(d, x::AbstractDict, depth)
    length(x) > MOST_ITEMS && return other(d, x)
    entries = collect(x)
    return ("dict", each(d, first.(entries), depth), each(d, last.(entries), depth))
end

function form(d, x::AbstractSet, depth)
    return length(x) > MOST_ITEMS ? other(d, x) : ("set", each(d, collect(x), depth))
end

function form(d, x, depth)
    T = typeof(x)
    owner = parentmodule(T)
    owner === Flux && return ("model", string(nameof(T)), described(d, Flux.state(x), depth))
    isstructtype(T) && within_document(d, owner) || return other(d, x)
    names = fieldnames(T)
    return ("struct", string(nameof(T)), map(string, names), each(d, map(n -> getfield(x, n), names), depth))
end

function within_document(d, m)
    while m !== d.world
        parentmodule(m) === m && return false
        m = parentmodule(m)
    end
    return true
end

end
