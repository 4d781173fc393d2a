# What went wrong: the kind of error, its text, and the lines of the user's own code.

"An exception together with where it was thrown, kept until somebody asks for all of it."
struct Thrown
    exception::Any
    backtrace::Any
end

root(e) = e
root(e::Union{CapturedException,LoadError}) = root(e isa LoadError ? e.error : e.ex)
root(e::TaskFailedException) = root(current_exceptions(e.task)[end].exception)
root(e::CompositeException) = isempty(e.exceptions) ? e : root(first(e.exceptions))

"The Python exception for what was caught; a Python error that passed through Julia is itself."
function python_error(e, backtrace)
    e = root(e)
    e isa PyException && return e
    e isa InterruptException && return PyException(PythonCall.pybuiltins.KeyboardInterrupt())
    made = HOOKS[:make_error](
        string(nameof(typeof(e))), text(e), pytuple(Any[Py(f) for f in user_frames(backtrace)]),
        opaque(Thrown(e, backtrace)),
    )
    return PyException(made)
end

"The message, without the lists of methods that Julia appends."
function text(e)
    message = try
        sprint(showerror, e; context = :limit => true)
    catch
        string(typeof(e))
    end
    message = first(split(message, "\n\nClosest candidates"))
    return length(message) > 2000 ? first(message, 2000) * " …" : String(message)
end

const SOURCE = "julia source"

"Frames outside of Julia itself and of installed packages, innermost first, each once."
function user_frames(backtrace)
    found = String[]
    for frame in stacktrace(backtrace)
        file = string(frame.file)
        file = chopprefix(file, "./")
        users = startswith(file, SOURCE) || (isabspath(file) && !installed(file))
        users || continue
        line = "$(name(frame)) at $file:$(frame.line)"
        line in found || push!(found, line)
        length(found) == 8 && break
    end
    return found
end

function name(frame)
    f = string(frame.func)
    return occursin(r"^#\d", f) ? "a function" : f
end

const HERE = dirname(@__DIR__)

"Does a file belong to Julia, to a package or to us?"
function installed(file)
    startswith(file, HERE) && return true
    startswith(file, Sys.BINDIR) && return true
    startswith(file, dirname(Sys.BINDIR)) && return true
    occursin(r"[/\\](packages|stdlib|usr[/\\]share[/\\]julia)[/\\]", file) && return true
    return any(p -> !isempty(p) && startswith(file, p), package_folders())
end

const FOLDERS = Ref{Vector{String}}()

"The folders of all loaded packages."
function package_folders()
    if !isassigned(FOLDERS)
        FOLDERS[] = filter(!isempty, [string(something(pkgdir(m), "")) for m in values(Base.loaded_modules)])
    end
    return FOLDERS[]
end

"Everything that Julia has to say about an exception."
full(t::Thrown) = sprint(showerror, t.exception, t.backtrace; context = :limit => true)
