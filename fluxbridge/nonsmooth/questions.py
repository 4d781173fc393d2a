"""Questions that functions ask about traced values, and where their answers change.

A comparison such as ``x > 0`` is no primitive and has no derivative, but f may branch on its answer, which
changes where both sides are equal. So questions have kinks, in the same form as primitives.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.axes import to_last
from ..autodiff.primitive import plain
from .kink import Kink
from .rivals import along, half, pair, whole

_COMPARED = Kink("a ~ b", word="the two sides of the comparison are equal", sort="jump")
_ZERO = Kink("x ~ 0", word="the value is zero", sort="jump")


def _to_whole(x: Any, *_rest: Any, **_options: Any) -> Any:
    return pair(x, whole(x))


def _to_half(x: Any, digits: Any = 0, *_rest: Any, **options: Any) -> Any:
    scaled = x * 10.0 ** (plain(digits) or options.get("decimals", 0) or 0)
    return pair(scaled, half(scaled))


def _toward_zero(x: Any, *_rest: Any, **_options: Any) -> Any:
    return pair(np.where(whole(x) == 0, 1.0, x - whole(x)), 0.0)


def _divided(a: Any, b: Any) -> Any:
    return _to_whole(a / b)


def _largest(sign: float) -> Callable[..., Any]:
    def rivals(x: Any, axis: Any = None, *_rest: Any, **_options: Any) -> Any:
        return along(x, axis, sign)

    return rivals


def _row(x: Any, *rest: Any, axis: Any = -1, **_options: Any) -> Any:
    axis = rest[-1] if rest and isinstance(rest[-1], int) else axis
    return to_last(x, axis)


def _each_zero(*xs: Any, **_options: Any) -> Any:
    return tuple(pair(x, 0.0) for x in xs if np.asarray(plain(x)).dtype.kind in "fc")


def _against(sorted_values: Any, values: Any, *_rest: Any, **_options: Any) -> Any:
    """The rivals of a search: every value against every entry of the sorted row."""
    return pair(np.expand_dims(values, -1), sorted_values)


_JUMP_AT_WHOLE = Kink(_to_whole, word="a whole number", sort="jump")
_JUMP_AT_HALF = Kink(_to_half, word="halfway between two roundings", sort="jump")
_TRUNCATED = Kink(_toward_zero, word="a whole number", sort="jump")
_ORDER = Kink(_row, word="equal elements may stand in either order", sort="order")
_SIGNS = Kink(_each_zero, word="a value is zero", sort="jump")

_TABLE: dict[Any, Kink] = {
    **dict.fromkeys(
        [
            operator.lt,
            operator.le,
            operator.gt,
            operator.ge,
            operator.eq,
            operator.ne,
            np.less,
            np.less_equal,
            np.greater,
            np.greater_equal,
            np.equal,
            np.not_equal,
            np.array_equal,
        ],
        _COMPARED,
    ),
    **dict.fromkeys([bool, np.sign, np.heaviside, np.signbit, np.isneginf, np.isposinf], _ZERO),
    **dict.fromkeys(
        [
            np.logical_and,
            np.logical_or,
            np.logical_not,
            np.logical_xor,
            np.any,
            np.all,
            np.nonzero,
            np.flatnonzero,
            np.argwhere,
            np.count_nonzero,
        ],
        _SIGNS,
    ),
    **dict.fromkeys([np.floor, np.ceil, math.floor, math.ceil], _JUMP_AT_WHOLE),
    **dict.fromkeys([np.rint, np.round, np.around, round], _JUMP_AT_HALF),
    **dict.fromkeys([np.trunc, np.fix, int, math.trunc], _TRUNCATED),
    **dict.fromkeys(
        [operator.floordiv, np.floor_divide], Kink(_divided, word="a whole quotient", sort="jump")
    ),
    **dict.fromkeys([np.argmax, np.nanargmax], Kink(_largest(1.0), word="the largest elements are equal")),
    **dict.fromkeys([np.argmin, np.nanargmin], Kink(_largest(-1.0), word="the smallest elements are equal")),
    **dict.fromkeys([np.argsort, np.argpartition], _ORDER),
    np.searchsorted: Kink(_against, word="a value equals an entry", sort="jump"),
    np.digitize: Kink(lambda x, bins, *_: _against(bins, x), word="a value equals an edge", sort="jump"),
}


def question_kink(function: Any) -> Kink | None:
    """Where the answer to a question changes; None for those that the table does not know."""
    try:
        return _TABLE.get(function)
    except TypeError:  # an unhashable callable
        return None
