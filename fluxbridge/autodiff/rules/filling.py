"""Arrays made from a few numbers; and the functions that write into arrays, which are refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import MutationError
from ..primitive import Tracer, apply, implements, plain, primitive, refuse
from ..refusals import mutation
from ..tracer import astype
from ..values import in_numpys_types
from .shaping import as_array

# -- between two ends ------------------------------------------------------------------------------


def _steps(num: int, endpoint: bool) -> np.ndarray:
    """Where between 0 (the start) and 1 (the stop) the numbers of a linspace lie."""
    return np.linspace(0.0, 1.0, num, endpoint=endpoint)


def linspace_rule(dy: Any, _y: Any, *_ends: Any, num: int, endpoint: bool, axis: int) -> Any:
    """Each end gets what the numbers hold of it: 1 - t of the start, t of the stop."""
    dy = np.moveaxis(dy, axis, 0)
    t = np.reshape(_steps(num, endpoint), (num,) + (1,) * (np.ndim(dy) - 1))
    return np.sum(dy * (1.0 - t), axis=0), np.sum(dy * t, axis=0)


LINSPACE = primitive(
    None,
    joint=linspace_rule,
    jvp="linear",
    name="linspace",
    compute=lambda start, stop, num, endpoint, axis: np.linspace(start, stop, num, endpoint, axis=axis),
)


def _typed(x: Any, dtype: Any) -> Any:
    if dtype is None:
        return x
    if np.dtype(dtype).kind in "iu":  # a step function, rounded towards minus infinity
        return np.floor(plain(x)).astype(dtype)
    return astype(x, dtype) if isinstance(x, Tracer) else x.astype(dtype)


@implements(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    start, stop = as_array(start), as_array(stop)
    num = int(plain(num))
    y = apply(LINSPACE, (start, stop), {"num": num, "endpoint": bool(endpoint), "axis": axis})
    y = _typed(y, dtype)
    if not retstep:
        return y
    gaps = num - 1 if endpoint else num
    return y, (stop - start) / gaps if gaps > 0 else np.nan


@implements(np.logspace)
@in_numpys_types(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    if np.ndim(base):
        start, stop, base = np.broadcast_arrays(start, stop, base)
        base = np.expand_dims(base, axis)
    y = np.linspace(start, stop, num, endpoint, axis=axis)
    return _typed(np.power(base, y), dtype)


@implements(np.geomspace)
@in_numpys_types(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    start, stop = np.broadcast_arrays(start, stop)
    values = np.geomspace(plain(start), plain(stop), int(plain(num)), endpoint, axis=axis)  # NumPy's errors
    if num == 0:
        return values
    size = np.ndim(start)
    t = np.expand_dims(_steps(int(plain(num)), endpoint), tuple(range(1, size + 1)))
    y = start * (stop / start) ** t
    return _typed(y if axis == 0 or not size else np.moveaxis(y, 0, axis), dtype)


@implements(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    a = plain(a)
    dtype = np.result_type(a) if dtype is None else np.dtype(dtype)
    shape = np.shape(a) if shape is None else shape
    if dtype.kind not in "fc":
        return np.full(shape, plain(fill_value), dtype)
    full = np.broadcast_to(as_array(fill_value), shape)
    return full if np.result_type(plain(full)) == dtype else full.astype(dtype)


# -- writing into arrays ---------------------------------------------------------------------------


@implements(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Only an array of objects can hold traced values; np.full(n, traced) makes one."""
    if type(dst) is not np.ndarray:
        raise mutation("np.copyto(array, ...)")
    if dst.dtype.kind in "biu":  # truncation, a step function: np.full_like(integers, traced)
        return np.copyto(dst, plain(src), casting, plain(where))  # type: ignore[arg-type]
    if not dst.dtype.hasobject:
        raise MutationError(
            f"A traced value would be written into an array of {dst.dtype}, by np.copyto, np.full or "
            "np.full_like, and would lose its derivative. Write np.broadcast_to(x, shape) or "
            "x * np.ones(shape) instead of np.full, and np.where(mask, x, array) or a "
            "fluxbridge.Buffer instead of np.copyto."
        )
    np.copyto(dst, np.asarray(src, dtype=object), casting="unsafe", where=plain(where))


refuse("writes into an array; use np.where(mask, values, x) or a fluxbridge.Buffer", np.place, np.putmask)
refuse("writes into an array; use np.where, np.concatenate or a fluxbridge.Buffer", np.put, np.put_along_axis)
refuse(
    "writes into an array; use np.where(np.eye(n, dtype=bool), value, x), or "
    "x - np.diag(np.diag(x)) + np.diag(values)",
    np.fill_diagonal,
)
