"""Arguments as one real vector: there and back, entry by entry, and moved."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxbridge.errors import NotScalarError, StructureError
from fluxbridge.recording.point import Entry, Point

LEAVES = st.sampled_from(
    [
        2.0, 3, 1 + 2j, np.float32(0.5), Fraction(1, 2), np.zeros((0, 2)), np.arange(3), np.array(4.0),
        np.ones((2, 3), np.float32), np.array([1j, 2.0]), np.array([[1 + 1j]], np.complex64),
    ]
)  # fmt: skip
ARGUMENTS = st.lists(
    st.one_of(LEAVES, st.fixed_dictionaries({"a": LEAVES, "b": st.tuples(LEAVES, st.text())}))
)


@given(ARGUMENTS.filter(bool), st.integers(0, 2**32 - 1))
def test_vectors_and_tangents_are_the_same_numbers(xs, seed):
    point = Point(xs)
    vector = np.random.default_rng(seed).normal(size=point.size)
    tangents = point.split(vector)
    assert [t.shape for t in tangents] == [np.shape(x) for x in point.leaves]
    assert np.array_equal(point.join(tangents), vector)
    whole = point.gradient(vector, [True] * len(tangents))
    close = 1e-6 if any(a.dtype.char in "fF" for a in point.arrays) else 0
    assert np.allclose(point.vector(whole, "vector"), vector, rtol=close, atol=0)


@given(ARGUMENTS.filter(bool))
def test_each_entry_is_one_coordinate(xs):
    point = Point(xs)
    entries = [
        entry
        for k, a in enumerate(point.arrays)
        for index in np.ndindex(a.shape)
        for entry in point.entries_at(k, index)
    ]
    units = [point.join(point.unit((entry, 1.0))) for entry in entries]
    assert np.array_equal(np.reshape(units, (len(units), point.size)), np.eye(point.size))
    assert len({point.name(entry) for entry in entries}) == len(entries)


def test_a_point_moves_in_double_precision_and_integers_stay_where_they_are():
    point = Point((3, np.ones(2, np.float32), {"n": np.arange(2)}))
    count, weights, rest = point.at(np.array([0.0, 1e-9, 0.0, 0.0, 0.5]))
    assert (count, type(count)) == (3, int)
    assert weights.dtype == np.float64 and weights.tolist() == [1 + 1e-9, 1.0]
    assert rest["n"].tolist() == [0.0, 1.5]
    assert point.at()[2]["n"].dtype.kind == "i"
    assert point.moves(np.array([0.0, 1e-9, 0.0, 0.0, 0.0]))
    assert not point.moves(np.array([1e-17, 1.0, 0.0, 0.0, 0.0]))


def test_the_gradient_has_the_dtypes_of_the_arguments_and_none_where_nobody_looked():
    point = Point((np.ones(2, np.float32), "text", 2.0, np.arange(1)))
    g = point.gradient(np.arange(4.0), [True, False, True])
    assert g[0].dtype == np.float32 and g[0].tolist() == [0, 1]
    assert g[1:3] == (None, None) and g[3].tolist() == [3.0]
    assert Point((2.0,)).gradient(np.ones(1), [False]) == (None,)


def test_names_say_where_an_entry_stands():
    point = Point(({"W": np.ones((1, 2), complex)}, 2.0))
    assert point.name(Entry(0, (0, 1), 1j)) == "[0]['W'][0, 1] (imaginary part)"
    assert point.name(Entry(1, (), 1.0)) == "[1]"


def test_what_is_refused():
    with pytest.raises(StructureError, match="nothing to differentiate by"):
        Point(("text", None))
    with pytest.raises(
        StructureError, match=r"the seed at \[0\] has shape \(3,\), but the argument has shape"
    ):
        Point((np.ones(2),)).vector((np.ones(3),), "seed")
    with pytest.raises(NotScalarError):
        Point((np.ones(2),)).value(lambda x: x)
