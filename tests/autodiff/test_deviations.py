"""Every row of docs/deviations.md: where we do not answer as Zygote 0.7.12 does."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from fluxbridge import forwarddiff, gradient, ignore_derivatives, withgradient
from fluxbridge.errors import MutationError

PAGE = Path(__file__).parents[2] / "docs" / "deviations.md"


def test_every_row_of_the_page_has_a_test():
    rows = re.findall(r"\| `(\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.M)
    module = sys.modules[__name__]
    tests = {name[5:] for name, _ in inspect.getmembers(module, inspect.isfunction) if name[:5] == "test_"}
    assert tests == {*rows, "every_row_of_the_page_has_a_test"}


def test_mod_at_a_multiple():
    assert gradient(lambda x: x % 3.0, 6.0) == (1.0,)
    assert gradient(np.mod, 6.0, 3.0) == (1.0, -2.0)
    assert gradient(np.fmod, -6.0, 3.0) == (1.0, 2.0)


@pytest.mark.parametrize("ddof", [0, 1])
def test_std_of_equal_numbers(ddof):
    np.testing.assert_array_equal(gradient(lambda x: np.std(x, ddof=ddof), np.ones(3))[0], np.zeros(3))


def test_det_of_a_singular_matrix():
    got = gradient(np.linalg.det, np.array([[1.0, 2.0], [2.0, 4.0]]))[0]
    np.testing.assert_allclose(got, [[4, -2], [-2, 1]], atol=1e-14)
    np.testing.assert_array_equal(gradient(np.linalg.det, np.zeros((3, 3)))[0], np.zeros((3, 3)))


def test_power_zero_at_zero():
    assert gradient(lambda x: x**0, 0.0) == (0.0,)
    assert gradient(lambda x, p: x**p, 0.0, 0.0)[0] == 0.0
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x**0), np.zeros(2))[0], np.zeros(2))


def test_hypot_at_zero():
    np.testing.assert_array_equal(
        gradient(lambda x: np.sum(np.hypot(x, 0.0)), np.array([0.0, 3.0]))[0], [0, 1]
    )
    assert gradient(np.hypot, 0.0, 0.0) == (0.0, 0.0)


def test_clip_at_a_border():
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    np.testing.assert_array_equal(gradient(lambda x: np.sum(np.clip(x, 0.0, 1.0)), x)[0], [0, 1, 1, 1, 0])
    assert gradient(lambda x: np.clip(x, 0.0, 1.0), 1.0) == (1.0,)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_outside_the_domain():
    assert np.isnan(gradient(np.sqrt, -1.0)[0])
    assert np.isnan(withgradient(np.log, -1.0).val)


def test_sign_in_a_product_at_zero():
    np.testing.assert_array_equal(
        gradient(lambda x: np.sum(np.sign(x) * x), np.array([4.0, 0.0]))[0], [1.0, 0.0]
    )


def test_numbers_that_are_left_out():
    f = lambda x: np.nansum(np.where(x > 0, x, np.nan) ** 2)  # noqa: E731
    np.testing.assert_array_equal(gradient(f, np.array([1.0, -2.0]))[0], [2.0, 0.0])


def test_division_by_zero():
    for f in (lambda x: 1 / x, lambda x: gradient(lambda x: 1 / x, x)):
        with pytest.raises(ZeroDivisionError):
            f(0.0)
    with np.errstate(divide="ignore"):
        assert withgradient(lambda x: 1 / x, np.float64(0.0)) == (np.inf, (-np.inf,))


def test_float32_times_a_python_number():
    value, (slope,) = withgradient(lambda x: np.sum(0.1 * x), np.ones(2, np.float32))
    assert slope.dtype == np.float32
    if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
        assert value.dtype == np.float32


def test_python_ranges():
    assert gradient(np.sum, range(1, 4)) == (None,)
    assert gradient(np.sum, np.arange(1, 4))[0].tolist() == [1.0, 1.0, 1.0]


def test_elements_of_an_object_array():
    assert gradient(lambda x, y: np.array([x, y])[0], 1.0, 2.0) == (1.0, None)
    assert gradient(lambda x, y: np.stack([x, y])[0], 1.0, 2.0) == (1.0, 0.0)


def test_norm_of_a_list():
    np.testing.assert_allclose(gradient(lambda x, y: np.linalg.norm([x, y]), 3.0, 4.0), (0.6, 0.8))
    assert np.all(np.isnan(gradient(lambda x, y: np.linalg.norm([x, y]), 0.0, 0.0)))
    np.testing.assert_array_equal(gradient(np.linalg.norm, np.zeros(2))[0], np.zeros(2))


def test_builtin_max():
    assert gradient(np.maximum, 1.0, 1.0) == (0.0, 1.0)
    assert gradient(np.minimum, 1.0, 1.0) == (1.0, 0.0)
    assert gradient(max, 1.0, 1.0) == gradient(min, 1.0, 1.0) == (1.0, None)


def test_no_lazy_arrays():
    got = gradient(np.trace, np.ones((2, 2)))[0]
    assert type(got) is np.ndarray
    np.testing.assert_array_equal(got, np.eye(2))
    assert type(gradient(lambda x: x[0], np.ones(2))[0]) is np.ndarray


def test_median():
    np.testing.assert_array_equal(gradient(np.median, np.array([3.0, 1.0, 2.0]))[0], [0, 0, 1])
    np.testing.assert_array_equal(gradient(np.median, np.array([3.0, 1.0, 2.0, 7.0]))[0], [0.5, 0, 0.5, 0])


def test_try_and_except():
    def f(x):
        try:
            raise ValueError(x)
        except ValueError as error:
            return error.args[0] ** 2

    assert gradient(f, 3.0) == (6.0,)


def test_lists_and_dicts():
    def f(x):
        powers, names = [], {}
        for k in range(3):
            powers.append(x**k)
        names["last"] = powers.pop()
        return names["last"] + sum(powers)

    assert gradient(f, 3.0) == (7.0,)


@pytest.mark.once
def test_small_arrays_are_copied():
    weights = np.ones(3)

    def f(x):
        y = np.sum(weights * x)
        weights[0] = 100.0
        return y

    assert gradient(f, 2.0) == (3.0,)


def test_forwarddiff_of_a_closure():
    assert gradient(lambda a, b: forwarddiff(lambda t: t * b, a), 2.0, 3.0) == (3.0, 2.0)


def test_ignored_changes_in_place():
    def f(x):
        def body():
            x[0] = 5.0

        ignore_derivatives(body)
        return np.sum(x)

    with pytest.raises(MutationError, match="copy it there"):
        gradient(f, np.ones(2))
