"""Layers and training steps of tutorials, beside PyTorch: ``python -m benchmarks --only layers``.

Of a layer: the forward pass and the gradient by its weights and its input, which lies in memory as
convolutions leave their results (channels first), as it does in the middle of a network. Of a network: the
forward pass, the gradient and an update by Adam. PyTorch has our weights and data (see :mod:`.torchtwin`),
and must find our losses over three steps. One thread, time of the processor, in turns, the least of many
rounds.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .flux import has_torch
from .report import duration
from .timing import _keep_freed_memory, in_turns

OURS, TORCH = "fluxbridge", "PyTorch"
LIMIT = 1.5  #: times PyTorch's time
SECONDS = 6.0  #: for one case
RATE = 1e-3
TOLERANCE = 1e-3  #: of the losses


@dataclass(frozen=True)
class Case:
    """A layer (`loss` is None), or a network that is trained."""

    name: str
    title: str
    model: Callable[[], Any]
    data: Callable[
        [], tuple[np.ndarray, Any]
    ]  #: x, and the target; or with what a layer's output is multiplied
    loss: str | None = None


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def _one_hot(classes: int, *shape: int) -> np.ndarray:
    labels = np.random.default_rng(1).integers(0, classes, shape)
    return np.moveaxis(np.eye(classes, dtype=np.float32)[labels], -1, 0).copy()


# -- what is measured ----------------------------------------------------------------------------------


def _convolution(kernel: int, channels: int, groups: int) -> Any:
    from fluxbridge.flux import Conv

    return Conv((kernel, kernel), (channels, channels), pad=kernel // 2, groups=groups)


def _batchnorm() -> Any:
    from fluxbridge.flux import BatchNorm, Chain, trainmode_

    return trainmode_(Chain(BatchNorm(64)))


def _layernorm() -> Any:
    from fluxbridge.flux import Chain, LayerNorm

    return Chain(LayerNorm(256))


def _gelu() -> Any:
    from fluxbridge.flux import Chain, gelu

    return Chain(gelu)


def _convmixer() -> Any:
    from fluxbridge.flux import (
        BatchNorm,
        Chain,
        Conv,
        Dense,
        GlobalMeanPool,
        SamePad,
        SkipConnection,
        flatten,
        gelu,
    )

    width, kernel = 64, (5, 5)

    def block() -> Any:
        depthwise = Conv(kernel, (width, width), gelu, pad=SamePad(), groups=width)
        return Chain(
            SkipConnection(Chain(depthwise, BatchNorm(width)), np.add),
            Chain(Conv((1, 1), (width, width), gelu), BatchNorm(width)),
        )

    patches = Conv((2, 2), (3, width), gelu, stride=2)
    return Chain(
        patches, BatchNorm(width), *(block() for _ in range(3)), GlobalMeanPool(), flatten, Dense((width, 10))
    )


@functools.cache
def _gpt_layers() -> tuple[type, type]:
    from fluxbridge.flux import Embedding, MultiHeadAttention, layer, make_causal_mask

    @layer
    class SelfAttention:
        def __init__(self, width: int, heads: int, length: int):
            self.attention = MultiHeadAttention(width, nheads=heads)
            self.mask = make_causal_mask(np.zeros((1, length)))

        def __call__(self, x: Any) -> Any:
            return self.attention(x, mask=self.mask)[0]

    @layer
    class Positions:
        def __init__(self, letters: int, width: int, length: int):
            self.tokens = Embedding((letters, width))
            self.positions = _random(width, length) / 10

        def __call__(self, x: Any) -> Any:
            return self.tokens(x) + self.positions[:, :, None]

    return SelfAttention, Positions


def _gpt() -> Any:
    from fluxbridge.flux import Chain, Dense, LayerNorm, SkipConnection, gelu

    attention, positions = _gpt_layers()
    width, heads, length, letters = 64, 4, 64, 65

    def block() -> Any:
        mlp = Chain(LayerNorm(width), Dense((width, 4 * width), gelu), Dense((4 * width, width)))
        attend = Chain(LayerNorm(width), attention(width, heads, length))
        return Chain(SkipConnection(attend, np.add), SkipConnection(mlp, np.add))

    return Chain(
        positions(letters, width, length), block(), block(), LayerNorm(width), Dense((width, letters))
    )


def _dcgan() -> Any:
    from fluxbridge.flux import BatchNorm, Chain, Conv, ConvTranspose, Dense, flatten, leakyrelu, relu

    generator = Chain(
        ConvTranspose((7, 7), (64, 64)),
        BatchNorm(64, relu),
        ConvTranspose((5, 5), (64, 32), pad=2),
        BatchNorm(32, relu),
        ConvTranspose((4, 4), (32, 16), stride=2, pad=1),
        BatchNorm(16, relu),
        ConvTranspose((4, 4), (16, 1), stride=2, pad=1),
    )
    critic = Chain(
        Conv((4, 4), (1, 32), leakyrelu, stride=2, pad=1),
        Conv((4, 4), (32, 64), leakyrelu, stride=2, pad=1),
        BatchNorm(64),
        flatten,
        Dense((7 * 7 * 64, 1)),
    )
    return Chain(generator, critic)


def _unet() -> Any:
    from fluxbridge.flux import BatchNorm, Chain, Conv, ConvTranspose, MaxPool, SkipConnection, cat, relu

    def twice(inside: int, out: int) -> list[Any]:
        first, second = Conv((3, 3), (inside, out), pad=1), Conv((3, 3), (out, out), pad=1)
        return [first, BatchNorm(out, relu), second, BatchNorm(out, relu)]

    def beside(a: Any, b: Any) -> Any:
        return cat(a, b, axis=2)

    def level(width: int, inner: list[Any]) -> list[Any]:
        up = ConvTranspose((2, 2), (2 * width, width), stride=2)
        below = Chain(MaxPool((2, 2)), *twice(width, 2 * width), *inner, up)
        return [SkipConnection(below, beside), *twice(2 * width, width)]

    return Chain(*twice(1, 16), *level(16, level(32, [])), Conv((1, 1), (16, 1)))


def _images(size: int, channels: int, batch: int) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    def made(seed: int) -> np.ndarray:
        return np.moveaxis(_random(channels, size, size, batch, seed=seed), 0, 2)

    return lambda: (made(0), made(2))


def _tokens() -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(0).integers(0, 65, (64, 16)), _one_hot(65, 64, 16)


CASES = (
    Case("depthwise", "depthwise convolution 3×3, 64 channels, 32×32, batch 16",
         lambda: _convolution(3, 64, 64), _images(32, 64, 16)),
    Case("depthwise5", "depthwise convolution 5×5, 64 channels, 16×16, batch 32",
         lambda: _convolution(5, 64, 64), _images(16, 64, 32)),
    Case("grouped", "convolution 3×3 in 8 groups, 64 channels, 32×32, batch 16",
         lambda: _convolution(3, 64, 8), _images(32, 64, 16)),
    Case("batchnorm", "BatchNorm, 64 channels, 16×16, batch 32", _batchnorm, _images(16, 64, 32)),
    Case("layernorm", "LayerNorm of 256, 1024 observations", _layernorm,
         lambda: (_random(256, 1024), _random(256, 1024, seed=2))),
    Case("gelu", "gelu of 256×1024 numbers", _gelu, lambda: (_random(256, 1024), _random(256, 1024, seed=2))),
    Case("convmixer", "ConvMixer, 3 blocks of width 64, kernel 5, 32×32 images, batch 32", _convmixer,
         lambda: (_random(32, 32, 3, 32), _one_hot(10, 32)), "logitcrossentropy"),
    Case("gpt", "GPT, 2 blocks of width 64, 4 heads, 64 letters, batch 16", _gpt, _tokens,
         "logitcrossentropy"),
    Case("dcgan", "DCGAN, generator and critic, 28×28 images, batch 32", _dcgan,
         lambda: (_random(1, 1, 64, 32), np.ones((1, 32), np.float32)), "logitbinarycrossentropy"),
    Case("unet", "U-Net, 3 levels from width 16, 32×32 images, batch 16", _unet, _images(32, 1, 16), "mse"),
)  # fmt: skip

# -- both engines ------------------------------------------------------------------------------------------

Step = Callable[[], float]


def _ours(case: Case, model: Any) -> Step:
    from fluxbridge import flux

    x, y = case.data()
    if case.loss is None:
        return lambda: float(flux.withgradient(lambda m, x: np.sum(m(x) * y), model, x).val)
    loss = getattr(flux, case.loss)
    state = flux.setup(flux.Adam(RATE), model)

    def step() -> float:
        found = flux.withgradient(lambda m: loss(m(x), y), model)
        flux.update_(state, model, found.grad[0])
        return float(found.val)

    return step


def _with_torch(case: Case, model: Any) -> Step:
    import torch
    from torch.nn import functional

    from .torchtwin import tensor, twin

    torch.set_num_threads(1)
    x, y = map(tensor, case.data())
    net = twin(model)
    if case.loss is None:
        x.requires_grad_()

        def only_gradient() -> float:
            x.grad = None
            net.zero_grad()
            value = (net(x) * y).sum()
            value.backward()
            return value.item()

        return only_gradient

    def cross_entropy(found: Any, wanted: Any) -> Any:
        return functional.cross_entropy(found.flatten(0, -2), wanted)

    losses = {
        "mse": functional.mse_loss,
        "logitcrossentropy": cross_entropy,
        "logitbinarycrossentropy": functional.binary_cross_entropy_with_logits,
    }
    loss = losses[case.loss]
    if case.loss == "logitcrossentropy":
        y = torch.argmax(y, dim=-1).flatten()
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)

    def step() -> float:
        optimiser.zero_grad()
        value = loss(net(x), y)
        value.backward()
        optimiser.step()
        return value.item()

    return step


def measure(case: Case, seconds: float = SECONDS) -> dict[str, dict[str, float]]:
    """Seconds of a step with both. Raises AssertionError if they find other losses."""
    from fluxbridge.flux import seed_

    _keep_freed_memory()
    seed_(0)  # Adam makes a difference of rounding a large one for a few weights
    model = case.model()
    makers = {OURS: _ours} | ({TORCH: _with_torch} if has_torch() else {})
    calls = {name: make(case, copy.deepcopy(model)) for name, make in makers.items()}
    losses = {name: [step() for _ in range(3)] for name, step in calls.items()}
    for name, found in losses.items():
        if not np.allclose(found, losses[OURS], rtol=TOLERANCE, atol=1e-2 if case.loss is None else 0):
            raise AssertionError(f"{case.name}: {name} finds other losses than {OURS}: {losses}")
    return in_turns(calls, seconds)


def run(chosen: list[str] | None = None) -> dict[str, Any]:
    """Measure and print everything."""
    results: dict[str, Any] = {}
    print(f"\nlayers: least time of a step, and its ratio to {TORCH}'s, at most {LIMIT}")
    for case in CASES:
        if chosen and case.name not in chosen:
            continue
        times = measure(case)
        result: dict[str, Any] = {"time": times}
        ours, line = times[OURS]["min"], f"  {case.name:11}{duration(times[OURS]['min']):>10}"
        if TORCH in times:
            found = ours / times[TORCH]["min"]
            result["target"] = {"limit": LIMIT, "found": found, "met": found <= LIMIT}
            mark = "met   " if found <= LIMIT else "MISSED"
            line += f"{duration(times[TORCH]['min']):>10}{found:>8.2f}  {mark}"
        print(f"{line}  {case.title}", flush=True)
        results[case.name] = result
    return results


if __name__ == "__main__":
    import sys

    run(sys.argv[1:])
