"""Puts one program to plain Python and to the engine: equal values, and the slopes that differences see."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from parity.kit import NAMES

from fluxbridge import fill_none, withgradient
from fluxbridge.autodiff.primitive import Tracer
from fluxbridge.autodiff.structure import put_together, take_apart
from fluxbridge.errors import FluxbridgeError, ParityError

ARGUMENTS = (
    0.7,
    2,
    np.array([0.3, 1.1, -0.6]),
    np.array([[0.2, -0.4, 0.9], [1.3, 0.1, -0.8]]),
    {"a": 0.45, "b": [0.8, -0.35], "c": "text"},
)


def compiled(text: str) -> Callable[..., Any]:
    names = dict(NAMES)
    exec(compile(text, "<program>", "exec"), names)
    return names["f"]


def judge(text: str, xs: tuple[Any, ...] = ARGUMENTS) -> str:
    """How a program fared: "equal", "refused", or "raised" as plain Python does; else an AssertionError."""
    f = compiled(text)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _judged(f, xs, text)


def _judged(f: Callable[..., Any], xs: tuple[Any, ...], text: str) -> str:
    expected: Any = None
    error: Exception | None = None
    try:
        expected = f(*copy.deepcopy(xs))
    except Exception as raised:
        error = raised
    try:
        value, grads = withgradient(f, *copy.deepcopy(xs))
    except ParityError:
        raise
    except FluxbridgeError:
        return "refused"
    except Exception as ours:
        assert error is not None, (
            f"raises {type(ours).__name__}: {ours}, plain Python gives {expected}\n{text}"
        )
        assert isinstance(ours, type(error)), f"raises {ours!r}, plain Python {error!r}\n{text}"
        return "raised"
    assert error is None, f"gives {value}, plain Python raises {error!r}\n{text}"
    assert np.allclose(value, expected, rtol=1e-12, atol=1e-12, equal_nan=True), (
        f"value {value}, plain Python gives {expected}\n{text}"
    )
    assert not any(isinstance(leaf, Tracer) for leaf in take_apart(grads)[0]), text
    _compare_slopes(f, xs, grads, text)
    return "equal"


def _compare_slopes(f: Callable[..., Any], xs: tuple[Any, ...], grads: tuple[Any, ...], text: str) -> None:
    """Along random directions: differences of plain runs, where two step sizes agree, beside the gradient."""
    leaves, _ = take_apart(xs)
    filled, _ = take_apart(fill_none(grads, xs))
    rng = np.random.default_rng(0)

    def at(k: int, step: Any) -> float:
        moved = [copy.deepcopy(x) for x in leaves]
        moved[k] = moved[k] + step
        return float(f(*put_together(copy.deepcopy(xs), moved)))

    for k, (x, g) in enumerate(zip(leaves, filled, strict=True)):
        if isinstance(x, int):  # counts and positions are not varied
            continue
        d = rng.standard_normal(np.shape(x)) if np.ndim(x) else 1.0
        try:
            near, far = ((at(k, h * d) - at(k, -h * d)) / (2 * h) for h in (1e-6, 4e-6))
            sides = [(at(k, h * d) - at(k, 0.0)) / h for h in (1e-6, -1e-6)]
        except Exception:
            continue
        bound = 1e-4 * (1 + abs(near))
        if not np.isfinite(near) or abs(near - far) > bound or abs(sides[0] - sides[1]) > 10 * bound:
            continue  # a kink, a jump, or too rough to tell
        ours = float(np.sum(g * d))
        assert abs(ours - near) <= bound, f"slope {ours} by leaf {k}, differences say {near}\n{text}"
