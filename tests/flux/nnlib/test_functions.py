"""The recorded calls of NNlib's functions, as a table from names to calls."""

import operator
from fractions import Fraction

import numpy as np
import pytest
from fluxcalls import check_call
from fluxrecords import case
from ownerrors import refused
from rulecheck import check

from fluxbridge import gradient
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import nnlib

CALLS = {
    "make_causal_mask": lambda x: nnlib.make_causal_mask(x),
    "make_causal_mask dims": lambda x: nnlib.make_causal_mask(x, axis=0),
    "dot_product_attention": lambda q, k, v: nnlib.dot_product_attention(q, k, v, nheads=2),
    "dot_product_attention 2-dim bias": lambda *xs: nnlib.dot_product_attention(*xs),
    "batched_mul": nnlib.batched_mul,
    "batched_mul broadcast": nnlib.batched_mul,
    "conv function": lambda x, w: nnlib.conv(x, w, stride=1, pad=1, flipped=True),
    "maxpool function": lambda x: nnlib.maxpool(x, (2, 2), stride=1),
    "meanpool function": lambda x: nnlib.meanpool(x, (2, 2), pad=1),
    "lpnormpool function": lambda x: nnlib.lpnormpool(x, 2, (2, 2)),
    "pad_zeros": lambda x: nnlib.pad_zeros(x, (1, 0, 2, 1)),
    "pad_constant": lambda x: nnlib.pad_constant(x, 1, 7.5),
    "pad_reflect": lambda x: nnlib.pad_reflect(x, (1, 2), axis=0),
    "pad_symmetric": lambda x: nnlib.pad_symmetric(x, (1, 2), axis=0),
    "pad_repeat": lambda x: nnlib.pad_repeat(x, (1, 2), axis=1),
    "pad_circular": lambda x: nnlib.pad_circular(x, (1, 2), axis=0),
    "gather": lambda x, idx: nnlib.gather(x, idx - 1),
    "scatter +": lambda x, idx: nnlib.scatter(operator.add, x, idx - 1),
}


@pytest.mark.parametrize("name", CALLS)
def test_recorded(name):
    recorded = case(name, "layers")
    call = CALLS[name]
    indices = {k: v for k, v in recorded["inputs"].items() if k == "idx"}
    if indices:  # positions are no variable
        (idx,) = indices.values()
        data = {k: v for k, v in recorded.data["inputs"].items() if k != "idx"}
        recorded.data = {**recorded.data, "inputs": data}
        check_call(recorded, lambda x: call(x, idx))
    else:
        check_call(recorded, call)


RNG = np.random.default_rng(0)


def numbers(*shape):
    return RNG.normal(size=shape)


def test_padding():
    x = numbers(4, 3, 2, 1)
    for pad in (nnlib.pad_repeat, nnlib.pad_reflect, nnlib.pad_symmetric, nnlib.pad_circular):
        assert pad(x, 1).shape == (6, 5, 2, 1)
        assert pad(x, (1, 0, 2, 1)).shape == (5, 6, 2, 1)
        check(lambda x, pad=pad: pad(x, (2, 1), axis=0), x)
        with refused(ValueError, match="axes"):
            pad(x, (1, 2, 3), axis=0)
    check(lambda x: nnlib.pad_constant(x, (1, 2), 3.0, axis=1), x)
    assert nnlib.pad_constant(x, (1, 2, 3, 4), axis=(3, 0)).shape == (11, 3, 2, 4)
    with refused(ValueError, match="padding"):
        nnlib.pad_constant(x, (1, 2))
    assert np.array_equal(
        nnlib.pad_reflect(x, (2, 2, 1, 1)), np.pad(x, [(2, 2), (1, 1), (0, 0), (0, 0)], "reflect")
    )


def test_gather_and_scatter():
    x = numbers(2, 5)
    idx = np.array([[0, 4], [4, 2]])
    check(lambda x: nnlib.gather(x, idx), x)
    assert np.array_equal(nnlib.gather(x, [(0, 1), (1, 4)]), x[[0, 1], [1, 4]])
    assert np.array_equal(nnlib.gather(x, [0, 1], [1, 4]), x[[0, 1], [1, 4]])
    with refused(IndexError, match="from 0"):
        nnlib.gather(x, np.array([-1]))
    with refused(IndexError, match="5"):
        nnlib.gather(x, np.array([5]))
    with refused(TypeError, match="integers"):
        nnlib.gather(x, np.array([0.5]))


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "max", "min", "mean"])
def test_scatter(op):
    src = numbers(2, 4) + 3
    idx = np.array([2, 0, 2, 2])
    y = nnlib.scatter(op, src, idx)
    empty = {"+": 0, "-": 0, "*": 1, "/": 1, "max": -np.inf, "min": np.inf, "mean": 0}[op]
    combine = {"+": np.sum, "-": lambda x, axis: -np.sum(x, axis), "*": np.prod, "max": np.max, "min": np.min,
               "/": lambda x, axis: 1 / np.prod(x, axis), "mean": np.mean}[op]  # fmt: skip
    expected = [combine(src[:, idx == k], axis=1) if k in idx else np.full(2, empty) for k in range(3)]
    np.testing.assert_allclose(y, np.stack(expected, axis=1), rtol=1e-12)
    keep = np.array([0, 2])
    check(lambda s: nnlib.scatter(op, s, idx)[:, keep], src)
    assert nnlib.scatter(op, src, idx, dstsize=(2, 5)).shape == (2, 5)
    with refused(DimensionMismatch):
        nnlib.scatter(op, src, idx[:3])


