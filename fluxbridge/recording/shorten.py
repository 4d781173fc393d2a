"""Values on a few characters: numbers to six digits, arrays by their first elements and shape."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

FEW = 6  #: elements that are written out


def number(x: Any, digits: int = 6) -> str:
    """A number with up to six digits, or as many as asked for.

    >>> number(1 / 3), number(2.0), number(1e-20), number(1 + 2j)
    ('0.333333', '2', '1e-20', '1+2j')
    """
    if isinstance(x, (bool, np.bool_)) or x is None:
        return str(x)
    if isinstance(x, (complex, np.complexfloating)):
        return f"{x.real:.{digits}g}{x.imag:+.{digits}g}j"
    if isinstance(x, (int, np.integer)) and abs(int(x)) < 10**9:
        return str(int(x))
    if isinstance(x, (float, int, np.floating, np.integer)):
        return f"{x:.{digits}g}"
    return str(x)


def short(x: Any, index: bool = False) -> str:
    """Any value on one line; with `index` as it stands between square brackets.

    >>> short(np.array([1.0, 0.5])), short(np.zeros((2, 50))), short((slice(1, None), 0), index=True)
    ('[1, 0.5]', '[[0, 0, 0, …], …]', '1:, 0')
    """
    if isinstance(x, np.ndarray):
        return _array(x) if x.ndim else number(x.item())
    if isinstance(x, tuple):
        inside = ", ".join(short(v, index) for v in x[:FEW]) + (", …" if len(x) > FEW else "")
        return inside if index and x else f"({inside}{',' if len(x) == 1 else ''})"
    if isinstance(x, list):
        return "[" + ", ".join(short(v) for v in x[:FEW]) + (", …" if len(x) > FEW else "") + "]"
    if isinstance(x, slice):
        parts = ["" if v is None else short(v) for v in (x.start, x.stop, x.step)]
        return ":".join(parts if parts[2] else parts[:2])
    if x is Ellipsis:
        return "…"
    if isinstance(x, (np.dtype, type)):
        return np.dtype(x).name if isinstance(x, np.dtype) or issubclass(x, np.generic) else x.__name__
    if isinstance(x, str):
        return repr(x)
    if callable(x):
        return getattr(x, "__name__", type(x).__name__)
    text = number(x)
    return text if len(text) <= 40 else text[:39] + "…"


def shown(x: Any) -> str:
    """A value on one line as people write it: with powers of ten, and 0 for -0.

    >>> shown(4e-13), shown(np.array([2.5e20, 1.0]))
    ('4·10⁻¹³', '[2.5·10²⁰, 1]')
    """
    return powers(_NEGATIVE_ZERO.sub("0", short(x)))


def powers(text: str) -> str:
    """``4e-13`` as 4·10⁻¹³."""
    return _EXPONENT.sub(lambda m: "·10" + str(int(m[1])).translate(_RAISED), text)


_NEGATIVE_ZERO = re.compile(r"(?<![\w.])-0(?![\w.])")
_EXPONENT = re.compile(r"(?<=\d)e([+-]\d+)")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _array(x: np.ndarray, room: int = FEW) -> str:
    if x.ndim == 0:
        return number(x.item(), 4)
    some = room if x.ndim == 1 or x.size <= room else max(room // 2, 2)
    rows = len(x) if x.ndim == 1 or x.size <= room else 1
    shown = [_array(np.asarray(v), some) for v in x[: some if x.ndim == 1 else min(rows, len(x))]]
    return "[" + ", ".join(shown) + (", …" if len(shown) < len(x) else "") + "]"


def whole(x: Any) -> str:
    """A value in full; arrays of more than 1,000 elements are cut."""
    if isinstance(x, np.ndarray):
        return np.array2string(x, precision=6, threshold=1000, edgeitems=3)
    if isinstance(x, tuple):
        return "(" + ",\n ".join(whole(v) for v in x) + ")"
    return number(x) if isinstance(x, (int, float, complex, np.generic)) else str(x)


def shape_of(x: Any) -> str:
    """The shape as people write it: nothing for a number, ``3``, ``3×2``; several for a tuple."""
    if isinstance(x, tuple):
        return ", ".join(shape_of(v) or "number" for v in x)
    shape = np.shape(x)
    return "×".join(map(str, shape))
