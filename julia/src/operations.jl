# What Python calls. Every operation takes Python objects as they are, does all the work in one
# crossing, and raises errors that Python knows.

"""
An operation as PythonCall's methods are called: by number, with up to three Python objects as they are.

That is the short way into Julia; a Python callable would convert its arguments one by one first.
"""
function operation(f)
    guarded(_) = attempt(f)
    guarded(_, a::Py) = attempt(f, a)
    guarded(_, a::Py, b::Py) = attempt(f, a, b)
    guarded(_, a::Py, b::Py, c::Py) = attempt(f, a, b, c)
    return PythonCall.JlWrap.pyjl_methodnum(guarded)
end

function attempt(f::F, args::Vararg{Py,N}) where {F,N}
    while !isempty(PENDING)
        release!(pop!(PENDING))
    end
    try
        return Py(f(args...))
    catch e
        throw(python_error(e, catch_backtrace()))
    finally
        foreach(release!, args)  # nobody else has these
    end
end

"Results that Python has by now: let go at the next call, and not when Julia's collector looks."
const PENDING = Py[]

"A result that nobody else in Julia has."
function later(p::Py)
    push!(PENDING, p)
    return p
end

"The Python object of a result."
result(y) = fresh(y) ? later(topy(y)) : topy(y)

flag(o::Py) = getptr(o) == getptr(PythonCall.pybuiltins.True)
symbol(o::Py) = Symbol(string(o))

"What \"zygote:C\" says: the engine, and whether Python's order is asked for."
function engine_and_order(o::Py)
    engine, order = split(string(o), ':')
    return Symbol(engine), order == "C"
end

function call(f, args::Py, keywords)
    xs = arguments(args)
    keywords === nothing && return result(interruptible(() -> f(xs...)))
    return result(interruptible(() -> f(xs...; keywords...)))
end

keywords(o::Py) = [Symbol(string(item[0])) => tojulia(item[1]) for item in o.items()]

function gradient_operation(engine::Symbol)
    return (f, args, aux) -> begin
        xs = arguments(args; share = true)
        y, grads = interruptible(() -> withgradient(value(f), engine, xs))
        y isa Number || flag(aux) || Zygote.sensitivity(y)  # throws
        later(pytuple(Any[result(y), later(gradients(grads, args))]))
    end
end

function versions()
    found = Dict{String,String}("Julia" => string(VERSION))
    for (id, m) in Base.loaded_modules
        id.name in ("Flux", "Zygote", "PythonCall", "ChainRulesCore", "NNlib", "FluxBridge") || continue
        v = pkgversion(m)
        v === nothing || (found[id.name] = string(v))
    end
    found["threads"] = string(Threads.nthreads())
    found["project"] = string(something(Base.active_project(), ""))
    return found
end

"All operations, by name; `fluxbridge.julia.bridge.operations` is the only caller."
function operations()
    table = Dict{String,Any}(
        "connect" => connect,
        "define" => source -> opaque(interruptible(() -> define(string(source)))),
        "wrap" => o -> opaque(pyisjl(o) ? pyjlvalue(o) : tojulia(o)),
        "call" => (f, args) -> call(value(f), args, nothing),
        "call_keywords" => (f, args, kw) -> call(value(f), args, keywords(kw)),
        "curry" => (f, kw) -> opaque(Keywords(value(f), NamedTuple(keywords(kw)))),
        "capture" => (f, values) -> opaque(Captured(value(f), arguments(values; share = true))),
        "call_traced" => (f, args) -> calltraced(value(f), args),
        "pullback" => (f, args) -> begin
            y, p = pullback(value(f), args)
            later(pytuple(Any[result(y), opaque(p)]))
        end,
        "pull" => (p, s) -> begin
            held = value(p)::Pullback
            dy = tojulia(s)
            later(gradients(interruptible(() -> pull(held, dy)), held.args))
        end,
        "vjp" => f -> opaque(VJP(value(f))),
        "withjacobian" => (f, how, args) -> begin
            xs = arguments(args)
            y, grads = interruptible(() -> withjacobian(value(f), engine_and_order(how)..., xs))
            later(pytuple(Any[result(y), later(gradients(grads, args))]))
        end,
        "hessian" => (f, how, x) -> begin
            z = tojulia(x)
            result(interruptible(() -> hessian(value(f), engine_and_order(how)..., z)))
        end,
        "diaghessian" => (f, engine, args) -> begin
            xs = arguments(args)
            gradients(interruptible(() -> diaghessian(value(f), symbol(engine), xs)), args)
        end,
        "callback" => f -> opaque(PyFunction(borrowed(getptr(f)))),
        "attribute" => (x, name) -> result(attribute(value(x), string(name))),
        "names" => x -> topy(Tuple(string(n) for n in propertynames(value(x)))),
        "parts" => x -> result(parts(value(x))),
        "item" => (x, k) -> result(item(value(x), tojulia(k))),
        "length" => x -> topy(length(value(x))),
        "show" => x -> topy(sprint(show, MIME("text/plain"), value(x); context = :limit => true)),
        "full" => x -> topy(full(value(x)::Thrown)),
        "versions" => () -> topy(versions()),
        "collect" => () -> (GC.gc(); topy(nothing)),
    )
    for engine in (:zygote, :forwarddiff, :enzyme, :mooncake, :finitedifferences)
        table["withgradient:$engine"] = gradient_operation(engine)
    end
    out = PythonCall.pydict()
    for (name, f) in table
        out[name] = operation(f)
    end
    return PythonCall.pytuple((PythonCall.pyjlraw(nothing), out))
end

"`x[k]` as Python counts: from 0, and from the end with negative numbers."
item(x, k) = x[k]
item(x, k::Integer) = x isa AbstractDict ? x[k] : x[k < 0 ? length(x) + k + 1 : k + 1]
