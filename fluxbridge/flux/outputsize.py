"""The size of a model's output, and sizes that are found by running a model."""

from __future__ import annotations

import copy
import operator
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer
from ..errors import ArgumentError, DimensionMismatch
from .functors import fcollect, fmap, isleaf
from .layers.containers import Chain
from .lazy import LazyLayer
from .mode import only_shapes

__all__ = ["autosize", "outputsize"]

Size = tuple[int, ...]
_PACKAGE = __name__.partition(".")[0]


def outputsize(model: Any, *sizes: Any, padbatch: bool = False) -> Any:
    """The shape of ``model(x)`` for an input of this shape, or ``model(x, y)`` for inputs of these shapes.

    `padbatch` adds a batch axis of length 1 to each. A tuple or list of layers is taken as a Chain. The model
    is run on at most three observations, whatever the batch, and layers of your own as copies, so that what
    they count or average stays as it is. The result is
    a tuple, or a tuple of them for a model with several outputs. Raises ArgumentError for a size that is not
    a tuple of integers from 0, or a model without an output of a size, and what the model raises where shapes
    do not fit.

    >>> from fluxbridge.flux import Chain, Dense
    >>> outputsize(Chain(Dense((10, 4)), Dense((4, 2))), (10, 1000))
    (2, 1000)
    >>> outputsize([Dense((10, 4))], (10,), padbatch=True)
    (4, 1)
    """
    if isinstance(model, (tuple, list)):
        model = Chain(*model)
    several = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else ()
    if several and isinstance(several[0], (tuple, list)):  # a tuple of sizes
        sizes = tuple(several)
    shapes = [(*_size(size), 1) if padbatch else _size(size) for size in sizes]
    dtype = _dtype(model)
    model = _copied(model)
    with only_shapes(), np.errstate(all="ignore"):
        batches = {s[-1] for s in shapes if len(s) > 1}
        if len(batches) == 1 and all(len(s) > 1 for s in shapes):
            (batch,) = batches
            if batch > 3:
                found = _by_batch(model, shapes, dtype, batch)
                if found is not None:
                    return found
        return _run(model, shapes, dtype)


def _size(size: Any) -> Size:
    try:
        shape = tuple([operator.index(n) for n in size])
    except TypeError:
        shape = (-1,)
    if any(n < 0 for n in shape):
        raise ArgumentError(f"a size is a tuple of integers from 0, such as (3, 32); got {size!r}")
    return shape


def _by_batch(model: Any, shapes: list[Size], dtype: Any, batch: int) -> Any:
    """The shape for this batch from those for two small ones, sizes being a + b·batch; None if that fails."""
    for few in ((2, 3), (1, 2)):  # of two observations the variance is known
        try:
            first, second = [_run(model, [(*s[:-1], n) for s in shapes], dtype) for n in few]
        except Exception:  # whatever a layer raises for few observations; the size itself comes last
            continue
        return _extrapolate(first, second, few[0], batch)
    return None


def _extrapolate(first: Any, second: Any, start: int, batch: int) -> Any:
    if first and isinstance(first[0], tuple):
        return tuple(_extrapolate(a, b, start, batch) for a, b in zip(first, second, strict=True))
    return tuple(a + (batch - start) * (b - a) for a, b in zip(first, second, strict=True))


def _copied(model: Any) -> Any:
    """The model with copies of all that it could change in a run: layers that are not fluxbridge's.

    What cannot be copied (a lock, a file) stays the same object in the copy.
    """
    parts = fcollect(model)
    shared: list[Any] = [p for p in parts if isinstance(p, (LazyLayer, Tracer))]
    own: set[int] = set()
    for part in parts:
        arrays = [v for v in getattr(part, "__dict__", {}).values() if isinstance(v, np.ndarray)]
        if type(part).__module__.partition(".")[0] == _PACKAGE:
            shared += arrays  # its layers do not write into their arrays
        else:
            own.update(map(id, arrays))
    kept = {id(x): x for x in shared if id(x) not in own}
    try:
        return copy.deepcopy(model, dict(kept))
    except Exception:  # whatever copying something raises
        kept.update({id(x): x for x in parts if isleaf(x) and not _can_be_copied(x)})
    try:
        return copy.deepcopy(model, kept)
    except Exception:
        return model


def _can_be_copied(x: Any) -> bool:
    try:
        copy.deepcopy(x)
    except Exception:  # see above
        return False
    return True


def _run(model: Any, shapes: list[Size], dtype: Any) -> Any:
    inputs = [np.broadcast_to(np.zeros((), dtype), s) for s in shapes]
    return _shape(model(*inputs))


def _shape(y: Any) -> Any:
    if isinstance(y, (tuple, list)):
        return tuple(map(_shape, y))
    if not hasattr(y, "shape"):
        raise ArgumentError(f"the model returns {y!r}, which has no size")
    return tuple(y.shape)


def _dtype(model: Any) -> Any:
    """The number type of the first floating point array in the model."""
    for part in fcollect(model, exclude=lambda x: isinstance(x, LazyLayer)):
        if isinstance(part, np.ndarray) and part.dtype.kind in "fc":
            return part.dtype
    return np.float32


def autosize(size: Any, model: Any) -> Any:
    """`model` with its sizes ``_`` filled in, for an input of this size.

    ``_`` is ``fluxbridge.flux._``, and may be computed with (``_ // 4``). It stands for the number of
    channels (the last axis but one), and of features (the first axis) in Dense, Embedding and LayerNorm.
    Layers of your own are run as copies. Raises ArgumentError for a size that is not a tuple of integers from
    0, or a layer that the input does not reach, and what the layers raise where sizes do not fit.

    >>> from fluxbridge.flux import Chain, Dense, _
    >>> autosize((3, 32), Chain(Dense((_, 5)), Dense((_, _ // 2))))
    Chain(Dense(3 => 5), Dense(5 => 2))
    """
    shape = _size(size)
    lazy = [m for m in fcollect(model) if isinstance(m, LazyLayer)]
    copied = _copied(model)
    try:
        with only_shapes(), np.errstate(all="ignore"):
            _run(copied, [(*shape[:-1], 1) if len(shape) > 1 else shape], np.float32)
    except DimensionMismatch:
        if len(shape) < 2:
            raise
        with only_shapes(), np.errstate(all="ignore"):
            _run(copied, [shape], np.float32)
    missing = [m for m in lazy if m.layer is None]
    if missing:
        raise ArgumentError(f"the input does not reach {missing[0]!r}, so that its size is not known")
    return fmap(
        lambda m: m.layer if isinstance(m, LazyLayer) else m,
        model,
        exclude=lambda m: isinstance(m, LazyLayer),
    )
