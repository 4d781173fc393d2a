"""Nothing is lost: what NumPy and Python do not hand over either works or says what to write instead.

NumPy's constructors, math.*, float() and assignments into plain arrays do not ask a traced value
what to do; they call ``__array__`` or ``__float__``. Each row below is one such way out. A row of
WORKS must have the derivative that finite differences have, a row of RAISES must end in one of
our own errors, which names the way round.
"""

from __future__ import annotations

import cmath
import copy
import decimal
import fractions
import math
import operator
import pickle
import statistics
import sys
import time

import numpy as np
import pytest

from fluxbridge.autodiff.native import pushforward, withgradient
from fluxbridge.errors import FluxbridgeError, GradientLostError, MutationError, NoRuleError

S = 1.3
V = np.array([0.5, 1.5, -0.7])
M = np.array([[1.0, 2.0], [3.0, 4.0]])


def rng():
    return np.random.default_rng(0)


def with_new(write):
    """write(a, x) into a fresh array, and what is then in it."""

    def f(x):
        a = np.zeros(3)
        write(a, x)
        return np.sum(a)

    return f


def add_to_own(x):
    a = np.ones(3)
    a += x
    a *= x
    a -= 1
    return np.sum(a)


def add_to_shared(x):
    a = np.ones(3)
    b = a
    a += x
    return np.sum(a) + np.sum(b)


def add_to_attribute(x):
    class Thing:
        a = np.ones(3)

    Thing.a += x
    return np.sum(Thing.a)


def add_to_reshaped(x):
    a = np.ones(6).reshape(2, 3)
    a += x
    return np.sum(a * a)


def swap(x):
    x[0], x[1] = x[1], x[0]
    return np.sum(x)


def rebind(x):
    x += 1
    x *= x
    return np.sum(x)


def item_of_objects(x):
    a = np.array([x, x])
    a[0] = 2 * x
    return a.sum()


# -- with one number ---------------------------------------------------------------------------------

