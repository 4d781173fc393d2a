# Reading recorded cases: JSON, and the values that record_encoding.jl wrote.

"A JSON object as pairs in their order; arrays as `Vector{Any}`."
function parsejson(text::AbstractString)
    at = Ref(firstindex(text))
    x = jsonvalue(text, at)
    return x
end

blanks(s, at) = while s[at[]] in " \n\t\r"; at[] = nextind(s, at[]); end

function jsonvalue(s, at)
    blanks(s, at)
    c = s[at[]]
    c == '{' && return jsonobject(s, at)
    c == '[' && return jsonarray(s, at)
    c == '"' && return jsonstring(s, at)
    for (word, x) in (("true", true), ("false", false), ("null", nothing))
        startswith(SubString(s, at[]), word) && (at[] += length(word); return x)
    end
    m = match(r"[-+0-9.eE]+", s, at[])
    at[] += length(m.match)
    whole = tryparse(Int, m.match)
    return whole === nothing ? Number_(m.match) : whole
end

"A number that is no integer, as it is written: its type is known further outside."
struct Number_
    text::String
end
Base.convert(::Type{T}, x::Number_) where {T<:AbstractFloat} = parse(T, x.text)

function jsonobject(s, at)
    found = Pair{String,Any}[]
    at[] += 1
    blanks(s, at)
    s[at[]] == '}' && (at[] += 1; return found)
    while true
        blanks(s, at)
        key = jsonstring(s, at)
        blanks(s, at)
        at[] += 1  # the colon
        push!(found, key => jsonvalue(s, at))
        blanks(s, at)
        c = s[at[]]
        at[] += 1
        c == '}' && return found
    end
end

function jsonarray(s, at)
    found = Any[]
    at[] += 1
    blanks(s, at)
    s[at[]] == ']' && (at[] += 1; return found)
    while true
        push!(found, jsonvalue(s, at))
        blanks(s, at)
        c = s[at[]]
        at[] += 1
        c == ']' && return found
    end
end

function jsonstring(s, at)
    out = IOBuffer()
    i = nextind(s, at[])
    while s[i] != '"'
        if s[i] == '\\'
            i = nextind(s, i)
            if s[i] == 'u'
                code = parse(UInt32, s[i+1:i+4]; base = 16)
                i += 4
                if 0xd800 <= code < 0xdc00  # two units for one character
                    low = parse(UInt32, s[i+3:i+6]; base = 16)
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
                    i += 6
                end
                print(out, Char(code))
            else
                print(out, get(Dict('n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f'), s[i], s[i]))
            end
        else
            print(out, s[i])
        end
        i = nextind(s, i)
    end
    at[] = i + 1
    return String(take!(out))
end

# -- values ------------------------------------------------------------------------------------------

isobject(o) = o isa Vector{Pair{String,Any}}
has(o, key) = isobject(o) && any(p -> first(p) == key, o)
field(o, key) = last(o[findfirst(p -> first(p) == key, o)])

const NUMBERS = Dict(string(T) => T for T in (Float64, Float32, Float16, Int64, Int32, Int16, Int8, UInt8, Bool))

"The type of numbers in the name of a type."
function numbertype(o)
    text = has(o, "eltype") ? field(o, "eltype") : field(o, "type")
    startswith(text, "Bit") && return Bool
    haskey(NUMBERS, text) && return NUMBERS[text]
    startswith(text, "UnitRange") && return Int64
    return NUMBERS[match(r"\{(\w+)", text)[1]]
end

number(T, x) = T(x)
number(T, x::Number_) = convert(T, x)
number(T, x::String) = T(x == "NaN" ? NaN : x == "Inf" ? Inf : -Inf)

"The value that `encode` wrote down."
function decode(o)
    isobject(o) || return o isa Number_ ? convert(Float64, o) : o
    if has(o, "array")
        T, shape = numbertype(o), Tuple(Int.(field(o, "shape")))
        flat = T[]
        collected!(flat, T, field(o, "array"), length(shape))
        A = isempty(shape) ? fill(flat[1]) : permutedims(reshape(flat, reverse(shape)), length(shape):-1:1)
        return arraylike(field(o, "type"), A)
    end
    has(o, "value") && return number(numbertype(o), field(o, "value"))
    has(o, "tuple") && return Tuple(map(decode, field(o, "tuple")))
    has(o, "fields") && return NamedTuple{Tuple(Symbol(k) for (k, _) in field(o, "fields"))}(Tuple(decode(v) for (_, v) in field(o, "fields")))
    has(o, "dict") && return Dict(k => decode(v) for (k, v) in field(o, "dict"))
    has(o, "list") && return identity.(map(decode, field(o, "list")))
    has(o, "string") && return field(o, "string")
    has(o, "symbol") && return Symbol(field(o, "symbol"))
    has(o, "char") && return only(field(o, "char"))
    throw(ArgumentError("nothing is known of a value with the keys $(first.(o))"))
end

collected!(flat, T, x, n) = n == 0 ? push!(flat, number(T, x)) : foreach(v -> collected!(flat, T, v, n - 1), x)

"An array in the type that it had."
function arraylike(kind, A)
    occursin("OneHot", kind) || return occursin("UnitRange", kind) ? (A[1]:A[end]) : startswith(kind, "Bit") ? BitArray(A) : Array(A)
    labels = 1:size(A, 1)
    ndims(A) == 1 && return Flux.onehot(findfirst(vec(A)), labels)
    found = dropdims(mapslices(v -> something(findfirst(v), 0), A; dims = 1); dims = 1)
    return Flux.onehotbatch(found, labels)
end
