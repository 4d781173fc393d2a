# Python types by their address, and the hooks that the Python half gives us.

"The addresses of Python types; filled by `connect`, compared on the fast path."
mutable struct Types
    float::PyPtr
    int::PyPtr
    bool::PyPtr
    complex::PyPtr
    str::PyPtr
    none::PyPtr
    tuple::PyPtr
    list::PyPtr
    dict::PyPtr
    ndarray::PyPtr
    object::PyPtr  # fluxbridge's own wrapper of a Julia object
    Types() = new(ntuple(_ -> C.PyNULL, 11)...)
end

const TYPES = Types()

"NumPy's scalar types, by address: the Julia type that each stands for."
const SCALARS = Dict{PyPtr,Type}()

"Functions and classes of the Python half, by name."
const HOOKS = Dict{Symbol,Py}()

"NumPy's dtypes, by Julia type."
const DTYPES = IdDict{Any,Py}()

const SCALAR_NAMES = (
    (Bool, "bool_"), (Int8, "int8"), (Int16, "int16"), (Int32, "int32"), (Int64, "int64"),
    (UInt8, "uint8"), (UInt16, "uint16"), (UInt32, "uint32"), (UInt64, "uint64"),
    (Float16, "float16"), (Float32, "float32"), (Float64, "float64"),
    (ComplexF32, "complex64"), (ComplexF64, "complex128"),
)

"Element types that NumPy has too."
const Plain = Union{(T for (T, _) in SCALAR_NAMES)...}

"Learn Python's types; called once by the Python half with its hooks, a dict."
function connect(hooks::Py)
    builtins = PythonCall.pybuiltins
    numpy = PythonCall.pyimport("numpy")
    for item in hooks.items()
        HOOKS[Symbol(string(item[0]))] = item[1]
    end
    HOOKS[:empty] = numpy.empty
    for (T, name) in SCALAR_NAMES
        kind = PythonCall.pygetattr(numpy, name)
        HOOKS[Symbol(name)] = kind
        SCALARS[getptr(kind)] = T
        DTYPES[T] = numpy.dtype(kind)
    end
    for name in (:float, :int, :bool, :complex, :str, :tuple, :list, :dict)
        setproperty!(TYPES, name, getptr(PythonCall.pygetattr(builtins, string(name))))
    end
    TYPES.none = getptr(PythonCall.pytype(PythonCall.pybuiltins.None))
    TYPES.ndarray = getptr(numpy.ndarray)
    TYPES.object = getptr(HOOKS[:JuliaObject])
    return nothing
end

"A new reference, made safe: throws what Python raised if it is NULL."
function owned(p::PyPtr)
    p == C.PyNULL && pythrow()
    return pynew(p)
end

"A `Py` for a borrowed pointer."
borrowed(p::PyPtr) = pynew(incref(p))

"Release what a `Py` holds at once, before Julia's collector gets to it."
function release!(x::Py)
    PythonCall.Core.pydel!(x)
    return nothing
end
