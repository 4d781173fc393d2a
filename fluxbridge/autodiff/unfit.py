"""What holds numbers but cannot be rebuilt around traced ones: it is refused, with what to write instead."""

from __future__ import annotations

import array
import decimal
import enum
import gc
import itertools
import numbers
import types
import weakref
from collections import abc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .holders import fields_of, once_a_class

_ITERATORS = ("builtins", "itertools")
_COUNTERS = (type(iter(range(0))), itertools.count)  # they count positions, as a range does


def is_numeric_array(x: np.ndarray) -> bool:
    """Has the array a gradient? Raises StructureError for arrays that follow rules of their own."""
    if x.dtype.kind not in "iufc":
        return False
    kind = type(x)
    if kind is np.ndarray or kind is np.memmap:
        return True
    if isinstance(x, np.ma.MaskedArray):
        raise StructureError(
            "masked arrays follow rules of their own. Pass the numbers and the mask: "
            "x.filled(value), and np.where(mask, 0, …) or np.sum(…, where=~mask) in the function, with "
            "mask = np.ma.getmaskarray(x). (np.asarray(x) would forget the mask.)"
        )
    raise StructureError(
        f"arrays of type {kind.__module__}.{kind.__name__} follow rules of their own; "
        "convert with np.asarray(x) first"
    )


def check_number(kind: type) -> bool:
    """Are the values of this class numbers with a gradient?

    The members of an enumeration are names. Raises StructureError for subclasses of the builtin
    numbers, whose own methods a traced number would not have.
    """
    if not issubclass(kind, (numbers.Number, np.number)) or issubclass(kind, (bool, np.bool_, enum.Enum)):
        return False
    if issubclass(kind, np.timedelta64):
        return False
    if issubclass(kind, decimal.Decimal):
        raise StructureError(
            "decimal.Decimal does not mix with floats; convert with float(x), or with fractions.Fraction(x), "
            "which stays exact"
        )
    builtin = next((b for b in (float, int, complex) if issubclass(kind, b)), None)
    if builtin is not None and kind is not builtin and not issubclass(kind, np.number):
        raise StructureError(
            f"numbers of type {kind.__module__}.{kind.__qualname__} follow rules of their own; "
            f"convert with {builtin.__name__}(x) first"
        )
    return True


def refusal(x: Any, within: bool, leaves: Callable[[Any], list[Any]]) -> StructureError | None:
    """The error for something that cannot be rebuilt and holds numbers; None if it is a constant.

    Inside of an object or a closure (`within`) whole numbers and streams count as settings.
    `leaves` finds the numbers in a structure.
    """
    kind = type(x)
    advice = _advice(kind)
    if advice is None:
        if not within and isinstance(x, weakref.ref):
            target = x()
            if target is not None and leaves(target):
                return _refused(x, "x() (the object itself)", within)
        fields = fields_of(x)
        inner = leaves(fields) if fields else ()
        return (
            _refused(x, "its numbers in a dict, or in an object of a class of your own", within)
            if any(_counts(leaf, within) for leaf in inner)
            else None
        )
    what, holds = advice
    if not holds(x, within, leaves):
        return None
    return _refused(x, what, within)


def _refused(x: Any, instead: str, within: bool) -> StructureError:
    kind = type(x)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    setting = (
        " If it is a setting of an object, name the attribute in __fluxbridge_constants__." if within else ""
    )
    return StructureError(
        f"an argument, or a part of one, is a {name}. It holds numbers but cannot be rebuilt around traced "
        f"ones, so its gradient would be lost. Pass {instead} instead.{setting}"
    )


def _counts(leaf: Any, within: bool) -> bool:
    whole = isinstance(leaf, (int, np.integer)) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu")
    return not (within and whole)


def _members(x: Any, within: bool, leaves: Callable[[Any], list[Any]]) -> bool:
    return any(_counts(leaf, within) for leaf in leaves(list(x)))


def _pairs(x: Any, within: bool, leaves: Callable[[Any], list[Any]]) -> bool:
    return any(_counts(leaf, within) for leaf in leaves(dict(x)))


def _stream(_x: Any, within: bool, _leaves: Any) -> bool:
    return not within


def _always(*_: Any) -> bool:
    return True


def _has_numeric_dtype(x: Any, within: bool, leaves: Callable[[Any], list[Any]]) -> bool:
    """Not a table, column or array of text, dates or truth values, and no single date."""
    dtypes = getattr(x, "dtypes", None)
    if dtypes is None or not np.iterable(dtypes):
        dtypes = [getattr(x, "dtype", None)]
    if any(dtype is not None and _is_numeric(dtype) for dtype in dtypes):
        return True
    known = any(dtype is not None for dtype in dtypes)
    if known and not any(getattr(dtype, "kind", "") == "O" for dtype in dtypes):
        return False
    array = np.asarray(x)
    return array.dtype.kind in "iufc" or bool(
        array.dtype.hasobject and array.ndim and _members(array.ravel(), within, leaves)
    )


