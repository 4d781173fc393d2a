"""Folds, resampling, lazy data sets: what the records do not say."""

import numpy as np
import pytest
from rulecheck import check

from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import MLUtils
from fluxbridge.flux.data import DataLoader, getobs, numobs
from fluxbridge.random import Xoshiro

X = np.arange(14.0).reshape(2, 7)
Y = ["a", "b", "b", "b", "a", "c", "c"]


@pytest.mark.parametrize("rng", [np.random.default_rng(1), Xoshiro(1)])
def test_shuffled_folds_have_each_observation_once(rng):
    folds = list(MLUtils.kfolds(rng, (X, Y), k=3, shuffle=True))
    assert len(folds) == 3
    for (x, y), (vx, vy) in folds:
        assert numobs(x) + numobs(vx) == 7 and len(y) + len(vy) == 7
        assert sorted(np.concatenate([x[0], vx[0]])) == X[0].tolist()
        assert all(Y[int(k)] == label for k, label in zip(vx[0], vy, strict=True))
    assert sorted(np.concatenate([vx[0] for _, (vx, _) in folds])) == X[0].tolist()


def test_stratified_folds_keep_the_shares_when_shuffled():
    labels = np.repeat([0, 1], [6, 3])
    for _, test in MLUtils.kfolds(np.random.default_rng(2), labels, k=3, shuffle=True, stratified=labels):
        assert sorted(test.tolist()) == [0, 0, 1]
    with pytest.raises(ArgumentError, match="label 1 has 3"):
        list(MLUtils.kfolds(labels, k=4, stratified=labels))
    with pytest.raises(DimensionMismatch, match="9 observations"):
        MLUtils.kfolds(labels, k=3, stratified=[1, 2])


def test_balanced_classes():
    for rng in (np.random.default_rng(3), Xoshiro(3)):
        x, y = MLUtils.oversample(rng, X, Y)
        assert sorted(y) == sorted("aaabbbccc") and all(
            Y[int(k)] == label for k, label in zip(x[0], y, strict=True)
        )
        x, y = MLUtils.undersample(rng, X, Y)
        assert sorted(y) == sorted("aabbcc") and len(set(x[0])) == 6
    x, z, y = MLUtils.undersample((X, X + 1, Y))
    assert np.array_equal(z, x + 1) and len(y) == 6
    with pytest.raises(TypeError, match="classes"):
        MLUtils.oversample(X)
    with pytest.raises(DimensionMismatch, match="7 observations have 1 classes"):
        MLUtils.undersample(X, ["a"])


def test_views_are_data_sets():
    windows = MLUtils.slidingwindow(X, size=3)
    assert numobs(windows) == 5 and len(getobs(windows, [0, 2])) == 2
    assert np.array_equal(windows[-1], X[:, 4:])
    with pytest.raises(IndexError, match="5 observations"):
        windows[5]
    joined = MLUtils.joinobs(MLUtils.joinobs(X, X), X)
    assert len(joined.parts) == 3 and len(joined) == 21 and np.array_equal(joined[20], X[:, 6])
    assert [len(b) for b in DataLoader(joined, batchsize=10)] == [10, 10, 1]
    assert MLUtils.mapobs((np.sum, np.max), X)[1][3] == 10.0
    rows = MLUtils.obsview(X, [1], MLUtils.ObsDim(0))
    assert len(rows) == 1 and np.array_equal(rows[0], X[1]) and np.array_equal(getobs(rows), X[1:])
    assert repr(rows) == "1-element AxisView"
    with pytest.raises(ArgumentError, match="auto"):
        MLUtils.mapobs(np.sum, X, batched="sometimes")
    assert list(MLUtils.filterobs(lambda x: x > 3, [1, 2])) == []


def test_a_batch_larger_than_the_data_warns():
    with pytest.warns(UserWarning, match="decreasing the batch-size to 7"):
        loader = DataLoader((X, Y), batchsize=20)
    assert len(loader) == 1 and loader.batchsize == 20 and numobs(next(iter(loader))) == 7
    with pytest.warns(UserWarning, match="decreasing the batch-size to 7"):
        batches = MLUtils.BatchView(X, batchsize=20, partial=False)
    assert len(batches) == 1 and MLUtils.batchsize(batches) == 7


def test_no_observations():
    for make in (DataLoader, MLUtils.BatchView):
        with pytest.raises(ArgumentError, match="no observations"):
            make(np.zeros((2, 0)), batchsize=2)
    with pytest.raises(ArgumentError, match="no observations"):
        DataLoader([], batchsize=-1)
    with pytest.raises(ArgumentError, match="at least one"):
        MLUtils.BatchView(X, batchsize=0)
    with pytest.raises(ArgumentError, match="parallel=N"):
        DataLoader(X, num_workers=2)


def test_topk_is_differentiable():
    check(lambda x: MLUtils.topk(x, 2, axis=1)[0], np.random.default_rng(5).normal(size=(3, 4)))


def test_a_buffer_of_the_wrong_size():
    with pytest.raises(DimensionMismatch, match="buffer"):
        MLUtils.getobs_(np.zeros((2, 1)), X, [0, 1])
    buffers = (np.zeros((2, 1)), None)
    x, y = MLUtils.getobs_(buffers, (X, Y), [3])
    assert x is buffers[0] and x.ravel().tolist() == [3.0, 10.0] and y == ["b"]


def test_moons():
    x, y = MLUtils.Datasets.make_moons((30, 20))
    assert x.shape == (2, 50) and sorted(y.tolist()) == [1] * 30 + [2] * 20
    first = x[:, y == 1]
    np.testing.assert_allclose(np.sum(first**2, axis=0), 1)
