"""Data sets, batches and the loader beyond the records."""

import collections
import threading
import time

import numpy as np
import pytest
import rulecheck
from hypothesis import given
from hypothesis import strategies as st
from named import named
from ownerrors import refused

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux.data import (
    DataLoader,
    ObsView,
    batch,
    batch_sequence,
    batchseq,
    chunk,
    eachobs,
    getobs,
    group_indices,
    normalise,
    numobs,
    obsview,
    randobs,
    rescale,
    rpad_constant,
    shuffleobs,
    splitobs,
    stack,
    unbatch,
    unsqueeze,
    unstack,
)
from fluxbridge.flux.onehotarrays import OneHotArray

X = np.arange(12.0).reshape(2, 6)
Pair = collections.namedtuple("Pair", "x y")


class Squares:
    """A data set that is computed when it is asked for."""

    def __len__(self):
        return 5

    def __getitem__(self, i):
        return i * i


# -- observations ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (X, 6),
        ([1, 2], 2),
        ("abc", 3),
        (range(4), 4),
        ({"a": X, "b": "abcdef"}, 6),
        (Pair(X, X), 6),
        (Squares(), 5),
    ],
    ids=named,
)
def test_numobs(data, count):
    assert numobs(data) == count


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ((X, "ab"), DimensionMismatch), (3.0, ArgumentError), ((), ArgumentError),
        (np.float64(1), ArgumentError), (iter([1]), ArgumentError), (np.array(1.0), ArgumentError),
    ],
    ids=named,
)  # fmt: skip
def test_what_has_no_observations(data, error):
    with pytest.raises(error):
        numobs(data)


def test_getobs_keeps_the_kind():
    got = getobs(
        {"x": X, "y": Pair("abcdef", range(6)), "z": Squares()} if False else {"x": X, "y": "abcdef"}, [5, 0]
    )
    np.testing.assert_array_equal(got["x"], X[:, [5, 0]])
    assert got["y"] == "fa"
    assert type(getobs(Pair(X, "abcdef"), 1)) is Pair
    assert type(getobs(np.arange(3), 1)) is np.int64
    assert getobs(Squares(), [3, 2]) == [9, 4] and getobs(Squares(), 3) == 9
    np.testing.assert_array_equal(getobs(range(10, 20), np.array([1, 2])), [11, 12])
    part = getobs(X, slice(0, 2))
    part[:] = -1
    assert X[0, 0] == 0  # a copy


def test_views_are_lazy_where_they_can_be():
    view = obsview(X, slice(2, 4))
    assert np.shares_memory(view, X)
    lazy = obsview(Squares(), [4, 2])
    assert isinstance(lazy, ObsView) and list(lazy) == [16, 4] and len(lazy) == 2 and lazy[1] == 4
    assert getobs(lazy) == [16, 4] and getobs(obsview(lazy, [1])) == [4]
    assert "2 observations" in repr(lazy)


@given(st.integers(0, 40), st.lists(st.floats(0, 1), max_size=3), st.booleans())
def test_splits_are_disjoint_and_complete(n, shares, shuffle):
    total = sum(shares)
    shares = tuple(s / max(total, 1) for s in shares)
    parts = splitobs(np.random.default_rng(1), np.arange(n), at=shares, shuffle=shuffle)
    assert len(parts) == len(shares) + 1
    joined = np.concatenate(parts)
    assert sorted(joined.tolist()) == list(range(n))
    if not shuffle:
        assert joined.tolist() == list(range(n))


def test_splits_by_number_and_by_label():
    a, b = splitobs(X, at=2)
    assert a.shape == (2, 2) and b.shape == (2, 4) and np.shares_memory(a, X)
    assert [len(p) for p in splitobs(range(100), at=(0.1, 0.4))] == [10, 40, 50]
    assert [len(p) for p in splitobs(range(100), at=(10, 20))] == [10, 20, 70]
    labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    first, second = splitobs(np.arange(1, 11), at=0.5, stratified=labels)
    assert first.tolist() == [1, 2, 5, 6, 7] and second.tolist() == [3, 4, 8, 9, 10]
    first, _ = splitobs(np.random.default_rng(0), np.array(labels), at=0.5, stratified=labels, shuffle=True)
    assert sorted(first.tolist()) == [0, 0, 1, 1, 1]
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        splitobs(X, at=1.5)
    with pytest.raises(DimensionMismatch):
        splitobs(X, at=0.5, stratified=[1])
    with pytest.raises(TypeError, match="rng"):
        splitobs(X, X, at=0.5)


