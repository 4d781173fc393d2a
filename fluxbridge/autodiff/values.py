"""A derivative of ours with a value of somebody else's: where a library rounds in its own order of steps."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .primitive import PRIMITIVES, Tracer, apply, plain, seen
from .refusals import no_option
from .tracer import astype

_NEAR = 0.01  #: relative to the largest value; what differs by more is not the same function


def of_type(x: Any, dtype: Any) -> Any:
    """`x` as it is when it is written into an array of this type; whole numbers are plain."""
    if np.result_type(plain(x)) == dtype:
        return x
    if np.iscomplexobj(plain(x)) and np.dtype(dtype).kind != "c":
        x = np.real(x)
    return astype(x, dtype) if isinstance(x, Tracer) else np.asarray(x).astype(dtype)[()]


def with_value(ours: Any, theirs: Any, name: str, unseen: float = 0.0) -> Any:
    """`ours`, whose derivative is right, with the value of `theirs`, in tuples one by one.

    They may differ by rounding, of which `unseen` units in the last place are left as they are, or
    where they are not finite. If they differ by more they are not the same function, and that is
    an error: `name` is how it was called.
    """
    if isinstance(theirs, (tuple, list)):
        parts = [with_value(a, b, name, unseen) for a, b in zip(ours, theirs, strict=True)]
        return tuple(parts) if isinstance(theirs, tuple) else parts
    value = np.asarray(theirs)
    if not isinstance(ours, Tracer):
        return theirs
    if value.dtype.kind not in "fc":  # whole numbers, which keep their derivative while they are whole
        if not np.array_equal(plain(ours), value):
            raise no_option(name)
        return apply(PRIMITIVES["astype"], (ours,), {"dtype": value.dtype}) if value.ndim else ours
    ours = of_type(ours, value.dtype)
    ours = np.reshape(ours, value.shape) if np.shape(ours) != value.shape else ours
    own = np.asarray(plain(ours))
    if np.array_equal(own, value):
        return ours
    finite = np.isfinite(value)
    gap = np.where(finite, value, 0.0) - np.where(finite, own, 0.0)
    size, eps = np.max(np.abs(value[finite]), initial=0.0), np.finfo(value.dtype).eps
    if not np.all(np.abs(gap) <= _NEAR * size + eps):
        raise no_option(name)
    if not np.all(finite | (own == value) | (np.isnan(own) & np.isnan(value))):
        ours = np.where(finite, ours, theirs)
    return ours if np.all(np.abs(gap) <= unseen * eps * size) else ours + gap.astype(value.dtype)


def in_numpys_types(target: Any, *right: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of what answers for `target` and rounds as NumPy does in double precision only.

    In other types than those of `right` NumPy is called as well, for its value, its type and its errors.
    """
    known = frozenset(map(np.dtype, right or (np.float64,)))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            if options.get("out") is not None or (_all_of(known, args) and _all_of(known, options.values())):
                return function(*args, **options)
            value = target(*map(seen, args), **plain(options))
            return with_value(function(*args, **options), value, f"np.{target.__name__}")

        return call

    return decorate


def _all_of(known: frozenset[Any], xs: Iterable[Any]) -> bool:
    """Are all traced values, and all floats among the others, of these types?"""
    for x in xs:
        if isinstance(x, (list, tuple)):
            if not _all_of(known, x):
                return False
        elif isinstance(x, Tracer):
            value = plain(x)
            kind = value.dtype if type(value) is np.ndarray else np.result_type(value)
            if kind not in known:
                return False
        elif isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc" and x.dtype not in known:
            return False
    return True
