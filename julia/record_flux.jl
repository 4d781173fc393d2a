# Asks the real Flux again for what tests/reference/flux_0.16.10.jsonl and flux_variations_0.16.10.jsonl hold.
#
#   julia --project=PROJECT julia/record_flux.jl [CASES.jsonl [ANSWERS.jsonl]]
#
# The cases are those of the file: the source in Julia, the inputs, the parameters. Everything that Flux answered
# is evaluated anew; `python tests/reference/compare.py CASES.jsonl ANSWERS.jsonl` says what differs. Without
# arguments both files are recorded again in their place. PROJECT must have Flux, NNlib, Optimisers, Functors,
# OneHotArrays, MLUtils, Zygote, StableRNGs.

using Flux, NNlib, Optimisers, Functors, OneHotArrays, MLUtils, Random, Statistics, LinearAlgebra
import Zygote
isnothing(Base.find_package("StableRNGs")) || @eval using StableRNGs
include("record_encoding.jl")
include("record_decoding.jl")

# -- encoding of what only Flux has ----------------------------------------------------------------------

encode(x::AbstractString) = ["string" => x]
encode(x::Symbol) = ["symbol" => string(x)]
encode(x::AbstractChar) = ["char" => string(x)]
encode(x::Function) = ["function" => string(x)]
encode(x::Optimisers.Leaf) = ["leaf" => Pair["rule" => string(x.rule), "state" => encode(x.state), "frozen" => x.frozen]]
function encode(x::AbstractArray{<:Number})
    shape = Pair["shape" => collect(Int, size(x)), "array" => rows(x)]
    kind = "type" => string(typeof(x))
    return x isa Array ? Pair[kind; shape] : Pair[kind; "eltype" => string(eltype(x)); shape]
end
function encode(x::AbstractArray)
    list = "list" => Any[encode(v) for v in vec(x)]
    return ndims(x) == 1 ? Pair[list] : Pair["shape" => collect(Int, size(x)); list]
end

# -- what the sources name -------------------------------------------------------------------------------

loss_weights(shape::Tuple, T = Float64) =
    T.(reshape([round(sin(0.9k + 0.5) + 0.3; digits = 4) for k in 1:prod(shape)], shape))
weights(y::AbstractArray{T}) where {T<:Number} = loss_weights(size(y), T <: AbstractFloat ? T : Float64)
weights(y::Tuple) = map(weights, y)
weights(y) = nothing
Zygote.@nograd weights
lossof(y::Number) = y
lossof(y::AbstractArray) = sum(weights(y) .* y)
lossof(y::Tuple) = sum(lossof, y)

"Generators of the records: every number is 1; numbers that everybody can compute."
abstract type KnownRNG <: Random.AbstractRNG end
struct OneRNG <: KnownRNG end
struct FixedRNG <: KnownRNG end
uniform(::OneRNG, T, shape) = ones(T, shape)
normal(::OneRNG, T, shape) = ones(T, shape)
uniform(::FixedRNG, T, shape) = T.(reshape([round(mod(0.5 + 0.37k, 1); digits = 4) for k in 1:prod(shape)], shape))
normal(::FixedRNG, T, shape) = T.(reshape([round(1.5 * sin(1.3k); digits = 4) for k in 1:prod(shape)], shape))
Random.rand(r::KnownRNG, ::Type{T}, shape::Dims) where {T<:AbstractFloat} = uniform(r, T, shape)
Random.rand(r::KnownRNG, ::Type{T}, n::Integer, more::Integer...) where {T<:AbstractFloat} = uniform(r, T, (n, more...))
Random.randn(r::KnownRNG, ::Type{T}, shape::Dims) where {T<:AbstractFloat} = normal(r, T, shape)
Random.randn(r::KnownRNG, ::Type{T}, n::Integer, more::Integer...) where {T<:AbstractFloat} = normal(r, T, (n, more...))
Random.rand!(r::KnownRNG, A::Array{T}) where {T<:AbstractFloat} = copyto!(A, uniform(r, T, size(A)))
Random.randn!(r::KnownRNG, A::Array{T}) where {T<:AbstractFloat} = copyto!(A, normal(r, T, size(A)))
fixedu(size...) = uniform(FixedRNG(), Float32, size)

