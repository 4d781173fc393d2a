"""Kinds of variables, from the values that they have in Julia and in Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .. import kinds
from ..kinds import ANY, Kind
from .answers import Seen

#: Julia's types with a kind of their own, and the types that such a value has in Python.
NUMBERS: dict[str, tuple[Kind, tuple[type, ...]]] = {
    "Int64": (kinds.INT, (int, np.int64)),
    "Float64": (kinds.FLOAT, (float, np.float64)),
    "Float32": (kinds.F32, (np.float32,)),
    "Bool": (kinds.BOOL, (bool, np.bool_)),
    "ComplexF64": (kinds.COMPLEX, (complex, np.complex128)),
}
DTYPES = {
    "Int64": "int64",
    "Float64": "float64",
    "Float32": "float32",
    "Bool": "bool",
    "ComplexF64": "complex128",
}
TEXTS = {"String": kinds.STR, "Symbol": kinds.SYM, "Char": kinds.CHAR}

Observed = dict[tuple[str, int], Kind]
"""What is known of a variable after the statement at a position that assigns it."""


def kind_of(seen: Seen, value: Any) -> Kind:
    """The kind of a value, as far as both sides agree about it.

    >>> kind_of(("array", "Float32", np.zeros((2, 3), np.float32)), np.zeros((2, 3), np.float32))
    arr(f32, 2, 'nd')
    >>> kind_of(("number", "Int64", 3), 3.0)
    any
    """
    made = _FORMS.get(seen[0])
    return made(seen, value) if made is not None else ANY


def _number(seen: Seen, value: Any) -> Kind:
    kind, types = NUMBERS.get(seen[1], (ANY, ()))
    return kind if type(value) in types else ANY


def _array(seen: Seen, value: Any) -> Kind:
    element, wanted = NUMBERS.get(seen[1], (ANY, ()))[0], seen[2]
    if type(value) is np.ndarray and value.dtype == DTYPES.get(seen[1]) and value.ndim == wanted.ndim > 0:
        return kinds.arr(element, wanted.ndim, "nd")
    return ANY


def _tuple(seen: Seen, value: Any) -> Kind:
    if type(value) is not tuple or len(value) != len(seen[1]):
        return ANY
    return kinds.tuple_of(*(kind_of(s, v) for s, v in zip(seen[1], value, strict=True)))


def _record(seen: Seen, value: Any) -> Kind:
    if not isinstance(value, Record):
        return ANY
    fields = [(n, kind_of(s, getattr(value, n, None))) for n, s in zip(seen[1], seen[2], strict=True)]
    return Kind("record", tuple(fields))


def _dict(seen: Seen, value: Any) -> Kind:
    if not isinstance(value, Mapping) or len(value) != len(seen[1]) or not value:
        return ANY
    keys = {TEXTS[s[1]] if s[0] == "text" else ANY for s in seen[1]}
    key = keys.pop() if len(keys) == 1 else ANY
    return Kind("dict", (key, ANY))


def _list(seen: Seen, value: Any) -> Kind:
    if seen[1] not in TEXTS or type(value) is not list or not all(isinstance(v, str) for v in value):
        return ANY
    return kinds.arr(TEXTS[seen[1]], 1, "list")


_FORMS = {
    "list": _list,
    "number": _number,
    "array": _array,
    "tuple": _tuple,
    "record": _record,
    "dict": _dict,
    "text": lambda seen, value: TEXTS[seen[1]] if isinstance(value, str) else ANY,
    "nothing": lambda seen, value: kinds.NONE if value is None else ANY,
}
