"""Julia's types, for ``isa``, ``typeof``, conversion and dispatch on Python values.

An ``Int64`` is an ``int``, a ``Float64`` a ``float``, numbers of other widths are NumPy's; a ``String`` is
a ``str``, a
``Symbol`` a :class:`Symbol`, a ``Vector`` an array of one axis or a list, a named tuple a ``Record``.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .gaussian import ComplexInteger, ComplexIntegers, complex_of
from .mixed import MixedReals


class Type:
    """One of Julia's types, possibly with parameters: ``Vector[Int64]``."""

    def __init__(
        self, name: str, parent: Type | None = None, params: tuple = (), convert: Callable | None = None
    ) -> None:
        self.name, self.parent, self.params, self.convert = name, parent, params, convert

    def __getitem__(self, params: Any) -> Type:
        return Type(self.name, self.parent, params if isinstance(params, tuple) else (params,), self.convert)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Type)
            and self.name == other.name
            and self.params == other.params
            and self.names == other.names
        )

    def __hash__(self) -> int:
        return hash((self.name, self.params))

    def __call__(self, *values: Any) -> Any:
        if self.convert is None:
            raise TypeError(f"no value of the type {self.name} can be made like this")
        if self.params and self.name in ("Vector", "Array", "Matrix"):
            return self.convert(*values, element=self.params[0])
        return self.convert(*values)

    def __repr__(self) -> str:
        if not self.params:
            return self.name
        names = [p.__name__ if type(p) is type else repr(p) for p in self.params]
        if self.name == "Complex":
            return {"Float64": "ComplexF64", "Float32": "ComplexF32"}.get(names[0], f"Complex{{{names[0]}}}")
        if self.name == "NamedTuple":
            fields = ", ".join(f"{n}::{p}" for n, p in zip(self.names, names, strict=True))
            return f"@NamedTuple{{{fields}}}"
        if self.name == "StepRangeLen":
            twice = "Base.TwicePrecision{Float64}"
            names += [twice, twice, "Int64"]
        return f"{self.name}{{{', '.join(names)}}}"

    #: The names of the fields of a named tuple.
    names: tuple[str, ...] = ()


class FunctionType(Type):
    """``typeof(f)``."""

    def __repr__(self) -> str:
        return f"typeof({self.name})"


class UnknownType(Type):
    """A type whose parameters in Julia are not known here."""

    def __repr__(self) -> str:
        return "?"


class TypeVar:
    """A type variable of ``where``, with its bound."""

    def __init__(self, name: str, bound: Any = None) -> None:
        self.name, self.bound = name, bound if bound is not None else Any_

    def __repr__(self) -> str:
        return self.name


class UnionType:
    """``Union{A, B}``."""

    def __init__(self, *members: Any) -> None:
        self.members = members

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnionType) and set(self.members) == set(other.members)

    def __hash__(self) -> int:
        return hash(frozenset(self.members))

    def __repr__(self) -> str:
        beside = [k for k in self.members if k in (Nothing, Missing)]
        members = beside + [k for k in self.members if k not in beside]
        return "Union{" + ", ".join(map(repr, members)) + "}"


class _Union:
    def __getitem__(self, members: Any) -> UnionType:
        return UnionType(*(members if isinstance(members, tuple) else (members,)))


class TypeOf:
    """``Type{T}``: the type of a type."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __repr__(self) -> str:
        return f"Type{{{self.inner!r}}}"


class _TypeOf:
    def __getitem__(self, inner: Any) -> TypeOf:
        return TypeOf(inner)


class Symbol(str):
    """A symbol; equal to the text of its name."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Symbol({str(self)!r})"

    def __str__(self) -> str:
        return str.__str__(self)


class Character(str):
    """A ``Char``: a text of one character that shows as ``'a'``."""

    __slots__ = ()


class Substring(str):
    """A piece of another text, as ``split`` and ``strip`` give it."""

    __slots__ = ()