def test_shuffled_pairs_stay_pairs():
    x, y = shuffleobs(np.random.default_rng(0), (X, list(range(6))))
    np.testing.assert_array_equal(x, X[:, y])
    assert y != list(range(6))
    again, _ = shuffleobs(np.random.default_rng(0), (X, list(range(6))))
    np.testing.assert_array_equal(x, again)
    assert randobs(np.random.default_rng(0), X, 4).shape == (2, 4)
    assert randobs(X).shape == (2,) and 0 <= randobs(range(3)) < 3


class Julias:
    """A generator with the methods of Julia's, as far as data sets use them."""

    def randperm(self, n):
        return np.arange(n)[::-1]

    def rand(self, kind, *shape):
        assert kind == range(6)
        return np.full(shape, 5)


def test_generators_of_julia():
    np.testing.assert_array_equal(shuffleobs(Julias(), X), X[:, ::-1])
    np.testing.assert_array_equal(randobs(Julias(), X, 2), X[:, [5, 5]])
    assert [len(b) for b in DataLoader("abcdef", batchsize=4, shuffle=True, rng=Julias())] == [4, 2]
    assert next(iter(DataLoader("abcdef", batchsize=4, shuffle=True, rng=Julias()))) == "fedc"


# -- batches -----------------------------------------------------------------------------------------


def test_batch_and_back():
    np.testing.assert_array_equal(batch(unbatch(X)), X)
    np.testing.assert_array_equal(stack(unstack(X, axis=0), axis=0), X)
    named = batch([Pair(np.ones(2), 1), Pair(np.zeros(2), 2)])
    assert type(named) is Pair and named.x.shape == (2, 2) and named.y.tolist() == [1, 2]
    assert batch([{"a": 1}, {"a": 2}])["a"].tolist() == [1, 2]
    assert batch(["a", "b"]) == ["a", "b"]
    for bad in ([], [{"a": 1}, {"b": 1}], [(1,), (1, 2)]):
        with pytest.raises(ArgumentError):
            batch(bad)


@given(st.integers(1, 12), st.integers(1, 12))
def test_chunks_make_the_whole(n, k):
    parts = chunk(np.arange(n), k)
    assert len(parts) <= k and np.concatenate(parts).tolist() == list(range(n))
    assert len({len(p) for p in parts[:-1]}) <= 1
    assert [len(p) for p in chunk(list(range(n)), size=k)] == [len(p) for p in chunk(np.arange(n), size=k)]


def test_chunks_of_other_kinds():
    assert [len(c) for c in chunk(np.arange(6), size=[2, 4])] == [2, 4]
    assert [c.shape[1] for c in chunk(np.zeros((2, 5)), [0, 1, 1, 2, 2])] == [1, 2, 2]
    assert len(chunk(np.zeros(2), [0, 1], npartitions=4)) == 4
    assert chunk("abcd", 2) == ["ab", "cd"]
    for bad in ({}, {"n": 2, "size": 2}, {"size": [1, 1]}, {"n": 0}, {"size": 0}, {"n": [1, 0, 1]}):
        with pytest.raises(ArgumentError):
            chunk(np.arange(3), **bad)


