"""The engine itself: long chains, memory, nesting, threads, tracers that escape, arrays that change."""

from __future__ import annotations

import functools
import gc
import threading
import tracemalloc
import weakref
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxbridge import adjoint, checkpointed, gradient, hessian, pullback, withgradient
from fluxbridge.autodiff.native import Trace
from fluxbridge.errors import EscapedTracerError, GradientLostError, MutationError


def product(x, n):
    y = x
    for _ in range(n):
        y = y * x
    return y


def test_a_chain_of_a_million_operations():
    (g,) = gradient(lambda x: product(x, 1_000_000), 1.0)
    assert g == pytest.approx(1_000_001)


def test_records_name_their_primitives():
    trace = Trace(lambda x: np.sum(x * 2.0) ** 2, [np.ones(3)])
    names = [record[0].name for record in trace.tape]
    assert names == ["argument", "multiply", "sum", "literal_power"]


def test_memory_is_freed_as_the_sweep_goes():
    n, length = 250_000, 40

    def chain(x):
        for _ in range(length):
            x = np.sin(x)
        return np.sum(x)

    x = np.linspace(0, 1, n)
    gradient(chain, x[:10])
    tracemalloc.start()
    gradient(chain, x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (length + 6) * x.nbytes  # one array an operation, and a few for the sweep


def test_what_a_rule_does_not_need_is_not_kept():
    def chain(x):
        for _ in range(40):
            x = x + 1.0
        return np.sum(x)

    x = np.ones(250_000)
    tracemalloc.start()
    gradient(chain, x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * x.nbytes


def test_checkpoints_save_memory():
    def block(x):
        for _ in range(20):
            x = np.sin(x)
        return x

    def chain(x):
        for _ in range(10):
            x = checkpointed(block, x)
        return np.sum(x)

    x = np.linspace(0, 1, 250_000)
    tracemalloc.start()
    gradient(chain, x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 45 * x.nbytes  # without checkpoints about 200


@pytest.mark.once
def test_nothing_is_left_behind():
    x = np.ones(10)
    kept = []

    def f(x):
        y = x * 2.0
        kept.append(weakref.ref(y._value))
        return np.sum(y * y)

    gradient(f, x)
    gc.collect()
    assert kept[0]() is None


def test_picking_elements_in_a_loop_is_linear():
    x = np.arange(10_000.0)

    def f(x):
        total = 0.0
        for i in range(len(x)):
            total = total + x[i] * x[i]
        return total

    np.testing.assert_array_equal(gradient(f, x)[0], 2 * x)


# -- nesting -----------------------------------------------------------------------------------------


def derivative(f):
    return lambda x: gradient(f, x)[0]


@pytest.mark.parametrize("order", range(1, 7))
def test_derivatives_of_any_order(order):
    f = lambda x: x**6  # noqa: E731
    expected = 1
    for k in range(order):
        f = derivative(f)
        expected *= 6 - k
    assert f(1.5) == pytest.approx(expected * 1.5 ** (6 - order))


def test_inner_variables_are_not_confused_with_outer_ones():
    """The classic d/dx (x · d/dy (x + y)) = 1, with d/dy = 1."""
    assert gradient(lambda x: x * gradient(lambda y: x + y, 1.0)[0], 1.0) == (1.0,)
    inner = lambda x: gradient(lambda y: x * y * y, 3.0)[0]  # noqa: E731
    assert gradient(inner, 2.0) == (6.0,)


def test_hessian_inside_a_gradient():
    f = lambda x: np.sum(hessian(lambda y: np.sum(y**3) * x[0], x))  # noqa: E731
    np.testing.assert_allclose(gradient(f, np.array([2.0, 3.0]))[0], [6 * 5 + 6 * 2, 6 * 2])


def test_gradient_of_a_pullback():
    def f(x):
        _, back = pullback(lambda z: z**3, x)
        return np.sum(back(x)[0])  # x · 3x²

    np.testing.assert_allclose(gradient(f, np.array([1.0, 2.0]))[0], [9.0, 36.0])


def test_an_exception_leaves_nothing_behind():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        gradient(lambda x: gradient(f, x)[0], 1.0)
    assert gradient(lambda x: x * x, 3.0) == (6.0,)


def test_exceptions_are_ordinary_control_flow():
    def f(x):
        try:
            return [x][1]
        except IndexError:
            return x * x

    assert gradient(f, 3.0) == (6.0,)


def test_threads_do_not_disturb_each_other():
    wrong = []

    def work(k):
        for _ in range(30):
            (g,) = gradient(lambda x: product(x, 50) * derivative(lambda y: y * y)(x), 1.0 + k / 100)
            x = 1.0 + k / 100
            if abs(g - 2 * 52 * x**51) > 1e-6 * g:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


# -- tracers that escape -------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [lambda t: t * 2, lambda t: np.sin(t), lambda t: t + t])
@pytest.mark.once
def test_an_escaped_tracer_says_so(use):
    kept = []
    gradient(lambda x: kept.append(x) or x * x, 3.0)
    gradient(lambda x: kept.append(x) or np.sum(x * x), np.ones(2))
    for tracer in kept:
        with pytest.raises(EscapedTracerError, match="ignore_derivatives"):
            use(tracer)


def test_a_cache_filled_outside_does_not_swallow_the_derivative():
    cached = functools.lru_cache(lambda x: x * x)
    cached(3.0)
    with pytest.raises(GradientLostError, match="__wrapped__"):
        gradient(cached, 3.0)
    assert gradient(cached.__wrapped__, 3.0) == (6.0,)
    assert gradient(lambda n: {2: 5.0}[n] * 1.0, 2) == (None,)


# -- arrays that change --------------------------------------------------------------------------------


def test_a_small_buffer_that_is_reused_counts_as_it_was():
    buffer = np.zeros(3)

    def f(x):
        total = 0.0
        for k in range(3):
            buffer[:] = k
            total = total + np.sum(x * buffer)
        return total

    np.testing.assert_array_equal(gradient(f, np.ones(3))[0], [3.0, 3.0, 3.0])


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.__setitem__(17, 5.0),
        lambda a: a.__setitem__(slice(None), np.flip(a).copy()),
        lambda a: a.sort(),
        lambda a: np.random.default_rng(0).shuffle(a),
        lambda a: np.add(a, 1, out=a),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.once
def test_a_large_array_that_changes_is_noticed(change, dtype):
    a = np.linspace(1, 0, 50_001).astype(dtype)

    def f(x):
        y = np.sum(x * a)
        change(a)
        return y

    with pytest.raises(MutationError, match="changed in place"):
        gradient(f, np.ones(50_001))

    b = np.linspace(1, 0, 50_001).astype(dtype)

    def g(x):
        y = np.sum(x * x)
        change(b)
        return y

    with pytest.raises(MutationError, match="changed in place"):
        gradient(g, b)


@pytest.mark.parametrize(
    "use",
    [
        lambda x: np.sum(x[1:] * x[:-1]),
        lambda x: np.sum(np.exp(np.reshape(x, (2, -1)))) + np.sum(np.sin(x.reshape(-1, 2).T)),
        lambda x: adjoint_square(x),
    ],
    ids=["slices", "reshaped", "own rule"],
)
def test_a_large_argument_that_changes_is_noticed_through_its_views(use):
    whole = np.linspace(0, 1, 60_000)
    for b in (whole, whole[5:-5]):

        def f(x, b=b):
            y = use(x)
            b[7] = 5.0
            return y

        with pytest.raises(MutationError, match="changed in place"):
            gradient(f, b)


@adjoint
def adjoint_square(x):
    return np.sum(x**2), lambda dy: (2 * dy * x,)


def test_a_large_argument_may_change_where_no_rule_needs_it():
    b = np.linspace(0, 1, 60_000)

    def f(x):
        y = np.sum(3.0 * x)
        b[:] = 0.0
        return y

    (grad,) = gradient(f, b)
    assert np.array_equal(grad, np.full(60_000, 3.0))


def test_a_small_argument_that_changes_counts_as_it_was():
    a = np.ones(3)

    def f(x):
        y = x * x
        a[0] = 100.0
        return np.sum(y * x)

    np.testing.assert_array_equal(gradient(f, a)[0], [3.0, 3.0, 3.0])


def test_changing_the_value_of_a_pullback_does_no_harm():
    y, back = pullback(np.exp, np.zeros(2))
    y[:] = 100.0
    np.testing.assert_array_equal(back(np.ones(2))[0], [1.0, 1.0])


def test_gradients_do_not_share_memory():
    x, y = np.ones(3), np.ones(3)
    gx, gy = gradient(lambda x, y: np.sum(x + y), x, y)
    gx[:] = 7.0
    np.testing.assert_array_equal(gy, np.ones(3))
    seed = np.ones(3)
    _, back = pullback(lambda x: x + 1.0, x)
    (g,) = back(seed)
    g[:] = 5.0
    np.testing.assert_array_equal(seed, np.ones(3))
    np.testing.assert_array_equal(back(seed)[0], np.ones(3))


# -- numbers -------------------------------------------------------------------------------------------


def test_exact_numbers_stay_exact():
    assert gradient(lambda x: 3 * x**2 + 2 * x + 1, Fraction(1, 4)) == (Fraction(7, 2),)
    assert gradient(lambda x: 1 / x - x / 3, Fraction(2)) == (Fraction(-7, 12),)
    (g,) = gradient(lambda x: (x + 1) * x, Fraction(1, 3))
    assert isinstance(g, Fraction)
    assert g == Fraction(5, 3)


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.float16, complex, np.complex64])
def test_the_kind_of_a_number_is_kept(kind):
    (g,) = gradient(lambda x: np.real(x * x), kind(3))
    assert type(g) is (kind if kind is not np.complex64 else type(g))
    assert g == 6


@pytest.mark.parametrize("kind", [int, np.int64, np.int8, np.uint8])
def test_integers_become_floats(kind):
    (g,) = gradient(lambda x: x * 2, kind(3))
    assert type(g) is float
    value, _ = withgradient(lambda x: x * 2, 3)
    assert value == 6
    assert type(value) is int


def test_division_by_zero_is_infinite_as_in_julia():
    """Of NumPy's numbers; Python's own raise, as they do outside."""
    with np.errstate(divide="ignore"):
        assert gradient(lambda x: 1 / x, np.float64(0.0)) == (-np.inf,)
        assert gradient(lambda x: x**-2, np.float64(0.0)) == (-np.inf,)
        assert withgradient(lambda x: x / 0.0, np.float64(1.0)).val == np.inf
        assert gradient(lambda x: np.sum(1 / x), np.zeros(1))[0] == [-np.inf]
    for f in (lambda x: 1 / x, lambda x: x**-2, lambda x: (x + 1.0) / 0.0):
        with pytest.raises(ZeroDivisionError):
            gradient(f, 0.0)


@given(st.floats(-3, 3), st.floats(0.5, 3))
def test_arithmetic_of_numbers_and_of_arrays_agree(a, b):
    def f(a, b):
        return (a + 2.0) * b - b / (3.0 + a * a) + (1.5 - a) / b + 2.0 / b - (-a) * 3 + b**3

    numbers = gradient(f, a, b)
    arrays = gradient(lambda a, b: f(a, b)[0], np.array([a]), np.array([b]))
    np.testing.assert_allclose(numbers, np.ravel(arrays), rtol=1e-12, atol=1e-12)


def test_traced_integers_count_and_index():
    def f(x, n):
        return sum(x[i] for i in range(n)) + x[n]

    g, none = gradient(f, np.arange(5.0), 2)
    np.testing.assert_array_equal(g, [1, 1, 1, 0, 0])
    assert none is None
