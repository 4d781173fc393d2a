"""Changes in place: every name and view of a traced array sees what it would in NumPy, or it is refused."""

from __future__ import annotations

import copy
import operator
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge import (
    Buffer,
    adjoint,
    checkpointed,
    explain,
    gradient,
    hessian,
    hook,
    ignore_derivatives,
    pullback,
    withgradient,
)
from fluxbridge.autodiff.native import pushforward
from fluxbridge.errors import FluxbridgeError, MutationError

pytestmark = pytest.mark.once

V = np.array([0.5, 1.5, 0.7])
M = np.arange(1.0, 10.0).reshape(3, 3)


class Holder:
    pass


def normalise(p):
    p /= np.sum(p)


def increase(y):
    y += 1
    return y


def in_a_function(x):
    p = np.exp(x)
    normalise(p)
    return p[0]


def second_name(x):
    y = x * 1
    z = y
    y += 1
    return np.sum(z * x)


def attribute(x):
    thing = Holder()
    thing.p = x * 2
    other = thing.p
    thing.p /= np.sum(thing.p)
    return other[0]


def member_of_a_list(x):
    both = [x * 1, x * 2]
    first = both[0]
    both[0] += both[1]
    both[0] *= x
    return np.sum(first)


def member_of_a_dict(x):
    d = {"a": x * 1}
    other = d["a"]
    d["a"] -= np.mean(d["a"])
    return other[0] * x[1]


def closure(x):
    y = x * 1
    z = y

    def double():
        nonlocal y
        y *= 2

    double()
    return np.sum(z * x)


def every_operator(x):
    y = x * 3
    z = y
    y += x
    y -= 0.1
    y *= x
    y /= 1.5
    y **= 2
    y %= 0.9
    return np.sum(z * x)


def floor_division(x):
    y = x * 3
    z = y
    y //= 1
    return np.sum(z * x)


def matrix_product(x):
    y = x * 1
    z = y
    y @= x
    return np.sum(z)


def iadd(x):
    y = x * 1
    assert operator.iadd(y, x) is y
    return np.sum(y)


def out_of_ufuncs(x):
    y = x * 1
    z = y * 0
    assert np.add(y, 1, out=y) is y
    np.multiply(y, x, y)
    np.divide(1, y, out=y, where=np.array([True, False, True]))
    np.exp(y, out=z)
    np.maximum(x, 1.0, out=(y,))
    return np.sum(z) + np.sum(y * x)


def rounded_into(x):
    y = x * 7.37
    z = y * x
    np.round(y, 1, z)
    np.fix(y * 1, y)  # older NumPys round y up where it is its own output
    return np.sum(y * x) + np.sum(z * x)


def view_first(x):
    y = x * 1
    r = y[1:]
    y *= 2
    return np.sum(r * x[0])


def view_changed(x):
    y = x * 1
    r = y[1:]
    r *= 2
    return np.sum(y * x)


def rows(x):
    y = x * 1
    for row in y:
        row /= np.sum(row)
    return np.sum(y * x)


def augmented_items(x):
    y = x * 1
    y[0] += 2.0
    y[:, 1] *= x[0]
    y.T[2] -= 1
    y.reshape(9)[3:5] /= 2
    return np.sum(y * y)


def heat(x):
    u = x * 1
    for _ in range(3):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def siblings(x):
    y = x * 1
    a, b = y[1:], y[:-1]
    a += b
    b *= a
    return np.sum(y * x)


def diagonals(x):
    y = x * 1
    d = np.diagonal(y)
    windows = np.lib.stride_tricks.sliding_window_view(y, (2, 2))
    e = np.einsum("ii->i", y)
    y *= 2
    e += 1
    return np.sum(d * d) + np.sum(windows) + np.sum(y * x)


def copies(x):
    y = x * 1
    z, w, d, flat, picked = y.copy(), copy.copy(y), copy.deepcopy(y), y.flatten(), y[[0, 1]]
    y += 1
    z *= 2
    w *= 3
    d *= 4
    return np.sum(y * z * w * d) + np.sum(flat * x) + np.sum(picked)


def iterator(x):
    y = x * 1
    elements = iter(y)
    next(elements)
    y += 1
    return next(elements)


def of_the_argument(x):
    r = x[1:]
    x += 1
    r *= x[0]
    return np.sum(x * x)


