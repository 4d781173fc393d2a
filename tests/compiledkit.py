"""Compiled beside eager: the same results, to the last bit, or the same error."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import fluxbridge
from fluxbridge import AutoNative
from fluxbridge.autodiff.structure import put_together, take_apart
from fluxbridge.autodiff.template import Record
from fluxbridge.compiled.cache import CACHE, State

COMPILED = AutoNative(compile=True)


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit (but for the sign of a zero), and of the same types."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Record):
        return list(a.keys()) == list(b.keys()) and all(map(same, a, b))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(same, a.values(), b.values()))
    if isinstance(a, np.ndarray):
        exact = a.dtype.kind in "fc"
        return a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=exact)
    return bool(a == b or (a != a and b != b))


def result(call: Callable[[], Any]) -> Any:
    """What a call gives, or the type of its error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return call()
        except Exception as error:
            return type(error)


def moved(xs: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    """Arguments like these somewhere else: other values, other signs, ties."""
    rng = np.random.default_rng(seed)
    leaves, template = take_apart(xs)
    if template is None:
        return xs
    new = []
    for x in leaves:
        shift = rng.choice([-2.0, -1.0, 0.0, 0.3, 1.0], np.shape(x))
        scale = rng.choice([-1.0, 0.5, 1.0], np.shape(x))
        if isinstance(x, (int, np.integer)) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu"):
            new.append(x)
        elif isinstance(x, np.ndarray):
            new.append((x * scale + shift).astype(x.dtype))
        else:
            new.append(type(x)(x * float(scale) + float(shift)))
    return put_together(xs, new)


def agree(f: Callable[..., Any], xs: tuple[Any, ...], op: str = "withgradient", calls: int = 3, seed: int = 0,
          **options: Any) -> None:  # fmt: skip
    """Assert that compiled and eager give the same at `xs`, again and again, and at other points."""
    operator = getattr(fluxbridge, op)
    points = [xs] * calls + [moved(xs, seed + k) for k in range(2)] + [xs]
    for point in points:
        wanted = result(lambda: operator(f, *copy.deepcopy(point), **options))  # noqa: B023
        found = result(lambda: operator(f, COMPILED, *copy.deepcopy(point), **options))  # noqa: B023
        assert same(found, wanted), f"{op}: compiled {found!r}, eager {wanted!r} at {point!r}"


def states() -> list[State]:
    return list(CACHE.states.values())


def state_of(f: Callable[..., Any]) -> State:
    """What is known about the gradient of a function."""
    return next(s for (_, code, _), s in reversed(CACHE.states.items()) if code is f.__code__)