def _is_numeric(dtype: Any) -> bool:
    """Other libraries have dtypes of their own."""
    kind = getattr(dtype, "kind", None)
    if isinstance(kind, str) and len(kind) == 1:
        return kind in "iufc"
    return any(
        word in str(dtype).lower() for word in ("int", "float", "complex", "double", "half", "decimal")
    )


def _structured(x: Any, within: bool, leaves: Callable[[Any], list[Any]]) -> bool:
    return any(x.dtype[name].base.kind in "iufcVO" for name in x.dtype.names or ())


def _formatted(x: memoryview, within: bool, leaves: Any) -> bool:
    return x.format not in ("B", "b", "c", "?")


Holds = Callable[[Any, bool, Callable[[Any], list[Any]]], bool]


@once_a_class
def _advice(kind: type) -> tuple[str, Holds] | None:
    """What to pass instead of an object of this class, and how to see that it holds numbers."""
    for kinds, what, holds in _INSTEAD:
        if issubclass(kind, kinds):
            return what, holds
    if is_stream(kind):
        return "list(x)", _stream
    if any(base.__module__ == "_ctypes" for base in kind.__mro__):
        return _of_ctypes(kind)
    if issubclass(kind, (np.generic, str, bytes)):
        return None
    for attribute, what in _CONVERSIONS.items():
        if hasattr(kind, attribute):
            return what, _has_numeric_dtype
    if issubclass(kind, abc.Mapping):
        return "dict(x)", _pairs
    if issubclass(kind, (abc.Sequence, abc.Set, abc.ValuesView, abc.ItemsView)):
        return "list(x)", _members
    return None


def _of_ctypes(kind: type) -> tuple[str, Holds] | None:
    """Numbers, arrays of them and structures; pointers are places and no numbers."""
    inner = getattr(kind, "_type_", None)
    if isinstance(inner, str):
        return ("x.value", _always) if inner in "fdgbBhHiIlLqQ" else None
    if hasattr(kind, "_length_"):
        return ("np.asarray(x)", _always) if _of_ctypes(inner) else None  # type: ignore[arg-type]
    return ("its fields in a dict", _always) if hasattr(kind, "_fields_") else None


@once_a_class
def is_stream(kind: type) -> bool:
    """Generators and iterators over containers: what they yield cannot be seen without taking it."""
    made_here = kind.__module__ in _ITERATORS or issubclass(kind, types.GeneratorType)
    return made_here and issubclass(kind, abc.Iterator) and not issubclass(kind, _COUNTERS)


def behind(stream: Any) -> Iterator[Any]:
    """What an iterator refers to: its containers and their members, the variables of a generator."""
    seen: set[int] = set()
    waiting = [stream]
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        yield x
        if isinstance(x, types.GeneratorType):
            waiting += [] if x.gi_frame is None else x.gi_frame.f_locals.values()
        elif isinstance(x, (list, tuple, dict, set, types.CellType)) or is_stream(type(x)):
            waiting += gc.get_referents(x)
        elif isinstance(x, types.FunctionType):
            waiting += x.__closure__ or ()


@once_a_class
def unbuildable(kind: type) -> bool:
    """Is this one of the arrays and tables of other libraries, whose insides are not Python's?"""
    if hasattr(kind, "__fluxbridge_split__"):
        return False
    return any(hasattr(kind, name) for name in ("to_numpy", "toarray", "__dataframe__")) and any(
        hasattr(kind, name)
        for name in ("__array__", "__array_priority__", "__array_ufunc__", "__dataframe__")
    )


_CONVERSIONS = {
    "to_numpy": "x.to_numpy()",
    "toarray": "x.toarray()",
    "__dataframe__": "x.to_numpy()",
    "__array__": "np.asarray(x)",
    "__array_interface__": "np.asarray(x)",
    "__dlpack__": "np.from_dlpack(x)",
}
_INSTEAD: list[tuple[Any, str, Holds]] = [
    (array.array, "np.asarray(x)", lambda x, _w, _l: x.typecode not in "uw"),
    (memoryview, "np.asarray(x)", _formatted),
    ((set, frozenset), "list(x)", _members),
    (np.ma.MaskedArray, "x.filled(value)", _always),
    (np.void, "{name: x[name] for name in x.dtype.names}", _structured),
    (np.ndarray, "{name: x[name] for name in x.dtype.names}", _structured),
]
