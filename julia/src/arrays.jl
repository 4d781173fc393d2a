# NumPy arrays ↔ Julia arrays. Indices agree (x[0, 1] is x[1, 2]); only the order in memory differs,
# so a C-ordered array is copied with its axes reversed, in one pass.

"Arrays with fewer elements are always copied: sharing memory costs more than that."
const SHARE_FROM = 2^14

"The element type of a buffer's format, and whether its bytes are swapped; nothing if we have none."
function element_type(format::String, size::Integer)
    swapped = startswith(format, '>') || startswith(format, '!')
    code = lstrip(format, ('>', '<', '!', '=', '@'))
    T = if code == "?"
        Bool
    elseif length(code) == 1 && code[1] in "bhilqn"
        size == 8 ? Int64 : size == 4 ? Int32 : size == 2 ? Int16 : Int8
    elseif length(code) == 1 && code[1] in "BHILQN"
        size == 8 ? UInt64 : size == 4 ? UInt32 : size == 2 ? UInt16 : UInt8
    elseif code == "e"
        Float16
    elseif code == "f"
        Float32
    elseif code == "d"
        Float64
    elseif code == "Zf"
        ComplexF32
    elseif code == "Zd"
        ComplexF64
    else
        nothing
    end
    return T, swapped
end

"The Julia array (or, without axes, number) of the NumPy array at `o`."
function array(o::PyPtr, share::Bool)
    view = Ref(C.Py_buffer())
    if C.PyObject_GetBuffer(o, view, C.PyBUF_RECORDS_RO) != 0
        errclear()
        return array_by_hook(o)
    end
    try
        b = view[]
        # the two common formats by their bytes, without making a string
        format = Ptr{UInt8}(b.format)
        first, second = unsafe_load(format, 1), unsafe_load(format, 2)
        if second == 0x00 && first == UInt8('d')
            T, swapped = Float64, false
        elseif second == 0x00 && first == UInt8('f')
            T, swapped = Float32, false
        else
            T, swapped = element_type(unsafe_string(format), b.itemsize)
        end
        T === nothing && return array_by_hook(o)
        return array(T, Val(Int(b.ndim)), b, swapped, share ? o : C.PyNULL)
    finally
        C.PyBuffer_Release(view)
    end
end

"What has no buffer that we know: the Python half makes an array or a list of it, or raises."
array_by_hook(o::PyPtr) = within(() -> taken(HOOKS[:plain_array](borrowed(o))), o)

array(::Type{T}, ::Val{0}, b, swapped, owner) where {T} = fix(unsafe_load(Ptr{T}(b.buf)), swapped)

function array(::Type{T}, ::Val{N}, b, swapped, owner) where {T,N}
    dims = ntuple(k -> unsafe_load(b.shape, k), Val(N))
    strides = ntuple(k -> unsafe_load(b.strides, k), Val(N))
    data = Ptr{T}(b.buf)
    n = prod(dims)
    aligned = UInt(data) % Base.datatype_alignment(T) == 0
    if n == 0
        return Array{T,N}(undef, dims)
    elseif contiguous(dims, strides, sizeof(T))
        if owner != C.PyNULL && n >= SHARE_FROM && aligned && !swapped && b.readonly == 0
            return shared(data, dims, owner)
        end
        out = Array{T,N}(undef, dims)
        GC.@preserve out unsafe_copyto!(pointer(out), data, n)
    elseif aligned && contiguous(reverse(dims), reverse(strides), sizeof(T))
        out = Array{T,N}(undef, dims)
        turn!(out, unsafe_wrap(Array, data, reverse(dims)))
    else
        out = Array{T,N}(undef, dims)
        for (k, index) in enumerate(CartesianIndices(dims))
            offset = sum((Tuple(index) .- 1) .* strides)
            out[k] = unsafe_load(Ptr{T}(Ptr{UInt8}(data) + offset))
        end
    end
    swapped && map!(x -> fix(x, true), out, out)
    return out
end

