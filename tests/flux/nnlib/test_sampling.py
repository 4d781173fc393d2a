"""Windows as matrices, images read at points and turned, the cotangents, and results written in place."""

import itertools

import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge import gradient, kinks, pullback
from fluxbridge.errors import ArgumentError, DimensionMismatch, MutationError
from fluxbridge.flux import nnlib
from fluxbridge.flux.nnlib import DenseConvDims, DepthwiseConvDims, PoolDims

RNG = np.random.default_rng(3)


def numbers(*shape):
    return RNG.normal(size=shape)


@pytest.mark.parametrize("flipped", [True, False])
def test_unfold_times_the_weight_is_a_convolution(flipped):
    x, w = numbers(6, 5, 2, 3), numbers(3, 2, 2, 4)
    options = {"stride": (2, 1), "pad": (1, 0, 2, 1), "dilation": (1, 2), "flipped": flipped}
    windows = nnlib.unfold(x, w.shape, **options)
    y = nnlib.conv(x, w, **options)
    product = nnlib.batched_mul(windows, w.reshape((-1, 4), order="F"))
    np.testing.assert_allclose(product.reshape(y.shape, order="F"), y)


def test_fold_is_the_transpose_of_unfold():
    kernel, options = (3, 2, 2, 1), {"stride": 2, "pad": 1, "flipped": False}
    x = numbers(6, 5, 2, 3)
    windows = nnlib.unfold(x, kernel, **options)
    y = numbers(*windows.shape)
    back = nnlib.fold(y, x.shape, kernel, **options)
    np.testing.assert_allclose(np.sum(windows * y), np.sum(x * back))
    check(lambda x: nnlib.unfold(x, kernel, **options), x)
    check(lambda y: nnlib.fold(y, x.shape, kernel, **options), y)
    with refused(DimensionMismatch, match=r"fold: .* \(9, 12, 3\)"):
        nnlib.fold(y[1:], x.shape, kernel, **options)
    with refused(DimensionMismatch, match="channels"):
        nnlib.unfold(x, (3, 2, 1, 1))


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_unfold_keeps_number_types(dtype):
    x = numbers(5, 1, 2).astype(dtype)
    assert nnlib.unfold(x, (2, 1, 1)).dtype == dtype
    assert nnlib.unfold(np.zeros((5, 1, 0)), (2, 1, 1)).shape == (4, 2, 0)


@pytest.mark.parametrize(("rank", "mode"), list(itertools.product([2, 3], ["zeros", "border"])))
def test_grid_sample(rank, mode):
    sizes = (4, 3, 5)[:rank]
    x = numbers(*sizes, 2, 2)
    grid = RNG.uniform(-1.3, 1.3, size=(rank, *(3, 2, 2)[:rank], 2))
    check(lambda x, g: nnlib.grid_sample(x, g, padding_mode=mode), x, grid)
    whole = np.stack(np.meshgrid(*[np.linspace(-1, 1, n) for n in sizes], indexing="ij"))
    whole = np.stack([whole, whole], axis=-1)
    np.testing.assert_allclose(nnlib.grid_sample(x, whole, padding_mode=mode), x)


def test_grid_sample_refuses_what_does_not_fit():
    x, grid = numbers(4, 3, 2, 2), numbers(2, 5, 5, 2)
    with refused(DimensionMismatch, match=r"\(2, …, 2\)"):
        nnlib.grid_sample(x, grid[:1])
    with refused(DimensionMismatch, match="4 or 5 axes"):
        nnlib.grid_sample(x[0], grid)
    with refused(ArgumentError, match="reflect"):
        nnlib.grid_sample(x, grid, padding_mode="reflect")
    lost = np.full((2, 1, 1, 2), np.nan)
    assert np.isnan(nnlib.grid_sample(x, lost)).all()
    assert nnlib.grid_sample(x.astype(np.float32), grid).dtype == np.float32
    slope = gradient(lambda g: np.sum(nnlib.grid_sample(x, g)), grid.astype(np.float32))[0]
    assert slope.dtype == np.float32


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
@pytest.mark.parametrize("angle", [0.0, 0.7, np.pi / 2, np.pi, 4.0])
def test_imrotate(method, angle):
    check(lambda x: nnlib.imrotate(x, angle, method=method), numbers(5, 5, 1, 2))
    check(lambda x: nnlib.imrotate(x, angle, method=method, rotation_center=(1, 2.5)), numbers(4, 6, 2, 1))


