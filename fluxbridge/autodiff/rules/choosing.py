"""Choosing between arrays, element by element. What is not chosen gets an exact zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..elementwise import masked
from ..primitive import _out_refused, apply, implements, plain, primitive
from ..refusals import mutation
from ..values import in_numpys_types, of_type
from .indexing import SCATTER
from .shaping import as_array


def _where_it_is(wanted: bool, c: Any, v: Any) -> Any:
    """`v` where the condition is `wanted`, else 0."""
    if type(c) is type(v) is np.ndarray and c.dtype.char == "?" and v.dtype.char in "fd":
        return masked(c if wanted else ~c, v)
    return np.where(c, v, 0.0) if wanted else np.where(c, 0.0, v)


WHERE = primitive(
    None,
    None,
    lambda dy, _y, c, _a, _b: _where_it_is(True, c, dy),
    lambda dy, _y, c, _a, _b: _where_it_is(False, c, dy),
    jvp=(
        None,
        lambda dx, _y, c, _a, _b: np.where(c, dx, 0.0),
        lambda dx, _y, c, _a, _b: np.where(c, 0.0, dx),
    ),
    name="where",
    compute=np.where,
)

_MISSING: Any = object()


@implements(np.where)
def where(condition: Any, x: Any = _MISSING, y: Any = _MISSING, /) -> Any:
    if x is _MISSING and y is _MISSING:
        return np.where(plain(condition))
    if x is _MISSING or y is _MISSING:
        raise ValueError("either both or neither of x and y should be given")
    condition = condition if getattr(type(condition), "is_answer", False) else plain(condition)
    return apply(WHERE, (condition, x, y), {})


@implements(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist) or len(condlist) == 0:
        np.select(plain(list(condlist)), plain(list(choicelist)), 0)  # NumPy's own error
    result = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist)), strict=True):
        result = where(condition, choice, result)
    return result


@implements(np.choose)
@in_numpys_types(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    if out is not None:
        raise _out_refused("choose")
    choices = [as_array(c) for c in choices]
    numbers = np.choose(plain(a), np.arange(len(choices)), mode=mode)  # type: ignore[call-overload]  # also NumPy's own errors
    result = choices[-1] if len(choices) > 1 else where(True, choices[0], np.zeros(np.shape(numbers)))
    for k in range(len(choices) - 1):
        result = where(numbers == k, choices[k], result)
    return result


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Each function sees the elements that are its own; a later condition outdoes an earlier one."""
    x = as_array(x)
    shape = np.shape(x)
    given = np.asarray(plain(condlist), dtype=bool)
    if given.ndim == 0 or (given.ndim == 1 and len(shape) == 1 and given.shape == shape):
        given = given[None]
    conditions = [np.broadcast_to(c, shape) for c in given]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.any(conditions, axis=0))
    elif len(funclist) != len(conditions):
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} "
            "functions are expected"
        )
    parts, masks = [], []
    taken = np.zeros(shape, bool)
    for condition, function in reversed(list(zip(conditions, funclist, strict=True))):
        mask = condition & ~taken
        taken = taken | mask
        if not mask.any():
            continue
        own = (x[mask] if shape else x) if callable(function) else None
        value = function(own, *args, **kw) if callable(function) else function
        if not shape:
            return of_type(value, np.result_type(plain(x)))
        parts.append(np.broadcast_to(value, (int(mask.sum()),)))
        masks.append(mask)
    if not parts:
        return np.zeros(shape)
    total = SCATTER(*parts, indices=masks, shape=shape, dtype=_real_or_complex(x, parts))
    return of_type(total, np.result_type(plain(x)))


def _real_or_complex(x: Any, parts: Sequence[Any]) -> Any:
    return np.result_type(plain(x), *[plain(p) for p in parts])


@implements(np.nan_to_num)
@in_numpys_types(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """The derivative is 1 where the number was finite, and 0 where it was replaced."""
    if not copy:
        raise mutation("np.nan_to_num(..., copy=False)")
    value = plain(x)
    if np.result_type(value).kind not in "fc":
        return x
    if np.iscomplexobj(value):
        options = {"nan": nan, "posinf": posinf, "neginf": neginf}
        return np.nan_to_num(np.real(x), **options) + 1j * np.nan_to_num(np.imag(x), **options)
    result = where(np.isfinite(value), x, np.nan_to_num(value, nan=plain(nan)))
    for test, replaced in ((np.isnan, nan), (np.isposinf, posinf), (np.isneginf, neginf)):
        if replaced is not None:
            result = where(test(value), replaced, result)
    return result