NUMBER_WORKS = {
    "np.array of two": lambda x: np.sum(np.array([x, x**2])),
    "np.array of a matrix": lambda x: np.sum(np.array([[x, 1.0], [2.0, x * x]]) ** 2),
    "np.array of a tuple": lambda x: np.array((x, 2)).prod(),
    "np.array of one": lambda x: np.array(x) * 2.0,
    "np.array, ndmin": lambda x: np.sum(np.array(x, ndmin=2)),
    "np.asarray of one": lambda x: np.asarray(x) + 0.0,
    "np.r_": lambda x: np.sum(np.r_[x, 1.0, x] ** 2),
    "np.r_ with arrays and slices": lambda x: np.sum(np.r_[x * np.ones(2), x, 0:3] ** 2),
    "np.c_": lambda x: np.sum(np.c_[x * np.ones(2), np.ones(2)] ** 2),
    "np.mean of a list": lambda x: np.mean([x, x * x]),
    "np.sum of a list": lambda x: np.sum([x, 2 * x]),
    "np.max of a list": lambda x: np.max([x, 2 * x]),
    "np.min of a list": lambda x: np.min([x, 2 * x]),
    "np.prod of a list": lambda x: np.prod([x, x]),
    "np.var of a list": lambda x: np.var([x, x * x]),
    "np.std of a list": lambda x: np.std([x, x * x]),
    "np.cumsum of a list": lambda x: np.sum(np.cumsum([x, x])),
    "np.sin of an array": lambda x: np.sum(np.sin(np.array([x, 2 * x]))),
    "np.exp of a list": lambda x: np.sum(np.exp([x, 2 * x])),
    "np.arctan2 of an array": lambda x: np.sum(np.arctan2(np.array([x, 2 * x]), 2.0)),
    "np.hypot of an array": lambda x: np.sum(np.hypot(np.array([x, 2 * x]), 1.0)),
    "np.maximum of an array": lambda x: np.sum(np.maximum(np.array([x, -x]), 0.0)),
    "array @ matrix": lambda x: np.sum(np.array([x, 2.0]) @ M),
    "matrix @ array": lambda x: np.sum(M @ np.array([x, x * x])),
    "np.dot of lists": lambda x: np.dot([x, 1.0], [x, 2.0]),
    "np.outer of lists": lambda x: np.sum(np.outer([x, 1.0], [x, 2.0])),
    "np.einsum of arrays": lambda x: np.einsum("i,i->", np.array([x, 1.0]), np.array([x, 1.0])),
    "method a.dot": lambda x: np.ones(2).dot([x, x]),
    "np.full": lambda x: np.sum(np.full(3, x) ** 2),
    "np.stack of a list": lambda x: np.sum(np.stack([x, x * x])),
    "np.concatenate of lists": lambda x: np.sum(np.concatenate([[x], [x, 1.0]])),
    "np.hstack": lambda x: np.sum(np.hstack([x, x * x])),
    "np.block": lambda x: np.block([[x, 1.0], [2.0, x]]).sum(),
    "np.linalg.norm of np.stack": lambda x: np.linalg.norm(np.stack([x, x * x])),
    "np.linalg.det of np.block": lambda x: np.linalg.det(np.block([[x, 1.0], [2.0, x]])),
    "np.append to a list": lambda x: np.append([1.0, 2.0], x).sum(),
    "np.insert into a list": lambda x: np.insert([1.0, 2.0], 1, x).sum(),
    "np.where of an array": lambda x: np.sum(np.where([True, False], np.array([x, 1.0]), x)),
    "np.sort of an array": lambda x: np.sort(np.array([x, 1.0]))[1],
    "np.diag of a list": lambda x: np.sum(np.diag([x, 1.0])),
    "np.trapezoid of a list": lambda x: getattr(np, "trapezoid", None)([x, 1.0, x]),
    "np.tile, np.repeat": lambda x: np.sum(np.tile([x, 1.0], 3)) + np.sum(np.repeat(x, 3)),
    "np.ones * x": lambda x: np.sum(np.ones(3) * x) + np.sum(np.eye(2) * x),
    "np.vectorize": lambda x: np.sum(np.vectorize(lambda t: t * x)(np.ones(3))),
    "np.frompyfunc": lambda x: np.sum(np.frompyfunc(lambda t: t * x, 1, 1)(np.ones(2))),
    "np.fromfunction": lambda x: np.sum(np.fromfunction(lambda i, j: i * x, (2, 2))),
    "np.fromiter of objects": lambda x: np.sum(np.fromiter((x * k for k in range(3)), object)),
    "np.apply_along_axis": lambda x: np.sum(np.apply_along_axis(lambda r: r * x, 0, M)),
    "np.average with weights": lambda x: np.average([x, 1.0], weights=[1.0, x]),
    "a[mask] of an array": lambda x: np.array([x, 3 * x])[np.array([False, True])].sum(),
    "a[0] = x into an array of objects": item_of_objects,
    "a.item, a.tolist": lambda x: np.array([x]).item() * np.array([x]).tolist()[0],
    "a += x of one's own": add_to_own,
    "a += x of an attribute": add_to_attribute,
    "a += x of an array reshaped": add_to_reshaped,
    "x += 1": rebind,
    "sum": lambda x: sum([x, x * x]),
    "max": lambda x: max(x, x * x),
    "min": lambda x: min(x, x * x),
    "sorted": lambda x: sorted([x * x, x])[1],
    "abs": lambda x: abs(-x),
    "divmod": lambda x: divmod(x, 0.5)[1] * x,
    "round": lambda x: round(x) * x,
    "pow": lambda x: pow(x, 2),
    "int": lambda x: int(x) * x,
    "math.floor": lambda x: math.floor(x) * x,
    "math.prod": lambda x: math.prod([x, x]),
    "f-string": lambda x: x if f"{x:.2f} {x} {x!r}" else 0.0,
    "str.format": lambda x: x * len(f"{x:.2f}"),
    "if x": lambda x: x if x else 0.0,
    "copy.deepcopy": lambda x: copy.deepcopy(x) * copy.copy(x),
    "1j * x": lambda x: abs(1j * x) + np.abs(np.stack([x + 1j * x])).sum(),
    "np.isclose": lambda x: x * np.isclose(x, 1.3) * np.any([x > 0]),
    "np.float64(2) * x": lambda x: np.float64(2) * x + x / np.float64(3),
    "np.require": lambda x: np.require([x, x], requirements="C").sum(),
    "np.asarray_chkfinite": lambda x: np.asarray_chkfinite([x, x]).sum(),
    "np.ascontiguousarray": lambda x: np.ascontiguousarray(x)[0],
    "random choice": lambda x: rng().choice([x, x]),
    "mean + scale * noise": lambda x: np.sum(x + x * rng().normal(size=3)),
}

