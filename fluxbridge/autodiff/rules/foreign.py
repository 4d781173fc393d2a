"""Reductions of arrays of other libraries: rules that look at no value; the family repeats things."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import GradientLostError
from ..axes import axes_of
from ..families import FORMULAS, RULES, Family, FamilySpec, reshaped
from .products import _contracted


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """np.tensordot with axes counted from the front, as some libraries take others wrongly."""
    return np.tensordot(a, b, _contracted(a.ndim, b.ndim, axes))


def _dot(a: Any, b: Any) -> Any:
    n, m = np.ndim(a), np.ndim(b)
    if n == 0 or m == 0:
        return a * b
    return np.matmul(a, b) if m == 1 or m == n == 2 else np.tensordot(a, b, ([n - 1], [m - 2]))


def _norm2(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    squares = np.real(x * np.conjugate(x)) if x.dtype.kind == "c" else x * x
    return np.sqrt(np.sum(squares, axis=axis, keepdims=keepdims))


FORMULAS.update(tensordot=_tensordot, dot=_dot, norm2=_norm2)
FORMULAS["transpose"] = lambda x, axes=None: np.transpose(x, axes if axes is None else tuple(axes))


def widened(dy: Any, spec: FamilySpec, axis: Any, keepdims: bool) -> Any:
    """The cotangent of a reduction in the shape of what was reduced."""
    if type(dy) is float:
        return spec.family.full(spec, dy)
    if axis is not None and not keepdims and np.ndim(dy) < len(spec.shape):
        axes = axis if isinstance(axis, tuple) else (axis,)
        dy = np.expand_dims(dy, tuple(a % len(spec.shape) for a in axes))
    return spec.family.spread(dy, spec)


def _without(name: str, family: Family, options: dict[str, Any]) -> None:
    """Raise for options that are no defaults."""
    given = [k for k, v in options.items() if v is not None and not (k == "where" and v is True)]
    if given:
        raise GradientLostError(
            f"{name} of arrays of {family.name} has no rule with {' and '.join(given)}. Write np.where(mask, "
            "x, value) before it, and combine its result with the start value afterwards."
        )


def sum_rule(
    family: Family,
    dy: Any,
    _y: Any,
    x: Any,
    axis: Any = None,
    keepdims: bool = False,
    where: Any = True,
    **_: Any,
) -> Any:
    dy = widened(dy, x, axis, keepdims)
    return dy if where is True else np.where(where, dy, 0.0)


def mean_rule(
    family: Family, dy: Any, _y: Any, x: Any, axis: Any = None, keepdims: bool = False, **options: Any
) -> Any:
    options.pop("dtype", None)
    _without("mean", family, options)
    count = math.prod([x.shape[i] for i in axes_of(axis, x.ndim)])
    return widened(dy / max(count, 1), x, axis, keepdims)


def prod_rule(
    family: Family, dy: Any, _y: Any, x: Any, axis: Any = None, keepdims: bool = False, **options: Any
) -> Any:
    """The product of all others: y/x; where one factor is 0, it alone has a derivative."""
    options.pop("dtype", None)
    _without("prod", family, options)
    zero = x == 0
    zeros = np.sum(zero, axis=axis, keepdims=True)
    others = np.prod(np.where(zero, 1.0, x), axis=axis, keepdims=True)
    by_zeros = np.where(zeros == 1, others, 0.0)
    slope = np.where(zero, by_zeros, np.where(zeros == 0, others, 0.0) / np.where(zero, 1.0, x))
    slope = np.conjugate(slope) if slope.dtype.kind == "c" else slope
    return widened(dy, family.spec(x), axis, keepdims) * slope


def var_rule(
    family: Family,
    dy: Any,
    _y: Any,
    x: Any,
    axis: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    **options: Any,
) -> Any:
    options.pop("dtype", None)
    _without("var", family, options)
    n = math.prod([x.shape[i] for i in axes_of(axis, x.ndim)]) - ddof
    deviations = x - np.mean(x, axis=axis, keepdims=True)
    return deviations * widened(dy * (2 / n if n > 0 else np.nan), family.spec(x), axis, keepdims)


def std_rule(
    family: Family,
    dy: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    **options: Any,
) -> Any:
    """Where all elements are equal, up to the rounding of their mean, it is 0."""
    mean = np.mean(x, axis=axis, keepdims=True)
    size = y if keepdims else np.reshape(y, mean.shape)
    equal = size <= 8 * np.finfo(x.dtype).eps * np.absolute(mean)
    slope = var_rule(family, dy, y, x, axis, ddof, keepdims, **options)
    return np.where(equal, 0.0, slope / np.where(equal, 1.0, 2 * size))


def norm2_rule(family: Family, dy: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    zero = y == 0
    slope = np.where(zero, 0.0, dy / np.where(zero, 1.0, y))
    return x * widened(slope, family.spec(x), axis, keepdims)


def reshape_rule(
    family: Family, dy: Any, _y: Any, x: Any, shape: Any, order: str = "C", copy: Any = None
) -> Any:
    return reshaped(dy, x.shape, order)


def _extreme_rule(name: str, position: Any) -> Callable[..., Any]:
    """The first extremum gets everything, as with NumPy's arrays."""

    def rule(
        family: Family, dy: Any, _y: Any, x: Any, axis: Any = None, keepdims: bool = False, **options: Any
    ) -> Any:
        _without(name, family, options)
        if isinstance(axis, tuple) and len(axis) < x.ndim:
            raise GradientLostError(
                f"{name} of arrays of {family.name} goes along one axis or all within a gradient; write "
                f"x.{name}(axis=0).{name}(axis=0) for two."
            )
        flat = np.reshape(x, (-1,)) if axis is None or isinstance(axis, tuple) else x
        along = 0 if flat is not x else axis % x.ndim
        index = np.expand_dims(position(flat, axis=along), along)
        chosen = family.positions(flat, along) == index
        return np.where(np.reshape(chosen, x.shape), widened(dy, family.spec(x), axis, keepdims), 0.0)

    return rule


RULES["sum"], RULES["mean"], RULES["prod"] = (sum_rule,), (mean_rule,), (prod_rule,)
RULES["var"], RULES["std"], RULES["norm2"] = (var_rule,), (std_rule,), (norm2_rule,)
RULES["reshape"] = (reshape_rule,)
RULES["max"], RULES["min"] = (_extreme_rule("max", np.argmax),), (_extreme_rule("min", np.argmin),)
