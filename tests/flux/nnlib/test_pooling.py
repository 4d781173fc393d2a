import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge import gradient
from fluxbridge.errors import DimensionMismatch
from fluxbridge.flux import nnlib

RNG = np.random.default_rng(0)
CASES = [
    ((6, 5, 2, 3), (2, 2), {}),
    ((6, 5, 2, 3), (3, 2), {"stride": 1, "pad": (1, 0, 0, 1)}),
    ((6, 5, 2, 3), (6, 5), {}),
    ((7, 2, 3), (3,), {"stride": 2, "pad": 1}),
    ((4, 3, 4, 1, 2), (2, 2, 2), {"stride": (1, 1, 2)}),
]


@pytest.mark.parametrize(("shape", "k", "options"), CASES)
def test_rules(shape, k, options):
    x = RNG.permutation(np.arange(float(np.prod(shape)))).reshape(shape) / 7 + 1
    check(lambda x: nnlib.maxpool(x, k, **options) ** 2, x)
    check(lambda x: nnlib.meanpool(x, k, **options) ** 2, x)
    check(lambda x: nnlib.meanpool(x, k, count_include_pad=False, **options), x)
    check(lambda x: nnlib.lpnormpool(x, 3, k, **options), x)


@pytest.mark.parametrize(("shape", "k", "options"), CASES)
def test_each_window(shape, k, options):
    x = RNG.normal(size=shape)
    stride = options.get("stride", k)
    stride = (stride,) * len(k) if isinstance(stride, int) else stride
    pad = options.get("pad", 0)
    pad = (pad,) * (2 * len(k)) if isinstance(pad, int) else pad
    wide = np.pad(x, [pad[2 * i : 2 * i + 2] for i in range(len(k))] + [(0, 0)] * 2, constant_values=-np.inf)
    largest, mean = nnlib.maxpool(x, k, **options), nnlib.meanpool(x, k, **options)
    inner = nnlib.meanpool(x, k, count_include_pad=False, **options)
    cubes = nnlib.lpnormpool(np.abs(x), 3, k, **options)
    for at in np.ndindex(*largest.shape[:-2]):
        window = wide[tuple(slice(a * s, a * s + n) for a, s, n in zip(at, stride, k, strict=True))]
        axes = tuple(range(len(k)))
        np.testing.assert_array_equal(largest[at], np.max(window, axis=axes))
        there = np.isfinite(window)
        filled = np.where(there, window, 0)
        np.testing.assert_allclose(mean[at], np.mean(filled, axis=axes), atol=1e-12)
        of_there = np.sum(filled, axis=axes) / np.maximum(np.sum(there, axis=axes), 1)
        np.testing.assert_allclose(inner[at], of_there, atol=1e-12)
        norm = np.sum(np.abs(filled) ** 3, axis=axes) ** (1 / 3)
        np.testing.assert_allclose(cubes[at], norm, atol=1e-12)


@pytest.mark.parametrize("k", [(2, 2), (4, 4)])
def test_ties_go_to_the_first_in_the_first_axis(k):
    grad = gradient(lambda x: np.sum(nnlib.maxpool(x, k)), np.ones((4, 4, 1, 1)))[0][:, :, 0, 0]
    expected = np.zeros((4, 4))
    expected[:: k[0], :: k[1]] = 1
    assert np.array_equal(grad, expected)
    x = np.array([[0.0, 1.0], [1.0, 0.0]]).reshape(2, 2, 1, 1)  # a tie of x[1, 0] and x[0, 1]
    for pool in (nnlib.maxpool(x, (2, 2)), nnlib.maxpool(x, (1, 2), stride=1)):
        assert pool.max() == 1
    grad = gradient(lambda x: np.sum(nnlib.maxpool(x, (2, 2))), x)[0][:, :, 0, 0]
    assert np.array_equal(grad, [[0, 0], [1, 0]])


def test_types():
    x = np.ones((4, 4, 1, 1), np.float32)
    for pool in (nnlib.maxpool, nnlib.meanpool):
        assert pool(x, 2).dtype == np.float32
        assert gradient(lambda x, pool=pool: np.sum(pool(x, 2)), x)[0].dtype == np.float32
    assert nnlib.maxpool(np.ones((4, 1, 1), int), (2,), pad=1).dtype == int
    assert nnlib.meanpool(np.ones((4, 1, 1), int), (2,)).dtype == float


def test_refusals():
    with refused(DimensionMismatch, match="4 dimensions"):
        nnlib.maxpool(np.ones((4, 4, 1)), (2, 2))
    with refused(DimensionMismatch, match="larger"):
        nnlib.meanpool(np.ones((4, 4, 1, 1)), (5, 2))
    with refused(ValueError, match="Inf"):
        nnlib.lpnormpool(np.ones((4, 1, 1)), np.inf, (2,))