const PRELUDE = """
catc(a, b) = cat(a, b; dims = 3)
mulsum(a, b) = a .* b .+ a
halve(x) = x ./ 2
addone(x) = x .+ 1
square(x) = x .* x
wmean(x) = mean(weights(x) .* x)
"""

"The modules of all cases: their methods live as long as Julia does, so they must, too."
const MODULES = Module[]

"A module for one case, with the names of all packages and the given variables."
function workplace(given = ())
    m = Module()
    push!(MODULES, m)
    Core.eval(m, :(using Flux, NNlib, Optimisers, Functors, OneHotArrays, MLUtils, Random, Statistics, LinearAlgebra))
    Core.eval(m, :(const Zygote = $Zygote))
    Core.eval(m, :(using NNlib: scatter, gather))
    isdefined(@__MODULE__, :StableRNGs) && Core.eval(m, :(using StableRNGs))
    for f in (:weights, :OneRNG, :FixedRNG, :fixedu)
        Core.eval(m, :(const $f = $(getfield(@__MODULE__, f))))
    end
    Base.include_string(m, PRELUDE)
    for (name, x) in given
        Core.eval(m, Expr(:(=), Symbol(name), QuoteNode(x)))
    end
    return m
end

evaluated(m, source) = Base.include_string(m, source)
"A function of some variables, from its source."
functionof(m, names, source) = Core.eval(m, Expr(:->, Expr(:tuple, Symbol.(names)...), Meta.parse("begin $source end")))
latest(f, xs...) = Base.invokelatest(f, xs...)

failure(e) = (e isa LoadError && (e = e.error); Pair["error" => string(nameof(typeof(e))), "message" => first(sprint(showerror, e), 300)])

# -- the kinds of cases ------------------------------------------------------------------------------------

given(case) = has(case, "inputs") ? Pair{String,Any}[k => decode(v) for (k, v) in field(case, "inputs")] : Pair{String,Any}[]

"`f.(x, p)`: values and derivatives of each element, by itself and in a broadcast."
function elementwise(case)
    x = decode(field(case, "x"))
    source = field(case, "julia")
    m = workplace()
    whole = functionof(m, ["x"], source)
    answers = Pair["y" => encode(latest(whole, x))]
    if has(case, "dy_scalar")
        call = Meta.parse(source)  # Expr(:., f, (x, ...))
        one = Core.eval(m, Expr(:->, :x, Expr(:call, call.args[1], call.args[2].args...)))
        slope(v) = (g = latest(Zygote.gradient, one, v)[1]; g === nothing ? zero(v) : g)
        push!(answers, "dy_scalar" => encode(identity.([slope(v) for v in x])))
        g = latest(Zygote.gradient, z -> sum(whole(z)), x)[1]
        push!(answers, "dy_broadcast" => encode(g === nothing ? zero(x) : g))
    end
    return answers
end

function alias(case)
    a, b = (getproperty(Flux, Symbol(field(case, k))) for k in ("alias", "of"))
    return Pair["same" => a === b, "show" => string(a)]
end

"An expression of inputs, and its gradients."
function expression(case)
    variables = given(case)
    m = workplace()
    f = functionof(m, first.(variables), field(case, "julia"))
    xs = map(last, variables)
    y = latest(f, xs...)
    answers = Pair["result" => has(case, "result") && field(case, "result") isa String ? string(y) : encode(y)]
    if has(case, "gradient") || has(case, "gradient_error")
        has(case, "loss_weights") && push!(answers, "loss_weights" => encode(weights(y)))
        try
            grads = latest(Zygote.gradient, (zs...) -> lossof(f(zs...)), xs...)
            wanted = has(case, "gradient") ? first.(field(case, "gradient")) : first.(variables)
            push!(answers, "gradient" => Pair[n => encode(g) for ((n, _), g) in zip(variables, grads) if n in wanted])
        catch e
            push!(answers, "gradient_error" => failure(e))
        end
    end
    return answers
end

