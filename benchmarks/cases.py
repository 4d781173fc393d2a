"""What is computed. Every function is written once, for any namespace `xp` that looks like NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fluxbridge import checkpointed

from .engines import COMPILED, FORWARD


@dataclass(frozen=True)
class Target:
    """fluxbridge needs at most `limit` times what `peer` needs, of "time" or of "memory"."""

    peer: str
    limit: float
    of: str = "time"
    by: str = "fluxbridge"


@dataclass(frozen=True)
class Case:
    """One benchmark."""

    name: str
    title: str
    make: Callable[[Any], Callable[..., Any]]
    inputs: Callable[[], tuple[Any, ...]]
    targets: tuple[Target, ...] = ()
    without: dict[str, str] = field(default_factory=dict)  #: engine -> why it does not take part
    in_blocks: Callable[[Any], Callable[..., Any]] | None = None  #: the same with checkpointed blocks
    memory: bool = False
    tolerance: float = 1e-9


def _random(*shape: int, dtype: Any = np.float64) -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(dtype)


def scalar_loop(xp: Any, steps: int = 1000) -> Any:
    def f(x: Any) -> Any:
        y = x
        for _ in range(steps):
            y = y * x
        return y

    return f


def babylonian(xp: Any) -> Any:
    def f(x: Any) -> Any:
        t = (1.0 + x) / 2.0
        for _ in range(9):
            t = (t + x / t) / 2.0
        return t

    return f


def rosenbrock(xp: Any) -> Any:
    return lambda x: xp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def small_vectors(xp: Any) -> Any:
    """Ten operations on two vectors of 16 elements."""

    def f(x: Any, y: Any) -> Any:
        z = xp.sin(x) * y + x
        z = xp.exp(-z * z) - y / 3.0
        return xp.sum(xp.tanh(z) * x)

    return f


def elementwise(xp: Any) -> Any:
    return lambda x: xp.sum(xp.tanh(x) * x + xp.exp(-x * x))


def sine(xp: Any) -> Any:
    return lambda x: xp.sum(xp.sin(x))


def polynomial(xp: Any) -> Any:
    return lambda x, y: xp.sum(x * y * x + 3.0 * y - x)


def picking(xp: Any) -> Any:
    def f(x: Any) -> Any:
        total = 0.0
        for i in range(len(x)):
            picked = x[i]
            total = total + picked * picked
        return total

    return f


def mlp(xp: Any, dtype: Any = np.float32) -> Any:
    """784-64-10 with tanh and the cross entropy of the softmax; the data are constants."""
    x, wanted = _random(128, 784, dtype=dtype), np.eye(10, dtype=dtype)[np.arange(128) % 10]
    if hasattr(xp, "from_numpy"):
        x, wanted = xp.from_numpy(x), xp.from_numpy(wanted)

    def f(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = xp.tanh(x @ w1 + b1) @ w2 + b2
        z = z - xp.log(xp.sum(xp.exp(z), axis=1, keepdims=True))
        return -xp.sum(wanted * z) / 128

    return f


def mlp_parameters(dtype: Any = np.float32) -> tuple[Any, ...]:
    first, second = 0.05 * _random(784, 64, dtype=dtype), 0.1 * _random(64, 10, dtype=dtype)
    return first, np.zeros(64, dtype), second, np.zeros(10, dtype)


def double_mlp(xp: Any) -> Any:
    return mlp(xp, np.float64)


def double_parameters() -> tuple[Any, ...]:
    return mlp_parameters(np.float64)


def log_determinant(xp: Any) -> Any:
    return lambda a: xp.linalg.slogdet(a)[1]


def chain(xp: Any, pairs: int = 100) -> Any:
    def f(x: Any) -> Any:
        for _ in range(pairs):
            x = xp.tanh(x) * 1.01
        return xp.sum(x)

    return f


def chain_in_blocks(xp: Any) -> Any:
    """The same 100 pairs: 5 blocks of 5 blocks of 4, so that about 5 + 5 + 4 arrays are kept."""

    def pairs(x: Any) -> Any:
        for _ in range(4):
            x = xp.tanh(x) * 1.01
        return x

    def block(x: Any) -> Any:
        for _ in range(5):
            x = checkpointed(pairs, x)
        return x

    def f(x: Any) -> Any:
        for _ in range(5):
            x = checkpointed(block, x)
        return xp.sum(x)

    return f


_MILLION = 1_000_000
_TOO_SLOW = {"JAX": "minutes", "JAX, jit": "minutes to compile"}
_SMALL = (Target("autograd", 1 / 3), Target("PyTorch", 1.0))
_COMPILED = (Target("PyTorch", 1.0, by=COMPILED), Target("JAX, jit", 1.0, by=COMPILED))
_LARGE = (Target("PyTorch", 1.0), Target(FORWARD, 3.0), *_COMPILED)

CASES = [
    Case(
        "scalar-loop", "1,000 multiplications of one number", scalar_loop, lambda: (1.001,),
        (Target("autograd", 1 / 40), Target("PyTorch", 1 / 7)),
    ),
    Case(
        "babylonian", "Babylonian square root, 10 steps", babylonian, lambda: (7.0,),
        (Target("autograd", 1 / 20), Target("PyTorch", 1 / 7), Target("JAX, jit", 1 / 2, by=COMPILED)),
    ),
    Case(
        "rosenbrock", "Rosenbrock's function of 100 variables", rosenbrock, lambda: (_random(100),),
        (*_SMALL, Target("JAX, jit", 1 / 2, by=COMPILED)),
    ),
    Case(
        "small-vectors", "10 operations on vectors of 16 elements", small_vectors,
        lambda: (_random(16), 0.5 + _random(16) ** 2), (*_SMALL, Target("JAX, jit", 1.0, by=COMPILED)),
    ),
    Case(
        "elementwise", "sum(tanh(x) * x + exp(-x * x)) over 1e6 elements", elementwise,
        lambda: (_random(_MILLION),), _LARGE, memory=True,
    ),
    Case(
        "polynomial", "sum(x * y * x + 3 * y - x) over 1e6 elements", polynomial,
        lambda: (_random(_MILLION), _random(_MILLION) + 1.0), _LARGE, memory=True,
    ),
    Case(  # NumPy's own sin takes ten times as long as PyTorch's
        "sine", "sum(sin(x)) over 1e6 elements", sine, lambda: (_random(_MILLION),), _LARGE
    ),
    Case(
        "picking", "10,000 elements picked one by one", picking, lambda: (_random(10_000),), without=_TOO_SLOW
    ),
    Case(
        "mlp", "784-64-10 perceptron, batch of 128, float32", mlp, mlp_parameters,
        (Target("PyTorch", 1.0),), memory=True, tolerance=1e-4,
    ),
    Case(
        "mlp64", "784-64-10 perceptron, batch of 128, float64", double_mlp, double_parameters,
        (Target("PyTorch", 0.9, by=COMPILED), Target("JAX, jit", 1.0, by=COMPILED)),
    ),
    Case(
        "slogdet", "log-determinant of a 100 x 100 matrix", log_determinant,
        lambda: (_random(100, 100) + 10.0 * np.eye(100),), (Target("PyTorch", 1.0),),
        without={"MyGrad": "has no slogdet"},
    ),
    Case(
        "chain", "200 elementwise operations over 1e6 elements", chain, lambda: (_random(_MILLION),),
        (
            *_LARGE,
            Target("autograd", 1.0, "memory"),
            Target("autograd", 1 / 5, "memory", by="fluxbridge, checkpointed"),
        ),
        in_blocks=chain_in_blocks, memory=True,
    ),
]  # fmt: skip