def test_padding():
    np.testing.assert_array_equal(rpad_constant(np.ones((1, 2)), (2, 3)), [[1, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(rpad_constant(np.ones((1, 2)), 2, 5.0, axis=0), [[1, 1], [5, 5]])
    assert batch_sequence([np.ones((2, 3)), np.ones((2, 5))], pad=-1).shape == (2, 5, 2)
    assert [b.shape for b in batchseq([np.ones((2, 3)), np.ones((2, 1))])] == [(2, 2)] * 3
    with pytest.raises(ArgumentError):
        rpad_constant(np.ones((1, 2)), (2, 2, 2))


def test_derivatives():
    rulecheck.check(lambda x: batch([x, 2 * x]), X)
    rulecheck.check(lambda x: chunk(x, 2)[1], X)
    rulecheck.check(lambda x: unbatch(x)[2], X)
    rulecheck.check(lambda x: stack([x, x * x], axis=1), X)
    rulecheck.check(lambda x: unstack(x, axis=0)[1], X)
    rulecheck.check(lambda x: unsqueeze(x, axis=1), X)
    rulecheck.check(lambda x: batchseq([x, x[:, :3]])[1], X)
    rulecheck.check(lambda x: normalise(np.sin(x), axis=1), X)
    rulecheck.check(lambda x: rescale(np.sin(x)), X)
    rulecheck.check(lambda x: getobs((x, 2 * x), [0, 0, 3])[1], X)


def test_groups():
    assert {k: v.tolist() for k, v in group_indices("aba").items()} == {"a": [0, 2], "b": [1]}


# -- the loader --------------------------------------------------------------------------------------


def test_epochs_are_shuffled_anew_and_reproducible():
    def epochs(seed):
        loader = DataLoader(np.arange(20), batchsize=6, shuffle=True, rng=np.random.default_rng(seed))
        return [np.concatenate(list(loader)).tolist() for _ in range(2)]

    first, second = epochs(1)
    assert first != second and sorted(first) == sorted(second) == list(range(20))
    assert epochs(1) == [first, second] != epochs(2)


@pytest.mark.parametrize("parallel", [False, True, 3])
@pytest.mark.parametrize("shuffle", [False, True])
def test_threads_change_nothing(parallel, shuffle):
    loader = DataLoader(
        (X, "abcdef"), batchsize=4, parallel=parallel, shuffle=shuffle, rng=np.random.default_rng(7)
    )
    serial = DataLoader((X, "abcdef"), batchsize=4, shuffle=shuffle, rng=np.random.default_rng(7))
    for (x, y), (x2, y2) in zip(loader, serial, strict=True):
        np.testing.assert_array_equal(x, x2)
        assert y == y2


class Slow(Squares):
    def __getitem__(self, i):
        time.sleep(0.02)
        if i == 3:
            raise OSError("the disk is gone")
        return i


def test_loading_in_the_background():
    loader = DataLoader(Slow(), batchsize=1, parallel=2, collate=True)
    seen = []
    with pytest.raises(OSError, match="disk"):
        for item in loader:
            seen.append(int(item[0]))
    assert seen == [0, 1, 2]
    for _ in loader:
        break  # leaves nothing behind
    deadline = time.monotonic() + 2
    while any(t.name.startswith("DataLoader") for t in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_collate():
    data = [(np.ones(2) * k, k) for k in range(3)]
    whole = list(DataLoader(data, batchsize=2, collate=True))
    assert whole[0][0].shape == (2, 2) and whole[1][1].tolist() == [2]
    assert list(DataLoader("abcd", batchsize=2, collate="".join)) == ["ab", "cd"]
    assert [len(b) for b in DataLoader(data, batchsize=2, collate=False)] == [2, 1]
    assert [b[1] for b in eachobs(data)] == [0, 1, 2]


def test_the_loader_prints():
    text = repr(DataLoader({"x": X}, batchsize=2, shuffle=True, partial=False))
    assert text.splitlines()[0].endswith("shuffle=true, batchsize=2, partial=false)")
    assert "'x': 2×2 Matrix{Float64}" in text
    assert repr(DataLoader(Pair(X, [1] * 6))).splitlines()[2].strip() == (
        "(; x = 2×1 Matrix{Float64}, y = 1-element Vector{Int64})"
    )


def test_the_loader_prints_as_mlutils_does():
    def text(data, **options):
        return repr(DataLoader(data, **options)).splitlines()

    head, _, first = text(range(1, 5), batchsize=2, partial=False)
    assert head == "2-element DataLoader(data::UnitRange{Int64}, batchsize=2, partial=false)"
    assert first == "  2-element Vector{Int64}"
    head, _, first = text((np.ones((2, 3)), OneHotArray([0, 1, 2], 3)), batchsize=2, collate=True)
    assert head == (
        "2-element DataLoader(data::Tuple{Matrix{Float64}, OneHotMatrix{UInt32, Vector{UInt32}}}, "
        "batchsize=2, collate=true)"
    )
    assert first == "  (2×2 Matrix{Float64}, 3×2 OneHotMatrix(::Vector{UInt32}) with eltype Bool,)"
    head, _, first = text(Pair(np.ones((2, 3)), np.array([1, 2, 3])), batchsize=2)
    assert head.endswith("data::@NamedTuple{x::Matrix{Float64}, y::Vector{Int64}}, batchsize=2)")
    assert first == "  (; x = 2×2 Matrix{Float64}, y = 2-element Vector{Int64})"


def test_empty_and_uneven_data_are_refused():
    with pytest.raises(ArgumentError, match="no observations"):
        DataLoader(np.zeros((3, 0)))
    with pytest.raises(DimensionMismatch, match=r"\[6, 2\]"):
        DataLoader((X, "ab"))


STEPS = [[[1, 2], [3, 4]], [[5, 6]]]


@pytest.mark.parametrize("as_steps", [list, np.array])
@pytest.mark.parametrize("pad", [[0, 9], np.array([0, 9])])
def test_sequences_of_vectors(as_steps, pad):
    xs = [[as_steps(step) for step in x] for x in STEPS]
    assert [b.tolist() for b in batchseq(xs, pad)] == [[[1, 5], [2, 6]], [[3, 0], [4, 9]]]  # as Flux does
    assert batchseq(xs, 7)[1].tolist() == [[3, 7], [4, 7]]
    assert batchseq(tuple(map(tuple, xs)), 7)[1].tolist() == [[3, 7], [4, 7]]


def test_sequences_of_matrices_and_arrays_beside_lists():
    one, two = np.ones((2, 3)), np.zeros((2, 3))
    assert [b.shape for b in batchseq([[one, two], [two]])] == [(2, 3, 2)] * 2
    mixed = batchseq([np.array([[1, 3], [2, 4]]), [np.array([5, 6])]])
    assert [b.tolist() for b in mixed] == [[[1, 5], [2, 6]], [[3, 0], [4, 0]]]


def test_sequences_of_onehot_vectors():
    xs = [[flux.onehot(k, range(3)) for k in seq] for seq in ([0, 1], [2])]
    first, second = batchseq(xs, flux.onehot(0, range(3)))
    assert first.argmax(axis=0).tolist() == [0, 2]
    assert second.argmax(axis=0).tolist() == [1, 0]


def test_padding_that_does_not_fit():
    for call in (
        lambda pad: batchseq(STEPS, [pad, 0]),
        lambda pad: batchseq([[1, 2], [3]], pad),
        lambda pad: rpad_constant(np.array([1, 2]), 4, pad),
    ):
        with refused(ArgumentError, match="pad with a float array"):
            call(0.5)
        call(1.0)
    assert batchseq([[[1.5, 2]], [[1, 2], [3, 4]]], 0.5)[1].tolist() == [[0.5, 3.0], [0.5, 4.0]]
    assert batchseq([[1.0, 2], [3]], 0.5)[1].tolist() == [2.0, 0.5]
    with refused(DimensionMismatch, match=r"\(3,\).*\(2,\)"):
        batchseq(STEPS, [0, 0, 0])
    with refused(DimensionMismatch, match="one shape"):
        batchseq([[[1, 2]], [[1, 2, 3]]])


def test_gradients_of_sequences_of_vectors():
    rulecheck.check(lambda x: batchseq([[x[:, 0], x[:, 1]], [x[:, 2]]])[1], X)
