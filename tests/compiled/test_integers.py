"""Whole numbers, booleans and one-hot arrays are inputs: other ones need no other program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, result, same, states

from fluxbridge import flux, pullback, withgradient
from fluxbridge.compiled.cache import CACHE

pytestmark = pytest.mark.once

X = np.random.default_rng(0).standard_normal((4, 8)).astype(np.float32)
W = np.random.default_rng(1).standard_normal((5, 4))
MODEL = flux.Chain(flux.Dense((4, 5), np.tanh), flux.Dense((5, 3)))
WORDS = flux.Embedding((6, 3))
BAGS = flux.EmbeddingBag((6, 3))
LABELS = np.zeros(8, int)
MASK = np.zeros(8, bool)
ONEHOT: Any = None


def labels(k: int) -> np.ndarray:
    return np.random.default_rng(k).integers(0, 3, 8)


def onehot(k: int) -> Any:
    return flux.onehotbatch(labels(k), range(3))


CASES: dict[str, tuple[Callable[..., Any], Callable[[int], tuple[Any, ...]]]] = {
    "one-hot": (lambda m, y: flux.logitcrossentropy(m(X), y), lambda k: (MODEL, onehot(k))),
    "one-hot in a tuple": (lambda m, d: flux.logitcrossentropy(m(d[0]), d[1]),
                           lambda k: (MODEL, (X, onehot(k)))),
    "one-hot outside": (lambda m: flux.logitcrossentropy(m(X), ONEHOT), lambda k: (MODEL,)),
    "made one-hot": (lambda m, y: flux.logitcrossentropy(m(X), flux.onehotbatch(y, range(3))),
                     lambda k: (MODEL, labels(k))),
    "made one-hot of labels outside": (
        lambda m: flux.logitcrossentropy(m(X), flux.onehotbatch(LABELS, range(3))), lambda k: (MODEL,)),
    "mse": (lambda m, y: flux.mse(m(X), y), lambda k: (MODEL, onehot(k))),
    "crossentropy": (lambda m, y: flux.crossentropy(flux.softmax(m(X)), y), lambda k: (MODEL, onehot(k))),
    "booleans": (lambda m, y: flux.logitcrossentropy(m(X), y), lambda k: (MODEL, np.array(onehot(k)))),
    "integers": (lambda m, y: flux.logitcrossentropy(m(X), y), lambda k: (MODEL, 1 * np.array(onehot(k)))),
    "words": (lambda e, w: np.sum(e(w) ** 2), lambda k: (WORDS, labels(k))),
    "words outside": (lambda e: np.sum(e(LABELS) ** 2), lambda k: (WORDS,)),
    "one-hot words": (lambda e, w: np.sum(e(w) ** 2),
                      lambda k: (WORDS, flux.onehotbatch(labels(k), range(6)))),
    "W[i]": (lambda w, i: np.sum(w[i] ** 2), lambda k: (W, labels(k))),
    "W[i, j]": (lambda w, i: np.sum(w[np.arange(8) % 5, i] ** 2) * w[0, 0], lambda k: (W, labels(k))),
    "W[:, i]": (lambda w: np.sum(w[:, LABELS] ** 2), lambda k: (W,)),
    "take": (lambda w, i: np.sum(np.take(w, i, axis=1) ** 2), lambda k: (W, labels(k))),
    "a product": (lambda w, i: np.sum(w[:, 0]) * np.sum(i), lambda k: (W, labels(k))),
    "a quotient": (lambda w: np.sum(w[:, 0]) / (1 + np.sum(MASK)) + w[0, 0] * np.mean(LABELS),
                   lambda k: (W,)),
    "a comparison": (lambda w, i: np.sum(np.where(i == 1, w[0, 0], w[1, 1])), lambda k: (W, labels(k))),
    "a mask": (lambda w, i: np.sum(np.where(i, w[0, 0], w[1, 1])), lambda k: (W, labels(k) > 0)),
    "a mask in a dict": (lambda w, d: np.sum(w[0, 0] * d["mask"]), lambda k: (W, {"mask": labels(k) > 0})),
    "a mask outside": (lambda w: np.sum(w[0, 0] * MASK * 2), lambda k: (W,)),
    "rounded": (lambda w: np.sum(w[(w[:, 0] ** 2).astype(int) % 5]), lambda k: (W,)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_other_integers_need_no_other_program(name, monkeypatch):
    f, make = CASES[name]
    CACHE.clear()
    for k in range(5):
        LABELS[:], MASK[:] = labels(k), labels(k) > 1
        monkeypatch.setitem(globals(), "ONEHOT", onehot(k))
        assert same(tuple(withgradient(f, COMPILED, *make(k))), tuple(withgradient(f, *make(k))))
    assert [(s.eager, s.traces) for s in states()] == [("", 1)]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda w, i: np.sum(w[i > 1]),
        lambda w, i: np.sum(w * np.eye(3)[i[:5], 0][:, None]),
        lambda w, i: sum(w[j, 0] for j in i),
        lambda w, i: w[0, 0] * len(set(i.tolist())),
        lambda w, i: np.sum(w[i[:5] * 100]),
        lambda w, i: w[0, 0] * np.sum(i.astype(np.uint8)),
        lambda w, i: w[0, 0] * np.sum(i * 2**61),
        lambda w, i: np.sum(BAGS(i)) * w[0, 0],
        lambda w, i: np.sum(np.bincount(i) * 2.0) * w[0, 0],
        lambda w, i: flux.logitcrossentropy(w[:3], flux.onehotbatch(i, range(2))),
    ],
)
def test_what_uses_them_otherwise(f):
    """As arguments, and found outside: the same results, and errors of the same type."""
    held = labels(0)

    def outside(w: Any) -> Any:
        return f(w, held[:5])

    for k in range(5):
        held[:] = labels(k)
        i = labels(k)[:5] if k < 4 else labels(k)[:5] + 1
        held = held if k < 3 else labels(k)
        for g, xs in ((f, (W, i)), (outside, (W,))):
            found = [result(lambda: withgradient(g, *e, *xs)) for e in ((COMPILED,), ())]  # noqa: B023
            assert same(*found)


def test_the_pullback_of_an_embedding():
    CACHE.clear()
    for k in range(4):
        seed = np.full((3, 8), 1.0 + k)
        found, wanted = [pullback(lambda e, w: e(w), *e, WORDS, labels(k)) for e in ((COMPILED,), ())]
        assert same(found[0], wanted[0]) and same(found[1](seed), wanted[1](seed))
    assert [(s.eager, s.traces) for s in states()] == [("", 1)]


def test_another_shape_of_one_hot_arrays():
    f = CASES["one-hot"][0]
    CACHE.clear()
    for n in (8, 8, 8, 5, 8):
        y, x = flux.onehotbatch(labels(n)[:n], range(3)), X[:, :n]
        g = lambda m, x, y: flux.logitcrossentropy(m(x), y)  # noqa: E731
        assert same(tuple(withgradient(g, COMPILED, MODEL, x, y)), tuple(withgradient(g, MODEL, x, y)))
    for y in (flux.onehotbatch(labels(1), range(4)), onehot(2)):
        found = [result(lambda: withgradient(f, *e, MODEL, y)) for e in ((COMPILED,), ())]  # noqa: B023
        assert same(*found)


OPTION = np.array([1, 1])
SQUARE = np.arange(16.0).reshape(4, 4) - 5.5
#: Functions that take a whole number as an option, not as a number to compute with.
OPTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "roll": lambda x, n: np.roll(x, n),
    "roll by several": lambda x, n: np.roll(x, [n, n], (0, 1)),
    "reshape": lambda x, n: np.reshape(x, (2 * n + 2, -1)),
    "sum": lambda x, n: x.sum(axis=n),
    "cumsum": lambda x, n: np.cumsum(x, axis=n),
    "trace": lambda x, n: np.trace(x, n),
    "diff": lambda x, n: np.diff(x, n=n),
    "pad": lambda x, n: np.pad(x, n),
    "tril": lambda x, n: np.tril(x, n),
    "rot90": lambda x, n: np.rot90(x, n),
    "stack": lambda x, n: np.stack([x, 2 * x], axis=n),
    "linspace": lambda x, n: np.linspace(x[0], x[1], n + 2),
    "variance": lambda x, n: x.var(0, ddof=n),
    "softmax": lambda x, n: flux.softmax(x, axis=n),
    "a power of a matrix": lambda x, n: np.linalg.matrix_power(x, n),
    "steps": lambda x, n: x[:: n + 1],
    "times": lambda x, n: sum((x * k for k in range(n + 1)), 0.0),
}


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
@pytest.mark.parametrize("name", OPTIONS)
def test_whole_numbers_as_options(name):
    """They are asked for in every run, whether they are arguments or found outside."""
    f = OPTIONS[name]
    for n in (1, 1, 1, 0, 0, 2, 1, -1, 1):
        OPTION[:] = n
        for g, xs in (
            (lambda x: np.sum(f(x, OPTION[0]) ** 2), (SQUARE,)),
            (lambda x, n: np.sum(f(x, n) ** 2), (SQUARE, n)),
            (lambda x, n: np.sum(f(x, n[0]) ** 2), (SQUARE, OPTION)),
        ):
            found = result(lambda: withgradient(g, COMPILED, *xs))  # noqa: B023
            wanted = result(lambda: withgradient(g, *xs))  # noqa: B023
            assert same(found, wanted), f"{n}: compiled {found!r}, eager {wanted!r}"
