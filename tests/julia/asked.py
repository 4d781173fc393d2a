"""What Julia is asked for the record: every sample of a spelling, the programs, every operator.

Each entry is a function that asks for derivatives by `AutoZygote()` and its like and returns what the engine
in Julia says; with ``ad=()`` it asks the native engine for the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "emit"))
from programs import PROGRAMS
from rulecheck import Sample, random_like
from test_spellings import _arguments, chosen

from fluxbridge import (
    AutoForwardDiff,
    AutoZygote,
    diaghessian,
    gradient,
    hessian,
    hessian_reverse,
    jacobian,
    pullback,
    withgradient,
    withjacobian,
)

#: A question: called with the AD type, or with none, it returns derivatives.
Question = Callable[..., Any]


def pulled(f: Any, args: Any, *ad: Any) -> Any:
    """(value, gradients) of a function for the seeds of the live tests."""
    y, back = pullback(f, *ad, *args)
    parts = y if isinstance(y, (tuple, list)) else [y]
    rng = np.random.default_rng(0)
    seeds = [None if p is None else random_like(rng, p) for p in parts]
    seed: Any = seeds[0]
    if isinstance(y, (tuple, list)):
        seed = type(y)(*seeds) if hasattr(y, "_fields") else type(y)(seeds)
    return y, back(seed)


def samples() -> dict[str, Sample]:
    """The samples of the spellings, by a name for each."""
    found = {}
    for name, sample in chosen():
        is_complex = any(map(np.iscomplexobj, sample.args))
        found[f"spelling of {name}{' of complex numbers' if is_complex else ''}"] = sample
    return found


X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


class Layer:
    """An object with a matrix, a name and a number, that can be called."""

    def __init__(self, scale: Any = 2.0) -> None:
        self.weight, self.name, self.scale = np.array([[1.0, 2.0], [3.0, 4.0]]), "first", scale

    def __call__(self, x: Any) -> Any:
        return self.weight @ x * self.scale


def _of_structures(layer: Any, p: Any, xs: Any, n: Any, text: Any) -> Any:
    return np.sum(layer(xs[0]) ** 2) * p["a"][1] + p["deep"]["end"] ** 2 + xs[1] * n


STRUCTURES = (
    Layer(),
    {"a": [1.0, 3.0], "deep": {"end": 2.0, "x": "y"}, 3: 4.0},
    (np.array([1.0, -2.0]), 2.0, None),
    3,
    "text",
)


def _scalar(x: Any) -> Any:
    return np.sum(x**3) * x[0, 1] + x[1, 0] * x[0, 2] ** 2


def _several(x: Any) -> Any:
    return np.sin(x[0]) * x[1, 0], {"s": np.sum(x**2), "n": 3}, [x[1], None]


def _seeds(f: Any, x: Any, seeds: Any, *ad: Any) -> Any:
    y, back = pullback(f, *ad, x)
    return [y[0], y[1]["s"], *[back(s) for s in seeds]]


SEEDS = [
    (np.array([1.0, -2.0, 0.5]), None, None),
    (None, {"s": 2.0}, None),
    (np.array([0.5, 1.0, 3.0]), {"s": -1.0}, [np.array([1.0, 2.0, 4.0]), None]),
]


def _branch(x: Any) -> Any:
    return x**2 if x > 0 else -x


def _choosing(x: Any) -> Any:
    return np.sum(x[x > 0] ** 2 * 1.5) + np.sum(np.where(x > 1, x, 2 * x) * np.sort(x))


def _each(f: Any, points: Any, *ad: Any) -> Any:
    return [gradient(f, *ad, x) for x in points]


def _rates(*ad: Any) -> Any:
    """Constants that change: from the second call on they are arguments of the function in Julia."""
    data = np.arange(60.0).reshape(20, 3) / 30
    found = []
    for t in range(3):
        rows = np.array([t, 5, 7 * t, 3, 4, 2, 1, 0, 9, 10])
        found.append(
            gradient(
                lambda w, t=t, rows=rows: np.sum((data[rows] @ w) ** 2) / (t + 1),
                *ad,
                np.array([1.0, 2.0, -1.0]),
            )
        )
    return found


def _line(w: Any, b: Any) -> Any:
    return lambda x: w * x + b


def _matrix_valued(x: Any) -> Any:
    return np.outer(x[0], x[1, :2]) * x[0, 1]


def _nested(*ad: Any) -> Any:
    """Native derivatives of Julia's: by the argument, and by what the inner function captured."""
    inner = lambda x: gradient(lambda y: y**3 * 2, *ad, x)[0] * x  # noqa: E731
    outer = lambda y: gradient(lambda x: x**2 * y, *ad, 3.0)[0]  # noqa: E731
    return gradient(inner, 2.0), gradient(outer, 5.0)