def test_scatter_of_products_with_zeros():
    src, idx = np.array([0.0, 2.0, 3.0, 0.0, 0.0]), np.array([0, 0, 1, 2, 2])
    grad = gradient(lambda s: np.sum(nnlib.scatter("*", s, idx)), src)[0]
    assert np.array_equal(grad, [2, 0, 1, 0, 0])


def test_scatter_with_an_initial_value():
    assert np.array_equal(nnlib.scatter("+", np.ones(2), np.array([0, 2]), init=5), [6, 5, 6])
    assert np.array_equal(nnlib.scatter(max, np.array([1, 9]), np.array([0, 0]), init=4), [9])
    with refused(ValueError, match="knows"):
        nnlib.scatter("%", np.ones(1), np.array([0]))


def test_batched():
    a, b = numbers(2, 3, 4), numbers(3, 5, 4)
    expected = np.stack([a[:, :, k] @ b[:, :, k] for k in range(4)], axis=2)
    np.testing.assert_allclose(nnlib.batched_mul(a, b), expected, rtol=1e-12)
    check(nnlib.batched_mul, a, b)
    check(nnlib.batched_mul, a[:, :, :1], b)
    check(nnlib.batched_mul, a, b[:, :, 0])
    check(nnlib.batched_mul, a + 1j * numbers(2, 3, 4), b)
    check(nnlib.batched_vec, a, numbers(3, 4))
    check(nnlib.batched_vec, a, numbers(3))
    assert nnlib.batched_mul(numbers(2, 3, 4, 5), numbers(3, 2, 4, 5)).shape == (2, 2, 4, 5)
    with refused(DimensionMismatch, match="batch"):
        nnlib.batched_mul(a, b[:, :, :3])
    with refused(DimensionMismatch):
        nnlib.batched_mul(a, a)


def test_attention():
    q, k, v = numbers(4, 3, 2), numbers(4, 5, 2), numbers(6, 5, 2)
    mask = RNG.random((5, 3, 1, 1)) > 0.3
    mask[0] = True
    check(lambda q, k, v: nnlib.dot_product_attention(q, k, v, nheads=2, mask=mask), q, k, v)
    y, scores = nnlib.dot_product_attention(numbers(4, 3, 2, 2), numbers(4, 5, 2, 2), numbers(4, 5, 2, 2))
    assert y.shape == (4, 3, 2, 2) and scores.shape == (5, 3, 1, 2, 2)
    np.testing.assert_allclose(np.sum(scores, axis=0), 1, rtol=1e-12)
    with refused(DimensionMismatch, match="nheads=3"):
        nnlib.dot_product_attention(q, k, v, nheads=3)
    with refused(DimensionMismatch, match="Batch"):
        nnlib.dot_product_attention(q, k[:, :, :1], v)


def test_upsample():
    x = numbers(3, 2, 2, 2)
    check(lambda x: nnlib.upsample_nearest(x, (2, 3)), x)
    assert np.array_equal(nnlib.upsample_nearest(x, size=(6, 2)), np.repeat(x, 2, axis=0))
    for corners in (True, False):
        check(lambda x, c=corners: nnlib.upsample_bilinear(x, size=(5, 4), align_corners=c), x)
    assert nnlib.upsample_linear(np.array([0, 10, 20]).reshape(3, 1, 1), size=(4,)).ravel().tolist() == [
        0,
        7,
        13,
        20,
    ]
    assert nnlib.upsample_bilinear(x, (2, 1.5)).shape == (6, 3, 2, 2)
    assert nnlib.upsample_bilinear(x.astype(np.float32), 2).dtype == np.float32
    with refused(ValueError, match="divisible"):
        nnlib.upsample_nearest(x, size=(4, 4))
    with refused(ValueError, match="length 2"):
        nnlib.upsample_bilinear(x, (2,))
    check(lambda x: nnlib.pixel_shuffle(x, 2), numbers(2, 3, 8, 2))
    with refused(ValueError, match="divisible"):
        nnlib.pixel_shuffle(x, 2)


