# The derivatives that Python asks for, by the AD package that it names.

arguments(args::Py; share = false) = Tuple(elements(getptr(args), share))

"(value, gradients) of the function `f`, by Zygote or by another package."
function withgradient(f, engine::Symbol, xs::Tuple)
    engine === :zygote && return Zygote.withgradient(f, xs...)
    engine === :forwarddiff && return forward_gradient(f, xs)
    if engine === :finitedifferences  # Flux calls f with the parts of what it is given
        y, grads = Base.invokelatest(Flux.withgradient, f, adtype(engine), xs)
        return y, grads[1]
    end
    return Base.invokelatest(Flux.withgradient, f, adtype(engine), xs...)
end

"An AD package that is not in the Julia project."
struct MissingPackage <: Exception
    name::String
end
Base.showerror(io::IO, e::MissingPackage) = print(io, "the Julia project has no package $(e.name)")

"Load a package by its name, if the project has it."
function load(name::String)
    id = Base.identify_package(name)
    id === nothing && throw(MissingPackage(name))
    return Base.require(id)
end

function adtype(engine::Symbol)
    if engine === :enzyme
        load("Enzyme")
        return Flux.AutoEnzyme()
    elseif engine === :mooncake
        load("Mooncake")
        return Flux.AutoMooncake(; config = nothing)
    elseif engine === :finitedifferences
        package = load("FiniteDifferences")
        return Flux.AutoFiniteDifferences(; fdm = Base.invokelatest(package.central_fdm, 5, 1))
    end
    throw(ArgumentError("no AD engine named $engine"))
end

const ForwardDiff = Zygote.ForwardDiff

"ForwardDiff, one argument after the other; numbers and real arrays only."
function forward_gradient(f, xs::Tuple)
    y = f(xs...)
    main = y isa Union{Tuple,NamedTuple} && !isempty(y) ? first(y) : y
    Zygote.sensitivity(main)
    grads = ntuple(length(xs)) do k
        at(z) = (v = f(xs[1:k-1]..., z, xs[k+1:end]...); main === y ? v : first(v))
        forward_one(at, xs[k])
    end
    return (val = y, grad = grads)
end

forward_one(f, x::Real) = ForwardDiff.derivative(f, float(x))
forward_one(f, x::AbstractArray{<:Real}) = ForwardDiff.gradient(f, float(x))
forward_one(f, ::Union{Nothing,AbstractString,Bool,Function}) = nothing
forward_one(f, x) = throw(ArgumentError("ForwardDiff differentiates by real numbers and real arrays, not by $(typeof(x)); use AutoZygote()"))

"A pullback that Python holds: the function itself, the output it belongs to, the arguments."
struct Pullback
    back::Any
    output::Any
    args::Py
end

function pullback(f, args::Py)
    xs = arguments(args)
    y, back = interruptible(() -> Zygote.pullback(f, xs...))
    return y, Pullback(back, y, borrowed(getptr(args)))
end

pull(p::Pullback, s) = Zygote.unthunk_tangent(p.back(seed(p.output, s)))

"""
`(xs..., dy) -> cotangents` of a function, for derivatives of derivatives.

Its own rule is forward over reverse, as `Zygote.hessian`: with φ(x) = ⟨dy, f(x)⟩ the pullback takes a
cotangent c to ∇²φ·c, the slope of the cotangents along c (as second derivatives commute), and for dy
to the slope of f along c.
"""
struct VJP{F} <: Function
    f::F
end
function (v::VJP)(xs...)
    y, back = Zygote.pullback(v.f, Base.front(xs)...)
    return map(complete, Base.front(xs), back(seed(y, last(xs))))
end

"Cotangents of numbers and arrays are never nothing, so that there is always something to differentiate."
complete(x, g) = g
complete(x::Number, ::Nothing) = zero(float(x))
complete(x::AbstractArray{<:Number}, ::Nothing) = zero(float(x))

function ChainRulesCore.rrule(v::VJP, xs...)
    y = v(xs...)
    points, dy = Base.front(xs), last(xs)
    function pullback(c)
        along = unthunk(c)
        T = typeof(ForwardDiff.Tag(v, Float64))
        moved = ntuple(k -> nudge(T, points[k], part(along, k)), length(points))
        value, back = Zygote.pullback(v.f, moved...)
        bent = map((x, g) -> tangent(x, slope(T, g)), points, back(dy))
        return (NoTangent(), bent..., tangent(dy, slope(T, value)))
    end
    return y, pullback
end

part(c::Union{Nothing,AbstractZero}, k) = nothing
part(c::Tangent, k) = part(ChainRulesCore.backing(c), k)
part(c, k) = c[k]
part(c::NamedTuple, k::Symbol) = get(c, k, nothing)