def _aux(x: Any) -> Any:
    return np.sum(x**2), {"twice": 2 * x, "n": 7}


#: Every operator, beside the samples and the programs.
OPERATORS: dict[str, Question] = {
    "hessian in C order": lambda ad: hessian(_scalar, *ad, X),
    "hessian in Fortran order": lambda ad: hessian(_scalar, *ad, X, order="F"),
    "hessian_reverse in C order": lambda ad: hessian_reverse(_scalar, *ad, X),
    "hessian_reverse in Fortran order": lambda ad: hessian_reverse(_scalar, *ad, X, order="F"),
    "hessian of a number": lambda ad: hessian(lambda x: np.sin(x) * x**2, *ad, 0.7),
    "jacobian in C order": lambda ad: jacobian(_matrix_valued, *ad, X),
    "jacobian in Fortran order": lambda ad: jacobian(_matrix_valued, *ad, X, order="F"),
    "jacobian by two": lambda ad: withjacobian(
        lambda a, b: a[0] * b + a[1], *ad, X, np.array([1.0, 2.0, 3.0])
    ),
    "diaghessian": lambda ad: diaghessian(_scalar, *ad, X),
    "diaghessian by two": lambda ad: diaghessian(lambda a, b: np.sum(a**2 * b**3), *ad, X, X[::-1].copy()),
    "structures": lambda ad: withgradient(_of_structures, *ad, *STRUCTURES),
    "structures in single precision": lambda ad: withgradient(
        _of_structures, *ad, Layer(np.float32(2.0)), *STRUCTURES[1:]
    ),
    "closures": lambda ad: gradient(lambda g, x: g(x) ** 2, *ad, _line(2.0, 1.0), 3.0),
    "nothing": lambda ad: gradient(lambda x, y: x * 2, *ad, 1.0, np.ones(2)),
    "integers": lambda ad: withgradient(lambda x, n: np.sum(x * n) ** 2, *ad, np.arange(3), 2),
    "complex": lambda ad: gradient(lambda z, x: np.abs(z * x) ** 2 + np.real(z), *ad, 1.5 + 2.0j, 0.5),
    "a real argument of a complex function": lambda ad: gradient(
        lambda x, z: np.sum(np.real(z * x * (1 + 2j))), *ad, X, 2.0 - 1.0j + np.zeros((2, 3))
    ),
    "a value beside the loss": lambda ad: withgradient(_aux, *ad, np.array([1.0, -2.0])),
    "pullbacks of several": lambda ad: _seeds(_several, X, SEEDS, *ad),
    "branches": lambda ad: _each(_branch, (3.0, -3.0), *ad),
    "values that choose": lambda ad: _each(
        _choosing, (np.array([1.5, -2.0, 3.0]), np.array([-1.0, 2.0, 0.5])), *ad
    ),
    "constants that change": lambda ad: _rates(*ad),
    "derivatives of derivatives": lambda ad: _nested(*ad),
}
#: Those that ForwardDiff is asked, too.
FORWARD = (
    "hessian in C order", "hessian in Fortran order", "jacobian in C order", "jacobian in Fortran order",
    "diaghessian", "branches", "hessian of a number",
)  # fmt: skip


def questions() -> dict[str, tuple[Question, Any]]:
    """All questions, by name, with the AD type."""
    zygote, forward = AutoZygote(), AutoForwardDiff()
    found: dict[str, tuple[Question, Any]] = {}
    for name, sample in samples().items():
        found[name] = (lambda ad, s=sample: pulled(s.f, _arguments(s), *ad)), zygote
    for program in PROGRAMS:
        found[f"program {program.name}"] = (lambda ad, p=program: withgradient(p.f, *ad, *p.args)), zygote
    for name, ask in OPERATORS.items():
        found[name] = ask, zygote
    for name in FORWARD:
        found[f"{name}, by ForwardDiff"] = OPERATORS[name], forward
    return found
