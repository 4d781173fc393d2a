"""Convolution and its transposes against a plain loop, and their rules against finite differences."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownerrors import refused
from rulecheck import check

from fluxbridge.errors import DimensionMismatch
from fluxbridge.flux import nnlib

engine = importlib.import_module("fluxbridge.flux.nnlib.conv")  # the function has the same name
RNG = np.random.default_rng(0)


def by_loops(x, w, dims):
    place, groups, flipped = dims
    inside, out = w.shape[-2], w.shape[-1] // groups
    pads = [place.pad[2 * i : 2 * i + 2] for i in range(place.rank)]
    x = np.pad(x, [*pads, (0, 0), (0, 0)])
    y = np.zeros((*place.output, groups * out, x.shape[-1]))
    for at in np.ndindex(*place.output):
        for k in np.ndindex(*place.kernel):
            turned = k if flipped else tuple(n - 1 - i for n, i in zip(place.kernel, k, strict=True))
            there = tuple(
                a * s + i * d for a, s, i, d in zip(at, place.stride, k, place.dilation, strict=True)
            )
            for g in range(groups):
                mine, theirs = slice(g * inside, (g + 1) * inside), slice(g * out, (g + 1) * out)
                y[at][theirs] += w[turned][:, theirs].T @ x[there][mine]
    return y


CASES = [
    ((6, 5, 2, 3), (3, 2, 2, 3), {}),
    ((6, 5, 4, 2), (3, 2, 2, 6), {"groups": 2, "stride": (2, 1), "pad": (1, 0, 2, 1), "flipped": True}),
    ((7, 2, 3), (3, 2, 4), {"pad": 2, "stride": 3}),
    ((4, 3, 5, 2, 2), (2, 2, 2, 2, 2), {"pad": 1}),
    ((5, 5, 3, 2), (2, 2, 1, 6), {"groups": 3, "dilation": (1, 2)}),
    ((5, 4, 2, 2), (1, 1, 2, 3), {}),
]


@pytest.mark.parametrize("block", [engine.BLOCK, 200])
@pytest.mark.parametrize(("x_shape", "w_shape", "options"), CASES)
def test_conv_and_its_rules(monkeypatch, x_shape, w_shape, options, block):
    monkeypatch.setattr(engine, "BLOCK", block)
    x, w = RNG.normal(size=x_shape), RNG.normal(size=w_shape)
    dims = engine.conv_dims(x_shape, w_shape, **options)
    y = nnlib.conv(x, w, **options)
    np.testing.assert_allclose(y, by_loops(x, w, dims), atol=1e-12)
    dy = RNG.normal(size=y.shape)
    check(lambda x, w: nnlib.conv(x, w, **options), x, w)
    check(lambda dy, w: engine.CONV_DATA(dy, w, dims=dims), dy, w)
    check(lambda x, dy: engine.CONV_WEIGHT(x, dy, dims=dims), x, dy)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_transposes(data):
    """<conv(x, w), dy> = <x, conv_data(dy, w)> = <w, conv_weight(x, dy)>, for any geometry."""
    size = st.integers(1, 3)
    rank = data.draw(st.integers(1, 2))
    each = lambda s: tuple(data.draw(s) for _ in range(rank))  # noqa: E731
    kernel, stride, dilation, pad = each(size), each(size), each(size), each(st.integers(0, 2))
    spatial = tuple(
        (k - 1) * d + 1 + data.draw(st.integers(0, 4)) for k, d in zip(kernel, dilation, strict=True)
    )
    groups, inside, out, batch = (data.draw(size) for _ in range(4))
    x = RNG.normal(size=(*spatial, groups * inside, batch)).astype(np.float32)
    w = RNG.normal(size=(*kernel, inside, groups * out)).astype(np.float32)
    dims = engine.conv_dims(x.shape, w.shape, stride, pad, dilation, groups, data.draw(st.booleans()))
    y = engine.CONV(x, w, dims=dims)
    assert y.dtype == np.float32
    dy = RNG.normal(size=y.shape).astype(np.float32)
    dx, dw = engine.CONV_DATA(dy, w, dims=dims), engine.CONV_WEIGHT(x, dy, dims=dims)
    assert dx.shape == x.shape and dw.shape == w.shape
    inner = np.sum(y * dy)
    scale = 1 + np.sqrt(np.sum(y**2) * np.sum(dy**2))
    assert abs(np.sum(dx * x) - inner) < 1e-5 * scale
    assert abs(np.sum(dw * w) - inner) < 1e-5 * scale


def test_types_and_empty_batches():
    for dtype in (np.float16, np.float32, np.int64):
        assert nnlib.conv(np.ones((3, 3, 1, 2), dtype), np.ones((2, 2, 1, 1), dtype)).dtype == dtype
    assert nnlib.conv(np.ones((3, 3, 1, 0)), np.ones((2, 2, 1, 5))).shape == (2, 2, 5, 0)
    z = nnlib.conv(np.ones((3, 1, 1)) * 1j, np.ones((2, 1, 1)))
    assert np.array_equal(z.ravel(), [2j, 2j])


def test_complex_rules():
    x = RNG.normal(size=(4, 2, 2)) + 1j * RNG.normal(size=(4, 2, 2))
    w = RNG.normal(size=(2, 2, 3)) + 1j * RNG.normal(size=(2, 2, 3))
    check(nnlib.conv, x, w)


def test_depthwise():
    x, w = RNG.normal(size=(4, 4, 3, 2)), RNG.normal(size=(2, 2, 2, 3))
    y = nnlib.depthwiseconv(x, w)
    for c in range(3):
        for m in range(2):
            alone = nnlib.conv(x[:, :, c : c + 1], w[:, :, m, c].reshape(2, 2, 1, 1))
            np.testing.assert_allclose(y[:, :, 2 * c + m], alone[:, :, 0], atol=1e-12)
    check(nnlib.depthwiseconv, x, w)


@pytest.mark.parametrize(
    ("x", "w", "options", "words"),
    [
        ((5, 5, 2, 1), (3, 3, 3, 1), {}, "channels"),
        ((5, 5, 2, 1), (3, 2, 1), {}, "Rank"),
        ((2, 5, 2, 1), (3, 3, 2, 1), {}, "larger"),
        ((5, 5, 2, 1), (3, 3, 2, 1), {"stride": (1, 2, 3)}, "Stride"),
        ((5, 5, 2, 1), (3, 3, 2, 1), {"pad": (1, 2, 3)}, "Padding"),
        ((5, 5, 2, 1), (3, 3, 1, 3), {"groups": 2}, "divisible"),
    ],
)
def test_what_does_not_fit_is_named(x, w, options, words):
    with refused(DimensionMismatch, match=words):
        nnlib.conv(np.ones(x), np.ones(w), **options)
