"""Even powers of what has a corner at 0: |x|², ‖x‖², hypot², the square of a standard deviation.

The composite is smooth where its parts are not, and the chain rule, which goes through the corner, has
its second derivative wrong there (0 instead of 2). A derivative of a derivative therefore records such
a power as one step. First derivatives need no help.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..primitive import EVEN_POWERS, PRIMITIVES, SQUARES, Primitive, plain, primitive
from .norms import NORM2
from .reductions import expand
from .statistics import STD, deviations, freedom


def even_power(
    of: Primitive, square: Callable[..., Any], half_slope: Callable[..., Any], inputs: int = 1
) -> None:
    """Register ``of(*xs)**p`` by the smooth `square` of the function `of`.

    ``half_slope(k, c, *xs)`` is c times half of the derivative of the square by input k.
    """

    def compute(*xs: Any, p: Any, **options: Any) -> Any:
        return of.compute(*xs, **options) ** p

    def rule(k: int) -> Callable[..., Any]:
        def vjp(dy: Any, _y: Any, *xs: Any, p: Any, **options: Any) -> Any:
            factor = dy * p
            if p != 2:
                factor = factor * square(*map(_as_float, xs), **options) ** (p // 2 - 1)
            return half_slope(k, factor, *xs, **options)

        return vjp

    rules = map(rule, range(inputs))
    EVEN_POWERS[of] = primitive(None, *rules, name=f"{of.name}_power", compute=compute)


def _as_float(x: Any) -> Any:
    """Integers as floats: the squares of those of few bits would wrap round."""
    return x * 1.0 if np.result_type(plain(x)).kind in "iu" else x


def size2(x: Any) -> Any:
    return np.real(np.conjugate(x) * x)


def norm_square(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(size2(x), axis=axis, keepdims=keepdims)


def norm_slope(_k: int, c: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return x * expand(c, np.shape(x), axis, keepdims)


def spread_slope(
    _k: int, c: Any, x: Any, axis: Any = None, ddof: float = 0, where: Any = True, **_options: Any
) -> Any:
    d, mean = deviations(x, axis, where)
    return d * (np.reshape(c, np.shape(mean)) / freedom(np.shape(x), axis, ddof, where))


for _name in ("absolute", "fabs"):
    even_power(PRIMITIVES[_name], size2, lambda _k, c, x: c * x)
even_power(PRIMITIVES["hypot"], lambda a, b: a * a + b * b, lambda k, c, a, b: c * (b if k else a), inputs=2)
even_power(NORM2, norm_square, norm_slope)
even_power(STD, np.var, spread_slope)
SQUARES.update({PRIMITIVES[name]: name for name in ("literal_power", "square", "multiply")})
