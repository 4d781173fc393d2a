"""The ways to compute a convolution, each against the definition, and their transposes by inner products."""

import importlib
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxbridge import gradient
from fluxbridge.flux.nnlib import gelu
from fluxbridge.flux.nnlib.conv import CONV, CONV_DATA, CONV_WEIGHT
from fluxbridge.flux.nnlib.pieces import PIECE, by_pieces
from fluxbridge.flux.nnlib.windows import conv_dims

conv, rows = (importlib.import_module(f"fluxbridge.flux.nnlib.{name}") for name in ("conv", "rows"))


#: What makes every convolution take a way, in small blocks too.
WAYS = {
    "as chosen": [],
    "by rows": [(rows, "NARROW", 1)],
    "blocks of one row": [(rows, "NARROW", 1), (rows, "LINES", 1), (conv, "BLOCK", 1)],
    "small products": [(conv, "SMALL", 200), (conv, "FEW_WINDOWS", 1), (conv, "FEW_ELEMENTS", 1)],
    "columns only": [(rows, "NARROW", 10**9)],
    "adding up": [(conv, "ADDED", 0)],
    "by phases": [(conv, "ADDED", 10**9)],
}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    for change in WAYS[request.param]:
        monkeypatch.setattr(*change)


def by_definition(x, w, dims):
    place, groups, flipped = dims
    if not flipped:
        w = w[(slice(None, None, -1),) * place.rank]
    grown = [(max(p, 0), max(q, 0)) for p, q in zip(place.pad[::2], place.pad[1::2], strict=True)]
    whole = np.pad(x, [*grown, (0, 0), (0, 0)])
    cut = zip(place.pad[::2], place.pad[1::2], whole.shape, strict=False)
    whole = whole[tuple(slice(max(-p, 0), n - max(-q, 0)) for p, q, n in cut)]
    inside, out = w.shape[-2], w.shape[-1] // groups
    y = np.zeros((*place.output, w.shape[-1], x.shape[-1]))
    for at in itertools.product(*map(range, place.output)):
        corner = zip(at, place.stride, place.kernel, place.dilation, strict=True)
        window = whole[tuple(slice(i * s, i * s + (k - 1) * d + 1, d) for i, s, k, d in corner)]
        for g in range(groups):
            channels, outputs = slice(g * inside, (g + 1) * inside), slice(g * out, (g + 1) * out)
            y[(*at, outputs)] = np.tensordot(w[..., outputs], window[..., channels, :], (
                [*range(place.rank + 1)], [*range(place.rank + 1)]
            ))  # fmt: skip
    return y


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    each = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(rank))  # noqa: E731
    kernel, stride, dilation = each(1, 3), draw(st.sampled_from([(1,) * rank, each(1, 3)])), each(1, 4)
    sizes = tuple((k - 1) * d + 3 + draw(st.integers(0, 3)) for k, d in zip(kernel, dilation, strict=True))
    pad = tuple(draw(st.integers(-1, 2)) for _ in range(2 * rank))
    groups, inside, out = draw(st.sampled_from([1, 2, 4])), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    batch = draw(st.sampled_from([1, 50]))
    shapes = (*sizes, groups * inside, batch), (*kernel, inside, groups * out)
    flipped = draw(st.booleans())
    return *shapes, conv_dims(*shapes, stride, pad, dilation, groups, flipped)


def laid_out(rng, shape, order, backwards):
    """Random numbers whose axes lie in memory in the given order, of which one may run backwards."""
    x = rng.standard_normal([shape[i] for i in order]).transpose(np.argsort(order))
    return np.flip(x, backwards) if backwards < x.ndim else x


@pytest.mark.usefixtures("way")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(convolutions(), st.integers(0, 2**32 - 1), st.data())
def test_ways(case, seed, data):
    x_shape, w_shape, dims = case
    rng = np.random.default_rng(seed)
    layout = st.permutations(range(len(x_shape))), st.integers(0, 2 * len(x_shape))
    drawn = lambda shape: laid_out(rng, shape, *map(data.draw, layout))  # noqa: E731
    x, w = drawn(x_shape), drawn(w_shape)
    y = CONV(x, w, dims=dims)
    np.testing.assert_allclose(y, by_definition(x, w, dims), rtol=1e-10, atol=1e-10)
    dy = drawn(y.shape)
    dx, dw = CONV_DATA(dy, w, dims=dims), CONV_WEIGHT(x, dy, dims=dims)
    assert dx.shape == x_shape and dw.shape == w_shape
    direction, turn = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    np.testing.assert_allclose(np.sum(dx * direction), np.sum(dy * CONV(direction, w, dims=dims)), atol=1e-8)
    np.testing.assert_allclose(np.sum(dw * turn), np.sum(dy * CONV(x, turn, dims=dims)), atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.complex64])
@pytest.mark.parametrize("groups", [1, 4])
def test_types(dtype, groups):
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(s).astype(dtype) for s in ((6, 6, 4, 20), (3, 3, 4 // groups, 4)))
    dims = conv_dims(x.shape, w.shape, 1, 1, 1, groups)
    y = CONV(x, w, dims=dims)
    found = y, CONV_DATA(y, w, dims=dims), CONV_WEIGHT(x, y, dims=dims)
    assert [z.dtype for z in found] == [dtype] * 3
    wide = np.result_type(dtype, np.float64)
    np.testing.assert_allclose(y, CONV(x.astype(wide), w.astype(wide), dims=dims), rtol=0, atol=0.05)


@pytest.mark.parametrize(
    "turn",
    [
        lambda x: x,
        lambda x: x.transpose(2, 0, 1),
        lambda x: x[:, ::-2],
        lambda x: np.broadcast_to(x[:, :1], x.shape).transpose(1, 2, 0),
        np.asfortranarray,
    ],
)
def test_pieces_of_any_layout(turn):
    x = turn(np.random.default_rng(0).standard_normal((60, 50, 40)))
    assert x.nbytes > PIECE
    sizes = []

    def doubled(part, out):
        sizes.append(part.nbytes)
        np.multiply(part, 2, out=out)

    np.testing.assert_array_equal(by_pieces(doubled)(x), 2 * x)
    assert len(sizes) > 1 and max(sizes) <= PIECE


def test_gelu_of_an_array_without_axes():
    for x in (np.array(0.5), np.float32(0.5), 0.5):
        (dx,) = gradient(gelu, x)
        assert dx == pytest.approx(0.8673, abs=1e-4)


@pytest.mark.parametrize(("stride", "batch"), [(1, 20), (1, 1), (2, 20)])
def test_results_lie_channels_first_in_memory_of_their_own(stride, batch):
    x, w = np.ones((6, 6, 4, batch)), np.ones((3, 3, 2, 4))
    dims = conv_dims(x.shape, w.shape, stride, 1, 1, 2)
    y = CONV(x, w, dims=dims)
    for z in y, CONV_DATA(y, w, dims=dims):
        assert z.base is None and z.transpose(2, 0, 1, 3).flags.c_contiguous