class Vector_(list):
    """A vector whose type of elements was written down: ``Any[1, 2]``, ``Int[]``."""

    element: Any = None


class Characters(Vector_):
    """A range of characters."""

    step = 1


class Pair(tuple):
    """``a => b``."""

    __slots__ = ()

    def __new__(cls, first: Any, second: Any) -> Pair:
        return super().__new__(cls, (first, second))

    @property
    def first(self) -> Any:
        return self[0]

    @property
    def second(self) -> Any:
        return self[1]


class MissingValue:
    """``missing``: comparisons and sums with it are missing, too."""

    def __repr__(self) -> str:
        return "missing"

    def __bool__(self) -> bool:
        raise TypeError("non-boolean (Missing) used in boolean context")

    def _missing(self, *_others: Any) -> MissingValue:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _missing
    __pow__ = __rpow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _missing
    __eq__ = __ne__ = _missing  # type: ignore[assignment]
    __hash__ = object.__hash__


MISSING = MissingValue()


class CartesianIndex(tuple):
    """Where an element stands in an array of several axes, counted from 1."""

    __slots__ = ()

    def __new__(cls, *index: Any) -> CartesianIndex:
        return super().__new__(cls, index[0] if len(index) == 1 and isinstance(index[0], tuple) else index)

    def __add__(self, other: Any) -> CartesianIndex:
        return CartesianIndex(tuple(a + b for a, b in zip(self, other, strict=False)))

    def __sub__(self, other: Any) -> CartesianIndex:
        return CartesianIndex(tuple(a - b for a, b in zip(self, other, strict=False)))


def _integer(bits: int, signed: bool) -> Callable[[Any], Any]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    make = int if bits == 64 and signed else np.dtype(f"{'' if signed else 'u'}int{bits}").type

    def convert(value: Any) -> Any:
        from .errors import InexactError

        if isinstance(value, str) and len(value) == 1:
            value = ord(value)
        elif isinstance(value, enum.Enum):
            value = value.value
        if isinstance(value, (np.ndarray, list, tuple)):
            raise TypeError("an array is converted with a dot: Int.(x)")
        if (
            value != value
            or value in (np.inf, -np.inf)
            or value != int(value)
            or not low <= int(value) <= high
        ):
            raise InexactError(f"{'' if signed else 'U'}Int{bits}({value})")
        return make(int(value))

    return convert


def _substring(text: str, start: int = 1, stop: int | None = None) -> Substring:
    if not text.isascii() and (start, stop) != (1, None):
        raise TypeError("positions in text that is not ASCII are not supported")
    return Substring(text[start - 1 : stop])


def _float64(value: Any) -> Any:
    if isinstance(value, float) and type(value) is not np.float64:
        return value
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError("an array is converted with a dot: Float64.(x)")
    if type(value).__module__.startswith("fluxbridge.autodiff"):
        return value * np.float64(1.0)
    return float(value)


def _float32(value: Any) -> Any:
    if type(value).__module__.startswith("fluxbridge.autodiff"):
        return value if getattr(value, "dtype", None) == np.float32 else np.float32(1) * value
    return np.float32(value)