NUMBER_RAISES = {
    "np.array, dtype": (lambda x: np.sum(np.array([x, x], dtype=float)), GradientLostError, "dtype="),
    "np.asarray, dtype": (lambda x: np.asarray(x, dtype=np.float32), GradientLostError, "dtype="),
    "np.full, dtype": (lambda x: np.sum(np.full(2, x, dtype=float)), MutationError, "np.broadcast_to"),
    "np.full_like": (lambda x: np.sum(np.full_like(V, x)), MutationError, "np.ones"),
    "np.float64": (lambda x: np.float64(x), GradientLostError, "np.asarray"),
    "np.float32": (lambda x: np.float32(x), GradientLostError, "np.asarray"),
    "np.complex128": (lambda x: np.complex128(x).real, GradientLostError, "lose"),
    "np.arange": (lambda x: np.sum(np.arange(x, 9.0)), GradientLostError, "float"),
    "np.fromiter": (
        lambda x: np.fromiter((x * k for k in range(3)), float).sum(),
        GradientLostError,
        "np.stack",
    ),
    "a.astype": (lambda x: np.sum(np.array([x, x]).astype(float)), GradientLostError, "astype"),
    "structured array": (
        lambda x: np.array((x, 1.0), dtype=[("a", float), ("b", float)]),
        GradientLostError,
        None,
    ),
    "np.random": (lambda x: rng().normal(x, 1.0), GradientLostError, "rng"),
    "np.isfinite of an array": (
        lambda x: x * np.all(np.isfinite(np.array([x]))),
        GradientLostError,
        "np.stack",
    ),
    "np.copysign of an array": (
        lambda x: np.sum(np.copysign(np.array([x]), 1)),
        GradientLostError,
        "np.stack",
    ),
    "np.linalg.det of an array": (
        lambda x: np.linalg.det(np.array([[x, 1.0], [2.0, x]])),
        GradientLostError,
        "np.block",
    ),
    "np.linalg.solve of an array": (
        lambda x: np.sum(np.linalg.solve(np.array([[x]]), [1.0])),
        GradientLostError,
        "np.block",
    ),
    "np.fft of a list": (lambda x: np.sum(np.abs(np.fft.fft([x, 1.0]))), GradientLostError, "np.stack"),
    "np.quantile of a list": (lambda x: np.quantile([x, 1.0], 0.5), GradientLostError, "np.stack"),
    "float": (lambda x: float(x), GradientLostError, "ignore_derivatives"),
    "complex": (lambda x: complex(x).real, GradientLostError, "1j"),
    "complex of two": (lambda x: abs(complex(x, x)), GradientLostError, "1j"),
    "math.sin": (lambda x: math.sin(x), GradientLostError, r"np\.sin"),
    "math.fsum": (lambda x: math.fsum([x, x]), GradientLostError, "NumPy"),
    "math.hypot": (lambda x: math.hypot(x, x), GradientLostError, "NumPy"),
    "cmath.exp": (lambda x: cmath.exp(x).real, GradientLostError, r"np\.exp"),
    "statistics.mean": (lambda x: statistics.mean([x, x]), GradientLostError, r"np\.mean"),
    "Fraction": (lambda x: float(fractions.Fraction(x)), GradientLostError, None),
    "Decimal": (lambda x: float(decimal.Decimal(x)), GradientLostError, None),
    "a[i] = x": (with_new(lambda a, x: a.__setitem__(1, x)), GradientLostError, "Buffer"),
    "a.fill(x)": (with_new(lambda a, x: a.fill(x)), GradientLostError, "Buffer"),
    "np.put": (with_new(lambda a, x: np.put(a, [0], x)), MutationError, "Buffer"),
    "np.copyto": (with_new(lambda a, x: np.copyto(a, x)), MutationError, "Buffer"),
    "np.putmask": (with_new(lambda a, x: np.putmask(a, a == 0, x)), MutationError, "Buffer"),
    "np.fill_diagonal": (
        lambda x: np.fill_diagonal(np.zeros((2, 2)), np.stack([x, x])),
        FluxbridgeError,
        None,
    ),
    "a += x of a shared array": (add_to_shared, MutationError, "array = array"),
    "out=": (with_new(lambda a, x: np.add(a, x, out=np.zeros(3))), MutationError, "out="),
    "pickle": (lambda x: len(pickle.dumps(x)), GradientLostError, "ignore_derivatives"),
}

