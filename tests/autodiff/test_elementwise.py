import numpy as np
import pytest

from fluxbridge import gradient, pushforward
from fluxbridge.autodiff.elementwise import masked, select
from fluxbridge.autodiff.native import Trace
from fluxbridge.autodiff.primitive import Spec
from fluxbridge.flux.nnlib import sigmoid


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_masked_is_where(dtype, order):
    value = np.array([[np.nan, np.inf, -1.5], [-np.inf, -0.0, 2.5]], dtype, order=order)
    for condition in (
        np.zeros((2, 3), bool),
        np.ones((2, 3), bool),
        value > 0,
        np.array([True, False, True]),
    ):
        got = masked(condition, value)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, np.where(condition, value, 0.0))
    assert masked(np.ones((2, 2, 3), bool), value).shape == (2, 2, 3)
    assert masked(np.array(True), np.array(2.0)) == 2.0


def test_select_of_other_types():
    assert select(True, 2.0) == 2.0 and select(np.False_, np.inf) == 0.0
    assert select(np.array([True, False]), np.array([1, 2])).tolist() == [1, 0]
    assert select(np.array([True, False]), np.array([1j, 2j])).tolist() == [1j, 0]
    assert select(np.array([True, False]), 3.0).tolist() == [3.0, 0.0]


@pytest.mark.parametrize("function", [np.tanh, sigmoid])
def test_the_input_of_what_levels_off_is_kept_only_where_it_does(function):
    inner, outer = np.linspace(-2.0, 2.0, 5000), np.linspace(-2.0, 40.0, 5000)
    for x, kept in ((inner, False), (outer, True)):
        trace = Trace(lambda x: np.sum(function(x)), (x,))
        record = next(r for r in trace.tape if len(r[1]) == 1 and r[0].name != "sum")
        assert isinstance(record[2][1], Spec) is not kept
    slopes = gradient(lambda x: np.sum(function(x)), outer)[0]
    assert np.all(slopes > 0)  # also where the output is 1 to the last digit
    near = gradient(lambda x: np.sum(function(x)), inner)[0]
    np.testing.assert_allclose(near, [gradient(function, float(v))[0] for v in inner], rtol=1e-12)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64])
def test_slopes_of_powers_of_integers_do_not_wrap_round(kind):
    with np.errstate(over="ignore"):
        for p in (2, 3, 5):
            slope = p * 20.0 ** (p - 1)
            assert gradient(lambda x, p=p: x**p, kind(20)) == (slope,)
            np.testing.assert_array_equal(
                gradient(lambda x, p=p: x[1] ** p, np.array([3, 20], kind))[0], [0, slope]
            )
        assert pushforward(lambda x: abs(x) ** 4, kind(20))(1.0) == 4 * 20.0**3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("orders", ["CC", "CF", "FC", "FF"])
def test_masked_lies_in_memory_as_where_does(orders, dtype):
    rng = np.random.default_rng(2)
    value = np.asarray(rng.normal(size=(3, 4)), dtype, order=orders[1])
    for shape in ((3, 4), (3, 1), (4,)):
        condition = np.asarray(rng.random(shape) < 0.5, order=orders[0])
        found, expected = masked(condition, value), np.where(condition, value, 0.0)
        assert found.strides == expected.strides
        np.testing.assert_array_equal(found, expected, strict=True)