Any_ = Type("Any")
Number = Type("Number", Any_)
Real = Type("Real", Number)
Integer = Type("Integer", Real)
Signed = Type("Signed", Integer)
Unsigned = Type("Unsigned", Integer)
AbstractFloat = Type("AbstractFloat", Real)
AbstractIrrational = Type("AbstractIrrational", Real)
Int8, Int16, Int32, Int64 = (Type(f"Int{b}", Signed, convert=_integer(b, True)) for b in (8, 16, 32, 64))
UInt8, UInt16, UInt32, UInt64 = (
    Type(f"UInt{b}", Unsigned, convert=_integer(b, False)) for b in (8, 16, 32, 64)
)
Int = Int64
BigInt = Type("BigInt", Signed, convert=lambda v: BigInteger(v))
Bool = Type("Bool", Integer, convert=lambda v: bool(v) if v in (0, 1) else _integer(1, False)(v))
Float16 = Type("Float16", AbstractFloat, convert=np.float16)
Float32 = Type("Float32", AbstractFloat, convert=_float32)
Float64 = Type("Float64", AbstractFloat, convert=_float64)
Rational = Type("Rational", Real, convert=Fraction)
Complex = Type("Complex", Number, convert=lambda re, im=0: complex_of(re, im))
ComplexF64 = Complex
AbstractString = Type("AbstractString", Any_)
String = Type("String", AbstractString, convert=str)
SubString = Type("SubString", AbstractString, convert=lambda *v: _substring(*v))
AbstractChar = Type("AbstractChar", Any_)
Char = Type("Char", AbstractChar, convert=lambda v: Character(v if isinstance(v, str) else chr(int(v))))
SymbolType = Type("Symbol", Any_, convert=lambda *parts: Symbol("".join(str(p) for p in parts)))
Nothing = Type("Nothing", Any_, convert=lambda: None)
Missing = Type("Missing", Any_)
Function_ = Type("Function", Any_)
AbstractArray = Type("AbstractArray", Any_)
AbstractVector = Type("AbstractVector", AbstractArray)
AbstractMatrix = Type("AbstractMatrix", AbstractArray)
Array = Type("Array", AbstractArray)
Vector = Type("Vector", AbstractVector)
Matrix = Type("Matrix", AbstractMatrix)
AbstractRange = Type("AbstractRange", AbstractVector)
UnitRange = Type("UnitRange", AbstractRange)
Tuple = Type("Tuple", Any_, convert=lambda v=(): tuple(v))
NamedTuple = Type("NamedTuple", Any_)
AbstractDict = Type("AbstractDict", Any_)
Dict = Type("Dict", AbstractDict)
Set = Type("Set", Any_)
DataType = Type("DataType", Any_)
PairType = Type("Pair", Any_, convert=lambda *v: Pair(*v))
Exception_ = Type("Exception", Any_)
Union = _Union()
TypeType = _TypeOf()


class BigInteger(int):
    """A ``BigInt``: it has no largest value."""

    __slots__ = ()


for _name in ("add", "sub", "mul", "pow", "floordiv", "mod", "radd", "rsub", "rmul", "neg"):

    def _make(method: str) -> Callable:
        plain = getattr(int, f"__{method}__")

        def operate(self: Any, *others: Any) -> Any:
            result = plain(self, *others)
            return BigInteger(result) if type(result) is int else result

        return operate

    setattr(BigInteger, f"__{_name}__", _make(_name))

_DTYPES = {
    "int64": Int64, "int32": Int32, "int16": Int16, "int8": Int8, "uint8": UInt8, "uint16": UInt16, "uint32": UInt32,  # noqa: E501
    "uint64": UInt64, "float64": Float64, "float32": Float32, "float16": Float16, "bool": Bool, "complex128": Complex[Float64], "complex64": Complex[Float32],  # noqa: E501
}  # fmt: skip
DTYPE_OF = {t.name: np.dtype(name) for name, t in _DTYPES.items() if name != "complex64"}


def element_type(value: Any) -> Any:
    """Julia's ``eltype`` of an array or list."""
    if isinstance(value, MixedReals):
        return Real
    if isinstance(value, ComplexIntegers):
        return Complex[Int64]
    if isinstance(value, np.ndarray) and value.dtype != object:
        return _DTYPES.get(value.dtype.name, Any_)
    if isinstance(value, range):
        return Int64
    if isinstance(value, str):
        return Char
    if isinstance(value, Vector_):
        return value.element
    return joined_types(typeof(v) for v in (value.ravel() if isinstance(value, np.ndarray) else value))