# -- with an array -----------------------------------------------------------------------------------

ARRAY_WORKS = {
    "np.asarray": lambda x: np.sum(np.asarray(x) ** 2),
    "np.array": lambda x: np.sum(np.sin(np.array(x))),
    "np.asarray of two": lambda x: np.sum(np.asarray([x, 2 * x]) * np.ones((2, 3))),
    "np.asanyarray, np.ascontiguousarray": lambda x: np.asanyarray(x) @ np.ascontiguousarray(x),
    "np.asfortranarray, np.require": lambda x: np.asfortranarray(x) @ np.require(x),
    "np.array of rows": lambda x: np.sum(np.array([x * k for k in range(3)]) ** 2),
    "np.array of elements": lambda x: np.sum(np.array([v * v for v in x])),
    "np.array @ traced": lambda x: np.asarray(x) @ x + np.sum(x * np.array([x[0], 1.0, 2.0])),
    "np.r_": lambda x: np.sum(np.r_[x, 1.0, x[0], x] ** 2),
    "np.c_": lambda x: np.sum(np.c_[x, x] ** 2),
    "np.mean of a list": lambda x: np.mean([x, x * x]),
    "np.mean of elements": lambda x: np.mean([v * v for v in x]),
    "method a.dot": lambda x: np.ones(3).dot(x) + np.ones((2, 3)).dot(x).sum(),
    "x.dot of a list": lambda x: x.dot([1.0, 2.0, 3.0]) + x @ [1.0, 2.0, 3.0] + [1.0, 2.0, 3.0] @ x,
    "np.vectorize": lambda x: np.vectorize(lambda t: t * t)(x).sum(),
    "np.linalg.norm of np.asarray": lambda x: np.linalg.norm(np.stack(list(x))),
    "list, tolist, flat": lambda x: sum(list(x)) * sum(x.tolist()) + sum(x.flat),
    "max, min, sorted": lambda x: max(x) * min(list(x)) + sorted(x)[1],
    "reversed, zip, enumerate": lambda x: sum(
        i * a * b for i, (a, b) in enumerate(zip(x, reversed(x), strict=True))
    ),
    "unpacking": lambda x: (lambda a, *b: a * b[0])(*x),
    "np.ndenumerate": lambda x: sum(v * v for _, v in np.ndenumerate(x)),
    "item": lambda x: x[0].item() * x.item(1),
    "copy": lambda x: (copy.copy(x) * copy.deepcopy(x) * x.copy()).sum(),
    "view": lambda x: x.view().sum() + x.view(float)[0],
    "astype": lambda x: (x.astype(float) * x.astype(int)).sum() + np.sum(x).astype(float),
    "method compress": lambda x: x.compress([True, False, True]).sum(),
    "random permutation": lambda x: rng().permutation(x)[0] ** 2,
    "str, repr": lambda x: x.sum() * len(str(x) and repr(x) and "1"),
    "x += 1": rebind,
    "np.lib.stride_tricks": lambda x: (np.lib.stride_tricks.sliding_window_view(x, 2) ** 2).sum(),
    "np.apply_along_axis": lambda x: np.apply_along_axis(np.sum, 0, x * x),
    "index use": lambda x: np.sum(x[: int(x[1])]) + sum(x[i] for i in range(int(x[1]))),
    "masks of np.asarray": lambda x: np.asarray(x)[np.asarray(x > 0)].sum(),
    "np.ma": lambda x: np.ma.masked_array(x, [True, False, False]).sum(),
}

