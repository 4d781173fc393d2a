"""How primitives that are not elementwise carry the leading axis of a block (see :mod:`.block`).

A rule ``(level, primitive, inputs, options)`` returns the results with the directions along their first axis,
or None where it does not apply; then the primitive is computed direction by direction, which is always right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .primitive import Primitive, Tracer, apply

Rule = Callable[[Any, Primitive, Sequence[Any], dict[str, Any]], Any]


def per_direction(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """The primitive for each direction by itself."""
    results = [
        apply(primitive, [x.array[k] if level.mine(x) else x for x in inputs], options)
        for k in range(level.size)
    ]
    if isinstance(results[0], tuple):
        return tuple([np.stack(parts) for parts in zip(*results, strict=True)])
    return np.stack(results)


def aligned(level: Any, inputs: Sequence[Any]) -> tuple[list[Any], bool]:
    """The inputs of an elementwise function, so that they broadcast behind the axis of the directions.

    Says also whether all of them are Python's numbers.
    """
    ours = [level.mine(x) for x in inputs]
    rank = 0
    weak = True
    for x, mine in zip(inputs, ours, strict=True):
        rank = max(rank, x.array.ndim - 1 if mine else np.ndim(x))
        weak = weak and (x.weak if mine else type(x) is float or type(x) is int)
    arrays = []
    for x, mine in zip(inputs, ours, strict=True):
        if mine:
            array = x.array
            missing = rank + 1 - array.ndim
            if missing:
                array = np.reshape(array, (level.size,) + (1,) * missing + array.shape[1:])
            if x.weak and not weak:
                array = _adapted(level, array, inputs)
            arrays.append(array)
        else:
            arrays.append(x)
    return arrays, weak


def _adapted(level: Any, array: Any, inputs: Sequence[Any]) -> Any:
    """Python's numbers in the precision of the arrays that they meet, as NumPy has it."""
    strong = [x.dtype for x in inputs if hasattr(x, "dtype") and not (level.mine(x) and x.weak)]
    dtype = np.result_type(0.0, *strong) if strong else array.dtype
    return array if array.dtype == dtype or array.dtype.kind == "c" else array.astype(dtype)


# -- one array -------------------------------------------------------------------------------------


def _first(level: Any, inputs: Sequence[Any]) -> Any:
    """The array of the first input, if that alone has directions."""
    if level.mine(inputs[0]) and not any(level.mine(x) for x in inputs[1:]):
        return inputs[0].array
    return None


