"""A function that catches what is refused, and one that catches the errors of Python's own arithmetic."""

from __future__ import annotations

import contextlib
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fluxbridge import (
    gradient,
    hessian,
    ignore_derivatives,
    jacobian,
    pullback,
    pushforward,
    withgradient,
)
from fluxbridge.errors import GradientLostError, MutationError, NoRuleError, NotScalarError, Refusal
from fluxbridge.recording import Recording


def by_type(x):
    try:
        return np.log(x) / float(x)
    except (TypeError, ValueError):
        return x**2


def by_everything(x):
    try:
        return math.sin(x)
    except:  # noqa: E722
        return x**2


def suppressed(x):
    with contextlib.suppress(Exception):
        return math.exp(x)
    return x**2


def in_a_generator(x):
    def values():
        try:
            yield math.exp(x)
        except TypeError:
            yield x

    return next(values())


def finally_returned(x):
    try:
        return math.exp(x)
    finally:
        return x**2  # noqa: B012, SIM107


def in_a_thread(x):
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(lambda: float(x)).exception()
    return x if error is None else x**2


def as_a_key(x):
    try:
        return {2.0: 3.0}[x] * x
    except (KeyError, TypeError):
        return x


def written(x):
    y = x * np.ones(2)
    with contextlib.suppress(TypeError):
        y[0] = 1.0
    return np.sum(y)


def without_a_rule(x):
    try:
        return np.frompyfunc(lambda v: v * 2, 1, 1)(x * np.ones(2))[0] * 1.0
    except NotImplementedError:
        return x


CAUGHT = {
    by_type: GradientLostError, by_everything: GradientLostError, suppressed: GradientLostError,
    in_a_generator: GradientLostError, finally_returned: GradientLostError, in_a_thread: GradientLostError,
    as_a_key: GradientLostError, written: MutationError, without_a_rule: NoRuleError,
}  # fmt: skip