def joined_types(kinds: Any, promote: bool = True) -> Any:
    """The type of the elements of a vector of values of these types: numbers are promoted, structs have
    their common supertype, and ``nothing`` and ``missing`` stay beside another type.

    >>> joined_types([Int64, Float64]), joined_types([Int64, Nothing]), joined_types([Int64, String])
    (Float64, Union{Nothing, Int64}, Any)
    """
    found = list(dict.fromkeys(kinds))
    if len(found) == 1:
        return found[0]
    beside = [k for k in (Nothing, Missing) if k in found]
    others = [k for k in found if k not in beside]
    if not others:
        return UnionType(*beside) if beside else Any_
    if len(others) == 1:
        whole = others[0]
    elif promote and all(subtype(k, Number) for k in others):
        whole = promoted(others)
    else:
        whole = others[0]
        for kind in others[1:]:
            whole = common_type(whole, kind)
    return UnionType(*beside, whole) if beside and whole != Any_ else whole


def common_type(a: Any, b: Any) -> Any:
    """``typejoin(a, b)``: the narrowest type that both are."""
    if _equal_or_false(a, b):
        return a
    name = getattr(a, "name", None)
    if name is not None and name == getattr(b, "name", None) and len(a.params) == len(b.params):
        if (
            name == "Tuple"
            and a.params
            and "Vararg" not in (getattr(a.params[-1], "name", ""), getattr(b.params[-1], "name", ""))
        ):
            return Tuple[tuple(common_type(x, y) for x, y in zip(a.params, b.params, strict=True))]
        raise TypeError(f"the common type of {a!r} and {b!r} is not known here")
    if name == "Tuple" == getattr(b, "name", None) and a.params and b.params:
        return _tuples_of_several_lengths(a.params, b.params)
    here = a
    while here is not None and here != Any_:
        if subtype(b, here):
            return here
        here = supertype(here)
    return Any_


def _tuples_of_several_lengths(a: tuple, b: tuple) -> Any:
    """``Tuple{A, Vararg{B}}``: what tuples share in front, then the common type of all that follow."""
    if any(getattr(p, "name", "") == "Vararg" for p in (*a, *b)):
        raise TypeError("the common type of tuples of more than two lengths is not known here")
    count = min(len(a), len(b))
    front = tuple(common_type(x, y) for x, y in zip(a[:count], b[:count], strict=True))
    rest = (*a[count:], *b[count:])
    whole = rest[0]
    for kind in rest[1:]:
        whole = common_type(whole, kind)
    parts = (*front, Type("Vararg", Any_, (whole,)))
    return Tuple[parts]


def entry_types(value: dict) -> tuple[Any, Any]:
    """The types of the keys and values of a dictionary; of an empty one only where they were written down."""
    types = getattr(value, "types", (None, None))
    if types[0] is not None or not value:
        return types
    return joined_types(map(typeof, value), False), joined_types(map(typeof, value.values()), False)


_ORDER = [
    Bool,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    BigInt,
    Rational,
    Float16,
    Float32,
    Float64,
    Complex,
]


def promoted(kinds: list) -> Any:
    """The number type that Julia promotes several to."""
    ranks = [_ORDER.index(Type(k.name)) if Type(getattr(k, "name", "")) in _ORDER else -1 for k in kinds]
    return kinds[ranks.index(max(ranks))] if min(ranks) >= 0 else Any_


def _is_float_range(value: Any) -> bool:
    return type(value).__name__ == "FloatRange" and value.step is not None


def is_dataclass(value: Any) -> bool:
    """Whether a value is an instance of one of the program's own dataclasses."""
    cls = type(value)
    return hasattr(cls, "__dataclass_fields__") and not cls.__module__.startswith("fluxbridge.")


def field_names(value: Any) -> tuple[str, ...]:
    """The names of the fields of a struct or a dataclass."""
    return getattr(value, "_fields", None) or tuple(getattr(value, "__dataclass_fields__", ()))


def is_mutable(cls: type) -> bool:
    """Whether the fields of a struct or a dataclass can be set: then two of them are never the same."""
    return getattr(cls, "_mutable", None) or (
        hasattr(cls, "__dataclass_params__") and not cls.__dataclass_params__.frozen
    )