"Statements that say what is to be kept: `snap(label, value)`."
function traced(case)
    m = workplace(given(case))
    trace = Any[]
    snap(label, x) = push!(trace, Pair["label" => label, "value" => encode(deepcopy(x))])
    Core.eval(m, :(const snap = $snap))
    try
        evaluated(m, field(case, "julia"))
    catch e
        return [Pair["trace" => trace]; failure(e)]
    end
    return Pair["trace" => trace]
end

"Steps of a rule from recorded parameters, by recorded gradients."
function steps(case)
    m = workplace()
    rule = evaluated(m, field(case, "julia"))
    params = decode(field(case, "params0"))
    state = Optimisers.setup(rule, params)
    answers = Pair["show" => string(rule), "state0" => encode(state)]
    found = Any[]
    for g in decode(field(case, "gradients"))
        state, params = Optimisers.update(state, params, g)
        push!(found, encode(params))
    end
    return [answers; Pair["params" => Pair["list" => found], "state" => encode(state)]]
end

"The model of a case, with the recorded parameters, in its mode and type."
function modelof(case, m, key = "state"; parameters = true)
    model = evaluated(m, field(case, "julia"))
    mode = has(case, "mode") ? field(case, "mode") : nothing
    mode == "train" && Flux.trainmode!(model)
    mode == "test" && Flux.testmode!(model)
    parameters || return model
    has(case, "type") && field(case, "type") == "Float64" && (model = f64(model))
    has(case, key) && Flux.loadmodel!(model, decode(field(case, key)))
    return model
end

function layer(case)
    m = workplace()
    shown = modelof(case, m; parameters = false)
    model = modelof(case, m)
    answers = Pair["num_params" => sum(length, Flux.trainables(model); init = 0), "num_arrays" => length(Flux.trainables(model))]
    has(case, "show") && push!(answers, "show" => repr(shown))
    has(case, "show_plain") && push!(answers, "show_plain" => sprint(show, MIME("text/plain"), shown))
    has(case, "state") && push!(answers, "state" => encode(Flux.state(model)))
    variables = given(case)
    f = functionof(m, ["m"; first.(variables)], field(case, "forward"))
    xs = map(last, variables)
    if has(case, "outputsize")
        size = try
            collect(Int, latest(functionof(m, ["m"], field(case, "outputsize_julia")), modelof(case, m)))
        catch e
            failure(e)
        end
        push!(answers, "outputsize" => size)
    end
    y = try
        latest(f, model, xs...)
    catch e
        return [answers; failure(e)]
    end
    push!(answers, "output" => encode(y))
    has(case, "state_after") && push!(answers, "state_after" => encode(Flux.state(model)))
    if has(case, "loss") || has(case, "gradient_error")
        model = modelof(case, m)
        seen = Ref{Any}()
        keep(y) = (seen[] = y; nothing)
        loss(model, zs...) = (y = f(model, zs...); Zygote.ignore(() -> keep(y)); lossof(y))
        value, grads = try
            latest(Zygote.withgradient, loss, model, xs...)
        catch e
            push!(answers, "gradient_error" => failure(e))
            return answers
        end
        push!(answers, "loss" => value, "grad_model" => encode(grads[1]))
        has(case, "loss_weights") && push!(answers, "loss_weights" => encode(weights(y)))
        wanted = has(case, "grad_inputs") ? first.(field(case, "grad_inputs")) : first.(variables)  # not those of integers
        push!(answers, "grad_inputs" => Pair[n => encode(g) for ((n, _), g) in zip(variables, grads[2:end]) if n in wanted])
        has(case, "output_in_gradient") && push!(answers, "output_in_gradient" => encode(seen[]))
        has(case, "state_after_gradient") && push!(answers, "state_after_gradient" => encode(Flux.state(model)))
    end
    return answers
end

