"""A training step of three networks, beside PyTorch and the real Flux: ``python -m benchmarks --only flux``.

A step is the forward pass, the gradient and an update of all parameters. The networks, data and
first weights of PyTorch are ours, and so must be the losses it finds over three steps; Flux has its own
weights of the same sizes. One thread, time of the processor, the least of many rounds; here and for
PyTorch in turns in this process, for Flux after them (the measuring loop runs inside of Julia).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .report import duration
from .timing import _keep_freed_memory, in_turns

OURS, COMPILED, TORCH, FLUX = "fluxbridge", "compiled", "PyTorch", "Flux"
SECONDS = 4.0  #: for one network with one rule
RULES = ("Descent", "Adam")
RATE = 1e-3
TOLERANCE = 1e-4  #: of the losses
STEPS = 10  #: that each engine does before the next has its turn, as in a training loop


@dataclass(frozen=True)
class Network:
    """One network: what it is here, in PyTorch and in Flux, and how fast it has to be.

    `limits` says by peers how many times their time the eager step may take; together they are one limit, on
    the faster. The compiled step may take as long as the faster of all.
    """

    name: str
    title: str
    model: Callable[[], Any]
    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    loss: str  #: its name in Flux
    torch: Callable[[Any], Any]
    turned: tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]
    julia: str  #: model, x and y in Julia
    limits: tuple[tuple[tuple[str, ...], float], ...]


def _random(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


def _labels(batch: int) -> np.ndarray:
    classes = np.random.default_rng(1).integers(0, 10, batch)
    return np.ascontiguousarray(np.eye(10, dtype=np.float32)[:, classes])


# -- the three networks ------------------------------------------------------------------------------


def _mlp() -> Any:
    from fluxbridge.flux import Chain, Dense, relu

    return Chain(Dense((784, 256), relu), Dense((256, 10)))


def _lenet() -> Any:
    from fluxbridge.flux import Chain, Conv, Dense, MaxPool, flatten, relu

    return Chain(
        Conv((5, 5), (1, 6), relu),
        MaxPool((2, 2)),
        Conv((5, 5), (6, 16), relu),
        MaxPool((2, 2)),
        flatten,
        Dense((256, 120), relu),
        Dense((120, 84), relu),
        Dense((84, 10)),
    )


def _lstm() -> Any:
    from fluxbridge.flux import LSTM, Chain, Dense

    return Chain(LSTM((64, 64)), Dense((64, 1)))


def _tensor(array: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(np.array(array, order="C"))


def _torch_dense(layer: Any) -> Any:
    import torch

    made = torch.nn.Linear(layer.weight.shape[1], layer.weight.shape[0])
    made.weight.data = _tensor(layer.weight)
    made.bias.data = _tensor(layer.bias)
    return made


def _torch_conv(layer: Any) -> Any:
    """(width, height, in, out), turned round, becomes (out, in, height, width)."""
    import torch

    weight = np.transpose(layer.weight[::-1, ::-1], (3, 2, 1, 0))
    made = torch.nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:])
    made.weight.data = _tensor(weight)
    made.bias.data = _tensor(layer.bias)
    return made


def _torch_mlp(model: Any) -> Any:
    import torch

    first, second = map(_torch_dense, model.layers)
    return torch.nn.Sequential(first, torch.nn.ReLU(), second)


def _torch_lenet(model: Any) -> Any:
    from torch import nn

    conv1, _, conv2, _, _, *dense = model.layers
    images = [_torch_conv(conv1), nn.ReLU(), nn.MaxPool2d(2), _torch_conv(conv2), nn.ReLU(), nn.MaxPool2d(2)]
    first, second, third = map(_torch_dense, dense)
    return nn.Sequential(*images, nn.Flatten(), first, nn.ReLU(), second, nn.ReLU(), third)


def _torch_lstm(model: Any) -> Any:
    import torch

    recurrent, dense = model.layers

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(64, 64)
            self.dense = _torch_dense(dense)
            for name, array in zip(
                ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), vars(recurrent.cell).values(), strict=True
            ):
                getattr(self.lstm, name).data = _tensor(array)
            self.lstm.bias_hh_l0.data.zero_()
            self.lstm.bias_hh_l0.requires_grad_(False)

        def forward(self, x: Any) -> Any:
            return self.dense(self.lstm(x)[0])

    return Net()


NETWORKS = (
    Network(
        "mlp", "MLP 784-256-10, batch 128", _mlp, lambda: (_random(784, 128), _labels(128)),
        "logitcrossentropy", _torch_mlp, (np.transpose, np.transpose),
        "Chain(Dense(784 => 256, relu), Dense(256 => 10)), randn(Float32, 784, 128), "
        "Flux.onehotbatch(rand(0:9, 128), 0:9)",
        (((TORCH, FLUX), 1.1),),
    ),
    Network(
        "lenet", "LeNet, 28×28 images, batch 32", _lenet, lambda: (_random(28, 28, 1, 32), _labels(32)),
        "logitcrossentropy", _torch_lenet, (np.transpose, np.transpose),
        "Chain(Conv((5, 5), 1 => 6, relu), MaxPool((2, 2)), Conv((5, 5), 6 => 16, relu), MaxPool((2, 2)), "
        "Flux.flatten, Dense(256 => 120, relu), Dense(120 => 84, relu), Dense(84 => 10)), "
        "randn(Float32, 28, 28, 1, 32), Flux.onehotbatch(rand(0:9, 32), 0:9)",
        (((TORCH,), 2.0), ((FLUX,), 1.0)),
    ),
    Network(
        "lstm", "LSTM 64, 50 steps, batch 32", _lstm, lambda: (_random(64, 50, 32), _random(1, 50, 32)),
        "mse", _torch_lstm, (lambda x: np.transpose(x, (1, 2, 0)), lambda y: np.transpose(y, (1, 2, 0))),
        "Chain(LSTM(64 => 64), Dense(64 => 1)), randn(Float32, 64, 50, 32), randn(Float32, 1, 50, 32)",
        (((FLUX,), 1.0),),
    ),
)  # fmt: skip

# -- a step with each engine --------------------------------------------------------------------------

Step = Callable[[], float]


def _ours(network: Network, rule: str, model: Any) -> Step:
    from fluxbridge import flux

    x, y = network.data()
    loss = getattr(flux, network.loss)
    state = flux.setup(getattr(flux, rule)(RATE), model)

    def step() -> float:
        found = flux.withgradient(lambda m: loss(m(x), y), model)
        flux.update_(state, model, found.grad[0])
        return float(found.val)

    return step


def _compiled(network: Network, rule: str, model: Any) -> Step:
    from fluxbridge import flux

    batch, loss = network.data(), getattr(flux, network.loss)
    state = flux.setup(getattr(flux, rule)(RATE), model)

    def of_batch(m: Any, x: Any, y: Any) -> Any:
        return loss(m(x), y)

    return lambda: float(flux.trainstep_(of_batch, model, batch, state, compile=True))


def _with_torch(network: Network, rule: str, model: Any) -> Step:
    import torch

    torch.set_num_threads(1)
    net = network.torch(model)
    x, y = (_tensor(turn(a)) for turn, a in zip(network.turned, network.data(), strict=True))
    if network.loss == "mse":
        loss = torch.nn.functional.mse_loss
    else:
        loss, y = torch.nn.functional.cross_entropy, torch.argmax(y, dim=1)
    kind = {"Descent": torch.optim.SGD, "Adam": torch.optim.Adam}[rule]
    optimiser = kind([p for p in net.parameters() if p.requires_grad], lr=RATE)

    def step() -> float:
        optimiser.zero_grad()
        value = loss(net(x), y)
        value.backward()
        optimiser.step()
        return value.item()

    return step


_TIMER = """
function (seconds)
    BLAS.set_num_threads(1)
    model, x, y = MODEL
    state = Flux.setup(RULE(1f-3), model)
    function step()
        value, grads = Flux.withgradient(m -> Flux.LOSS(m(x), y), model)
        Flux.update!(state, model, grads[1])
        value
    end
    clock() = ccall(:clock, Clong, ()) / 1e6
    step()
    stop, times = time() + seconds, Float64[]
    while time() < stop || length(times) < 5
        start = clock()
        for _ in 1:STEPS
            step()
        end
        push!(times, (clock() - start) / STEPS)
    end
    return (minimum(times), sort(times)[cld(length(times), 2)])