def into_a_buffer(x):
    y = x * 1
    b = Buffer(x)
    b[:] = y
    y += 1
    return np.sum(b.copy() * y)


def through_a_hook(x):
    y = x * 1
    y = hook(lambda d: d, y)
    y += 1
    return np.sum(y * y)


def inside_a_checkpoint(x):
    y = x * 1

    def block(v):
        w = v * 1
        w += 1
        return np.sum(w * w)

    return checkpointed(block, y) + np.sum(y)


def inner_gradient(x):
    y = x * 1
    z = y
    (g,) = gradient(lambda t: np.sum(increase(t * y) * t), x)
    y += 1
    return np.sum(g * z)


def outer_array_inside(x):
    y = x * 1
    z = y

    def f(t):
        nonlocal y
        s = np.sum(t * y)
        y += 1
        return s + np.sum(t * y)

    return np.sum(gradient(f, x)[0] * z)


def later_pullback(x):
    y = x * 1
    value, back = pullback(lambda t: t * t * y, y)
    y += 1
    value *= 2
    return np.sum(back(value)[0] * y)


def into_a_plain_array(x):
    a = np.zeros(3)
    a += x
    b = a
    b *= 2
    return np.sum(a * x)


VECTORS = [
    in_a_function, second_name, attribute, member_of_a_list, member_of_a_dict, closure, every_operator,
    floor_division, iadd, out_of_ufuncs, rounded_into, view_first, view_changed, heat, siblings, copies,
    iterator, of_the_argument, into_a_buffer, inside_a_checkpoint, inner_gradient,
    outer_array_inside,
    later_pullback, into_a_plain_array,
]  # fmt: skip
MATRICES = [matrix_product, rows, augmented_items, diagonals]
CASES = [(f, V) for f in VECTORS] + [(f, M) for f in MATRICES]


def differences(f, x, h=1e-6):
    out = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        out[k] = (f(x + step) - f(x - step)) / (2 * h)
    return out