"Training from recorded parameters with recorded data."
function training(case)
    m = workplace()
    model = modelof(case, m, "params0")
    rule = evaluated(m, field(case, "rule"))
    loss = functionof(m, ["m", "x", "y"], field(case, "loss"))
    data = Dict(k => decode(v) for (k, v) in field(case, "data"))
    T = field(case, "type") == "Float32" ? Float32 : Float64
    x = T.(data["x"])
    y = data["y"] isa OneHotArrays.OneHotLike || eltype(data["y"]) <: Integer ? data["y"] : T.(data["y"])
    batches = has(case, "batchsize") ?
              [b for _ in 1:field(case, "epochs") for b in DataLoader((x, y); batchsize = field(case, "batchsize"))] :
              [(x, y) for _ in 1:field(case, "steps")]
    state = Flux.setup(rule, model)
    losses, firsts = T[], Pair[]
    for (k, (u, v)) in enumerate(batches)
        value, grads = latest(Flux.withgradient, loss, model, u, v)
        push!(losses, value)
        Flux.update!(state, model, grads[1])
        k == 1 && append!(firsts, ["gradient_1" => encode(grads[1]), "params_1" => encode(deepcopy(Flux.state(model)))])
    end
    z = latest(model, x)
    answers = Pair["losses" => encode(losses), "final_loss" => latest(loss, model, x, y), "num_params" => sum(length, Flux.trainables(model)),
        "params_final" => encode(Flux.state(model)), "final_output" => encode(z)]
    has(case, "final_accuracy") && push!(answers, "final_accuracy" => mean(Flux.onecold(z) .== Flux.onecold(y)))
    return [answers; firsts]
end

function answer(case)
    group = field(case, "group")
    kind = has(case, "x") ? elementwise : has(case, "alias") ? alias : has(case, "rule") ? training :
           has(case, "params0") ? steps : has(case, "trace") ? traced : has(case, "forward") ? layer :
           group in ("optimisers", "layers") && !has(case, "inputs") ? (c -> (evaluated(workplace(), field(c, "julia")); Pair[])) : expression
    try
        return kind(case)
    catch e
        return failure(e)
    end
end

# -- files -------------------------------------------------------------------------------------------------

"Keys that belong to the question, or are remarks; all others are answers."
const ASKED = ("group", "name", "julia", "python", "type", "mode", "forward", "inputs", "x", "outputsize_julia", "rule", "rule_python",
    "data", "params0", "steps", "epochs", "batchsize", "batches", "source", "gradients", "kinks_in_grid", "alias", "of", "train!_gives_the_same")

raw(x::Number_) = Raw(x.text)
raw(x) = isobject(x) ? Pair[k => raw(v) for (k, v) in x] : x isa Vector ? Any[raw(v) for v in x] : x
"What is written as it was read."
struct Raw
    text::String
end
json(x::Raw) = x.text

function again(line)
    case = parsejson(line)
    answers = Dict(answer(case))
    pairs = Pair[]
    for (key, x) in case
        is_loss = key == "loss" && !has(case, "rule")
        if key in ASKED || (key == "loss" && has(case, "rule"))
            push!(pairs, key => raw(x))
        elseif haskey(answers, key) && (key != "loss" || is_loss)
            push!(pairs, key => answers[key])
        end
    end
    for key in ("result", "output", "gradient", "gradient_error", "error", "message")  # in the place of other answers
        haskey(answers, key) && !has(case, key) && push!(pairs, key => answers[key])
    end
    return json(pairs)
end

function record(cases, target)
    lines = readlines(cases)
    versions = Pair["julia" => string(VERSION); Pair[string(m) => string(pkgversion(m)) for m in
        (Flux, Zygote, NNlib, Optimisers, Functors, OneHotArrays, MLUtils)]]
    head = Pair[k => k == "recorded_with" ? versions : raw(v) for (k, v) in parsejson(lines[1])]
    found = [json(head)]
    for (k, line) in enumerate(lines[2:end])
        push!(found, again(line))
        k % 100 == 0 && println(stderr, "$k of $(length(lines) - 1)")
    end
    write(target, join(found, "\n") * "\n")
    println("$(length(found) - 1) answers in $target")
end

function main(args...)
    BLAS.set_num_threads(1)
    isempty(args) || return record(args[1], args[end])
    for name in ("flux", "flux_variations")
        file = normpath(@__DIR__, "..", "tests", "reference", "$(name)_0.16.10.jsonl")
        record(file, file)
    end
end

abspath(PROGRAM_FILE) == @__FILE__() && main(ARGS...)
