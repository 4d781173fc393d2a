"""Standardisation with scale and shift, and the sums that it is made of, in every shape and memory order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulecheck import check

from fluxbridge import gradient, pushforward
from fluxbridge.flux.layers.standard import moments, standardise
from fluxbridge.flux.nnlib.totals import total

RNG = np.random.default_rng(5)
TOLERANCE = {"float32": 2e-4, "float64": 1e-10}


@st.composite
def arrays(draw):
    """An array with its axes in any order in memory, perhaps with gaps, repeated or backwards."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    order = draw(st.permutations(range(len(shape))))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    step = draw(st.sampled_from([1, 1, 1, 2, -1]))
    whole = RNG.normal(size=[shape[i] * abs(step) for i in order]).astype(dtype)
    return whole[(slice(None, None, step),) * len(shape)].transpose(np.argsort(order))


@st.composite
def questions(draw):
    """An array, axes, and the shape in which scale and shift broadcast with it."""
    x = draw(arrays())
    axes = tuple(draw(st.lists(st.sampled_from(range(x.ndim)), min_size=1, unique=True)))
    kept = draw(st.sets(st.sampled_from(range(x.ndim))))
    return x, axes, tuple([n if i in kept else 1 for i, n in enumerate(x.shape)])


def composed(x, eps, axes, scale, shift, shape):
    centred = x - np.mean(x, axis=axes, keepdims=True)
    y = centred / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)
    return np.reshape(scale, shape) * y + np.reshape(shift, shape)


def affine(shape, dtype):
    size = int(np.prod(shape))
    return RNG.normal(size=size).astype(dtype), RNG.normal(size=size).astype(dtype)


def near(mine, theirs, dtype):
    assert mine.dtype == theirs.dtype
    np.testing.assert_allclose(mine, theirs, TOLERANCE[dtype], TOLERANCE[dtype] * 10)


@given(questions())
def test_values_and_gradients_are_those_of_the_steps(question):
    x, axes, shape = question
    dtype, (scale, shift) = x.dtype.name, affine(shape, x.dtype)
    weights = RNG.normal(size=x.shape).astype(x.dtype)

    def mine(x, eps, scale, shift):
        return standardise(x, eps, axes, scale, shift, shape=shape)

    def theirs(x, eps, scale, shift):
        return composed(x, eps, axes, scale, shift, shape)

    y, expected = mine(x, 0.3, scale, shift), theirs(x, 0.3, scale, shift)
    near(y, expected, dtype)
    assert np.squeeze(y).strides == np.squeeze(x - x.mean()).strides  # as x lies in memory
    given = (x, 0.3, scale, shift)
    for a, b in zip(
        gradient(lambda *v: np.sum(weights * mine(*v)), *given),
        gradient(lambda *v: np.sum(weights * theirs(*v)), *given),
        strict=True,
    ):
        near(np.asarray(a), np.asarray(b), dtype)
    without = gradient(lambda x, eps: np.sum(weights * standardise(x, eps, axes)), x, 0.3)
    one, zero = np.ones(1, x.dtype), np.zeros(1, x.dtype)
    ones = (1,) * x.ndim
    steps = gradient(lambda x, eps: np.sum(weights * composed(x, eps, axes, one, zero, ones)), x, 0.3)
    for a, b in zip(without, steps, strict=True):
        near(np.asarray(a), np.asarray(b), dtype)


@pytest.mark.parametrize("shape", [(3, 1, 1), (3, 4, 1), (1, 4, 1), (1, 1, 2), (1, 1, 1), (3, 4, 2)])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), (0, 2)])
def test_the_rule_to_second_order(axes, shape):
    x = RNG.normal(size=(3, 4, 2))
    check(lambda x, eps, *v: standardise(x, eps, axes, *v, shape=shape), x, 0.3, *affine(shape, np.float64))


def test_other_types_of_numbers():
    x, (scale, shift) = RNG.normal(size=(3, 4)), affine((3, 1), np.float64)
    wide = standardise(x, 0.1, (0,), scale, shift, shape=(3, 1))
    for of_x, of_scale, result in ("eee", "fff", "fdd", "dfd"):
        y = standardise(
            x.astype(of_x), 0.1, (0,), scale.astype(of_scale), shift.astype(of_scale), shape=(3, 1)
        )
        assert y.dtype.char == result
        np.testing.assert_allclose(y, wide, atol=3e-2 if of_x == "e" else 1e-5)
    assert standardise(x.astype("f"), np.float64(0.1), (0,)).dtype == np.float32


def test_only_what_is_traced_has_a_gradient():
    x, (scale, shift) = RNG.normal(size=(3, 4)), affine((3, 1), np.float64)
    tangent = pushforward(lambda s: standardise(x, 0.1, (0,), s, shift, shape=(3, 1)), scale)(shift)
    np.testing.assert_allclose(tangent, standardise(x, 0.1, (0,)) * shift[:, None])
    (dscale,) = gradient(lambda s: np.sum(x * standardise(x, 0.1, (0,), s, shift, shape=(3, 1))), scale)
    np.testing.assert_allclose(dscale, np.sum(x * standardise(x, 0.1, (0,)), axis=1))


@given(arrays(), st.data())
def test_totals_are_numpys_sums(x, data):
    axes = tuple(data.draw(st.lists(st.sampled_from(range(x.ndim)), unique=True)))
    shape = tuple([n if i in axes else 1 for i, n in enumerate(x.shape)])
    dtype = x.dtype.name
    for y in (None, x + x.dtype.type(1), np.flip(x), RNG.normal(size=shape).astype(dtype)):
        product = x if y is None else x * y
        near(total(x, axes, y), np.sum(product, axis=axes, keepdims=True), dtype)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 0, 3)])
def test_no_observations(shape):
    axes = tuple([i for i, n in enumerate(shape) if n][:1])
    x = np.zeros(shape, np.float32)
    assert standardise(x, 0.1, axes).shape == shape
    (dx,) = gradient(lambda x: np.sum(standardise(x, 0.1, axes)), x)
    assert dx.shape == shape and dx.dtype == np.float32


@pytest.mark.parametrize(
    ("order", "bound"),
    [("C", 3e-7), ("F", 1e-3)],  # in "F" the sums are those of NumPy, one after the other
)
@pytest.mark.parametrize("count", [1 << 20, 1_000_003])
def test_moments_of_many_float32_numbers(order, bound, count):
    x = np.asarray(np.random.default_rng(1).normal(size=(2, count)) + 3, np.float32, order=order)
    mean, variance, centred = moments(x, (1,))
    wide = x.astype(np.float64)
    np.testing.assert_allclose(mean, wide.mean(1, keepdims=True), bound)
    np.testing.assert_allclose(variance, wide.var(1, keepdims=True), bound)
    np.testing.assert_allclose(centred, wide - mean, atol=1e-6)
