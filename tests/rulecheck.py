"""Checks of derivatives against finite differences, in both modes, to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fluxbridge.autodiff.native import pushforward, withgradient
from fluxbridge.differences import central


class Sample(NamedTuple):
    """One call of a function with arguments at which it is smooth."""

    name: str  #: the primitive or NumPy function that it exercises
    f: Callable[..., Any]
    args: tuple[Any, ...]
    order: int = 2

    def __repr__(self) -> str:
        return self.name


def inner(a: Any, b: Any) -> Any:
    """The real inner product of two arrays or numbers."""
    return np.sum(np.real(np.conjugate(a) * b))


def pair(f: Callable[..., Any], weights: list[Any]) -> Callable[..., Any]:
    """A real function of f: the inner product of its outputs with fixed weights."""

    def paired(*xs: Any) -> Any:
        out = f(*xs)
        parts = out if isinstance(out, (tuple, list)) else (out,)
        return sum(inner(w, part) for w, part in zip(weights, parts, strict=True))

    return paired


def random_like(rng: np.random.Generator, x: Any) -> Any:
    x = np.asarray(x)
    v = rng.uniform(0.5, 1.5, x.shape) * rng.choice([-1.0, 1.0], x.shape)
    if np.iscomplexobj(x):
        v = v + 1j * rng.uniform(0.5, 1.5, x.shape)
    return v if x.ndim else v[()]


def slope(s: Callable[..., Any], xs: tuple, vs: list, h: float) -> float:
    """The directional derivative by central differences of fourth order, up to the distance h."""
    return central(lambda t: s(*[x + t * v for x, v in zip(xs, vs, strict=True)]), h / 2, 5)


def gradient_of(s: Callable[..., Any], xs: tuple) -> tuple[Any, ...]:
    return withgradient(s, xs)[1]


def filled(g: Any, x: Any) -> Any:
    return np.zeros(np.shape(x)) if g is None else g


def check(f: Callable[..., Any], *xs: Any, order: int = 2, rtol: float = 1e-6, h: float = 1e-3) -> None:
    """Assert that reverse and forward derivatives of f at xs agree with finite differences.

    f takes numbers or arrays and returns one, or a tuple of them. `order` 2 checks the derivatives
    of its gradient as well.
    """
    rng = np.random.default_rng(0)
    xs = tuple(x if isinstance(x, (float, complex)) else np.asarray(x) for x in xs)
    out = f(*xs)
    parts = out if isinstance(out, (tuple, list)) else (out,)
    s = pair(f, [random_like(rng, p) for p in parts])
    vs = [random_like(rng, x) for x in xs]

    value, grads = withgradient(s, xs)
    np.testing.assert_allclose(value, s(*xs), rtol=1e-12)
    for g, x in zip(grads, xs, strict=True):
        if g is not None:
            assert np.shape(g) == np.shape(x), (np.shape(g), np.shape(x))
            assert np.asarray(g).dtype == np.asarray(x).dtype, (np.asarray(g).dtype, np.asarray(x).dtype)
    expected = slope(s, xs, vs, h)
    got = sum(float(inner(filled(g, x), v)) for g, x, v in zip(grads, xs, vs, strict=True))
    scale = 1.0 + abs(expected)
    assert abs(got - expected) <= rtol * scale, f"reverse: {got}, finite differences: {expected}"

    pushed = pushforward(s, xs, vs)[1]
    pushed = 0.0 if pushed is None else float(pushed)
    assert abs(pushed - expected) <= rtol * scale, f"forward: {pushed}, finite differences: {expected}"

    if order > 1:
        ws = [random_like(rng, x) for x in xs]

        def s2(*ys: Any) -> Any:
            return sum(inner(w, filled(g, y)) for w, g, y in zip(ws, gradient_of(s, ys), ys, strict=True))

        check_scalar(s2, xs, vs, rtol * 10, h)


def check_scalar(s: Callable[..., Any], xs: tuple, vs: list, rtol: float, h: float) -> None:
    """The same for a real function that is itself made of a gradient."""
    expected = slope(s, xs, vs, h)
    scale = 1.0 + abs(expected)
    got = sum(float(inner(filled(g, x), v)) for g, x, v in zip(gradient_of(s, xs), xs, vs, strict=True))
    assert abs(got - expected) <= rtol * scale, f"second order: {got}, finite differences: {expected}"
    pushed = pushforward(s, xs, vs)[1]
    pushed = 0.0 if pushed is None else float(pushed)
    assert abs(pushed - expected) <= rtol * scale, f"forward over reverse: {pushed}, {expected}"
