"""When two values count as the same for a program: of the same type and content, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np


def same(a: Any, b: Any) -> bool:
    """Have two values the same type and content, to the last bit?"""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        if a.dtype.hasobject:
            return a is b
        return bool((a == b).all()) if a.dtype.kind in "biu" else a.tobytes() == b.tobytes()
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a), list(b)) and all(map(same, a.values(), b.values()))
    if isinstance(a, (set, frozenset)):
        return same(list(a), list(b))  # in another order counts as another one
    if isinstance(a, range):
        return (a.start, a.stop, a.step) == (b.start, b.stop, b.step)
    if isinstance(a, slice):
        return same((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, (complex, np.complexfloating)):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, (float, np.generic)):
        return (a == b and (a != 0 or str(a) == str(b))) or (a != a and b != b)
    return bool(a is b or a == b)


def distinct(*things: Any) -> bool:
    """Are no two of them the same object?"""
    return len(set(map(id, things))) == len(things)
