"""The element types of Julia that can be drawn, and their names in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import StructureError


@dataclass(frozen=True)
class Kind:
    """An element type: `family` says how it is made of random bits, `bits` is the size of a part."""

    name: str
    family: str
    bits: int
    dtype: np.dtype[Any]

    def __repr__(self) -> str:
        return self.name


def _kind(name: str, family: str, bits: int, dtype: Any) -> Kind:
    return Kind(name, family, bits, np.dtype(dtype))


Int128 = _kind("Int128", "int", 128, object)
UInt128 = _kind("UInt128", "uint", 128, object)
CHAR = _kind("Char", "char", 32, "U1")
BOOL = _kind("Bool", "bool", 8, bool)
FLOAT64 = _kind("Float64", "float", 64, np.float64)
INT64 = _kind("Int64", "int", 64, np.int64)
UINT64 = _kind("UInt64", "uint", 64, np.uint64)
COMPLEX = _kind("ComplexF64", "complex", 64, np.complex128)

_PYTHON = {float: FLOAT64, int: INT64, bool: BOOL, complex: COMPLEX, str: CHAR}
_NUMPY = {
    kind.dtype: kind
    for kind in (
        BOOL, FLOAT64, COMPLEX, INT64, UINT64,
        _kind("Float32", "float", 32, np.float32), _kind("Float16", "float", 16, np.float16),
        _kind("ComplexF32", "complex", 32, np.complex64),
        _kind("Int8", "int", 8, np.int8), _kind("UInt8", "uint", 8, np.uint8),
        _kind("Int16", "int", 16, np.int16), _kind("UInt16", "uint", 16, np.uint16),
        _kind("Int32", "int", 32, np.int32), _kind("UInt32", "uint", 32, np.uint32),
    )
}  # fmt: skip


def kind_of(type_: Any) -> Kind:
    """The element type that a Python type, a NumPy type or a dtype stands for.

    Raises StructureError for a type that Julia has no random numbers of.

    >>> kind_of(np.float32), kind_of(bool)
    (Float32, Bool)
    """
    if isinstance(type_, Kind):
        return type_
    if isinstance(type_, type) and type_ in _PYTHON:
        return _PYTHON[type_]
    try:
        return _NUMPY[np.dtype(type_)]
    except (KeyError, TypeError):
        raise StructureError(
            f"Julia has no random numbers of the type {type_!r}; the types are float, int, bool, complex, "
            "str (a character), those of NumPy of up to 64 bits for each part, Int128 and UInt128."
        ) from None


def is_type(value: Any) -> bool:
    return isinstance(value, (type, np.dtype, Kind))


def plain(type_: Any, value: Any) -> Any:
    """One number in the type that was asked for; a Python type gives a Python number.

    >>> plain(float, 0.5), plain(np.float32, 0.5)
    (0.5, np.float32(0.5))
    """
    if isinstance(type_, Kind) or type_ in _PYTHON:
        return value
    return np.dtype(type_).type(value)