def _elementwise(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    return apply(primitive, aligned(level, inputs)[0], options)


def _as_it_is(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """A function of the last axes."""
    return apply(primitive, [inputs[0].array], options) if inputs[0].ndim >= 2 else None


def behind(axis: Any, ndim: int) -> Any:
    """Axes of a single direction, counted in the array of all."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, (tuple, list, range)):
        return tuple([int(a) % ndim + 1 for a in axis])
    return int(axis) % ndim + 1


def _by_axis(*names: str, whole: bool = False, last: bool = False) -> Rule:
    """A function whose options `names` are axes; with `whole`, None stands for all of them.

    With `last` they are the last axis where they are not given.
    """

    def rule(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        array = _first(level, inputs)
        ndim = inputs[0].ndim if array is not None else 0
        if array is None or ndim == 0 or options.get("where", True) is not True:
            return None
        moved = dict(options)
        for name in names:
            axis = options.get(name, -1 if last else None)
            if axis is None and not whole:
                return None
            moved[name] = behind(axis, ndim)
        return apply(primitive, [array, *inputs[1:]], moved)

    return rule


def _sum(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    plain = options.get("where", True) is True and not options.get("initial") and not options.get("dtype")
    if _first(level, inputs) is not None and inputs[0].ndim == 0 and plain:
        return inputs[0].array
    return _REDUCTION(level, primitive, inputs, options)


_REDUCTION = _by_axis("axis", whole=True)


def _reshape(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    array = inputs[0].array
    if options.get("order", "C") != "C":
        return None
    shape = options["shape"]
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if -1 in shape:
        rest = math.prod(n for n in shape if n != -1)
        if rest == 0:
            return None
        shape = tuple([inputs[0].size // rest if n == -1 else n for n in shape])
    return np.reshape(array, (level.size, *shape))


def _transpose(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    array, ndim = inputs[0].array, inputs[0].ndim
    axes = options.get("axes")
    axes = range(ndim)[::-1] if axes is None else axes
    return np.transpose(array, (0, *[int(a) % ndim + 1 for a in axes]))


def _expand_dims(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    axis = options["axis"]
    added = len(axis) if isinstance(axis, (tuple, list, range)) else 1
    return np.expand_dims(inputs[0].array, behind(axis, inputs[0].ndim + added))


def _squeeze(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    axis = options.get("axis")
    if axis is None:
        axis = tuple([k for k, n in enumerate(inputs[0].shape) if n == 1])
    return np.squeeze(inputs[0].array, behind(axis, inputs[0].ndim))


def _broadcast_to(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    shape = options["shape"]
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    array = inputs[0].array
    missing = len(shape) + 1 - array.ndim
    array = np.reshape(array, (level.size,) + (1,) * missing + array.shape[1:])
    return np.broadcast_to(array, (level.size, *shape))


# -- indices ---------------------------------------------------------------------------------------


def _index_behind(index: Any) -> Any:
    """An index of a single direction as one of all, or None where NumPy would move the axes."""
    index = index if isinstance(index, tuple) else (index,)
    arrays = [k for k, i in enumerate(index) if isinstance(i, (list, np.ndarray))]
    if arrays:
        advanced = [k for k, i in enumerate(index) if isinstance(i, (list, np.ndarray, int, np.integer))]
        if advanced != list(range(advanced[0], advanced[-1] + 1)) or any(isinstance(i, bool) for i in index):
            return None
    elif any(isinstance(i, (bool, np.bool_)) for i in index):
        return None
    return (slice(None), *index)


def _getitem(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    index = _index_behind(options["index"])
    return None if index is None else inputs[0].array[index]


def _scatter(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    shape = options["shape"]
    indices, parts = [], []
    places = np.broadcast_to(np.False_, shape)
    for part, index in zip(inputs, options["indices"], strict=True):
        moved = (...,) if index is ... else _index_behind(index)
        if moved is None:
            return None
        slot = places[index].shape
        if level.mine(part):
            array = part.array
            missing = len(slot) + 1 - array.ndim
            if missing < 0:
                return None
            if missing:
                array = np.reshape(array, (level.size,) + (1,) * missing + array.shape[1:])
        elif isinstance(part, Tracer):
            return None
        else:
            array = part
        indices.append(moved)
        parts.append(array)
    return apply(primitive, parts, {**options, "indices": indices, "shape": (level.size, *shape)})


# -- several arrays ----------------------------------------------------------------------------------


def _repeated(level: Any, x: Any) -> Any:
    """An input with the directions first."""
    if level.mine(x):
        return x.array
    return np.broadcast_to(x, (level.size, *np.shape(x)))


def _joined(new_axis: int) -> Rule:
    def rule(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        if any(isinstance(x, Tracer) and not level.mine(x) for x in inputs):
            return None
        arrays = [_repeated(level, x) for x in inputs]
        axis = behind(options.get("axis", 0), arrays[0].ndim - 1 + new_axis)
        return apply(primitive, arrays, {**options, "axis": axis})

    return rule


def _matmul(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    a, b = inputs
    m, n = np.ndim(a), np.ndim(b)
    if options or min(m, n) == 0 or (max(m, n) > 2 and (min(m, n) < 2 or primitive.name != "matmul")):
        return None
    if max(m, n) > 2:
        return np.matmul(*aligned(level, inputs)[0])
    if level.mine(a) and level.mine(b):
        left = a.array if m == 2 else a.array[:, None, :]
        right = b.array if n == 2 else b.array[:, :, None]
        product = np.matmul(left, right)
        product = product if m == 2 else product[:, 0]
        return product if n == 2 else product[..., 0]
    if level.mine(a):
        array = a.array
        if m == 1 or n == 1:
            return np.matmul(array, b)
        rows = np.matmul(np.reshape(array, (-1, array.shape[-1])), b)
        return np.reshape(rows, (*array.shape[:2], -1))
    array = b.array
    if n == 1:
        return np.matmul(array, np.transpose(a) if m == 2 else a)
    return np.matmul(a, array)


def _solve(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    a, b = inputs
    if level.mine(a) or np.ndim(a) != 2 or options:
        return None
    if b.ndim == 1:
        return np.transpose(apply(primitive, [a, np.transpose(b.array)], {}))
    return apply(primitive, [a, b.array], {}) if b.ndim >= 2 else None


def _outer(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    a, b = inputs
    left = np.reshape(a.array, (level.size, -1, 1)) if level.mine(a) else np.reshape(a, (-1, 1))
    right = np.reshape(b.array, (level.size, 1, -1)) if level.mine(b) else np.reshape(b, (1, -1))
    return left * right


def _einsum(level: Any, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    terms, _, output = options["subscripts"].partition("->")
    free = next((c for c in "zyxwvutsrqponmlkjihgfedcba" if c not in options["subscripts"]), None)
    if free is None or "." in options["subscripts"]:
        return None
    pairs = list(zip(inputs, terms.split(","), strict=True))
    written = ",".join(free + t if level.mine(x) else t for x, t in pairs) + "->" + free + output
    arrays = [x.array if level.mine(x) else x for x in inputs]
    return apply(primitive, arrays, {**options, "subscripts": written})


RULES: dict[str, Rule] = {
    **dict.fromkeys(("real", "imag", "astype", "where", "clip"), _elementwise),
    **dict.fromkeys(("tril", "triu", "inv", "det"), _as_it_is),
    "sum": _sum,
    **dict.fromkeys(("mean", "prod", "max", "min", "var", "std", "norm2", "normp"), _REDUCTION),
    **dict.fromkeys(("cumsum", "cumprod", "softmax", "logsoftmax", "roll"), _by_axis("axis")),
    **dict.fromkeys(("sort", "fft", "ifft", "rfft", "irfft"), _by_axis("axis", last=True)),
    **dict.fromkeys(("fftn", "ifftn", "fftshift", "ifftshift"), _by_axis("axes")),
    "flip": _by_axis("axis", whole=True),
    "moveaxis": _by_axis("source", "destination"),
    "swapaxes": _by_axis("axis1", "axis2"),
    "reshape": _reshape,
    "transpose": _transpose,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "broadcast_to": _broadcast_to,
    "getitem": _getitem,
    "scatter": _scatter,
    "stack": _joined(1),
    "concatenate": _joined(0),
    "solve": _solve,
    "matmul": _matmul,
    "dot": _matmul,
    "outer": _outer,
    **{f"einsum{count}": _einsum for count in (1, 2, 3)},
}