def typeof(value: Any) -> Any:
    """The type of a value."""
    if isinstance(value, (bool, np.bool_)):
        return Bool
    if isinstance(value, BigInteger):
        return BigInt
    if isinstance(value, int):
        return Int64
    if isinstance(value, float):
        return Float64
    if isinstance(value, (np.ndarray,)) and np.ndim(value):
        element = element_type(value)
        if _is_float_range(value):
            return Type("StepRangeLen", AbstractRange, (element,))
        return (
            Vector[element]
            if value.ndim == 1
            else Matrix[element]
            if value.ndim == 2
            else Array[element, value.ndim]
        )
    dtype = getattr(value, "dtype", None)
    if isinstance(value, (np.generic, np.ndarray)) or (
        dtype is not None and type(value).__module__.startswith("fluxbridge.autodiff")
    ):
        return _DTYPES.get(np.dtype(dtype).name, Any_)
    for kind, found in _SORTS:
        if isinstance(value, kind):
            return found(value)
    if isinstance(value, str):
        return String
    if isinstance(value, Characters):
        return Type("StepRange", AbstractRange, (Char, Int64))
    if isinstance(value, list):
        return Vector[element_type(value)]
    own = getattr(type(value), "__julia_type__", None)
    if own is not None:
        return own(value)
    if value is None:
        return Nothing
    if is_dataclass(value):
        return type(value)
    if isinstance(value, (Type, UnionType)) or hasattr(value, "__julia_struct__"):
        return DataType
    if isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
        return DataType
    if type(value) is ValueError:
        from .errors import DimensionMismatch

        if "zero-size array to reduction" in str(value):
            return TypeError
        return DimensionMismatch if isinstance(value, DimensionMismatch) else UnknownType("ValueError", Any_)
    if isinstance(value, BaseException):
        return next((k for k in (IndexError, TypeError) if type(value).__mro__[1] is k), type(value))
    if type(value).__module__.startswith("fluxbridge.flux"):
        return _layer_type(value)
    if callable(value):
        return FunctionType(function_name(value), Function_)
    return Type(type(value).__name__, Any_)


#: Functions that are called otherwise in Julia.
FUNCTION_NAMES = {
    "sigmoid": "σ", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh",
    "arccosh": "acosh", "arctanh": "atanh", "absolute": "abs", "int_div": "div", "bitand": "&", "bitor": "|",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "rational": "//",
}  # fmt: skip


def function_name(function: Any) -> str:
    """The name of a function in Julia, or ``?`` where it has none that is known here."""
    name = getattr(function, "name", None) or getattr(function, "__name__", "<")
    if not isinstance(name, str) or "<" in name or name in ("composed", "call", "test"):
        return "?"
    if name in FUNCTION_NAMES:
        return FUNCTION_NAMES[name]
    if not name.endswith("_"):
        return name
    return name[:-1] + ("" if (function.__module__ or "").startswith("fluxbridge") else "!")


def _layer_type(value: Any) -> Any:
    """The type of a layer of Flux; of few its parameters are known."""
    name = type(value).__name__
    if name == "Dense":
        bias = Bool if value.bias is False else typeof(value.bias)
        return Type("Dense", Any_, (typeof(value.σ), typeof(value.weight), bias))
    if name == "Chain" and isinstance(value.layers, tuple):
        return Type("Chain", Any_, (typeof(value.layers),))
    return UnknownType(name, Any_)


#: Python's errors that stand for one of Julia's.
ERROR_NAMES: dict[type[BaseException], str] = {
    ZeroDivisionError: "DivideError",
    IndexError: "BoundsError",
    TypeError: "MethodError",
}


def _pair_type(value: Any) -> Type:
    return Type("Pair", Any_, tuple(map(typeof, value)))


def _record_type(value: Any) -> Type:
    made = NamedTuple[tuple(map(typeof, value.values()))]
    made.names = tuple(value.keys())
    return made


