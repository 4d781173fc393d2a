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
    for shape in ((3, 4), (3, 1), (4,)):
        condition = np.asarray(rng.random(shape) < 0.5, order=orders[0])
        found, expected = masked(condition, value), np.where(condition, value, 0.0)
        assert found.strides == expected.strides
        np.testing.assert_array_equal(found, expected, strict=True)