end
"""


def _with_flux(network: Network, rule: str) -> dict[str, float]:
    from fluxbridge import julia

    julia.start(isolated=True)  # beside PyTorch
    text = (
        _TIMER.replace("MODEL", network.julia)
        .replace("RULE", rule)
        .replace("LOSS", network.loss)
        .replace("STEPS", str(STEPS))
    )
    least, median = julia.function("let BLAS = Flux.LinearAlgebra.BLAS; " + text + " end")(SECONDS)
    return {"min": float(least), "median": float(median)}


def has_torch() -> bool:
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def _several(step: Step) -> Callable[[], None]:
    def steps() -> None:
        for _ in range(STEPS):
            step()

    return steps


def measure(network: Network, rule: str, with_flux: bool) -> dict[str, dict[str, float]]:
    """Seconds of a step with each engine that is there."""
    _keep_freed_memory()
    model = network.model()
    makers = {OURS: _ours, COMPILED: _compiled} | ({TORCH: _with_torch} if has_torch() else {})
    calls = {name: make(network, rule, copy.deepcopy(model)) for name, make in makers.items()}
    losses = {name: [step() for _ in range(3)] for name, step in calls.items()}
    for name, found in losses.items():
        if not np.allclose(found, losses[OURS], rtol=TOLERANCE):
            raise AssertionError(f"{network.name}: {name} finds other losses than {OURS}: {losses}")
    found = in_turns({name: _several(step) for name, step in calls.items()}, SECONDS)
    times = {name: {k: seconds / STEPS for k, seconds in t.items()} for name, t in found.items()}
    if with_flux:
        times[FLUX] = _with_flux(network, rule)
    return times


def judge(network: Network, times: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """The ratios found, next to those aimed at, for the peers that are there."""
    judged = []
    for ours, peers, limit in [*((OURS, *row) for row in network.limits), (COMPILED, (TORCH, FLUX), 1.0)]:
        there = [times[p]["min"] for p in peers if p in times]
        if there:
            found = times[ours]["min"] / min(there)
            name = "the faster of " + " and ".join(peers) if len(peers) > 1 else peers[0]
            judged.append({"ours": ours, "peer": name, "limit": limit, "found": found, "met": found <= limit})
    return judged


def run(with_flux: bool) -> dict[str, Any]:
    """Measure and print everything."""
    results: dict[str, Any] = {}
    print("\nflux: a training step (forward, gradient, update), least and median")
    for network in NETWORKS:
        for rule in RULES:
            times = measure(network, rule, with_flux)
            targets = judge(network, times)
            results[f"{network.name}, {rule}"] = {"time": times, "targets": targets}
            print(f"\n  {network.title}, {rule}")
            for name, t in times.items():
                ratio = "" if name == OURS else f"{times[OURS]['min'] / t['min']:.3g}"
                print(f"    {name:12}{duration(t['min']):>10}{duration(t['median']):>10}   {ratio:>6}")
            for target in targets:
                mark = "met   " if target["met"] else "MISSED"
                limit = f"at most {target['limit']} of {target['peer']}"
                print(f"    {mark} {target['ours']}: {limit}: {target['found']:.3g}")
    return results