def _complex_type(value: Any) -> Type:
    if isinstance(value, ComplexInteger):
        return Complex[Int64]
    return Complex[Float32 if isinstance(value, np.complex64) else Float64]


def _dict_type(value: dict) -> Type:
    key, kind = entry_types(value)
    return Dict if key is None else Dict[key, kind]


def _tuple_type(value: tuple) -> Type:
    return _pair_type(value) if type(value).__name__ == "Pair" else Tuple[tuple(map(typeof, value))]


def _range_type(value: range) -> Type:
    return UnitRange[Int64] if value.step == 1 else Type("StepRange", AbstractRange, (Int64, Int64))


_SORTS: list[tuple[Any, Callable[[Any], Any]]] = [
    (MissingValue, lambda v: Missing),
    (Symbol, lambda v: SymbolType),
    (Character, lambda v: Char),
    (Substring, lambda v: SubString[String]),
    (complex, _complex_type),
    (Fraction, lambda v: Rational[Int64]),
    (range, _range_type),
    (CartesianIndex, lambda v: Type("CartesianIndex", Any_, (len(v),))),
    (tuple, _tuple_type),
    (Record, _record_type),
    (dict, _dict_type),
    ((set, frozenset), lambda v: Set[element_type(list(v))] if v else Set),
]


def subtype(a: Any, b: Any) -> bool:
    """Whether every ``a`` is a ``b``."""
    if b is Any_ or b == Any_:
        return True
    if isinstance(a, TypeVar):
        return subtype(a.bound, b) if not isinstance(b, TypeVar) else subtype(a.bound, b.bound)
    if isinstance(b, TypeVar):
        return subtype(a, b.bound)
    if isinstance(a, UnionType):
        return all(subtype(m, b) for m in a.members)
    if isinstance(b, UnionType):
        return any(subtype(a, m) for m in b.members)
    if isinstance(a, TypeOf) or isinstance(b, TypeOf):
        return isinstance(a, TypeOf) and isinstance(b, TypeOf) and subtype(a.inner, b.inner)
    a, b = _plain_type(a), _plain_type(b)
    here: Any = a
    while here is not None:
        if _same_family(here.name, b.name):
            return _params_fit(
                a.params,
                b.params,
                {"Vector": 1, "Matrix": 2, "AbstractVector": 1, "AbstractMatrix": 2}.get(a.name),
            )
        here = here.parent
    return False


def _same_family(name: str, other: str) -> bool:
    if name == other:
        return True
    return (other == "Array" and name in ("Vector", "Matrix")) or (
        other == "AbstractArray"
        and name.startswith("Abstract")
        and name in ("AbstractVector", "AbstractMatrix")
    )


def _params_fit(a: tuple, b: tuple, dimensions: int | None) -> bool:
    if not b:
        return True
    if not a:
        return all(isinstance(p, (TypeVar, Sub)) and _bound(p) == Any_ for p in b)
    if len(b) > len(a) and dimensions is not None:
        a = (*a, dimensions)
    return all(_param_fits(x, y) for x, y in zip(a, b, strict=False))


def _bound(p: Any) -> Any:
    return p.bound


def _param_fits(x: Any, y: Any) -> bool:
    if isinstance(y, (TypeVar, Sub)):
        return isinstance(x, int) or subtype(x, y.bound)
    return x == y if isinstance(x, int) or isinstance(y, int) else _equal(x, y)


def _equal(x: Any, y: Any) -> bool:
    return subtype(x, y) and subtype(y, x)


class Sub:
    """``<:T`` as a type parameter."""

    def __init__(self, bound: Any) -> None:
        self.bound = bound

    def __repr__(self) -> str:
        return f"<:{self.bound!r}"


