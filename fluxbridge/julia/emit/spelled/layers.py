"""What layers of neural networks do: mostly functions of NNlib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spelling import (
    PRODUCT,
    Site,
    Spelled,
    Term,
    call,
    elementwise,
    infix,
    negative,
    reshaped,
    spelling,
    tuple_of,
    typed,
)
from .axes import dims_of


@spelling("W * x .+ b")
def affine(site: Site, w: Term, x: Term, b: Term) -> Spelled:
    w, x, b = typed([w, x, b], site.out)
    product = Term(f"{w.at(PRODUCT)} * {x.at(PRODUCT + 1)}", site.out, PRODUCT)
    return infix("+", product, b, site.out, dotted=True)


def _windows(dims: Any, pad: str) -> dict[str, Any]:
    """The keyword arguments for what `dims` says about windows, but for what they are anyway."""
    place = dims.place
    options: dict[str, Any] = {}
    settings = (("stride", place.stride, 1), (pad, place.pad, 0), ("dilation", place.dilation, 1))
    for name, values, usual in settings:
        if any(v != usual for v in values):
            options[name] = values[0] if len(set(values)) == 1 else tuple_of(values)
    options["groups"] = dims.groups if dims.groups != 1 else None
    return options


@spelling("NNlib.conv(x, w; stride, pad)")
def conv(site: Site, x: Term, w: Term, dims: Any) -> Spelled:
    x, w = typed([x, w], site.out)
    return call("NNlib.conv", x, w, **_windows(dims, "pad"), flipped="true" if dims.flipped else None)


def _dims(dims: Any, x_shape: tuple[int, ...], w_shape: tuple[int, ...]) -> str:
    options = _windows(dims, "padding")
    for name, value in options.items():
        if isinstance(value, int) and name in ("stride", "padding", "dilation"):
            count = len(dims.place.kernel) * (2 if name == "padding" else 1)
            options[name] = tuple_of([value] * count)
    flipped = "true" if dims.flipped else None
    return call("NNlib.DenseConvDims", tuple_of(x_shape), tuple_of(w_shape), **options, flipkernel=flipped)


@spelling("NNlib.∇conv_data(dy, w, dims)")
def conv_data(site: Site, dy: Term, w: Term, dims: Any) -> Spelled:
    return call("NNlib.∇conv_data", *typed([dy, w], site.out), _dims(dims, np.shape(site.out), w.shape))


@spelling("NNlib.∇conv_filter(x, dy, dims)")
def conv_weight(site: Site, x: Term, dy: Term, dims: Any) -> Spelled:
    return call("NNlib.∇conv_filter", *typed([x, dy], site.out), _dims(dims, x.shape, np.shape(site.out)))


def _pool(name: str, x: Term, place: Any) -> str:
    stride = tuple_of(place.stride) if place.stride != place.kernel else None
    pad = tuple_of(place.pad) if any(place.pad) else None
    return call(name, x, tuple_of(place.kernel), stride=stride, pad=pad)


@spelling("NNlib.maxpool(x, (2, 2); stride, pad)")
def maxpool(site: Site, x: Term, place: Any) -> Spelled:
    return _pool("NNlib.maxpool", x, place)


@spelling("NNlib.meanpool(x, (2, 2); stride, pad) * 4")
def sumpool(site: Site, x: Term, place: Any) -> Spelled:
    return Term(f"{_pool('NNlib.meanpool', x, place)} * {int(np.prod(place.kernel))}", site.out, PRODUCT)


def _indices(site: Site, index: tuple[np.ndarray, ...]) -> str | Term:
    """Indices as NNlib takes them: numbers, or CartesianIndex."""
    if len(index) == 1:
        return site.capture(index[0] + 1) if index[0].ndim else f"fill({int(index[0]) + 1})"
    return f"CartesianIndex.({', '.join(str(site.capture(i + 1)) for i in index)})"


@spelling("NNlib.gather(x, index)")
def gather(site: Site, x: Term, index: Any) -> Spelled:
    return call("NNlib.gather", x, _indices(site, index))


def scatter_by(op: str) -> Callable[..., Spelled]:
    @spelling(f"NNlib.scatter({op}, x, index; dstsize)")
    def spelled(site: Site, x: Term, index: Any, sizes: Any) -> Spelled:
        return call("NNlib.scatter", op, x, _indices(site, index), dstsize=tuple_of(np.shape(site.out)))

    return spelled


@spelling("FluxBridge.standardise(x, eps, dims), perhaps scale .* that .+ shift")
def standardise(
    site: Site, x: Term, eps: Term, *affine: Term, axes: Any, shape: Any, known: Any = None
) -> Spelled:
    dims = dims_of(tuple(axes), x.ndim)
    y = Term(call("FluxBridge.standardise", *typed([x, eps], x.value), dims), x.value)
    if not affine:
        return y
    scale, shift = [reshaped(v, shape) for v in affine]
    return elementwise("+", (elementwise("*", (scale, y), site.out), shift), site.out)


@spelling("-sum(y .* NNlib.logsoftmax(x; dims); dims)")
def cross_entropies(site: Site, x: Term, y: Term, axis: Any = 0) -> Spelled:
    dims = dims_of(axis, x.ndim)
    logs = Term(call("NNlib.logsoftmax", x, dims=dims), x.value)
    total = Term(call("sum", elementwise("*", (y, logs), x.value), dims=dims), site.out)
    return negative(total, site.out)


@spelling("FluxBridge.lstm(x, Wi, Wh, b, h0, c0)")
def lstm(site: Site, x: Term, wi: Term, wh: Term, b: Term, h0: Term, c0: Term, by_x: bool = True) -> Spelled:
    return call("FluxBridge.lstm", x, wi, wh, b, h0, c0)


def _flipped(dims: Any) -> str | None:
    return None if dims.flipped else "false"


def _kernel(dims: Any, channels: int) -> str:
    return tuple_of((*dims.place.kernel, channels, 1))


@spelling("NNlib.unfold(x, kernel_size; stride, pad)")
def unfold(site: Site, x: Term, dims: Any) -> Spelled:
    options = {**_windows(dims, "pad"), "flipped": _flipped(dims)}
    return call("NNlib.unfold", x, _kernel(dims, x.shape[-2]), **options)


@spelling("NNlib.fold(y, output_size, kernel_size; stride, pad)")
def fold(site: Site, y: Term, dims: Any) -> Spelled:
    shape = np.shape(site.out)
    options = {**_windows(dims, "pad"), "flipped": _flipped(dims)}
    return call("NNlib.fold", y, tuple_of(shape), _kernel(dims, shape[-2]), **options)


@spelling("NNlib.grid_sample(x, grid; padding_mode)")
def grid_sample(site: Site, x: Term, grid: Term, border: bool) -> Spelled:
    return call("NNlib.grid_sample", x, grid, padding_mode=":border" if border else ":zeros")


@spelling("NNlib.imrotate(x, θ; method, rotation_center)")
def imrotate(site: Site, x: Term, turn: Any) -> Spelled:
    centre = tuple_of([c + 1 for c in turn.centre])
    return call("NNlib.imrotate", x, turn.angle, method=f":{turn.method}", rotation_center=centre)