@pytest.mark.parametrize(("f", "x"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_a_change_in_place_does_what_numpy_does(f, x):
    value, (g,) = withgradient(f, x.copy())
    np.testing.assert_allclose(value, f(x.copy()), rtol=1e-12)
    want = differences(f, x)
    np.testing.assert_allclose(g, want, rtol=1e-5, atol=1e-5)


FORWARD = [(f, x) for f, x in CASES if f is not inside_a_checkpoint]


@pytest.mark.parametrize(("f", "x"), FORWARD, ids=[f.__name__ for f, _ in FORWARD])
def test_forward_mode_too(f, x):
    value, tangent = pushforward(f, (x.copy(),), (np.ones(x.shape),))
    np.testing.assert_allclose(value, f(x.copy()), rtol=1e-12)
    np.testing.assert_allclose(float(tangent), np.sum(differences(f, x)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("f", [second_name, view_first, view_changed, siblings, heat, member_of_a_list])
def test_second_order(f):
    slopes = [(gradient(f, V + e)[0] - gradient(f, V - e)[0]) / 2e-5 for e in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(hessian(f, V), slopes, rtol=1e-5, atol=1e-5)


def test_the_example_of_a_normalised_vector():
    w = np.array([0.1, 0.2, 0.3])
    assert withgradient(in_a_function, w).val == pytest.approx(0.3006, abs=1e-4)


def test_explanations_follow():
    assert "[1, 6, 2.8]" in explain(view_changed, V).text()


# -- refused -----------------------------------------------------------------------------------------


def with_ignored(x):
    y = x * 1
    p = ignore_derivatives(y)[1:]
    y += 1
    return np.sum(p) + np.sum(y)


def with_asarray(x):
    y = x * 1
    a = np.asarray(y)
    y += 1
    return np.sum(a)


def asarray_itself(x):
    y = x * 1
    a = np.asarray(y)
    a += 1
    return np.sum(y)


@adjoint
def the_same(x):
    return x, lambda dy: (dy,)


def result_of_a_rule(x):
    y = x * 1
    z = the_same(y)
    z += 1
    return np.sum(y)


def checkpointed_argument(x):
    y = x * 1
    return checkpointed(lambda v: np.sum(increase(v)), y) + np.sum(y)


def real_part(x):
    z = x * (1 + 1j)
    r = z.real
    z *= 1j
    return np.sum(r)


def repeated_view(x):
    y = np.broadcast_to(x * 1, (2, 3))
    y += 1
    return np.sum(y)


def from_further_inside(x):
    y = x * 1

    def f(t):
        nonlocal y
        y += t
        return np.sum(t)

    return np.sum(gradient(f, x)[0])


def set_items(x):
    y = x * 1
    y[0] = 2.0
    return np.sum(y)


def add_to_an_item(x):
    y = x * 1
    y[0] += 2.0
    return np.sum(y)


REFUSED = [
    through_a_hook, with_ignored, with_asarray, asarray_itself, result_of_a_rule, checkpointed_argument,
    real_part, repeated_view, from_further_inside, set_items, add_to_an_item,
]  # fmt: skip


@pytest.mark.parametrize("f", REFUSED, ids=[f.__name__ for f in REFUSED])
def test_what_cannot_be_followed_is_refused(f):
    with pytest.raises(MutationError):
        withgradient(f, V.copy())
    with pytest.raises(MutationError):
        pushforward(f, (V.copy(),), (np.ones(3),))


def test_the_advice_works():
    def f(x):
        y = x * 1
        p = ignore_derivatives(y)
        y = y + 1
        z = y.copy()
        z += 1
        return np.sum(p) + np.sum(y * z)

    assert withgradient(f, V).val == pytest.approx(f(V))


WEIGHTS = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("f", "xs"),
    [
        (lambda a, b: np.sum(increase(a) * b), (WEIGHTS, WEIGHTS)),
        (lambda a, b: np.sum(increase(a) * b), (WEIGHTS[:2], WEIGHTS[1:])),
        (lambda a: np.sum(increase(a) * WEIGHTS), (WEIGHTS,)),
        (lambda a: np.sum(increase(a)), (M[:, 1],)),
    ],
    ids=["the same twice", "overlapping", "a global", "a column"],
)
def test_an_argument_that_is_seen_elsewhere_is_refused(f, xs):
    with pytest.raises(MutationError, match=r"x\.copy\(\)"):
        withgradient(f, *xs)


def test_the_arrays_of_the_caller_stay_as_they_are():
    w = V.copy()
    assert withgradient(of_the_argument, w).val == pytest.approx(of_the_argument(V.copy()))
    np.testing.assert_array_equal(w, V)
    large = np.linspace(0, 1, 10_000)
    kept = large.copy()
    (g,) = gradient(of_the_argument, large)
    np.testing.assert_array_equal(large, kept)
    assert g.shape == (10_000,)


def test_attributes_changed_in_place_are_handed_back():
    layer = Holder()
    layer.mean = np.ones(2)
    before = layer.mean

    def f(layer, x):
        layer.mean *= 0.5
        layer.mean += x
        return np.sum(layer.mean)

    assert withgradient(f, layer, np.ones(2)).val == 3.0
    np.testing.assert_array_equal(layer.mean, [1.5, 1.5])
    np.testing.assert_array_equal(before, [1.0, 1.0])


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: increase_by(x * 1, np.ones((2, 3))), ValueError),
        (lambda x: increase_by(x * 1, 1j * x), TypeError),
        pytest.param(
            lambda x: increase_by(np.zeros(3, int), x),
            TypeError,
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="the caller still holds the array"),
        ),
        (lambda x: operator.imatmul(x * 1, x), ValueError),
    ],
    ids=["shape", "complex into real", "float into integer", "product of vectors"],
)
def test_numpys_own_errors(f, error):
    for g in (f, lambda x: withgradient(f, x)):
        with pytest.raises(error) as caught:
            g(V)
        assert not isinstance(caught.value, FluxbridgeError)


def increase_by(y, x):
    y += x
    return np.sum(y)


def test_single_precision_stays():
    def f(x):
        y = x.astype(np.float32)
        z = y
        y += x
        a = np.zeros(3, np.float32)
        a += x
        assert z.dtype == np.float32 and a.dtype == np.float32
        return np.sum(z) * 1.0 + np.sum(a)

    np.testing.assert_allclose(gradient(f, V)[0], [3.0, 3.0, 3.0])


# -- random programs -----------------------------------------------------------------------------------