"`x` with the tangent `c`, as dual numbers."
nudge(T, x, ::Union{Nothing,AbstractZero}) = x
nudge(T, x, c::AbstractThunk) = nudge(T, x, unthunk(c))
nudge(T, x::Real, c::Real) = ForwardDiff.Dual{T}(float(x), oftype(float(x), c))
nudge(T, x::AbstractArray{<:Real}, c::AbstractArray{<:Real}) = map((a, b) -> nudge(T, a, b), x, c)
nudge(T, x::Tuple, c) = ntuple(k -> nudge(T, x[k], part(c, k)), length(x))
nudge(T, x::NamedTuple{K}, c) where {K} = NamedTuple{K}(map(k -> nudge(T, x[k], part(c, k)), K))
nudge(T, x::Complex, c) = throw(NotOffered("a second derivative by complex numbers", "the bridge"))
nudge(T, x::AbstractArray{<:Complex}, c) = throw(NotOffered("a second derivative by complex numbers", "the bridge"))
function nudge(T, x, c)
    parts, rebuild = Flux.Functors.functor(x)
    isempty(parts) && return x
    return rebuild(nudge(T, parts, c))
end

"The tangents in what came out."
slope(::Type, y) = nothing
slope(::Type{T}, y::ForwardDiff.Dual{T}) where {T} = ForwardDiff.partials(y, 1)
slope(::Type, y::Real) = zero(y)
slope(::Type{T}, y::AbstractArray) where {T} = map(v -> slope(T, v), y)
slope(::Type{T}, y::Union{Tuple,NamedTuple}) where {T} = map(v -> slope(T, v), y)

"(value, Jacobians) with rows and columns in Python's order if `c`, else in Julia's."
function withjacobian(f, engine::Symbol, c::Bool, xs::Tuple)
    output = Ref{Any}()
    function watched(zs...)
        y = f(zs...)
        ChainRulesCore.ignore_derivatives(() -> (output[] = y; nothing))
        return y
    end
    if engine === :zygote
        grads = Zygote.withjacobian(watched, xs...).grad
    elseif engine === :forwarddiff
        watched(xs...)
        grads = ntuple(k -> forward_jacobian(z -> f(xs[1:k-1]..., z, xs[k+1:end]...), xs[k]), length(xs))
    else
        throw(NotOffered("jacobian", string(engine)))
    end
    y = output[]
    return y, c ? map((J, x) -> reordered(J, y, x), grads, xs) : grads
end

forward_jacobian(f, x::Real) = (d = ForwardDiff.derivative(f, float(x)); d isa Number ? [d] : vec(d))
forward_jacobian(f, x::AbstractArray{<:Real}) = ForwardDiff.jacobian(z -> (y = f(z); y isa Number ? [y] : y), float(x))
forward_jacobian(f, x) = nothing

struct NotOffered <: Exception
    what::String
    engine::String
end
Base.showerror(io::IO, e::NotOffered) = print(io, "$(e.what) is not offered with $(e.engine); use AutoZygote()")

"Position k in C order is position `c_order(x)[k]` in Julia's."
c_order(x::AbstractArray) = ndims(x) < 2 ? Colon() : vec(permutedims(reshape(1:length(x), size(x)), ndims(x):-1:1))
c_order(x) = Colon()

reordered(::Nothing, y, x) = nothing
reordered(J::AbstractVector, y, x) = J[c_order(y)]
reordered(J::AbstractMatrix, y, x) = J[c_order(y), c_order(x)]

function hessian(f, engine::Symbol, c::Bool, x)
    check_hessian(x)
    if engine === :forwarddiff
        H = x isa Number ? ForwardDiff.derivative(z -> ForwardDiff.derivative(f, z), float(x)) : ForwardDiff.hessian(f, float(x))
    elseif engine === :zygote
        H = Zygote.hessian(f, x)
    elseif engine === :zygote_reverse
        H = Zygote.hessian_reverse(f, x)
    else
        throw(NotOffered("hessian", string(engine)))
    end
    return c && H isa AbstractMatrix ? H[c_order(x), c_order(x)] : H
end

check_hessian(x::Union{Real,AbstractArray{<:Real}}) = nothing
check_hessian(x) = throw(Misfit("hessian takes one real number or real array, not $(typeof(x))"))

function diaghessian(f, engine::Symbol, xs::Tuple)
    engine === :zygote && return Zygote.diaghessian(f, xs...)
    engine === :forwarddiff || throw(NotOffered("diaghessian", string(engine)))
    return ntuple(length(xs)) do k
        x = xs[k]
        at(z) = f(xs[1:k-1]..., z, xs[k+1:end]...)
        x isa Real ? hessian(at, engine, false, x) :
        x isa AbstractArray{<:Real} ? reshape(LinearAlgebra.diag(hessian(at, engine, false, x)), size(x)) : nothing
    end
end
