"""np.pad: one axis after the other, as NumPy does it.

What is added along an axis depends linearly on the array in all modes but the extremes and the
median. Where elements are repeated they are taken by number; reflections of the odd kind and
ramps multiply by the matrix that NumPy makes of the identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import MutationError
from ..primitive import implements, plain, primitive
from ..values import in_numpys_types
from .shaping import as_array, on_axis

PAIR = tuple[int, int]


def zeros_rule(dy: Any, _y: Any, _x: Any, pad_width: tuple[PAIR, ...]) -> Any:
    """The middle of the cotangent."""
    return dy[tuple(slice(a, a + n) for (a, _), n in zip(pad_width, _x.shape, strict=True))]


ZEROS = primitive(
    None,
    zeros_rule,
    jvp="linear",
    name="pad",
    compute=lambda x, pad_width: np.pad(x, pad_width),
)


def _widths(pad_width: Any, ndim: int) -> tuple[PAIR, ...]:
    if isinstance(pad_width, dict):
        table: Any = np.zeros((ndim, 2), int)
        for axis, width in pad_width.items():
            table[axis] = width
    else:
        table = np.broadcast_to(np.asarray(pad_width), (ndim, 2))
    return tuple((int(a), int(b)) for a, b in table)


def _ends(values: Any, axis: int, ndim: int) -> tuple[Any, Any]:
    """The two values for `axis` out of a number, a pair, or a pair for each axis."""
    table = np.broadcast_to(as_array(values), (ndim, 2))
    return table[axis, 0], table[axis, 1]


def _along(vector: np.ndarray, axis: int, ndim: int) -> np.ndarray:
    return vector.reshape((-1,) + (1,) * (ndim - axis - 1))


def _constant(x: Any, widths: tuple[PAIR, ...], constant_values: Any = 0) -> Any:
    result = ZEROS(x, pad_width=widths)
    if not np.any(plain(constant_values)):
        return result
    # an axis at a time, so that corners belong to the last axis
    for axis, (before, after) in enumerate(widths):
        ends = _ends(constant_values, axis, np.ndim(x))
        n = np.shape(result)[axis]
        place = _along(np.arange(n), axis, np.ndim(x))
        for value, outside in zip(ends, (place < before, place >= n - after), strict=True):
            result = np.where(outside, value, result)
    return result


def _repeated(x: Any, axis: int, width: PAIR, mode: str, **options: Any) -> Any:
    numbers = np.pad(np.arange(np.shape(x)[axis]), width, mode, **options)  # type: ignore[call-overload]
    return np.take(x, numbers, axis=axis)


def _by_matrix(x: Any, axis: int, width: PAIR, mode: str, **options: Any) -> Any:
    n = np.shape(x)[axis]
    matrix = np.pad(np.eye(n), (width, (0, 0)), mode, **options)  # type: ignore[call-overload]
    return np.moveaxis(np.matmul(np.moveaxis(x, axis, -1), matrix.T), -1, axis)


def _reflected(x: Any, axis: int, width: PAIR, mode: str, reflect_type: str = "even") -> Any:
    if reflect_type == "odd":
        return _by_matrix(x, axis, width, mode, reflect_type="odd")
    return _repeated(x, axis, width, mode, reflect_type=reflect_type)


def _ramp(x: Any, axis: int, width: PAIR, mode: str, end_values: Any = 0) -> Any:
    n, ndim = np.shape(x)[axis], np.ndim(x)
    result = _by_matrix(x, axis, width, mode)
    for k, value in enumerate(_ends(end_values, axis, ndim)):
        ends = (1.0, 0.0) if k == 0 else (0.0, 1.0)
        share = np.pad(np.zeros(n), width, mode, end_values=ends)  # type: ignore[call-overload]
        result = result + _along(share, axis, ndim) * value
    return result


def _statistic(x: Any, axis: int, width: PAIR, mode: str, stat_length: Any = None) -> Any:
    function: Any = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}[mode]
    n, ndim = np.shape(x)[axis], np.ndim(x)
    lengths = (n, n) if stat_length is None else _widths(stat_length, ndim)[axis]
    parts = []
    for piece, count in zip((slice(0, lengths[0]), slice(max(n - lengths[1], 0), n)), width, strict=True):
        value = function(x[on_axis(axis, piece)], axis=axis, keepdims=True)
        shape = list(np.shape(x))
        shape[axis] = count
        parts.append(np.broadcast_to(value, shape))
    return np.concatenate([parts[0], x, parts[1]], axis=axis)


_MODES: dict[str, Callable[..., Any]] = {
    "edge": _repeated, "wrap": _repeated, "reflect": _reflected, "symmetric": _reflected,
    "linear_ramp": _ramp, "maximum": _statistic, "minimum": _statistic, "mean": _statistic,
    "median": _statistic,
}  # fmt: skip


@implements(np.pad)
@in_numpys_types(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    if callable(mode):
        raise MutationError(
            "np.pad with a function as its mode lets that function write into an array. "
            "Build the borders yourself and join them with np.concatenate."
        )
    x, pad_width = as_array(array), plain(pad_width)
    kwargs = {k: plain(v) if k in ("stat_length", "reflect_type") else v for k, v in kwargs.items()}
    np.pad(np.zeros(np.shape(x)), pad_width, mode, **plain(kwargs))  # NumPy's own errors
    widths = _widths(pad_width, np.ndim(x))
    if mode in ("constant", "empty"):
        return _constant(x, widths, **kwargs)
    for axis, width in enumerate(widths):
        if width != (0, 0):
            x = _MODES[mode](x, axis, width, mode, **kwargs)
    return x