#: What makes another array of one: views, copies, and either as NumPy finds fit.
MAKERS = [
    lambda y: y, lambda y: y[1:], lambda y: y[::2], lambda y: y[..., :1], lambda y: y[None], lambda y: y.T,
    lambda y: y[::-1], lambda y: y.reshape(-1), lambda y: y.ravel(), lambda y: np.ravel(y, "F"),
    lambda y: np.ravel(y, "K"), lambda y: y.T.ravel(), lambda y: y.flatten(), lambda y: y.copy(),
    lambda y: np.copy(y.T), lambda y: np.atleast_2d(y), lambda y: np.atleast_3d(y),
    lambda y: np.squeeze(y[None]),
    lambda y: np.expand_dims(y, 0), lambda y: np.moveaxis(y[None], 0, -1), lambda y: np.flip(y),
    lambda y: np.rot90(np.atleast_2d(y)), lambda y: np.split(y, [1])[1], lambda y: np.array_split(y, 2)[0],
    lambda y: np.real(y), lambda y: y.real, lambda y: np.diagonal(np.atleast_2d(y)), lambda y: y.view(),
    lambda y: y[np.arange(len(y))], lambda y: y[y > -9], lambda y: np.take(y, [0], axis=0), lambda y: +y,
    lambda y: np.concatenate([y]), lambda y: np.stack([y])[0], lambda y: np.repeat(y, 1, axis=0),
    lambda y: np.tile(y, 1), lambda y: y.astype(float), lambda y: y.astype(float, copy=False),
    lambda y: np.broadcast_arrays(y, 1.0)[0].copy(), lambda y: np.swapaxes(np.atleast_2d(y), 0, 1),
    lambda y: np.where(True, y, 0.0), lambda y: np.resize(y, y.shape), lambda y: y * 2.0, lambda y: np.sin(y),
    lambda y: np.lib.stride_tricks.sliding_window_view(y, 1, axis=0), lambda y: np.roll(y, 1),
    lambda y: y.conj(),
    lambda y: np.trim_zeros(np.ravel(y)), lambda y: next(iter(np.atleast_2d(y))), lambda y: np.nan_to_num(y),
]  # fmt: skip
CHANGES = [
    lambda y, z: operator.iadd(y, 1.0), lambda y, z: operator.imul(y, 1.5), lambda y, z: operator.isub(y, z),
    lambda y, z: operator.iadd(y, z.ravel()[0]), lambda y, z: np.add(y, 0.5, out=y),
    lambda y, z: np.sin(y, out=y),
    lambda y, z: np.multiply(y, z, out=y), lambda y, z: operator.itruediv(y, 2.0),
]  # fmt: skip

steps = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.integers(0, 9), st.integers(0, len(MAKERS) - 1)),
        st.tuples(st.just("change"), st.integers(0, 9), st.integers(0, len(CHANGES) - 1), st.integers(0, 9)),
        st.tuples(st.just("drop"), st.integers(0, 9)),
    ),
    min_size=2,
    max_size=9,
)


def run(program, x):
    names = [x * 1.0]
    for step in program:
        k = step[1] % len(names)
        if step[0] == "make":
            names.append(MAKERS[step[2]](names[k]))
        elif step[0] == "change":
            CHANGES[step[2]](names[k], names[step[3] % len(names)])
        elif len(names) > 1:
            del names[k]
    return sum((k + 1.5) * np.sum(y * y) for k, y in enumerate(names))


@settings(max_examples=150, deadline=None)
@given(steps, st.sampled_from([(3,), (2, 3), (3, 2)]))
def test_random_programs(program, shape):
    """Value and gradient are those of the plain program, or it is refused; never anything else."""
    x = np.linspace(0.3, 1.1, int(np.prod(shape))).reshape(shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = run(program, x)
        except Exception:  # NumPy refuses it as well
            return
        try:
            value, (g,) = withgradient(lambda x: run(program, x), x)
        except MutationError:
            return
        np.testing.assert_allclose(value, want, rtol=1e-9)
        slopes = differences(lambda x: run(program, x), x)
        np.testing.assert_allclose(g, slopes, rtol=1e-4, atol=1e-4 * (1 + abs(want)))


def test_objects_with_a_state_are_no_arrays():
    counter = Holder()
    counter.state, counter.x = 0, 2.0

    def f(counter):
        counter.state += 1
        counter.other = Holder()
        counter.other.state = 1
        return counter.x**2

    assert gradient(f, counter)[0].x == 4.0
    assert counter.state == 1