ARRAY_RAISES = {
    "np.asarray, dtype": (lambda x: np.sum(np.asarray(x, dtype=float)), GradientLostError, "dtype="),
    "np.array, dtype": (lambda x: np.sum(np.array([x, x], dtype=float)), GradientLostError, "dtype="),
    "np.fromiter": (lambda x: np.fromiter(x, float).sum(), GradientLostError, "np.stack"),
    "np.nditer": (lambda x: sum(v.item() for v in np.nditer(x)), GradientLostError, "ignore"),
    "np.frombuffer": (lambda x: np.frombuffer(x).sum(), GradientLostError, "ignore"),
    "memoryview": (lambda x: len(memoryview(x)), GradientLostError, "ignore"),
    "tobytes": (lambda x: len(x.tobytes()), GradientLostError, "ignore"),
    "view of another type": (lambda x: x.view(np.int64).sum(), NoRuleError, "view"),
    "np.random": (lambda x: rng().normal(x).sum(), GradientLostError, "rng"),
    "a[:] = x": (
        with_new(lambda a, x: a.__setitem__(slice(None), x)),
        GradientLostError,
        "Buffer|stack|x itself|astype",
    ),
    "a[0] = x[0]": (with_new(lambda a, x: a.__setitem__(0, x[0])), GradientLostError, "Buffer"),
    "a[mask] = x": (
        with_new(lambda a, x: a.__setitem__(a == 0, x)),
        GradientLostError,
        "Buffer|stack|x itself|astype",
    ),
    "x[0] = 1": (lambda x: x.__setitem__(0, 1.0), MutationError, "np.where"),
    "x.sort": (lambda x: x.sort(), MutationError, "Buffer"),
    "x.fill": (lambda x: x.fill(0), MutationError, "Buffer"),
    "x.resize": (lambda x: x.resize(4), MutationError, "Buffer"),
    "x.shape =": (lambda x: setattr(x, "shape", (3, 1)), MutationError, "Buffer"),
    "x.real =": (lambda x: setattr(x, "real", 0.0), MutationError, "Buffer"),
    "x.flat =": (lambda x: setattr(x, "flat", 0.0), MutationError, "Buffer"),
    "swap": (lambda x: swap(x), MutationError, "Buffer"),
    "out=": (lambda x: np.exp(x, out=np.zeros(3)).sum(), MutationError, "out="),
    "np.sum, out=": (lambda x: np.sum(x, out=np.zeros(())), MutationError, "out="),
    "np.take, out=": (lambda x: x.take([0], out=np.zeros(1)), MutationError, "out="),
    "np.save of bytes": (lambda x: len(pickle.dumps(x)), GradientLostError, "ignore"),
    "float of an array": (lambda x: float(x[:1]), GradientLostError, "float"),
    "math.fsum": (lambda x: math.fsum(x), GradientLostError, "NumPy"),
    "statistics.fmean": (lambda x: statistics.fmean(x), GradientLostError, "NumPy"),
    "np.isnan of np.asarray": (
        lambda x: x.sum() * np.any(np.isnan(np.asarray(x))),
        GradientLostError,
        "x itself",
    ),
}


def differences(f, x, h=1e-6):
    if isinstance(x, float):
        return (f(x + h) - f(x - h)) / (2 * h)
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


def skip_if_missing(name):
    if "trapezoid" in name and not hasattr(np, "trapezoid"):
        pytest.skip("NumPy 1")


CASES = [(n, f, S) for n, f in NUMBER_WORKS.items()] + [(n, f, V) for n, f in ARRAY_WORKS.items()]


@pytest.mark.parametrize(("name", "f", "x"), CASES, ids=[f"{n}-{type(x).__name__}" for n, _, x in CASES])
def test_works(name, f, x):
    skip_if_missing(name)
    value, (g,) = withgradient(f, (x,))
    np.testing.assert_allclose(
        float(value), float(f(x.copy() if isinstance(x, np.ndarray) else x)), rtol=1e-12
    )
    want = differences(f, x)
    np.testing.assert_allclose(g, want, rtol=1e-5, atol=1e-6)
    pushed = pushforward(f, (x,), (np.ones(3) if isinstance(x, np.ndarray) else 1.0,))[1]
    np.testing.assert_allclose(float(pushed), np.sum(want), rtol=1e-5, atol=1e-6)


LOST = [(n, *row, S) for n, row in NUMBER_RAISES.items()] + [(n, *row, V) for n, row in ARRAY_RAISES.items()]


@pytest.mark.parametrize(
    ("name", "f", "error", "advice", "x"), LOST, ids=[f"{row[0]}-{type(row[-1]).__name__}" for row in LOST]
)
def test_raises(name, f, error, advice, x):
    with pytest.raises(error, match=advice):
        withgradient(f, (x,))
    with pytest.raises(error, match=advice):
        pushforward(f, (x,), (np.ones(3) if isinstance(x, np.ndarray) else 1.0,))


