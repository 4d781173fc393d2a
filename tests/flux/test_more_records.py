"""The rest of NNlib, MLUtils and Functors against what the real ones answered: a table from names to calls.

Positions count from 1 there and from 0 here.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from fluxcalls import check_call
from fluxrecords import cases

from fluxbridge.flux import Functors, MLUtils, NNlib
from fluxbridge.flux.data import getobs
from fluxbridge.flux.nnlib import DenseConvDims, DepthwiseConvDims, PoolDims

DENSE = DenseConvDims((5, 4, 2, 2), (3, 2, 2, 3), stride=2, padding=1)
DEPTHWISE = DepthwiseConvDims((4, 3, 2, 1), (2, 2, 3, 2))
GROUPED = DenseConvDims(
    (5, 4, 4, 2), (3, 2, 2, 6), stride=(2, 1), padding=(1, 0, 1, 1), groups=2, flipkernel=True
)


def grid_sample(mode):
    return lambda x, g: NNlib.grid_sample(x, g, padding_mode=mode)


def pooled(gradient, pool, **dims):
    """The cotangent of a pooling, asked as NNlib does: dy, y, x, dims."""

    def call(y, x):
        pdims = PoolDims(x, **dims)
        return gradient(y, pool(x, pdims), x, pdims)

    return call


def both(folds):
    return [(getobs(a), getobs(b)) for a, b in folds]


def ones(assignments):
    """Positions from 1."""
    return tuple([part + 1 for part in parts] for parts in assignments)


WINDOWS = {
    "unfold 1d": lambda x: NNlib.unfold(x, (3, 2, 1)),
    "unfold 2d":
        lambda x: NNlib.unfold(x, (3, 2, 2, 1), stride=(2, 1), pad=(1, 0, 2, 1), dilation=(1, 2)),
    "unfold turned": lambda x: NNlib.unfold(x, (2, 3, 2, 1), flipped=False),
    "unfold 3d": lambda x: NNlib.unfold(x, (2, 2, 2, 1, 1), pad=1),
    "fold 1d": lambda y: NNlib.fold(y, (7, 2, 2), (3, 2, 1)),
    "fold 2d": lambda y: NNlib.fold(
        y, (5, 4, 2, 2), (3, 2, 2, 1), stride=(2, 1), pad=(1, 0, 2, 1), flipped=False
    ),
    "fold Float32": lambda y: NNlib.fold(y, (4, 1, 1), (2, 1, 1), stride=2),
    "grid_sample zeros": grid_sample("zeros"), "grid_sample border": grid_sample("border"),
    "grid_sample Float32": grid_sample("zeros"), "grid_sample 5d": grid_sample("zeros"),
    "grid_sample 5d border": grid_sample("border"), "grid_sample on pixels": grid_sample("border"),
    "imrotate": lambda x: NNlib.imrotate(x, 0.7),
    "imrotate nearest": lambda x: NNlib.imrotate(x, 0.7, method="nearest"),
    "imrotate centre": lambda x: NNlib.imrotate(x, -1.2, rotation_center=(1, 2.5)),
    "imrotate Float32": lambda x: NNlib.imrotate(x, 2.5),
    "imrotate right angle odd": lambda x: NNlib.imrotate(x, np.pi / 2),
    "imrotate right angle even": lambda x: NNlib.imrotate(x, np.pi / 2, rotation_center=(1.5, 1.5)),
    "imrotate three right angles": lambda x: NNlib.imrotate(x, 3 * np.pi / 2, rotation_center=(1.5, 1.5)),
    "imrotate turned round": lambda x: NNlib.imrotate(x, np.pi, rotation_center=(1.5, 2.5)),
    "imrotate zero": lambda x: NNlib.imrotate(x, 0),
    "imrotate about a corner": lambda x: NNlib.imrotate(x, np.pi / 2, rotation_center=(0, 0)),
}  # fmt: skip

SOUND = {
    "hann_window": lambda: NNlib.hann_window(7),
    "hann_window symmetric": lambda: NNlib.hann_window(6, np.float64, periodic=False),
    "hamming_window": lambda: NNlib.hamming_window(5, np.float64),
    "hamming_window own": lambda: NNlib.hamming_window(5, np.float64, α=0.6, β=0.4),
    "melscale_filterbanks": lambda: NNlib.melscale_filterbanks(n_freqs=33, n_mels=4, sample_rate=8000),
    "melscale_filterbanks range": lambda: NNlib.melscale_filterbanks(
        n_freqs=20, n_mels=3, sample_rate=4000, fmin=100, fmax=1500
    ),
    "power_to_db": NNlib.power_to_db,
    "power_to_db top": lambda s: NNlib.power_to_db(s, top_db=5, ref=2),
    "db_to_power": NNlib.db_to_power,
}

COTANGENTS = {
    "∇conv_data": lambda y, w: NNlib.grad_conv_data(y, w, DENSE),
    "∇conv_filter": lambda x, y: NNlib.grad_conv_filter(x, y, DENSE),
    "∇depthwiseconv_data": lambda y, w: NNlib.grad_depthwiseconv_data(y, w, DEPTHWISE),
    "∇depthwiseconv_filter": lambda x, y: NNlib.grad_depthwiseconv_filter(x, y, DEPTHWISE),
    "depthwiseconv dims": lambda x, w: NNlib.depthwiseconv(x, w, DEPTHWISE),
    "conv dims": lambda x, w: NNlib.conv(x, w, GROUPED),
    "∇maxpool": pooled(NNlib.grad_maxpool, NNlib.maxpool, k=2),
    "∇meanpool": pooled(NNlib.grad_meanpool, NNlib.meanpool, k=(2, 3), stride=1, padding=1),
    "∇lpnormpool": pooled(
        lambda *args: NNlib.grad_lpnormpool(*args, p=3), lambda x, d: NNlib.lpnormpool(x, 3, d), k=2
    ),
    "maxpool dilation": lambda x: NNlib.maxpool(x, PoolDims(x, 2, stride=1, dilation=2)),
    "∇softmax": lambda y, x: NNlib.grad_softmax(y, x, NNlib.softmax(x)),
    "∇logsoftmax": lambda y, x: NNlib.grad_logsoftmax(y, x, NNlib.logsoftmax(x)),
    "∇upsample_nearest": lambda y: NNlib.grad_upsample_nearest(y, (2, 3)),
    "∇upsample_bilinear": lambda y: NNlib.grad_upsample_bilinear(y, size=(3, 2)),
    "∇upsample_linear corners": lambda y: NNlib.grad_upsample_linear(y, size=(3,), align_corners=False),
    "∇grid_sample": lambda y, x, g: NNlib.grad_grid_sample(y, x, g, padding_mode="border"),
    "∇imrotate": lambda y, x: NNlib.grad_imrotate(y, x, 0.7),
    "batched_mul!": lambda c, a, b: NNlib.batched_mul_(c.copy(), a, b, 2.0, 3.0),
    "softmax!": lambda x: NNlib.softmax_(x.copy(), axis=1),
    "logsoftmax!": lambda x: NNlib.logsoftmax_(np.zeros_like(x), x),
    "scatter! max": lambda d, s: NNlib.scatter_(max, d.copy(), s, np.array([0, 2, 0])),
    "scatter! -": lambda d, s: NNlib.scatter_("-", d.copy(), s, np.array([0, 2, 0])),
    "gather!": lambda s: NNlib.gather_(np.zeros((2, 3)), s, np.array([2, 0, 2])),
    "conv_bias_act": lambda x, w, b: NNlib.conv_bias_act(x, w, DenseConvDims(x, w), b, np.tanh),
    "bias_act!": lambda x, b: NNlib.bias_act_(np.tanh, x, b[:, None]),
    "show DenseConvDims": lambda: repr(
        DenseConvDims((28, 28, 4, 8), (5, 5, 2, 16), stride=2, groups=2)
    ),
    "show PoolDims": lambda: repr(PoolDims((28, 28, 3, 8), 2)),
    "show DepthwiseConvDims": lambda: repr(DepthwiseConvDims((8, 8, 3, 1), (2, 2, 5, 3), dilation=2)),
    "logaddexp": NNlib.logaddexp,
}  # fmt: skip

FOLDS = {
    "kfolds n": lambda: ones(MLUtils.kfolds(10, 4)),
    "kfolds data": lambda x: both(MLUtils.kfolds(x, k=3)),
    "kfolds stratified": lambda: both(
        MLUtils.kfolds(np.arange(1, 10), k=3, stratified=[1, 1, 1, 2, 2, 2, 1, 1, 1])
    ),
    "leavepout": lambda: ones(MLUtils.leavepout(7, 2)),
    "timeseries_kfolds": lambda: ones(MLUtils.timeseries_kfolds(11, k=3, gap=1, max_train_size=3)),
    "kfolds too many": lambda: MLUtils.kfolds(3, 4),
    "leavepout too many": lambda: MLUtils.leavepout(3, 2),
    "timeseries_kfolds gap": lambda: MLUtils.timeseries_kfolds(6, k=2, gap=9),
    "slidingwindow": lambda x: list(MLUtils.slidingwindow(x, size=3, stride=2)),
    "slidingwindow obsdim": lambda x: list(MLUtils.slidingwindow(x, size=2, obsdim=0)),
    "slidingwindow too large": lambda x: MLUtils.slidingwindow(x, size=9),
    "BatchView": lambda x: list(MLUtils.BatchView(x, batchsize=3)),
    "BatchView whole": lambda x: list(MLUtils.BatchView(x, batchsize=3, partial=False)),
    "BatchView two": lambda x: MLUtils.BatchView(x, batchsize=2)[[0, 2]],
    "BatchView collate": lambda x: list(MLUtils.BatchView(x, batchsize=2, collate=True)),
    "joinobs": lambda x, y: list(MLUtils.joinobs(x, y)),
    "filterobs": lambda x: MLUtils.filterobs(lambda o: o[0] > 0, x),
    "groupobs": lambda x: {
        str(k).lower(): d for k, d in MLUtils.groupobs(lambda o: bool(o[0] > 0), x).items()
    },
    "mapobs auto": lambda x: MLUtils.mapobs(lambda o: 2 * o, x)[[0, 2]],
    "mapobs never": lambda x: MLUtils.mapobs(lambda o: 2 * o, x, batched="never")[[0, 2]],
    "mapobs always": lambda x: MLUtils.mapobs(lambda o: 2 * o, x, batched="always")[1],
    "mapobs named": lambda x: getobs(MLUtils.mapobs({"a": np.sum, "b": np.max}, x), 2),
    "mapobs field": lambda x: getobs(MLUtils.mapobs({"a": np.sum, "b": np.max}, x).b, 1),
    "mapobs loader": lambda x: list(
        MLUtils.DataLoader(MLUtils.mapobs(lambda o: 2 * o, x), batchsize=2)
    ),
    "oversample": lambda x: MLUtils.oversample(x, np.array([1, 2, 2, 2, 1, 2, 2]), shuffle=False),
    "oversample fraction": lambda x: MLUtils.oversample(
        (x, np.array([1, 1, 1, 1, 2])), fraction=0.5, shuffle=False
    ),
    "undersample": lambda x: MLUtils.undersample((x, np.array([1, 2, 2, 2, 1, 2])), shuffle=False),
    "splitobs n": lambda: tuple(p + 1 for p in MLUtils.splitobs(10, at=(0.5, 0.3))),
}  # fmt: skip


def from_one(found):
    values, places = found
    return values, places + 1


SEARCH = {
    "topk": lambda x: from_one(MLUtils.topk(x, 2)),
    "topk smallest": lambda x: from_one(MLUtils.topk(x, 2, axis=1, rev=False)),
    "topk ties": lambda: from_one(MLUtils.topk(np.array([3, 5, 5, 3, 1]), 4)),
    "topk ties smallest": lambda: from_one(MLUtils.topk(np.array([3, 5, 5, 3, 1]), 4, rev=False)),
    "topk values": lambda x: MLUtils.topk(x, 2)[0],
    "topk too many": lambda: MLUtils.topk(np.array([1, 2]), 3),
    "batched_searchsortedfirst": lambda xp, x: MLUtils.batched_searchsortedfirst(xp, x) + 1,
    "batched_searchsortedlast": lambda xp, x: MLUtils.batched_searchsortedlast(xp, x) + 1,
    "batched_searchsortedfirst vector":
        lambda x: MLUtils.batched_searchsortedfirst(np.array([1, 3, 5]), x) + 1,
    "batched_searchsortedfirst down": lambda: MLUtils.batched_searchsortedfirst(
        np.array([9, 5, 1]), np.array([5, 7, 0]), rev=True
    ) + 1,
    "batched_searchsortedlast dims": lambda: MLUtils.batched_searchsortedlast(
        np.array([[1.0, 3, 5], [2, 4, 6]]), np.array([[2.0, 5], [4, 1]]), axis=1
    ) + 1,
    "trues_like": lambda x: MLUtils.trues_like(x, (1, 2)),
    "MLUtils.flatten": MLUtils.flatten,
    "ObsDim": lambda x: list(MLUtils.obsview(x, MLUtils.ObsDim(0))),
    "make_sin": lambda: MLUtils.Datasets.make_sin(6, 0.5, 3, noise=0),
    "make_poly": lambda: MLUtils.Datasets.make_poly([1.5, -2, 0.5], np.array([0.0, 1, 2.5]), noise=0),
    "make_spiral": lambda: MLUtils.Datasets.make_spiral(4, noise=0),
    "getobs!": lambda x: MLUtils.getobs_(np.zeros((2, 2)), x, [3, 0]),
}  # fmt: skip


def iris():
    x, y, names = MLUtils.load_iris()
    some = [0, 50, 149]
    return x[:, some], np.sum(x, axis=1, keepdims=True), [y[k] for k in some], names


def pruned():
    x = np.ones(1)
    return Functors.fmap(lambda v: v, (x, x), prune=0.0)


TREES = {
    "load_iris": iris,
    "fleaves": lambda: np.array(
        Functors.fleaves({"a": (1.0, 2.0), "b": np.array([3.0]), "c": {"d": 4.0}}), dtype=object
    ).tolist(),
    "fmap structural walk": lambda: Functors.fmap(
        lambda x: 2 * x, (1.0, SimpleNamespace(a=2.0)), walk=Functors.StructuralWalk()
    ),
    "fmap prune": pruned,
    "iterate walk": lambda: np.array(
        list(Functors.fmap(lambda x: (x**2,), (1.0, (2.0, 3.0)), walk=Functors.IterateWalk(), cache=False))
    ),
    "collect walk": lambda: len(Functors.execute(Functors.CollectWalk(), ({"a": (1.0, 2.0), "b": 3.0}))),
}

CALLS = {**WINDOWS, **SOUND, **COTANGENTS, **FOLDS, **SEARCH, **TREES}


@pytest.mark.parametrize("recorded", cases("more"), ids=lambda c: c.name)
def test_as_recorded(recorded):
    check_call(recorded, CALLS[recorded.name])


def test_every_call_is_recorded():
    assert {c.name for c in cases("more")} == set(CALLS)
