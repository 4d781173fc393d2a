# What Python calls. Every operation takes Python objects as they are, does all the work in one
# crossing, and raises errors that Python knows.

"The Julia value behind a handle."
value(o::Py) = pyjlvalue(o)

"An operation as a Python callable."
function operation(f)
    function guarded(args::Py...)
        try
            return f(args...)
        catch e
            throw(python_error(e, catch_backtrace()))
        end
    end
    return PythonCall.JlWrap.pyjlcallback(guarded)
end

flag(o::Py) = getptr(o) == getptr(PythonCall.pybuiltins.True)
symbol(o::Py) = Symbol(string(o))

function call(f, args::Py, keywords)
    xs = arguments(args)
    keywords === nothing && return topy(f(xs...))
    return topy(f(xs...; keywords...))
end

keywords(o::Py) = [Symbol(string(item[0])) => tojulia(item[1]) for item in o.items()]

function gradient_operation(engine::Symbol)
    return (f, args, aux) -> begin
        y, grads = withgradient(value(f), engine, arguments(args; share = true))
        y isa Number || flag(aux) || Zygote.sensitivity(y)  # throws
        pytuple(Any[topy(y), gradients(grads, args)])
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

"All operations, by name; `fluxbridge.julia.bridge` is the only caller."
function operations()
    table = Dict{String,Any}(
        "connect" => connect,
        "define" => source -> opaque(define(string(source))),
        "wrap" => o -> opaque(pyisjl(o) ? pyjlvalue(o) : tojulia(o)),
        "call" => (f, args) -> call(value(f), args, nothing),
        "call_keywords" => (f, args, kw) -> call(value(f), args, keywords(kw)),
        "curry" => (f, kw) -> opaque(Keywords(value(f), NamedTuple(keywords(kw)))),
        "call_traced" => (f, args) -> calltraced(value(f), args),
        "pullback" => (f, args) -> begin
            y, p = pullback(value(f), args)
            pytuple(Any[topy(y), opaque(p)])
        end,
        "pull" => (p, s) -> begin
            held = value(p)::Pullback
            gradients(pull(held, tojulia(s)), held.args)
        end,
        "vjp" => f -> opaque(VJP(value(f))),
        "withjacobian" => (f, engine, args, c) -> begin
            y, grads = withjacobian(value(f), symbol(engine), arguments(args), flag(c))
            pytuple(Any[topy(y), gradients(grads, args)])
        end,
        "hessian" => (f, engine, x, c) -> topy(hessian(value(f), symbol(engine), tojulia(x), flag(c))),
        "diaghessian" => (f, engine, args) ->
            gradients(diaghessian(value(f), symbol(engine), arguments(args)), args),
        "callback" => f -> opaque(PyFunction(f)),
        "attribute" => (x, name) -> topy(attribute(value(x), string(name))),
        "names" => x -> topy(Tuple(string(n) for n in propertynames(value(x)))),
        "parts" => x -> topy(parts(value(x))),
        "item" => (x, k) -> topy(item(value(x), tojulia(k))),
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
    return out
end

"`x[k]` as Python counts: from 0, and from the end with negative numbers."
item(x, k) = x[k]
item(x, k::Integer) = x isa AbstractDict ? x[k] : x[k < 0 ? length(x) + k + 1 : k + 1]
