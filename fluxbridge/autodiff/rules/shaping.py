"""Changing the shape of one array, and the order of its elements; what several have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import normal_axis
from ..families import family_of
from ..primitive import PRIMITIVES, Tracer, apply, implements, plain, primitive, take_up
from ..refusals import no_option


def as_array(x: Any) -> Any:
    """A list, traced values in it or not, as an array; arrays and traced values as they are."""
    x = take_up(x)
    return x if isinstance(x, (Tracer, np.ndarray)) or family_of(x) is not None else np.asarray(x)


def on_axis(axis: int, index: Any) -> tuple[Any, ...]:
    """What indexes with `index` along one axis, counted from the front, and leaves the others."""
    return (*[slice(None)] * axis, index)


def _inverse(axes: Any, ndim: int) -> Any:
    """The order of axes that undoes the order `axes`."""
    return tuple(np.argsort([axis % ndim for axis in axes]).tolist())


# -- primitives ------------------------------------------------------------------------------------
# All are linear, so the forward mode calls them on the tangent.

primitive(
    np.reshape,
    lambda dy, _y, _x, shape, order="C", copy=None: np.reshape(dy, _x.shape, order=order),
    jvp="linear",
    compute=lambda x, shape, order="C", copy=None: (
        np.reshape(x, shape, order=order) if copy is None else np.reshape(x, shape, order=order, copy=copy)
    ),
)
primitive(
    np.transpose,
    lambda dy, _y, _x, axes=None: np.transpose(dy, None if axes is None else _inverse(axes, _x.ndim)),
    jvp="linear",
)
primitive(np.swapaxes, lambda dy, _y, _x, axis1, axis2: np.swapaxes(dy, axis1, axis2), jvp="linear")
primitive(
    np.moveaxis,
    lambda dy, _y, _x, source, destination: np.moveaxis(dy, destination, source),
    jvp="linear",
)
primitive(np.squeeze, lambda dy, _y, _x, axis=None: np.reshape(dy, _x.shape), jvp="linear")
primitive(np.expand_dims, lambda dy, _y, _x, axis: np.reshape(dy, _x.shape), jvp="linear")
primitive(np.broadcast_to, lambda dy, _y, _x, shape, subok=False: dy, jvp="linear")
primitive(np.flip, lambda dy, _y, _x, axis=None: np.flip(dy, axis), jvp="linear")
primitive(
    np.rot90,
    lambda dy, _y, _x, k=1, axes=(0, 1): np.rot90(dy, -k, axes),
    jvp="linear",
)
primitive(
    np.roll,
    lambda dy, _y, _x, shift, axis=None: np.roll(dy, np.negative(shift), axis),
    jvp="linear",
)
primitive(
    None,
    lambda dy, _y, _x, dtype=None: dy,
    jvp="linear",
    name="astype",
    compute=lambda x, dtype=None: np.asarray(x).astype(dtype)[()],
)


def _repetitions(reps: Any, ndim: int) -> tuple[int, ...]:
    counts = tuple(np.atleast_1d(plain(reps)).tolist())
    return (1,) * (ndim - len(counts)) + counts


def tile_rule(dy: Any, _y: Any, _x: Any, reps: Any) -> Any:
    """Sum over the copies: the cotangent as (copies, length) pairs of axes."""
    counts = _repetitions(reps, _x.ndim)
    lengths = (1,) * (len(counts) - _x.ndim) + _x.shape
    pairs = tuple(n for pair in zip(counts, lengths, strict=True) for n in pair)
    dy = np.sum(np.reshape(dy, pairs), axis=tuple(range(0, len(pairs), 2)))
    return np.reshape(dy, _x.shape)


TILE = primitive(None, tile_rule, jvp="linear", name="tile", compute=np.tile)


# -- compositions ----------------------------------------------------------------------------------


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    value = plain(a)
    if family_of(value) is not None:
        if order not in ("C", "F") and np.ndim(value) > 1:
            raise no_option(f"np.ravel(..., order={order!r}) of an array of another library")
        return apply(PRIMITIVES["reshape"], (a,), {"shape": (-1,), "order": order if order == "F" else "C"})
    if order in ("A", "K") and np.ndim(value) > 1:  # the order depends on the layout in memory
        if order == "A":
            order = "F" if value.flags.fnc else "C"
        else:
            a, order = np.transpose(a, np.argsort(np.negative(np.abs(value.strides)), kind="stable")), "C"
    flat = np.reshape(a, -1, order=order if order in ("C", "F") else "C")  # type: ignore[call-overload]
    if np.ndim(value) == 0:
        return flat
    flags = plain(a).flags
    return flat if (flags.f_contiguous if order == "F" else flags.c_contiguous) else flat.copy()


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    ndim = np.ndim(a)
    axis = normal_axis(axis, ndim)
    start = normal_axis(start, ndim + 1)
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    arrays = [as_array(a) for a in args]
    shape = np.broadcast_shapes(*[np.shape(a) for a in arrays])
    return tuple(a if np.shape(a) == shape else np.broadcast_to(a, shape) for a in arrays)


def at_least(ndim: int, x: Any) -> Any:
    """`x` with at least `ndim` dimensions, new ones where NumPy's atleast functions put them."""
    x = as_array(x)
    shape = np.shape(x)
    if len(shape) >= ndim:
        return x
    if ndim == 3 and len(shape) == 2:
        return np.reshape(x, (*shape, 1))
    if ndim == 3:
        return np.reshape(x, (1, shape[0] if shape else 1, 1))
    return np.reshape(x, (1,) * (ndim - len(shape)) + shape)


