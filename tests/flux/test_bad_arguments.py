"""Every public function and layer with one bad argument: it works, or raises an error of fluxbridge.

The error is raised by fluxbridge itself, with a text, and the docstring names its class.
"""

import operator
import re
import warnings

import numpy as np
import pytest
from ownerrors import raised_by_us

from fluxbridge import flux
from fluxbridge.flux import Losses, initialisers, nnlib, onehotarrays
from fluxbridge.flux.nnlib import DenseConvDims, DepthwiseConvDims, PoolDims


def ones(*shape):
    return np.ones(shape, np.float32)


X, W = ones(5, 4, 2, 3), ones(3, 2, 2, 4)
DENSE = DenseConvDims(X, W)
DEPTHWISE = DepthwiseConvDims(X, ones(3, 2, 5, 2))
POOL = PoolDims(X, 2)
PROBABILITIES = np.array([[0.2, 0.6], [0.8, 0.4]])
LABELS = np.array([[1, 0], [0, 1]])

#: A call of each function that works, as positional arguments and keywords.
CALLS = {
    **{f: ((ones(3),), {}) for f in nnlib.ACTIVATIONS},
    **{
        getattr(nnlib, f"pad_{n}"): ((ones(4, 3, 2, 1), (1, 2)), {"axis": 0})
        for n in ("constant", "zeros", "repeat", "reflect", "symmetric", "circular")
    },
    **{
        getattr(Losses, n): ((PROBABILITIES, LABELS), {"agg": np.mean})
        for n in (
            "mae",
            "mse",
            "msle",
            "huber_loss",
            "poisson_loss",
            "crossentropy",
            "logitcrossentropy",
            "binarycrossentropy",
            "logitbinarycrossentropy",
            "kldivergence",
            "hinge_loss",
            "squared_hinge_loss",
            "binary_focal_loss",
            "focal_loss",
            "siamese_contrastive_loss",
        )
    },
    **{
        getattr(Losses, n): ((PROBABILITIES, LABELS), {"axis": 0})
        for n in ("crossentropy", "logitcrossentropy", "kldivergence", "focal_loss")
    },
    Losses.dice_coeff_loss: ((PROBABILITIES, LABELS), {}),
    Losses.tversky_loss: ((PROBABILITIES, LABELS), {}),
    Losses.label_smoothing: ((LABELS, 0.1), {}),
    Losses.ctc_loss: ((ones(3, 4), [0, 1]), {}),
    Losses.xlogx: ((ones(3),), {}),
    nnlib.softmax: ((X,), {"axis": 0}),
    nnlib.logsoftmax: ((X,), {"axis": 0}),
    nnlib.logsumexp: ((X,), {"axis": 0}),
    nnlib.glu: ((ones(4, 3),), {"axis": 0}),
    nnlib.dropout: ((X, 0.5), {"axis": 0}),
    nnlib.bias_act_: ((np.tanh, ones(2, 3), ones(2, 1)), {}),
    nnlib.conv_bias_act: ((X, W, DENSE, ones(1, 1, 4, 1)), {}),
    nnlib.logaddexp: ((ones(3), ones(3)), {}),
    nnlib.conv: ((X, W), {"stride": 1, "pad": 0, "dilation": 1, "groups": 1}),
    nnlib.depthwiseconv: ((X, ones(3, 2, 5, 2)), {"stride": 1, "pad": 0, "dilation": 1}),
    nnlib.maxpool: ((X, 2), {"stride": 2, "pad": 0}),
    nnlib.meanpool: ((X, 2), {"stride": 2, "pad": 0}),
    nnlib.lpnormpool: ((X, 2, 2), {"stride": 2, "pad": 0}),
    nnlib.unfold: ((X, W.shape), {"stride": 1, "pad": 0, "dilation": 1}),
    nnlib.fold: ((ones(9, 12, 3), X.shape, W.shape), {"stride": 1, "pad": 0, "dilation": 1}),
    DenseConvDims: ((X, W), {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
    DepthwiseConvDims: ((X, ones(3, 2, 5, 2)), {"stride": 1, "padding": 0, "dilation": 1}),
    PoolDims: ((X, 2), {"stride": 1, "padding": 0, "dilation": 1}),
    nnlib.grad_conv_data: ((ones(3, 3, 4, 3), W, DENSE), {}),
    nnlib.grad_conv_filter: ((X, ones(3, 3, 4, 3), DENSE), {}),
    nnlib.grad_depthwiseconv_data: ((ones(3, 3, 10, 3), ones(3, 2, 5, 2), DEPTHWISE), {}),
    nnlib.grad_depthwiseconv_filter: ((X, ones(3, 3, 10, 3), DEPTHWISE), {}),
    nnlib.grad_maxpool: ((ones(2, 2, 2, 3), ones(2, 2, 2, 3), X, POOL), {}),
    nnlib.grad_meanpool: ((ones(2, 2, 2, 3), None, None, POOL), {}),
    nnlib.grad_lpnormpool: ((ones(2, 2, 2, 3), ones(2, 2, 2, 3), X, POOL), {"p": 2}),
    nnlib.grad_softmax: ((ones(3), None, ones(3)), {"axis": 0}),
    nnlib.grad_logsoftmax: ((ones(3), None, ones(3)), {"axis": 0}),
    nnlib.grad_upsample_nearest: ((ones(4, 6, 1, 1), (2, 3)), {}),
    nnlib.grad_upsample_linear: ((ones(4, 6, 1, 1),), {"size": (2, 3)}),
    nnlib.grad_grid_sample: ((ones(2, 2, 2, 3), X, ones(2, 2, 2, 3)), {"padding_mode": "zeros"}),
    nnlib.grad_imrotate: ((X, X, 0.3), {"method": "bilinear", "rotation_center": (1, 1)}),
    nnlib.batched_mul: ((ones(2, 3, 4), ones(3, 2, 4)), {}),
    nnlib.batched_vec: ((ones(2, 3, 4), ones(3, 4)), {}),
    nnlib.batched_transpose: ((ones(2, 3, 4),), {}),
    nnlib.batched_adjoint: ((ones(2, 3, 4),), {}),
    nnlib.dot_product_attention: (
        (ones(4, 3, 2), ones(4, 5, 2), ones(6, 5, 2), ones(5, 3, 2, 2)),
        {"mask": ones(5, 3, 2, 2) > 0, "nheads": 2},
    ),
    nnlib.dot_product_attention_scores: ((ones(4, 2, 3, 2), ones(4, 2, 5, 2), ones(5, 3, 2, 2)), {}),
    nnlib.make_causal_mask: ((ones(4, 3),), {"axis": 1}),
    nnlib.gather: ((ones(3, 4), np.array([0, 3])), {}),
    nnlib.scatter: (("+", ones(3, 2), np.array([0, 3])), {"dstsize": (3, 4), "init": 1.0}),
    nnlib.upsample_nearest: ((X, (2, 2)), {}),
    nnlib.upsample_linear: ((X,), {"size": (7, 7)}),
    nnlib.pixel_shuffle: ((ones(2, 2, 4, 1), 2), {}),
    nnlib.grid_sample: ((X, ones(2, 2, 2, 3)), {"padding_mode": "zeros"}),
    nnlib.imrotate: ((X, 0.3), {"method": "bilinear", "rotation_center": (1, 1)}),
    nnlib.hamming_window: ((4,), {"dtype": np.float32}),
    nnlib.stft: ((ones(16),), {"n_fft": 4, "hop_length": 2, "window": ones(4)}),
    nnlib.istft: ((ones(3, 7),), {"n_fft": 4, "hop_length": 2, "window": ones(4)}),
    nnlib.spectrogram: ((ones(16),), {"n_fft": 4, "hop_length": 2, "window": ones(4)}),
    nnlib.power_to_db: ((ones(3),), {}),
    nnlib.db_to_power: ((ones(3),), {}),
    nnlib.melscale_filterbanks: ((), {"n_freqs": 20, "n_mels": 3, "sample_rate": 8000}),
    nnlib.softmax_: ((ones(3), ones(3)), {"axis": 0}),
    nnlib.logsoftmax_: ((ones(3), ones(3)), {"axis": 0}),
    nnlib.batched_mul_: ((ones(2, 2, 4), ones(2, 3, 4), ones(3, 2, 4)), {}),
    nnlib.dropout_: ((ones(3), ones(3), 0.5), {}),
    nnlib.scatter_: (("+", ones(3, 4), ones(3, 2), np.array([0, 3])), {}),
    nnlib.gather_: ((ones(3, 2), ones(3, 4), np.array([0, 3])), {}),
    nnlib.conv_: ((ones(3, 3, 4, 3), X, W), {}),
    flux.flatten: ((X,), {}),
    flux.normalise: ((X,), {"axis": 0}),
    flux.vcat: ((ones(2, 3), ones(2, 3)), {}),
    flux.hcat: ((ones(2, 3), ones(2, 3)), {}),
    flux.cat: ((ones(2, 3), ones(2, 3)), {"axis": 1}),
    nnlib.fast_act: ((np.tanh, X), {}),
    **{
        getattr(initialisers, n): ((3, 4), {})
        for n in (
            "glorot_uniform",
            "glorot_normal",
            "kaiming_uniform",
            "kaiming_normal",
            "truncated_normal",
            "lecun_normal",
            "orthogonal",
            "identity_init",
            "ones32",
            "zeros32",
            "rand32",
            "randn32",
        )
    },
    initialisers.sparse_init: ((3, 4), {"sparsity": 0.5}),
    initialisers.create_bias: ((ones(2, 3), ones(2), 2), {}),
    onehotarrays.onehot: ((1, [1, 2]), {}),
    onehotarrays.onehotbatch: (([1, 2], [1, 2]), {}),
    onehotarrays.onecold: ((ones(2, 3), [1, 2]), {}),
    onehotarrays.OneHotArray: (([0, 1], 2), {}),
    onehotarrays.OneHotVector: ((1, 2), {}),
    onehotarrays.OneHotMatrix: (([0, 1], 2), {}),
    onehotarrays.columns: ((ones(2, 3), onehotarrays.OneHotArray([0, 1], 3)), {}),
    flux.Dense: (((3, 2), np.tanh), {"bias": True}),
    flux.Scale: ((3, np.tanh), {"bias": True}),
    flux.Bilinear: ((((3, 4), 2), np.tanh), {"bias": True}),
    flux.Conv: (((3, 3), (2, 4), np.tanh), {"stride": 1, "pad": 0, "dilation": 1, "groups": 1}),
    flux.ConvTranspose: (((3, 3), (2, 4), np.tanh), {"stride": 1, "pad": 0, "outpad": 0, "groups": 1}),
    flux.CrossCor: (((3, 3), (2, 4), np.tanh), {"stride": 1, "pad": 0, "dilation": 1}),
    flux.DepthwiseConv: (((3, 3), (2, 4), np.tanh), {"stride": 1, "pad": 0}),
    flux.MaxPool: (((2, 2),), {"stride": 1, "pad": 0}),
    flux.AdaptiveMaxPool: (((2, 2),), {}),
    flux.BatchNorm: ((3, np.tanh), {}),
    flux.InstanceNorm: ((3, np.tanh), {}),
    flux.GroupNorm: ((4, 2, np.tanh), {}),
    flux.LayerNorm: ((3, np.tanh), {}),
    flux.Dropout: ((0.5,), {}),
    flux.AlphaDropout: ((0.5,), {}),
    flux.Embedding: (((3, 2),), {}),
    flux.EmbeddingBag: (((3, 2), np.mean), {}),
    flux.RNNCell: (((3, 2), np.tanh), {"bias": True}),
    flux.LSTMCell: (((3, 2),), {"bias": True}),
    flux.GRUCell: (((3, 2),), {"bias": True}),
    flux.GRUv3Cell: (((3, 2),), {"bias": True}),
    flux.MultiHeadAttention: ((4,), {"nheads": 2}),
    flux.Upsample: ((2,), {"mode": "nearest"}),
    flux.PixelShuffle: ((2,), {}),
    flux.WeightNorm: ((flux.Dense((3, 2)), "weight"), {"axis": 0}),
    flux.SkipConnection: ((flux.Dense((3, 2)), operator.add), {}),
    flux.Parallel: ((operator.add, flux.Dense((3, 2))), {}),
    flux.initialstates: ((flux.RNNCell((3, 2)),), {}),
    flux.reparametrize: ((flux.WeightNorm(flux.Dense((3, 2))),), {}),
}

#: Layers and the arguments that they are called with.
LAYERS = [
    (flux.Dense((3, 2)), (ones(3, 4),)),
    (flux.Scale(3), (ones(3, 4),)),
    (flux.Bilinear(((3, 4), 2)), (ones(3, 5), ones(4, 5))),
    (flux.Conv((3, 3), (2, 4)), (X,)),
    (flux.ConvTranspose((3, 3), (2, 4)), (X,)),
    (flux.CrossCor((3, 3), (2, 4)), (X,)),
    (flux.MaxPool((2, 2)), (X,)),
    (flux.MeanPool((2, 2)), (X,)),
    (flux.AdaptiveMaxPool((2, 2)), (X,)),
    (flux.AdaptiveMeanPool((2, 2)), (X,)),
    (flux.GlobalMaxPool(), (X,)),
    (flux.GlobalMeanPool(), (X,)),
    (flux.BatchNorm(2), (X,)),
    (flux.InstanceNorm(2), (X,)),
    (flux.GroupNorm(2, 2), (X,)),
    (flux.LayerNorm(5), (X,)),
    (flux.LayerNorm(5, 4, affine=False), (X,)),
    (flux.Dropout(0.5, active=True), (X,)),
    (flux.Dropout(0.5, axis=2, active=True), (X,)),
    (flux.AlphaDropout(0.5, active=True), (X,)),
    (flux.Embedding((3, 2)), ([0, 1],)),
    (flux.EmbeddingBag((3, 2)), ([0, 1, 2], [0, 1])),
    (flux.RNNCell((3, 2)), (ones(3, 4), ones(2, 4))),
    (flux.LSTMCell((3, 2)), (ones(3, 4), (ones(2, 4), ones(2, 4)))),
    (flux.GRUCell((3, 2)), (ones(3, 4), ones(2, 4))),
    (flux.GRUv3Cell((3, 2)), (ones(3, 4), ones(2, 4))),
    (flux.RNN((3, 2)), (ones(3, 6, 4), ones(2, 4))),
    (flux.LSTM((3, 2)), (ones(3, 6, 4), (ones(2, 4), ones(2, 4)))),
    (flux.GRU((3, 2)), (ones(3, 6, 4), ones(2, 4))),
    (flux.Recurrence(flux.RNNCell((3, 2))), (ones(3, 6, 4), ones(2, 4))),
    (flux.MultiHeadAttention(4, nheads=2), (ones(4, 3, 2), ones(4, 5, 2), ones(4, 5, 2), ones(5, 3, 2, 2))),
    (flux.Upsample(2), (X,)),
    (flux.Upsample("bilinear", size=(9, 9)), (X,)),
    (flux.PixelShuffle(2), (ones(2, 2, 4, 1),)),
    (flux.WeightNorm(flux.Dense((3, 2))), (ones(3, 4),)),
    (flux.SkipConnection(flux.Dense((3, 3)), operator.add), (ones(3, 4),)),
    (flux.Parallel(flux.vcat, flux.Dense((3, 2)), flux.Dense((3, 2))), (ones(3, 4),)),
    (flux.Maxout(flux.Dense((3, 2)), flux.Dense((3, 2))), (ones(3, 4),)),
]


def bad_versions(x):
    """Values that this argument cannot, or perhaps cannot, be."""
    yield from ("text", None, object(), np.array(["a", "b"]), 0, -1, 2.5, 7)
    yield from (
        (),
        (1,),
        (0, 0),
        (-1, 2),
        (7, 7, 7),
        np.float32(1),
        ones(0),
        ones(2),
        ones(2, 0),
        ones(7, 7, 7, 7, 7),
    )
    if isinstance(x, np.ndarray):
        yield x.astype(str)
        yield x.astype(object)
        yield x[..., None]
        yield x.ravel()
        for axis in range(x.ndim):
            yield np.concatenate([x, x], axis=axis)
            yield np.take(x, range(x.shape[axis] - 1), axis=axis)


def documentation(call):
    """The docstring of a function or a layer, with those that it refers to."""
    text = call.__doc__
    see = re.search(r"See :func:`(\w+)`", text)
    return text + getattr(nnlib, see[1]).__doc__ if see else text


def problem(call, args, options):
    """What is wrong with the error that the call raises; None if nothing is, or it works."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(*args, **options)
    except Exception as error:
        name = type(error).__name__
        calls_wrongly = type(error) is TypeError and "argument" in str(error)
        if not raised_by_us(error) or not str(error):
            return f"{call}{args}{options}: {name}: {error}"[-400:]
        if name not in documentation(call) and not calls_wrongly:
            return f"{call}: the docstring does not say that it raises {name}: {error}"
    return None


def problems(call, args, options):
    for k, value in enumerate(args):
        for bad in bad_versions(value):
            yield problem(call, (*args[:k], bad, *args[k + 1 :]), options)
    for name, value in options.items():
        for bad in bad_versions(value):
            yield problem(call, args, {**options, name: bad})


@pytest.mark.parametrize("call", CALLS, ids=lambda f: f.__name__)
def test_functions_refuse_bad_arguments_themselves(call):
    args, options = CALLS[call]
    call(*args, **options)
    assert [p for p in problems(call, args, options) if p] == []


@pytest.mark.parametrize(("layer", "args"), LAYERS, ids=lambda x: repr(x) if callable(x) else "")
def test_layers_refuse_bad_inputs_themselves(layer, args):
    layer(*args)
    assert [p for p in problems(layer, args, {}) if p] == []
