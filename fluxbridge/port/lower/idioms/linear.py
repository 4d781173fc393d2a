"""Linear algebra in NumPy's words."""

from __future__ import annotations

from typing import Any

from ...kinds import ANY, F32, FLOAT, INT, Kind, arr, floated, promoted
from .registry import Value, idiom, plain

NUMERIC = (INT, FLOAT, F32)
ONE_MATRIX = {"inv": "linalg.inv", "det": "linalg.det", "tr": "trace"}


def _array(kind: Kind, rank: int) -> bool:
    return kind.tag == "arr" and kind.stored == "nd" and kind.rank == rank and kind.element in NUMERIC


@idiom("inv", "det", "tr")
def of_matrix(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``inv(A)``, ``det(A)``, ``tr(A)``."""
    name = node.args[0].text
    values = plain(t, positional, keywords, 1)
    if values is None or t.in_try or t.helper_name(name) is None:
        return None
    code, kind = values[0]
    if kind.tag == "diagonal":
        return f"{t.np(ONE_MATRIX[name])}({code})", FLOAT if name != "inv" else ANY
    if not _array(kind, 2):
        return None
    result = arr(floated(kind.element), 2) if name == "inv" else kind.element
    if name == "det" and not t.differentiating:  # rounded as Julia rounds it
        return f"{t.jl('det')}({code})", floated(result)
    return f"{t.np(ONE_MATRIX[name])}({code})", floated(result) if name == "det" else result


@idiom("norm")
def norm(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``norm(v)`` of numbers in 64 bits: the square root of the sum of squares, whatever the rank."""
    values = plain(t, positional, keywords, 1)
    if values is None or t.helper_name("norm") is None:
        return None
    code, kind = values[0]
    if (_array(kind, 1) or _array(kind, 2)) and kind.element in (INT, FLOAT):
        return f"{t.np('linalg.norm')}({code})", FLOAT
    return None


@idiom("normalize")
def normalize(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``normalize(v)``."""
    values = plain(t, positional, keywords, 1)
    if values is None or t.helper_name("normalize") is None:
        return None
    code, kind = values[0]
    if _array(kind, 1) and kind.element == FLOAT and code.isidentifier():
        return f"({code} / {t.np('linalg.norm')}({code}))", kind
    return None


@idiom("dot")
def dot(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``dot(x, y)`` of two vectors."""
    values = plain(t, positional, keywords, 2)
    if values is None or t.helper_name("dot") is None:
        return None
    (x, kx), (y, ky) = values
    if _array(kx, 1) and _array(ky, 1) and (kx.element == ky.element or F32 not in (kx.element, ky.element)):
        return f"({x} @ {y})", promoted(kx.element, ky.element)
    return None


@idiom("Diagonal")
def diagonal(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Diagonal(v)`` of a vector."""
    values = plain(t, positional, keywords, 1)
    if values is None or t.helper_name("Diagonal") is None or not _array(values[0][1], 1):
        return None
    t.imports.add("from fluxbridge import Diagonal")
    return f"Diagonal({values[0][0]})", Kind("diagonal", (values[0][1].element,))


@idiom("eachrow", "eachcol")
def lines(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``eachrow(A)`` in a loop."""
    values = plain(t, positional, keywords, 1)
    if values is None or not _array(values[0][1], 2) or not t.looping:
        return None
    code, kind = values[0]
    if not code.isidentifier():
        return None
    return code if node.args[0].text == "eachrow" else f"{code}.T", Kind("iter", (arr(kind.element, 1),))
