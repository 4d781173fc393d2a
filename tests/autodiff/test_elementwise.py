import numpy as np
import pytest

from fluxbridge.autodiff.elementwise import masked, select


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