def _atleast(ndim: int, arys: tuple[Any, ...]) -> Any:
    return at_least(ndim, arys[0]) if len(arys) == 1 else tuple(at_least(ndim, a) for a in arys)


@implements(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    return _atleast(1, arys)


@implements(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    return _atleast(2, arys)


@implements(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    return _atleast(3, arys)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    if np.ndim(m) < 2:
        raise ValueError("Input must be >= 2-d.")
    return np.flip(m, 1)


@implements(np.flipud)
def flipud(m: Any) -> Any:
    if np.ndim(m) < 1:
        raise ValueError("Input must be >= 1-d.")
    return np.flip(m, 0)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:
    return TILE(as_array(A), reps=plain(reps))


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    repeats = np.asarray(plain(repeats))
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = normal_axis(axis, np.ndim(a))
    shape = np.shape(a)
    if repeats.size != 1:
        return np.take(a, np.repeat(np.arange(shape[axis]), repeats), axis=axis)
    count = repeats.item()
    wide = np.broadcast_to(np.expand_dims(a, axis + 1), (*shape[: axis + 1], count, *shape[axis + 1 :]))
    return np.reshape(wide, (*shape[:axis], shape[axis] * count, *shape[axis + 1 :]))


@implements(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    a = np.ravel(a)
    shape = tuple(np.atleast_1d(plain(new_shape)).tolist())
    size = int(np.prod(shape))
    if np.size(a) == 0 or size == 0:
        return np.resize(plain(a), new_shape)
    return np.reshape(np.take(a, np.arange(size) % np.size(a)), shape)


@implements(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    a = as_array(a)
    return a.copy(order) if np.ndim(a) else a


if hasattr(np, "astype"):  # NumPy 2.1

    @implements(np.astype)
    def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
        return x.astype(dtype)


@implements(np.ix_)
def ix_(*args: Any) -> tuple[Any, ...]:
    grids = np.ix_(*[plain(a) for a in args])
    traced = [isinstance(a, Tracer) and plain(a).dtype.kind in "fc" for a in args]
    return tuple(np.reshape(a, g.shape) if t else g for a, g, t in zip(args, grids, traced, strict=True))