fix(x, swapped::Bool) = swapped ? swap(x) : x
swap(x::Union{Bool,Int8,UInt8}) = x
swap(x::Union{Integer,AbstractFloat}) = bswap(x)
swap(x::Complex) = Complex(bswap(real(x)), bswap(imag(x)))

"Are these the strides of an array in Julia's order?"
function contiguous(dims::Tuple, strides::Tuple, size::Integer)
    for (d, s) in zip(dims, strides)
        d == 1 || s == size || return false
        size *= d
    end
    return true
end

"An array on the memory of the Python object `owner`, which lives as long as the array does."
function shared(data::Ptr{T}, dims, owner::PyPtr) where {T}
    out = unsafe_wrap(Array, data, dims)
    keep = borrowed(owner)
    finalizer(_ -> (keep; nothing), memory(out))
    return out
end

@static if VERSION >= v"1.11"
    memory(x::Array) = x.ref.mem
else
    memory(x::Array) = x
end

"`out` becomes `x` with its axes reversed."
function turn!(out::AbstractMatrix, x::AbstractMatrix)
    size(out) == reverse(size(x)) || throw(DimensionMismatch("$(size(out)) is not $(size(x)) reversed"))
    rows, columns = size(out)
    min(rows, columns) < TILE && return transpose!(out, x)
    # in tiles that stay in the cache, one after the other along `out`; twice as fast as transpose!
    @inbounds for c in 1:TILE:columns, r in 1:TILE:rows
        for j in c:min(c + TILE - 1, columns)
            @simd ivdep for i in r:min(r + TILE - 1, rows)
                out[i, j] = x[j, i]
            end
        end
    end
    return out
end

"The rows and columns of a tile of a matrix: one or two lines of the cache."
const TILE = 16

turn!(out::AbstractArray{<:Any,N}, x::AbstractArray{<:Any,N}) where {N} = permutedims!(out, x, N:-1:1)

"The NumPy array of a Julia array: C-ordered, with memory of its own."
function numpy(x::AbstractArray{T,N}) where {T<:Plain,N}
    N > 32 && return opaque(x)  # NumPy has no more axes everywhere
    lazy = !(x isa DenseArray) && sizeof(T) * length(x) > 2^28  # a range of any length has no memory yet
    lazy && sizeof(T) * length(x) > Sys.free_memory() && throw(OutOfMemoryError())
    out = HOOKS[:empty](size(x), DTYPES[T])
    isempty(x) && return out
    view = Ref(C.Py_buffer())
    C.PyObject_GetBuffer(out, view, C.PyBUF_RECORDS) == 0 || pythrow()
    try
        fill_c!(Ptr{T}(view[].buf), x)
    finally
        C.PyBuffer_Release(view)
    end
    return out
end

fill_c!(to::Ptr{T}, x::Array{T,0}) where {T} = unsafe_store!(to, x[])
fill_c!(to::Ptr{T}, x::Array{T,1}) where {T} = GC.@preserve x unsafe_copyto!(to, pointer(x), length(x))

function fill_c!(to::Ptr{T}, x::Union{LinearAlgebra.Transpose{T,Matrix{T}},LinearAlgebra.Adjoint{T,Matrix{T}}}) where {T<:Real}
    p = parent(x)
    GC.@preserve p unsafe_copyto!(to, pointer(p), length(p))
end

"Kinds of arrays whose elements are read straight from memory; others are collected first."
const Direct{T} = Union{Array{T},SubArray{T,<:Any,<:Array},PermutedDimsArray{T},Base.ReshapedArray{T,<:Any,<:Array}}

fill_c!(to::Ptr{T}, x::Direct{T}) where {T} = turn!(unsafe_wrap(Array, to, reverse(size(x))), x)
fill_c!(to::Ptr{T}, x::SubArray{T,1,<:Array}) where {T} = copyto!(unsafe_wrap(Array, to, length(x)), x)
fill_c!(to::Ptr{T}, x::AbstractArray{T}) where {T} = fill_c!(to, dense(x)::Array{T})

dense(x::AbstractArray) = convert(Array, Array(x))