def test_imrotate_of_integers_and_bad_input():
    image = np.arange(9).reshape(3, 3, 1, 1)
    assert nnlib.imrotate(image, np.pi / 2, method="nearest")[..., 0, 0].tolist() == [
        [6, 3, 0],
        [7, 4, 1],
        [8, 5, 2],
    ]
    with refused(ArgumentError, match="integers"):
        nnlib.imrotate(image, 1.0)
    with refused(ArgumentError, match="cubic"):
        nnlib.imrotate(image, 1.0, method="cubic")
    with refused(DimensionMismatch, match="4 axes"):
        nnlib.imrotate(image[0], 1.0)


def test_cotangents_are_those_of_the_functions():
    x, w = numbers(5, 4, 2, 2), numbers(3, 2, 2, 3)
    dims = DenseConvDims(x, w, stride=2, padding=1, flipkernel=True)
    y, back = pullback(lambda x, w: nnlib.conv(x, w, dims), x, w)
    dy = numbers(*y.shape)
    dx, dw = back(dy)
    np.testing.assert_allclose(nnlib.grad_conv_data(dy, w, dims), dx)
    np.testing.assert_allclose(nnlib.grad_conv_filter(x, dy, dims), dw)
    check(lambda dy, w: nnlib.grad_conv_data(dy, w, dims), dy, w)
    w = numbers(3, 2, 4, 2)
    dims = DepthwiseConvDims(x, w)
    y, back = pullback(lambda x, w: nnlib.depthwiseconv(x, w, dims), x, w)
    dy = numbers(*y.shape)
    for got, expected in zip(
        (nnlib.grad_depthwiseconv_data(dy, w, dims), nnlib.grad_depthwiseconv_filter(x, dy, dims)),
        back(dy),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected)


def test_dims_are_for_the_arrays_that_they_were_made_of():
    x, w = numbers(5, 4, 2, 2), numbers(3, 2, 2, 3)
    dims = DenseConvDims(x, w)
    with refused(DimensionMismatch, match="takes an x"):
        nnlib.conv(x[1:], w, dims)
    with refused(DimensionMismatch, match="takes a w of shape"):
        nnlib.conv(x, w[1:], dims)
    with refused(DimensionMismatch, match="Input channels"):
        DenseConvDims(x, w, groups=2)
    with refused(DimensionMismatch, match="Rank"):
        DenseConvDims(x, w[0])
    with refused(DimensionMismatch, match="one size a spatial axis"):
        PoolDims(x, (2, 2, 2))
    with refused(DimensionMismatch, match="takes an x"):
        nnlib.maxpool(x, PoolDims((6, 6, 2, 1), 2))


def test_results_in_place():
    x, w = numbers(5, 4, 2, 2), numbers(3, 2, 2, 3)
    dims = DenseConvDims(x, w)
    y = np.empty((3, 3, 3, 2))
    assert nnlib.conv_(y, x, w, dims) is y
    np.testing.assert_array_equal(y, nnlib.conv(x, w))
    np.testing.assert_array_equal(nnlib.maxpool_(np.empty((2, 2, 2, 2)), x, (2, 2)), nnlib.maxpool(x, 2))
    out = np.empty_like(x)
    nnlib.dropout_(out, x, 0.5)
    assert set(np.unique((out / x).round(12))) <= {0.0, 2.0}
    assert nnlib.conv_.__name__ == "conv_"
    with refused(DimensionMismatch, match=r"conv_: .*\(2, 3, 3, 2\)"):
        nnlib.conv_(y[1:], x, w, dims)
    with refused(MutationError, match="softmax returns a new one"):
        gradient(lambda x: np.sum(nnlib.softmax_(x)), x)


def test_within_gradient():
    assert not nnlib.within_gradient()
    assert gradient(lambda x: 2 * x if nnlib.within_gradient(x) else x, 1.0) == (2.0,)


def test_grid_sample_has_corners_on_pixels():
    x = numbers(4, 3, 1, 1)
    between, on = np.array([0.1, 0.2]), np.array([1 / 3, 0.2])  # pixel 2 of 0 to 3
    sample = lambda p: np.sum(nnlib.grid_sample(x, np.reshape(p, (2, 1, 1, 1))))  # noqa: E731
    assert not kinks(sample, between) and len(kinks(sample, on)) == 1