def test_glu_and_dropout():
    check(nnlib.glu, numbers(4, 3))
    with refused(ValueError, match="even"):
        nnlib.glu(numbers(3, 3))
    rng = np.random.default_rng(1)
    x = np.ones((50, 40), np.float32)
    y = nnlib.dropout(rng, x, 0.25)
    assert y.dtype == np.float32 and set(np.unique(y)) == {0, np.float32(1 / 0.75)}
    assert abs(np.mean(y == 0) - 0.25) < 0.05
    rows = nnlib.dropout(rng, x, 0.5, axis=0)
    assert np.all(rows == rows[:, :1])
    assert np.all(nnlib.dropout(rng, x, 1) == 0)
    with refused(ValueError, match="probability"):
        nnlib.dropout(x, 1.5)


def test_activations_take_real_numbers():
    elsewhere = {"tanh_fast", "gelu_tanh", "lisht", "tanhshrink", "softsign"}
    for f in nnlib.ACTIVATIONS:
        for bad in ("text", None, np.array(["a"]), np.array([None]), object()):
            with refused(ArgumentError):
                f(bad)
        if f.__name__ in elsewhere:
            assert np.iscomplexobj(f(1 + 2j))
        else:
            with refused(ArgumentError, match="real numbers"):
                f(np.array([1 + 2j]))
        assert f([1, 2]).shape == (2,)
        assert np.asarray(f(Fraction(1, 2))).dtype == np.asarray(f(np.array([Fraction(1, 2)]))).dtype == float


def test_batched_mul_into_an_array():
    a, b, out = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(3, 2, 4)), np.zeros((2, 2, 4))
    assert nnlib.batched_mul_(out, a, b) is out
    np.testing.assert_allclose(out, nnlib.batched_mul(a, b))
    nnlib.batched_mul_(out, a, b, 2.0)
    np.testing.assert_allclose(out, 2 * nnlib.batched_mul(a, b))
    with refused(DimensionMismatch, match="the array to write into"):
        nnlib.batched_mul_(np.zeros((2, 2, 1)), a, b)
    with refused(ArgumentError, match="int64 cannot hold"):
        nnlib.batched_mul_(np.zeros((2, 2, 4), int), a, b)


def test_dropout_with_a_generator_and_into_an_array():
    x, out = np.ones(50), np.zeros(50)
    first = nnlib.dropout(np.random.default_rng(1), x, 0.5)
    assert nnlib.dropout_(np.random.default_rng(1), out, x, 0.5) is out
    np.testing.assert_array_equal(out, first)
    assert set(first) == {0.0, 2.0}
    for f, args in ((nnlib.dropout, (x,)), (nnlib.dropout, (x, 0.5, 1, 1)), (nnlib.dropout_, (x, 0.5))):
        with refused(TypeError, match=f"takes .* but got {len(args)} arguments"):
            f(*args)


def test_dims_of_other_arrays():
    with refused(DimensionMismatch, match="Input channels must match"):
        nnlib.DepthwiseConvDims((8, 8, 3, 1), (2, 2, 5, 4))
    for kind in (nnlib.DepthwiseConvDims, nnlib.DenseConvDims):
        with refused(DimensionMismatch, match="Rank of x and w"):
            kind((8, 8, 3, 1), (2, 3, 4))
    pdims = nnlib.PoolDims((8, 3, 2), 2)
    assert (pdims.channels_in, pdims.channels_out, pdims.output_size) == (3, 3, (4,))
    dense = nnlib.DenseConvDims((8, 3, 2), (2, 3, 5))
    assert (dense.channels_in, dense.channels_out, dense.weight_size()) == (3, 5, (2, 3, 5))
    dims = nnlib.DepthwiseConvDims((8, 3, 2), (2, 5, 3))
    assert dims.weight_size() == (2, 5, 3) and dims.channels_out == 15
    for options in ({"stride": 0}, {"dilation": 0}, {"padding": 1.5}, {"stride": 1.5}):
        with refused(ArgumentError):
            nnlib.DenseConvDims((8, 3, 2), (2, 3, 4), **options)


def test_how_much_can_be_padded():
    for pad, most in (
        (nnlib.pad_repeat, None),
        (nnlib.pad_reflect, 2),
        (nnlib.pad_symmetric, 3),
        (nnlib.pad_circular, 3),
    ):
        x = np.arange(3.0)
        if most is not None:
            assert pad(x, (most, most)).shape == (3 + 2 * most,)
            for wrong in ((most + 1, 0), (0, most + 1)):
                with refused(DimensionMismatch, match=f"pads at most {most} on either side"):
                    pad(x, wrong)
        assert pad(x[:0], (0, 0)).shape == (0,)
        with refused(DimensionMismatch, match="pads at most 0"):
            pad(x[:0], (1, 0))
        with refused(ValueError, match="negative"):
            pad(x, (-1, 1))
    assert nnlib.pad_repeat(np.arange(3.0), (0, 5)).tolist() == [0, 1, 2, 2, 2, 2, 2, 2]
