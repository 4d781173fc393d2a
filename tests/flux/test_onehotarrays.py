"""One-hot arrays: compact, fast in products, ordinary arrays everywhere else."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ownerrors import refused

from fluxbridge import gradient, hessian, jacobian
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux.data import DataLoader, batch, getobs, numobs
from fluxbridge.flux.onehotarrays import OneHotArray, onecold, onehot, onehotbatch

Y = OneHotArray([0, 2, 1, 2], 3)
D = np.asarray(Y)
W = np.arange(6.0).reshape(2, 3)


def test_the_dense_array():
    assert Y.shape == (3, 4) and Y.ndim == 2 and Y.size == 12 and Y.dtype == bool and len(Y) == 3
    np.testing.assert_array_equal(D, [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1]])
    assert Y.indices.dtype == np.uint32
    np.testing.assert_array_equal(np.array(Y, np.float32), D.astype(np.float32))
    assert [row.tolist() for row in Y] == D.tolist()


@pytest.mark.parametrize(
    "index", [0, (0, 1), (1, slice(1, 3)), (slice(1), 2), ([0, 2], 1), (None, 0), (Ellipsis, 0), D], ids=repr
)
def test_indexing_is_that_of_the_dense_array(index):
    got = Y[index]
    np.testing.assert_array_equal(got, D[index])


@pytest.mark.parametrize(
    "index", [1, -1, slice(1, 3), [0, 3], np.array([True, False, True, False])], ids=repr
)
def test_columns_stay_compact(index):
    for place in ((slice(None), index), (Ellipsis, index)):
        got = Y[place]
        assert isinstance(got, OneHotArray)
        np.testing.assert_array_equal(got, D[place])
    assert Y[:] is Y


@pytest.mark.parametrize(
    "f",
    [
        lambda y: y + 0.5,
        lambda y: 2 * y,
        lambda y: y == D,
        lambda y: -1.0 * y,
        lambda y: y @ np.ones(4),
        lambda y: W @ y,
        lambda y: np.matmul(W, y),
        lambda y: y.T @ W.T,
        lambda y: np.sum(y, axis=0),
        lambda y: y.sum(),
        lambda y: np.mean(y),
        lambda y: y.astype(np.float32),
        lambda y: np.exp(y.astype(float)),
        lambda y: np.concatenate([y, y], axis=0),
        lambda y: np.where(y, 1.0, W.sum()),
        lambda y: np.argmax(y, axis=0),
        lambda y: np.argmax(y),
        lambda y: y.reshape(-1),
        lambda y: np.transpose(y),
        lambda y: np.vstack([y, W[:, :1] * np.ones(4)]),
        lambda y: np.multiply(y, 3),
        lambda y: np.add.reduce(y, axis=1),
        lambda y: y & y,
        lambda y: ~y,
        lambda y: np.stack([y, y]),
        lambda y: y.any(axis=1),
        lambda y: np.ones((2, 2, 3)) @ y,
        lambda y: np.size(y, 1),
    ],
)
def test_numpy_sees_an_ordinary_array(f):
    got, expected = f(Y), f(D)
    assert type(got) is type(expected)
    np.testing.assert_array_equal(got, expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype


@pytest.mark.parametrize(
    "join",
    [
        lambda *ys: np.concatenate(ys, axis=1), lambda *ys: np.hstack(ys), lambda *ys: np.column_stack(ys),
        lambda *ys: np.stack(ys, axis=-1), lambda *ys: np.stack(ys, axis=1), lambda *ys: batch(list(ys)),
    ],
)  # fmt: skip
def test_joining_keeps_it_compact(join):
    got = join(Y, Y[:, ::-1])
    assert isinstance(got, OneHotArray)
    np.testing.assert_array_equal(got, join(D, D[:, ::-1]))
    vectors = np.column_stack([onehot("a", "ab"), onehot("b", "ab")])
    assert isinstance(vectors, OneHotArray) and vectors.shape == (2, 2)
    with refused(DimensionMismatch):
        np.concatenate([Y, OneHotArray([0], 2)], axis=1)


def test_products_pick_columns_and_have_a_rule():
    def by_hand(w):
        return np.sum(np.sin(w @ D) * np.arange(8.0).reshape(2, 4))

    def by_columns(w):
        return np.sum(np.sin(w @ Y) * np.arange(8.0).reshape(2, 4))

    np.testing.assert_allclose(gradient(by_columns, W)[0], gradient(by_hand, W)[0], rtol=1e-14)
    np.testing.assert_allclose(hessian(by_columns, W), hessian(by_hand, W), rtol=1e-12)
    vector = onehot(2, range(3))
    np.testing.assert_array_equal(W @ vector, W[:, 2])
    np.testing.assert_array_equal(jacobian(lambda w: w @ vector, W)[0], jacobian(lambda w: w[:, 2], W)[0])
    single = gradient(lambda w: np.sum(w @ Y), W.astype(np.float32))[0]
    assert single.dtype == np.float32
    with refused(DimensionMismatch, match="2 columns, 3 labels"):
        W.T @ Y
    with refused(DimensionMismatch, match="2 columns, 3 labels"):
        gradient(lambda w: np.sum(w @ Y), W.T)


def test_there_is_no_gradient_by_it():
    assert gradient(lambda w, y: np.sum(w @ y), W, Y)[1] is None
    assert gradient(lambda p: np.sum(p["w"] * p["y"]), {"w": D.astype(float), "y": Y})[0].keys() == {"w"}
    np.testing.assert_array_equal(gradient(lambda w: np.sum(Y * w), np.ones((3, 4)))[0], D.astype(float))
    np.testing.assert_array_equal(gradient(lambda w: np.sum(w * Y), np.ones((3, 4)))[0], D.astype(float))
    np.testing.assert_array_equal(gradient(lambda w: np.sum(w - Y), np.ones((3, 4)))[0], np.ones((3, 4)))


def test_large_products_are_fast():
    import time

    big = OneHotArray(np.random.default_rng(0).integers(0, 4000, 512), 4000)
    w = np.ones((64, 4000), np.float32)
    assert (w @ big).shape == (64, 512)

    def seconds(y):
        start = time.perf_counter()
        w @ y
        return time.perf_counter() - start

    dense = np.asarray(big).astype(np.float32)
    assert min(seconds(big) for _ in range(5)) < min(seconds(dense) for _ in range(5))


def test_copies_and_pickles():
    for other in (copy.copy(Y), copy.deepcopy(Y), pickle.loads(pickle.dumps(Y)), Y.copy()):
        assert isinstance(other, OneHotArray)
        np.testing.assert_array_equal(other, D)
    assert Y.reshape(3, 2, 2).indices.shape == (2, 2)


def test_looks():
    assert repr(onehotbatch(np.array([[1, 2], [3, 1]]), range(1, 4))) == (
        "3×2×2 OneHotArray(::Matrix{UInt32}) with eltype Bool:\n"
        "[:, :, 1] =\n 1  0\n 0  0\n 0  1\n\n[:, :, 2] =\n 0  1\n 1  0\n 0  0"
    )
    wide = repr(OneHotArray(np.zeros(100, int), 50)).splitlines()
    assert wide[0] == "50×100 OneHotMatrix(::Vector{UInt32}) with eltype Bool:"
    assert len(wide) == 26 and "…" in wide[1] and "⋮" in wide[13]


@given(st.lists(st.integers(-3, 6), min_size=1), st.integers(-3, 2), st.integers(1, 9))
def test_there_and_back(xs, start, length):
    labels = range(start, start + length)
    inside = [x for x in xs if x in labels]
    encoded = onehotbatch(inside, labels)
    assert encoded.shape == (length, len(inside))
    assert onecold(encoded, labels).tolist() == inside
    assert onehotbatch(inside, list(labels)).indices.tolist() == encoded.indices.tolist()
    if len(inside) < len(xs):
        with refused(ArgumentError, match="not found in labels"):
            onehotbatch(xs, labels)
    default = onehotbatch(xs, labels, start)
    assert onecold(default, labels).tolist() == [x if x in labels else start for x in xs]


def test_labels_of_all_kinds():
    assert onehot(1.0, [0, 1]).indices == 1
    assert onehot(float("nan"), [0.0, float("nan")]).indices == 1
    assert onehot([1], [[0], [1]]).indices == 1
    assert onehotbatch(iter("ba"), ("a", "b")).indices.tolist() == [1, 0]
    assert onehotbatch(np.array(["b", "a"]), ["a", "b"]).indices.tolist() == [1, 0]
    assert onehotbatch(np.array([[0, 1], [2, 0]]), [0, 1, 2]).shape == (3, 2, 2)
    assert onecold(np.eye(2), [("x", 1), ("y", 2)]).tolist() == [("x", 1), ("y", 2)]
    assert onecold(np.eye(2), {"x": 0, "y": 1}.keys()).tolist() == ["x", "y"]
    with refused(ArgumentError, match="Default value 9"):
        onehotbatch([0], [0, 1], 9)
    with refused(ArgumentError, match="positions"):
        OneHotArray([3], 3)
    with refused(ArgumentError, match="integers"):
        OneHotArray([0.5], 3)
    assert onehotbatch([], range(3)).shape == (3, 0)


def test_labels_come_from_inside_a_gradient():
    def loss(w):
        hot = onehotbatch(onecold(w @ np.eye(2)), range(2))
        return np.sum(w * hot)

    np.testing.assert_array_equal(gradient(loss, np.array([[1.0, 0.0], [0.0, 2.0]]))[0], np.eye(2))


def test_as_data():
    assert numobs(Y) == 4
    assert getobs(Y, [1, 2]).indices.tolist() == [2, 1]
    batches = list(DataLoader((np.arange(4), Y), batchsize=3))
    assert [b[1].shape for b in batches] == [(3, 3), (3, 1)]
    assert all(isinstance(b[1], OneHotArray) for b in batches)


def test_shapes_by_sizes_or_a_tuple():
    for y in (Y.reshape(3, 2, 2), Y.reshape((3, 2, 2)), Y.reshape([3, 2, 2])):
        assert isinstance(y, OneHotArray) and y.shape == (3, 2, 2)
        np.testing.assert_array_equal(y, D.reshape(3, 2, 2))
    assert isinstance(Y.reshape((2, 6)), np.ndarray)
    np.testing.assert_array_equal(Y.reshape((2, 6)), D.reshape(2, 6))


def test_labels_may_be_an_iterator():
    assert onehot("b", iter("abc")).indices == 1
    assert onehotbatch("ba", iter("abc")).indices.tolist() == [1, 0]
    assert onecold(np.array([0.1, 0.9, 0.3]), iter("abc")) == "b"
    for f, arguments in ((onehot, (1, 5)), (onehotbatch, ([1], 5))):
        with refused(ArgumentError, match="labels are a list"):
            f(*arguments)


def test_nan_in_vectors_and_matrices():
    with refused(ArgumentError, match="NaN"):
        onecold(np.array([0.1, np.nan]))
    np.testing.assert_array_equal(onecold(np.array([[0.1, np.nan], [0.2, 0.5]])), [1, 0])
    with refused(ArgumentError, match="at least one row"):
        onecold(np.ones((0, 2)))


def test_joining_a_single_array():
    for join in (lambda ys: np.stack(ys, axis=1), lambda ys: np.concatenate(ys, axis=1), np.hstack):
        got = join([Y])
        assert isinstance(got, OneHotArray)
        np.testing.assert_array_equal(got, join([D]))


def test_large_arrays_print_their_ends():
    """12 rows and columns from each end, of more than 24."""
    whole = repr(OneHotArray(np.arange(24), 24)).splitlines()[1:]
    assert len(whole) == 24 and all(len(row.split()) == 24 for row in whole)
    lines = [row.split() for row in repr(OneHotArray(np.arange(30), 30)).splitlines()[1:]]
    assert len(lines) == 25 and all(len(row) == 25 for row in lines)
    assert [row.index("1") for k, row in enumerate(lines) if k != 12] == [*range(12), *range(13, 25)]
    assert {row[12] for k, row in enumerate(lines) if k != 12} == {"…"}
    assert lines[12] == ["⋮"] * 12 + ["⋱"] + ["⋮"] * 12
