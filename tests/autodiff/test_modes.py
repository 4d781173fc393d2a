"""Both modes give the same derivative at every singular point of every elementwise primitive.

Python floats, NumPy's, arrays and single precision, too: the same numbers, Inf and NaN at the same
places, and never an exception that is not ours.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import special

import fluxbridge.flux  # noqa: F401  (registers its activations)
from fluxbridge import gradient, hessian, pushforward
from fluxbridge.autodiff.native import pullback
from fluxbridge.autodiff.native import pushforward as pushed
from fluxbridge.autodiff.primitive import PRIMITIVES, Primitive, load_on_demand

special.gammaln(1.0)
load_on_demand()

ONE = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -2.0,
    -3.0,
    3.0,
    6.0,
    90.0,
    1e-300,
    -1e300,
    1e300,
    np.inf,
    -np.inf,
    np.nan,
)
TWO = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, np.inf, -np.inf, np.nan)
#: with arguments that are whole or constant, and losses that refuse numbers outside of their domain
OTHERS = {"ldexp", "literal_power", "loss_log", "loss_xlogy"}
ELEMENTWISE = sorted(
    name
    for name, p in PRIMITIVES.items()
    if p.number_vjp is not None and len(p.formulas) in (1, 2) and name not in OTHERS
)


def points(p: Primitive) -> list[tuple[float, ...]]:
    found = list(itertools.product(ONE if len(p.formulas) == 1 else TWO, repeat=len(p.formulas)))
    if p.name == "power":  # NumPy has no one answer for broken powers of -Inf
        return [at for at in found if at[0] >= 0 or at[1] % 1 == 0]
    return found


def answers(p: Primitive, xs: tuple[Any, ...], k: int) -> list[np.ndarray]:
    """The derivative by argument k, by the reverse and the forward mode, as arrays."""

    def f(x: Any) -> Any:
        return p(*xs[:k], x, *xs[k + 1 :])

    y, back = pullback(f, (xs[k],))
    seed = np.ones_like(y) if isinstance(y, (np.ndarray, np.generic)) else 1.0
    one = np.ones_like(xs[k]) if isinstance(xs[k], (np.ndarray, np.generic)) else 1.0
    both = back(seed)[0], pushed(f, (xs[k],), (one,))[1]
    return [np.full(np.shape(xs[k]), np.nan) if x is None else np.real(np.asarray(x)) for x in both]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_modes_agree_at_singular_points(name):
    p = PRIMITIVES[name]
    places = points(p)
    whole = tuple(np.array(column) for column in zip(*places, strict=True))
    tame = [at for at in places if all(1e-30 < abs(x) < 1e30 or x == 0 or not np.isfinite(x) for x in at)]
    single = tuple(np.array(column, np.float32) for column in zip(*tame, strict=True))
    with np.errstate(all="ignore"):
        for k, formula in enumerate(p.formulas):
            if formula is None:
                continue
            reverse, forward = answers(p, whole, k)
            for place, at in enumerate(places):
                found = [reverse[place], forward[place], *answers(p, at, k)]
                np.testing.assert_allclose(found, found[0], rtol=1e-9, err_msg=f"{name} at {at} by {k}")
            for at in places[:2]:
                for kind in (np.float64, np.array):
                    np.testing.assert_allclose(
                        *answers(p, tuple(map(kind, at)), k), err_msg=f"{name} at {at}"
                    )
            np.testing.assert_allclose(*answers(p, single, k), rtol=1e-4, err_msg=f"{name} by {k}, float32")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exponent", [-2, -0.5, 0, 0.5, 1, 1.5, 2, 3, 3.5])
def test_modes_agree_for_powers(exponent):
    def f(x):
        return x**exponent

    for x in (0.0, -0.0, 1.0, -2.0, np.inf, -np.inf, np.nan):
        if x < 0 and exponent % 1:
            continue
        number = np.float64(x)  # Python's own raises ZeroDivisionError for 0.0 ** -2, also outside
        numbers = gradient(f, number)[0], pushforward(f, number)(1.0)
        a = np.array([x])
        arrays = gradient(lambda x: np.sum(f(x)), a)[0][0], pushforward(f, a)(np.ones(1))[0]
        np.testing.assert_array_equal([*numbers, *arrays], numbers[0], err_msg=f"{x}**{exponent}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_forward_mode_of_numbers_does_not_raise():
    assert pushforward(np.log, 0.0)(1.0) == np.inf == gradient(np.log, 0.0)[0]
    zero = np.float64(0.0)
    assert pushforward(lambda x: 1 / x, zero)(1.0) == -np.inf == gradient(lambda x: 1 / x, zero)[0]
    assert hessian(lambda x: 1 / x, zero) == np.inf


@pytest.mark.parametrize("derivative", [gradient, hessian, lambda f, x: pushforward(f, x)(1.0)])
def test_every_mode_raises_what_python_raises(derivative):
    for f in (lambda x: 1 / x, lambda x: x**-2):
        with pytest.raises(ZeroDivisionError):
            derivative(f, 0.0)


@pytest.mark.parametrize("f", [lambda x: np.power(0.0, x), lambda x: np.power(x, x)])
def test_second_derivative_of_a_power_by_its_exponent_at_zero(f):
    with np.errstate(all="ignore"):
        assert np.isnan(hessian(f, 0.0))
        assert np.isnan(gradient(lambda y: gradient(f, y)[0], 0.0)[0])
