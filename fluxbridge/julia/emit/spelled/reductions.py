"""What folds arrays along axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....errors import NoRuleError
from ..spelling import (
    Site,
    Spelled,
    Term,
    call,
    converted,
    elementwise,
    number,
    number_term,
    spelling,
    tuple_of,
)
from .axes import axes_from_one, dims_of, from_one
from .shapes import ravelled


def folded(site: Site, name: str, x: Term, axis: Any, keepdims: bool, **keywords: Any) -> Term:
    """``name(x; dims)``, with the axes of length 1 dropped unless `keepdims`."""
    axes = axes_from_one(axis, x.ndim)
    value = site.out
    if not x.ndim:
        return Term(call(name, f"[{x}]", **keywords), value)
    if len(axes) == x.ndim and not keepdims:
        return Term(call(name, x, **keywords), value)
    dims = axes[0] if len(axes) == 1 else tuple_of(axes)
    kept = Term(
        call(name, x, dims=dims, **keywords),
        np.zeros([1 if i + 1 in axes else n for i, n in enumerate(x.shape)], np.result_type(site.out)),
    )
    return kept if keepdims else dropped(kept, axes, value)


def dropped(t: Term, axes: Sequence[int], value: Any) -> Term:
    if np.ndim(value) == 1:
        return Term(f"vec({t})", value, kept=t)
    return Term(call("dropdims", t, dims=axes[0] if len(axes) == 1 else tuple_of(axes)), value, kept=t)


def masked(site: Site, x: Term, where: Any, other: Any) -> Term:
    """`x` with another number where it is left out of a reduction."""
    if where is True:
        return x
    mask = np.broadcast_to(where, x.shape)
    c = site.capture(mask)
    return Term(
        call("ifelse.", c, x, number(other, x.dtype.itemsize * 8 if x.dtype.kind == "f" else 64)), x.value
    )


#: What a reduction takes for an element that is left out, and how it takes up its `initial`.
_NEUTRAL = {"sum": (0.0, "+"), "prod": (1.0, "*"), "maximum": (-np.inf, "max"), "minimum": (np.inf, "min")}


def reduction(name: str) -> Callable[..., Spelled]:
    """sum, prod, maximum, minimum."""

    @spelling(f"{name}(x; dims)")
    def spelled(
        site: Site,
        x: Term,
        axis: Any = None,
        dtype: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
        **_: Any,
    ) -> Spelled:
        neutral, join = _NEUTRAL[name]
        keepdims = keepdims is True
        initial = None if initial is np._NoValue else initial  # type: ignore[attr-defined]
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        y = folded(site, name, masked(site, x, where, neutral), axis, keepdims)
        if initial is not None and not (name == "sum" and initial == 0):
            y = elementwise(join, (number_term(plain_number(initial)), y), site.out)
        return y

    return spelled


def plain_number(x: Any) -> Any:
    return x.item() if isinstance(x, (np.ndarray, np.generic)) else x


@spelling("mean(x; dims)")
def mean(
    site: Site,
    x: Term,
    axis: Any = None,
    dtype: Any = None,
    keepdims: bool = False,
    where: Any = True,
    **_: Any,
) -> Spelled:
    if dtype is not None and np.dtype(dtype) != x.dtype:
        x = converted(x, dtype)
    if where is True:
        return folded(site, "mean", x, axis, keepdims is True)
    count = np.sum(np.broadcast_to(where, x.shape), axis=axis, keepdims=keepdims is True)
    total = folded(site, "sum", masked(site, x, where, 0.0), axis, keepdims is True)
    counts = site.capture(count) if np.ndim(count) else number_term(int(count))
    return elementwise("/", (total, counts), site.out)


def spread(name: str) -> Callable[..., Spelled]:
    """var and std."""

    @spelling(f"{name}(x; dims, corrected)")
    def spelled(
        site: Site,
        x: Term,
        axis: Any = None,
        ddof: Any = 0,
        keepdims: bool = False,
        where: Any = True,
        dtype: Any = None,
        **_: Any,
    ) -> Spelled:
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        if where is True and ddof in (0, 1) and not x.is_complex:
            return folded(site, name, x, axis, keepdims is True, corrected="false" if ddof == 0 else None)
        axes = axes_from_one(axis, x.ndim)
        mask = site.capture(np.broadcast_to(where, x.shape)) if where is not True else None
        kept = Term(
            call(f"NumPy.{name}", x, dims=tuple_of(axes), ddof=ddof, where=mask),
            np.zeros([1 if i + 1 in axes else n for i, n in enumerate(x.shape)], np.result_type(site.out)),
        )
        if keepdims is True:
            return kept
        return f"only({kept})" if np.ndim(site.out) == 0 else dropped(kept, axes, site.out)

    return spelled


def running(name: str) -> Callable[..., Spelled]:
    """cumsum and cumprod."""

    @spelling(f"{name}(x; dims)")
    def spelled(site: Site, x: Term, axis: Any = None, dtype: Any = None, **_: Any) -> Spelled:
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        if axis is None or x.ndim < 2:
            return call(name, ravelled(x))
        return call("NumPy.cumprod" if name == "cumprod" else name, x, dims=from_one(axis, x.ndim))

    return spelled


@spelling("NNlib.logsumexp(x; dims)")
def logsumexp(site: Site, x: Term, axis: Any = None, keepdims: bool = False) -> Spelled:
    return folded(site, "NNlib.logsumexp", x, axis, keepdims)


def along(name: str) -> Callable[..., Spelled]:
    """softmax and logsoftmax, whose result has the shape of the argument."""

    @spelling(f"{name}(x; dims)")
    def spelled(site: Site, x: Term, axis: Any = None, **_: Any) -> Spelled:
        if axis is None and np.ndim(site.out) == 0:
            return call(name, x)
        return call(name, x, dims=dims_of(axis, x.ndim))

    return spelled


@spelling("norm(x), NumPy.norm(x; dims)")
def norm2(site: Site, x: Term, axis: Any = None, keepdims: bool = False) -> Spelled:
    if axis is None and not keepdims:
        return call("norm", x)
    return folded(site, "NumPy.norm", x, axis, keepdims)


@spelling("norm(x, p), NumPy.norm(x, p; dims)")
def normp(site: Site, x: Term, p: Any, axis: Any = None, keepdims: bool = False) -> Spelled:
    if axis is None and not keepdims:
        return call("norm", x, number(p))
    return folded(site, "NumPy.norm", Term(f"{x}, {number(p)}", x.value), axis, keepdims)


@spelling("sort(x), NumPy.sort(x; dims)")
def sort(site: Site, x: Term, axis: int = -1, **_: Any) -> Spelled:
    if x.is_complex:
        raise NoRuleError("Julia does not sort complex numbers")
    return call("sort", x) if x.ndim == 1 else call("NumPy.sort", x, dims=from_one(axis, x.ndim))