CALLS = {
    "gradient": gradient,
    "withgradient": withgradient,
    "pullback": pullback,
    "jacobian": jacobian,
    "hessian": hessian,
    "pushforward": lambda f, x: pushforward(f, x)(1.0),
    "nested": lambda f, x: gradient(lambda t: gradient(f, t)[0], x),
    "Recording": lambda f, x: Recording(f, (x,)),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("f", CAUGHT, ids=lambda f: f.__name__)
def test_a_caught_refusal_ends_the_call(f, call):
    with pytest.raises(CAUGHT[f], match="The function caught this error and went on") as caught:
        CALLS[call](f, 2.0)
    assert isinstance(caught.value, Refusal)


def test_the_advice_works():
    def f(x):
        try:
            return np.log(x) / float(ignore_derivatives(x))
        except TypeError:
            return x**2

    assert withgradient(f, 2.0) == (by_type(2.0), (0.25,))


def test_a_call_that_ended_so_leaves_nothing_behind():
    with pytest.raises(GradientLostError):
        gradient(by_type, 2.0)
    assert gradient(lambda x: x**2, 2.0) == (4.0,)


def test_what_is_raised_outside_too_may_be_caught():
    def inner_refusal(x):
        try:
            return gradient(lambda t: float(t) * t, 1.0)[0]
        except GradientLostError:
            return x**2

    def inner_output(x):
        try:
            return gradient(lambda t: np.stack([t, t]), x)[0]
        except NotScalarError:
            return x**2

    def own(x):
        try:
            raise ValueError(x)
        except ValueError as error:
            return error.args[0] ** 2

    def missing(x):
        try:
            return x.nonsense + len(x)
        except AttributeError:
            return x**2

    for f in (inner_refusal, inner_output, own, missing):
        assert withgradient(f, 3.0) == (9.0, (6.0,))
        assert pushforward(f, 3.0)(1.0) == 6.0


def test_a_refusal_belongs_to_the_call_whose_value_it_is_about():
    def f(x):
        try:
            return gradient(lambda t: float(x) * t, 1.0)[0]
        except GradientLostError:
            return x**2

    with pytest.raises(GradientLostError, match="caught"):
        gradient(f, 3.0)


# -- arithmetic ------------------------------------------------------------------------------------------

ARITHMETIC = {
    "1 / x": lambda x: 1 / x, "x / 0": lambda x: x / 0.0, "x / x": lambda x: x / x,
    "1 / -x": lambda x: 1 / -x,
    "1 / abs": lambda x: 1 / abs(x), "x**-1": lambda x: x**-1, "x**-0.5": lambda x: x**-0.5,
    "0 ** -x": lambda x: 0.0 ** (x - 1), "x % 0": lambda x: x % 0.0, "3 % x": lambda x: 3 % x,
    "x // 0": lambda x: x // 0.0, "3 // x": lambda x: 3 // x, "divmod": lambda x: divmod(3.0, x)[1],
    "x**2": lambda x: x**2, "x * x": lambda x: x * x, "x**300": lambda x: x**300, "x**0.5": lambda x: x**0.5,
    "x**(1/3)": lambda x: x ** (1 / 3), "x ** x": lambda x: x**x, "2**x": lambda x: 2.0**x,
    "np.divide": lambda x: np.divide(1.0, x), "1 / np.sin": lambda x: 1 / np.sin(x),
    "1 / np.abs": lambda x: 1 / np.abs(x), "1 / (x * np.float64)": lambda x: 1 / (x * np.float64(1)),
    "np.power": lambda x: np.power(x, -1.0), "np.power half": lambda x: np.power(x, 0.5),
    "int": int, "floor": math.floor, "round": round, "round 1": lambda x: round(x, 1),
}  # fmt: skip

NUMBERS = [0.0, -8.0, 1e200, -0.0, math.inf, math.nan, 0, 3, np.float64(0), np.float64(-8), np.float64(1e200),
           np.int64(0), np.int64(3), np.float32(0), np.float32(3)]  # fmt: skip


def outcome(f, x):
    """What is computed, or the error that is raised."""
    try:
        return f(x)
    except Exception as error:
        return type(error)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_raises_what_it_raises_outside(name):
    f = ARITHMETIC[name]
    for x in NUMBERS:
        expected = outcome(f, x)
        found = [
            outcome(lambda x: withgradient(lambda x: (0.0, f(x)), x).val[1], x),
            outcome(
                lambda x: withgradient(lambda x: gradient(lambda y: f(y) and 0.0, x) and (0.0, f(x)), x).val[
                    1
                ],
                x,
            ),
            outcome(lambda x: ignore_derivatives(dual(f, x)), x),
        ]
        for value in found:
            assert value is expected or value == expected or (value != value and expected != expected), x


def dual(f, x):
    found = []
    pushforward(lambda x: found.append(ignore_derivatives(f(x))) or 0.0 * x, x)(1.0)
    return found[0]


def test_the_except_branch_is_the_one_taken_outside():
    def f(x):
        try:
            return 1 / (x - 2.0)
        except ZeroDivisionError:
            return x**3

    def g(x):
        try:
            return x**2
        except OverflowError:
            return 2 * x

    assert withgradient(f, 2.0) == (8.0, (12.0,))
    assert hessian(f, 2.0) == 12.0
    assert gradient(g, 1e200) == (2.0,)
    with np.errstate(all="ignore"):
        assert withgradient(f, np.float64(2.0)) == (math.inf, (-math.inf,))
        assert withgradient(lambda x: f(x[0]), np.array([2.0])).val == math.inf
        assert withgradient(g, np.float64(1e200)).val == math.inf


def test_numpys_numbers_warn_as_outside():
    for f in (lambda x: 1 / x, lambda x: x**-1):
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            gradient(f, np.float64(0.0))


def test_numbers_of_numpy_do_not_adapt_to_float32():
    x = np.array([0.1, 0.2])
    for f in (
        lambda x: np.sum(x) * np.float32(0.1),
        lambda x: x[0] * np.float32(0.1),
        lambda x: np.sum(x[0] * np.full(2, 0.1, np.float32)),
        lambda x: np.sum(np.full(2, 0.1, np.float32) / x[1]),
    ):
        assert withgradient(f, x).val == f(x)
        assert pushforward(lambda x, f=f: f(x), x)(np.ones(2)) == pytest.approx(np.sum(gradient(f, x)[0]))
    assert withgradient(lambda x: np.sum(x * np.full(2, 0.1, np.float32)), 0.1).val.dtype == np.float32


def test_an_error_that_came_instead_of_a_refusal():
    """NumPy says "setting an array element with a sequence" where an element cannot be converted."""

    def converted(x):
        y = np.where(x > 0.3, x, 2.0)
        return np.sum(np.asarray(np.array([y, y, 0.5]), dtype=np.float64))

    def renamed(x):
        try:
            return np.sin(float(x))
        except TypeError as error:
            raise ValueError("no number") from error

    for f in (converted, renamed):
        for call in (lambda f: gradient(f, 0.7), lambda f: pushforward(f, 0.7)(1.0)):
            with pytest.raises(GradientLostError, match="A float was asked for"):
                call(f)
