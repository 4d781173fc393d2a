"""NNlib and the layers made of it beside the real Flux, live: values and gradients of random cases."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from fluxbridge import AutoZygote, flux, gradient, julia
from fluxbridge.flux import nnlib

pytestmark = pytest.mark.julia

RNG = np.random.default_rng()


@pytest.fixture(autouse=True)
def _random_numbers_of_this_test(request):
    """Every test has random numbers of its own, the same each time."""
    RNG.bit_generator.state = np.random.default_rng(
        zlib.crc32(request.node.name.encode())
    ).bit_generator.state


def compare(ours, text, *inputs, rtol=1e-9):
    """The value, and the gradient of a weighted sum, by all inputs."""
    theirs = julia.function(text)
    expected = np.asarray(theirs(*inputs))
    y = ours(*inputs)
    assert np.shape(y) == expected.shape
    np.testing.assert_allclose(y, expected, rtol=rtol, atol=rtol)
    weights = RNG.normal(size=expected.shape)
    loss = julia.function(f"(w, xs...) -> sum(w .* ({text})(xs...))")
    mine = gradient(lambda *xs: np.sum(weights * ours(*xs)), *inputs)
    for a, b in zip(mine, gradient(loss, AutoZygote(), weights, *inputs)[1:], strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=10 * rtol)


def draw(*shape):
    return RNG.normal(size=shape)


def pick(low, high, n):
    return tuple(int(i) for i in RNG.integers(low, high + 1, n))


@pytest.mark.parametrize(
    "f", [f for f in nnlib.ACTIVATIONS if f is not nnlib.rrelu], ids=lambda f: f.__name__
)
def test_activations(f):
    x = np.concatenate([draw(40) * 4, [-6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 30.0, -30.0]])
    compare(f, f"x -> {f.__name__}.(x)", x)


@pytest.mark.parametrize("axis", [0, 1, 2, (0, 1), (1, 2), None])
@pytest.mark.parametrize("f", [nnlib.softmax, nnlib.logsoftmax, nnlib.logsumexp], ids=lambda f: f.__name__)
def test_softmax(f, axis):
    dims = ":" if axis is None else str(axis + 1 if isinstance(axis, int) else tuple(a + 1 for a in axis))
    compare(lambda x: f(x, axis=axis), f"x -> {f.__name__}(x; dims={dims})", draw(3, 4, 2) * 5)


@pytest.mark.parametrize("seed", range(12))
def test_convolutions(seed):
    rank = 1 + seed % 3
    kernel, stride, dilation = pick(1, 3, rank), pick(1, 3, rank), pick(1, 2, rank)
    pad, groups = pick(0, 2, 2 * rank), 1 + seed % 2
    size = tuple((k - 1) * d + 1 + n for k, d, n in zip(kernel, dilation, pick(0, 4, rank), strict=True))
    inside, out = groups * pick(1, 2, 1)[0], groups * pick(1, 3, 1)[0]
    x, w, b = draw(*size, inside, 2), draw(*kernel, inside // groups, out), draw(out)
    text = f"stride={stride}, pad={pad}, dilation={dilation}"
    options = {"stride": stride, "pad": pad, "dilation": dilation}

    def with_parameters(kind, **more):
        def call(x, w, b):
            model = kind(np.zeros(w.shape), np.zeros(b.shape), np.tanh, **options, **more)
            model.weight, model.bias = w, b
            return model(x)

        return call

    compare(
        with_parameters(flux.Conv, groups=groups),
        f"(x, w, b) -> Conv(w, b, tanh; {text}, groups={groups})(x)",
        x,
        w,
        b,
    )
    if groups == 1:
        compare(with_parameters(flux.CrossCor), f"(x, w, b) -> CrossCor(w, b, tanh; {text})(x)", x, w, b)
    y = flux.Conv(w, b, **options, groups=groups)(x)
    outpad = tuple(s - 1 for s in stride)
    back = with_parameters(flux.ConvTranspose, groups=groups, outpad=outpad)
    julia_text = f"(x, w, b) -> ConvTranspose(w, b, tanh; {text}, groups={groups}, outpad={outpad})(x)"
    compare(back, julia_text, y, w, draw(inside))


@pytest.mark.parametrize("kind", ["MaxPool", "MeanPool"])
@pytest.mark.parametrize("seed", range(6))
def test_pooling(kind, seed):
    rank = 1 + seed % 3
    k, stride = pick(1, 3, rank), pick(1, 3, rank)
    pad = tuple(int(RNG.integers(0, n)) for n in k for _ in range(2))
    x = np.round(draw(*(n + 3 for n in k), 2, 2), 1)  # with ties
    compare(
        getattr(flux, kind)(k, stride=stride, pad=pad), f"x -> {kind}({k}; stride={stride}, pad={pad})(x)", x
    )
    out = pick(1, 3, rank)
    compare(getattr(flux, "Adaptive" + kind)(out), f"x -> Adaptive{kind}({out})(x)", x)
    compare(getattr(flux, "Global" + kind)(), f"x -> Global{kind}()(x)", x)


@pytest.mark.parametrize("same", [1, 2, 3])
def test_same_pad(same):
    x, w = draw(7, 8, 2, 1), draw(4, 3, 2, 2)
    conv = flux.Conv(w, False, pad=flux.SamePad(), stride=same)
    compare(conv, f"x -> Conv(w, false; pad=SamePad(), stride={same})(x)".replace("Conv(w", "Conv(reshape([" +
            ", ".join(map(repr, map(float, w.ravel(order="F")))) + "], 4, 3, 2, 2)"), x)  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "text", "shape"),
    [
        (flux.Upsample(2), "Upsample(2)", (3, 2, 2, 1)),
        (flux.Upsample((3, 1, 2)), "Upsample((3, 1, 2))", (2, 2, 2, 1, 2)),
        (flux.Upsample("bilinear", scale=(1.5, 3)), "Upsample(:bilinear; scale=(1.5, 3))", (4, 3, 2, 2)),
        (flux.Upsample("bilinear", size=(7, 2)), "Upsample(:bilinear; size=(7, 2))", (4, 3, 2, 2)),
        (flux.Upsample("trilinear", scale=2), "Upsample(:trilinear; scale=2)", (2, 3, 2, 1, 2)),
        (flux.PixelShuffle(2), "PixelShuffle(2)", (2, 3, 8, 2)),
        (flux.PixelShuffle(3), "PixelShuffle(3)", (2, 6, 2)),
        (flux.PixelShuffle(2), "PixelShuffle(2)", (2, 1, 2, 16, 1)),
        (lambda x: nnlib.upsample_bilinear(x, 2, align_corners=False),
         "x -> upsample_bilinear(x, 2; align_corners=false)", (3, 4, 1, 2)),
        (lambda x: nnlib.glu(x, axis=1), "x -> Flux.NNlib.glu(x, 2)", (3, 4)),
        (lambda x: nnlib.lpnormpool(np.abs(x) + 1, 3, (2, 2), stride=1),
         "x -> lpnormpool(abs.(x) .+ 1, 3, (2, 2); stride=1)", (4, 3, 2, 1)),
        (lambda x: nnlib.pad_reflect(x, (2, 1, 1, 0)), "x -> pad_reflect(x, (2, 1, 1, 0))", (4, 3, 2)),
        (lambda x: nnlib.pad_symmetric(x, 1), "x -> pad_symmetric(x, 1)", (4, 3, 2, 2)),
        (lambda x: nnlib.pad_circular(x, 1), "x -> pad_circular(x, 1)", (4, 3, 2, 2)),
        (lambda x: nnlib.pad_repeat(x, (1, 2), axis=1), "x -> pad_repeat(x, (1, 2); dims=2)", (4, 3, 2, 2)),
        (lambda x: nnlib.pad_constant(x, (1, 2, 0, 3), 2.5, axis=(0, 2)),
         "x -> pad_constant(x, (1, 2, 0, 3), 2.5; dims=(1, 3))", (2, 3, 2)),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_other_functions(ours, text, shape):
    compare(ours, text if "->" in text else f"x -> {text}(x)", draw(*shape))


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", "GRUv3"])
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 2)])
def test_recurrent(kind, shape):
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3, "GRUv3": 3}[kind]
    sizes = [(2 * gates, 3), (2 * gates, 2), (2 * gates,)] + [(2, 2)] * (kind == "GRUv3")
    parameters = [draw(*s) for s in sizes]
    layer = getattr(flux, kind)((3, 2))
    fields = [name for name, value in vars(layer.cell).items() if isinstance(value, np.ndarray)]

    def ours(x, *ps):
        for name, p in zip(fields, ps, strict=True):
            setattr(layer.cell, name, p)
        return layer(x)

    first = "tanh, " if kind == "RNN" else ""
    names = ", ".join("pqrs"[: len(parameters)])
    compare(ours, f"(x, {names}) -> {kind}(Flux.{kind}Cell({first}{names}))(x)", draw(*shape), *parameters)


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "max", "min", "mean"])
def test_scatter(op):
    index = np.array([3, 1, 3, 3, 4])
    text = f"x -> Flux.NNlib.scatter({op}, x, {index.tolist()}; dstsize=(2, 4))"
    if op == "mean":
        text = text.replace("mean", "Flux.Statistics.mean")
    sized = lambda x: nnlib.scatter(op, x, index - 1, dstsize=(2, 4))  # noqa: E731
    columns = [0, 2, 3]
    picked = f"x -> ({text})(x)[:, [1, 3, 4]]"
    compare(lambda x: sized(x)[:, columns], picked, draw(2, 5) + 3)


def test_attention():
    q, k, v = draw(4, 3, 2), draw(4, 5, 2), draw(6, 5, 2)
    bias = draw(5, 3)
    mask = RNG.random((5, 3)) > 0.3
    mask[0] = True
    rows = "; ".join(" ".join(str(bool(m)).lower() for m in row) for row in mask)
    compare(
        lambda *xs: nnlib.dot_product_attention(*xs, nheads=2, mask=mask)[0],
        f"(q, k, v, b) -> dot_product_attention(q, k, v, b; nheads=2, mask=[{rows}])[1]",
        q, k, v, bias,
    )  # fmt: skip
    compare(nnlib.batched_mul, "(a, b) -> batched_mul(a, b)", draw(2, 3, 1), draw(3, 4, 5))
    compare(nnlib.batched_vec, "(a, b) -> batched_vec(a, b)", draw(2, 3, 5), draw(3, 5))
