# How the recorders write answers down: JSON, and what it is made of.

# -- JSON ------------------------------------------------------------------------------------------

json(::Nothing) = "null"
json(x::Bool) = string(x)
json(x::Integer) = string(x)
json(x::AbstractFloat) = isfinite(x) ? string(Float64(x)) : json(isnan(x) ? "NaN" : x > 0 ? "Inf" : "-Inf")
json(x::Float32) = isfinite(x) ? replace(repr(x), r"f0$" => "", "f" => "e") : json(Float64(x))
json(x::Float16) = isfinite(x) ? replace(repr(x), r"^Float16\((.*)\)$" => s"\1") : json(Float64(x))
json(x::Vector) = "[" * join(map(json, x), ", ") * "]"
json(x::Vector{<:Pair}) = "{" * join((json(string(k)) * ": " * json(v) for (k, v) in x), ", ") * "}"
function json(x::AbstractString)
    escaped = map(collect(x)) do c
        c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c < ' ' ? "\\u" * string(UInt16(c); base = 16, pad = 4) : string(c)
    end
    return "\"" * join(escaped) * "\""
end

# -- what an answer is made of ---------------------------------------------------------------------

encode(::Nothing) = nothing
encode(x::Number) = ["type" => string(typeof(x)), "value" => number(x)]
encode(x::Tuple) = ["tuple" => Any[encode(v) for v in x]]
encode(x::NamedTuple) = ["fields" => Pair[string(k) => encode(v) for (k, v) in pairs(x)]]
encode(x::AbstractDict) = ["dict" => Pair[string(k) => encode(v) for (k, v) in sort!(collect(x); by = string ∘ first)]]
encode(x::AbstractArray{<:Number}) = ["type" => string(typeof(x)), "shape" => collect(Int, size(x)), "array" => rows(x)]
encode(x::AbstractArray) = ["list" => Any[encode(v) for v in x]]
encode(x) = isstructtype(typeof(x)) && fieldcount(typeof(x)) > 0 ?
            ["fields" => Pair[string(k) => encode(getfield(x, k)) for k in fieldnames(typeof(x))]] : ["other" => string(typeof(x))]

number(x::Real) = x
number(x::Complex) = ["re" => number(real(x)), "im" => number(imag(x))]
number(x::Rational) = ["rational" => [numerator(x), denominator(x)]]

"Nested lists, row by row: `rows(x)[i][j]` is `x[i, j]`."
rows(x::AbstractArray{<:Any,0}) = number(x[])
rows(x::AbstractVector) = Any[number(v) for v in x]
rows(x::AbstractArray) = Any[rows(view(x, i, ntuple(_ -> :, ndims(x) - 1)...)) for i in axes(x, 1)]