def test_own_array_on_the_right_of_in_place():
    """What `a += x` may do is add to an array that nobody else has: the name gets the result."""
    assert withgradient(add_to_own, (S,))[1][0] == pytest.approx(3 * (1 + 2 * S))


def in_place_through_view(a, x):
    view = a[:2]
    view += x


def in_place_under_view(a, x):
    part = a[1:]
    a += x
    return part


def in_place_of_rows(a, x):
    for row in a.reshape(3, 1):
        row += x


def in_place_elsewhere(a, x):
    a += x


WRITTEN = {
    "np.add, out": lambda a, x: np.add(a, x, out=a),
    "np.add by position": lambda a, x: np.add(a, x, a),
    "np.multiply, where": lambda a, x: np.multiply(a, x, out=a, where=a > 0),
    "operator.iadd": lambda a, x: operator.iadd(a, x),
    "a.__iadd__": lambda a, x: a.__iadd__(x),
    "a.T.__iadd__": lambda a, x: a.T.__iadd__(x),
    "a[0] += x of a matrix": lambda a, x: operator.iadd(a.reshape(3, 1)[0], x),
    "through a view": in_place_through_view,
    "under a view": in_place_under_view,
    "rows": in_place_of_rows,
    "in a function called": in_place_elsewhere,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_in_place_where_others_see_it_is_refused(name):
    """The array itself is what is looked at afterwards, so the traced sum would be lost."""

    def f(x):
        a = np.ones(3)
        WRITTEN[name](a, x)
        return np.sum(a)

    with pytest.raises(MutationError):
        withgradient(f, (S,))


def test_whole_numbers_count_and_index():
    def f(n, x):
        return (
            sum(x[i] for i in range(n)) + np.sum(np.zeros(n)) + x[n - 1] * np.ones(5)[n] + [0.0, 1.0, 2.0][n]
        )

    assert withgradient(f, (2, V))[1][1].tolist() == [1.0, 2.0, 0.0]


def test_integer_array_takes_the_whole_part():
    """Truncation is a step function: there is nothing to lose."""

    def f(x):
        a = np.zeros(2, int)
        np.copyto(a, x, casting="unsafe")
        return a.sum() * x

    assert withgradient(f, (2.5,)) == (10.0, (4.0,))


def test_errors_of_others_stay_as_they_are():
    for wrong, error in (
        (lambda x: "a" + x, TypeError),
        (lambda x: x.nonsense, AttributeError),
        (lambda x: np.zeros(x), TypeError),
        (lambda x: [1, 2][x], TypeError),
        (lambda x: {}[x > 0], KeyError),
    ):
        with pytest.raises(error) as caught:
            withgradient(wrong, (S,))
        assert not isinstance(caught.value, FluxbridgeError)


def test_own_errors_keep_their_cause():
    with pytest.raises(GradientLostError) as caught:
        withgradient(lambda x: np.linalg.det(np.array([[x]])), (S,))
    assert "det" in str(caught.value) and isinstance(caught.value.__cause__, TypeError)


def test_two_levels():
    """The ways out are closed, and the ways through open, inside a gradient of a gradient too."""

    def slope(x):
        return withgradient(lambda y: np.sum(np.array([y**3, x * y])), (x,))[1][0]

    assert withgradient(slope, (2.0,))[1][0] == pytest.approx(13.0)
    with pytest.raises(GradientLostError):
        withgradient(lambda x: withgradient(lambda y: y * float(x), (x,))[1][0], (2.0,))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.asarray(x)),
        lambda x: np.asarray(x) @ x,
        lambda x: np.sum(np.array(list(x))),
        lambda x: np.sum(np.stack(list(x))),
        lambda x: np.sum(np.r_[x, 1.0]),
        lambda x: np.sum(np.asarray(np.reshape(x, (-1, 1)))),
    ],
)
@pytest.mark.skipif(sys.gettrace() is not None, reason="timing under a debugger or coverage")
def test_many_elements_take_no_more_than_a_moment(f):
    x = np.linspace(0.0, 1.0, 100_000)
    start = time.process_time()
    withgradient(f, (x,))
    assert time.process_time() - start < 4.0  # about 0.3 s on a quiet machine