def _plain_type(t: Any) -> Type:
    if isinstance(t, Type):
        return t
    own = getattr(t, "__julia_struct__", None)
    if own is not None:
        return t.__julia_struct_type__()
    if isinstance(t, type) and issubclass(t, BaseException):
        return Type(t.__name__, Exception_ if t is not Exception else Any_)
    if isinstance(t, type):
        above = t.__mro__[1]
        return Type(t.__name__, Any_ if above is object else _plain_type(above))
    raise TypeError(f"{t!r} is no type")


def supertype(kind: Any) -> Any:
    """``supertype(T)``."""
    own = getattr(kind, "__julia_struct__", None)
    if own is not None:
        return kind._parent
    if isinstance(kind, type):
        return kind.__mro__[1] if kind.__mro__[1] is not object else Any_
    return kind.parent


def isa(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, as ``value isa kind``."""
    if kind is Any_:
        return True
    if isinstance(kind, UnionType):
        return any(isa(value, m) for m in kind.members)
    if isinstance(kind, TypeVar):
        return isa(value, kind.bound)
    if isinstance(kind, TypeOf):
        is_type = isinstance(value, (Type, UnionType, type))
        if not is_type:
            return False
        if isinstance(kind.inner, TypeVar):
            return subtype(value, kind.inner.bound)
        params = getattr(kind.inner, "params", ()) or getattr(kind.inner, "__julia_params__", ())
        if any(isinstance(p, (TypeVar, Sub)) for p in params):
            return _has_params(value) and subtype(value, kind.inner)
        return _equal_or_false(value, kind.inner)
    if isinstance(kind, type) and not hasattr(kind, "__julia_struct__"):
        return isinstance(value, kind)
    if isinstance(kind, Type):
        if kind.name in ("Char", "AbstractChar"):
            return isinstance(value, Character)
        if isinstance(value, (dict, set, Record)) and not kind.params:
            kind_of = Dict if isinstance(value, dict) else Set if isinstance(value, set) else NamedTuple
            return subtype(kind_of, kind)
        if kind.name == "Function":
            return callable(value) and not isinstance(value, (Type, type))
        if kind.name in _ARRAYS and isinstance(value, (np.ndarray, list, range)):
            return _is_array(value, kind)
        if kind.name == "Tuple" and isinstance(value, tuple):
            return _is_tuple(value, kind)
        if kind.name == "Exception":
            return isinstance(value, BaseException)
        if kind.name == "NTuple":
            return isinstance(value, tuple)
    return subtype(typeof(value), kind)


def _has_params(value: Any) -> bool:
    return bool(getattr(value, "params", ()) or getattr(value, "__julia_params__", ()))


def _equal_or_false(value: Any, inner: Any) -> bool:
    try:
        return bool(_equal(value, inner))
    except TypeError:
        return False


_ARRAYS = {
    "AbstractArray": None,
    "AbstractVector": 1,
    "AbstractMatrix": 2,
    "Array": None,
    "Vector": 1,
    "Matrix": 2,
    "VecOrMat": None,
}


def _is_array(value: Any, kind: Type) -> bool:
    dimensions = 1 if isinstance(value, (list, range)) else np.ndim(value)
    if kind.name in ("Array", "Vector", "Matrix") and (isinstance(value, range) or _is_float_range(value)):
        return False
    wanted = _ARRAYS[kind.name]
    if (wanted is not None and wanted != dimensions) or dimensions == 0:
        return False
    if len(kind.params) > 1 and isinstance(kind.params[1], int) and kind.params[1] != dimensions:
        return False
    if not kind.params:
        return True
    element = kind.params[0]
    if isinstance(element, (TypeVar, Sub)):
        own = element_type(value)
        return subtype(own, element.bound)
    if isinstance(value, list):
        if isinstance(element, Type) and subtype(element, Number):
            return not value or _equal_or_false(element_type(value), element)
        return all(isa(v, element) for v in value)
    return _equal_or_false(element_type(value), element)


def _is_tuple(value: tuple, kind: Type) -> bool:
    if not kind.params:
        return True
    return len(value) == len(kind.params) and all(isa(v, p) for v, p in zip(value, kind.params, strict=False))
