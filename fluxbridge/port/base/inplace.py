"""Functions that write their result into their first argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arithmetic import array_of, mul
from .broadcasting import broadcast
from .collections import mergewith, setdiff, symdiff, union
from .errors import MethodError
from .iteration import iterate
from .reductions import accumulate, cumprod, cumsum
from .shapes import circshift


def written(target: Any, values: Any) -> Any:
    """``target`` with these values instead of its own. Raises DimensionMismatch for another shape."""
    from ...errors import DimensionMismatch

    if np.shape(target) != np.shape(values):
        raise DimensionMismatch(
            f"a result of shape {np.shape(values)} for an array of shape {np.shape(target)}"
        )
    if isinstance(target, list):
        target[:] = list(iterate(values))
    elif isinstance(target, np.ndarray):
        target[...] = values
    else:
        raise MethodError(f"no method matching setindex!(::{type(target).__name__})")
    return target


def mul_(target: Any, a: Any, b: Any, alpha: Any = 1, beta: Any = 0) -> Any:
    """``mul!(C, A, B)``, and with α and β ``C = A B α + C β``."""
    made = mul(a, b)
    if (alpha, beta) != (1, 0):
        made = made * alpha + (target * beta if beta else 0)
    return written(target, made)


def lmul_(a: Any, target: Any) -> Any:
    """``lmul!(a, X)``."""
    return written(target, mul(a, target))


def rmul_(target: Any, b: Any) -> Any:
    """``rmul!(X, b)``."""
    return written(target, mul(target, b))


def axpy_(a: Any, x: Any, y: Any) -> Any:
    """``axpy!(a, x, y)``: ``y = a x + y``."""
    return written(y, a * array_of(x) + array_of(y))


def broadcast_(function: Callable, target: Any, *args: Any) -> Any:
    """``broadcast!(f, target, args…)``."""
    made = broadcast(function, *args)
    return written(target, np.broadcast_to(made, np.shape(target)))


def cumsum_(target: Any, x: Any, **keywords: Any) -> Any:
    """``cumsum!(target, x)``."""
    return written(target, cumsum(x, **keywords))


def cumprod_(target: Any, x: Any, **keywords: Any) -> Any:
    """``cumprod!(target, x)``."""
    return written(target, cumprod(x, **keywords))


def accumulate_(function: Callable, target: Any, x: Any) -> Any:
    """``accumulate!(f, target, x)``."""
    return written(target, accumulate(function, x))


def copy_(target: Any, x: Any) -> Any:
    """``copy!(target, x)``."""
    if isinstance(target, list):
        target[:] = list(iterate(x))
        return target
    return written(target, array_of(x))


def circshift_(target: Any, *shifts: Any) -> Any:
    """``circshift!(x, n)`` and ``circshift!(target, x, n)``."""
    return written(target, circshift(*(shifts if len(shifts) > 1 else (target, *shifts))))


def triu_(x: Any, k: int = 0) -> Any:
    """``triu!(A)``."""
    return written(x, np.triu(x, k))


def tril_(x: Any, k: int = 0) -> Any:
    """``tril!(A)``."""
    return written(x, np.tril(x, k))


def permute_(x: Any, places: Any) -> Any:
    """``permute!(x, places)``."""
    return written(x, [x[int(p) - 1] for p in iterate(places)])


def _changed_set(function: Callable) -> Callable:
    def change(target: Any, *others: Any) -> Any:
        made = function(target, *others)
        if isinstance(target, set):
            kept = list(made)
            target.clear()
            target.update(kept)
        else:
            target[:] = list(iterate(made))
        return target

    change.__name__ = f"{function.__name__}_"
    change.__doc__ = f"``{function.__name__}!(a, b…)``."
    return change


union_, setdiff_, symdiff_ = (_changed_set(f) for f in (union, setdiff, symdiff))


def mergewith_(combine: Callable, first: dict, *others: dict) -> dict:
    """``mergewith!(f, d, others…)``."""
    first.update(mergewith(combine, first, *others))
    return first


def sizehint_(x: Any, _n: int) -> Any:
    """``sizehint!(x, n)`` of a vector: nothing changes."""
    if isinstance(x, (dict, set)):
        raise MethodError("sizehint! of a dictionary changes its order, which is not followed")
    return x


__all__ = [
    "accumulate_",
    "axpy_",
    "broadcast_",
    "circshift_",
    "copy_",
    "cumprod_",
    "cumsum_",
    "lmul_",
    "mergewith_",
    "mul_",
    "permute_",
    "rmul_",
    "setdiff_",
    "sizehint_",
    "symdiff_",
    "tril_",
    "triu_",
    "union_",
]
