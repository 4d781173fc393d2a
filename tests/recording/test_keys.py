"""The key of a run: what is told apart, what is a hole, and which holes are the same."""

from __future__ import annotations

import copy
import itertools
from collections import OrderedDict, namedtuple
from fractions import Fraction

import numpy as np
import pytest
from named import named

from fluxbridge.recording import Recording
from fluxbridge.recording.keys import content, describe, is_hole, kind_of

A = np.array
Pair = namedtuple("Pair", "a b")

#: No two of these are the same; Python or NumPy calls many of them equal.
DIFFERENT = [
    1,
    1.0,
    True,
    np.float32(1),
    np.float64(1),
    np.int64(1),
    np.int8(1),
    np.bool_(True),
    1 + 0j,
    Fraction(1),
    "1",
    0,
    0.0,
    -0.0,
    False,
    np.float64(-0.0),
    np.float64(0.0),
    complex(0.0, -0.0),
    complex(-0.0, 0.0),
    0j,
    None,
    "",
    np.nan,
    np.float32(np.nan),
    np.inf,
    2**64,
    float(2**64),
    ...,
    np.int64,
    np.dtype(np.int32),
    float,
    "float",
    (1, 2),
    [1, 2],
    (1.0, 2),
    (2, 1),
    (1, (2,)),
    (1, 2, None),
    Pair(1, 2),
    range(1, 3),
    {1, 2},
    frozenset({1, 2}),
    slice(None),
    slice(0, None),
    slice(None, None, 1),
    slice(0, 1),
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},
    {"a": 1.0, "b": 2},
    OrderedDict(a=1, b=2),
    {"a": 1},
    A(1),
    A([1]),
    A([[1]]),
    A([1], np.int32),
    A([1], ">i8"),
    A([1.0]),
    A([True]),
    A([-0.0]),
    A([0.0]),
    A([np.nan]),
    A([1, 2]),
    A([2, 1]),
    A([[1, 2]]),
    A([[1], [2]]),
    A([1, 2.5], object),
    A([1, 2], object),
    A(["a", "b"]),
    np.sin,
    np.cos,
    len,
    b"1",
    np.datetime64("2020-01-01"),
    np.zeros((0, 2)),
    np.zeros((2, 0)),
]


def test_what_is_different_has_another_content():
    keys = [content(x) for x in DIFFERENT]
    for (a, x), (b, y) in itertools.combinations(zip(keys, DIFFERENT, strict=True), 2):
        assert a != b, (x, y)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "make",
    [
        lambda: 1.5,
        lambda: float("nan"),
        lambda: A([1.0, np.nan]),
        lambda: (1, [2, {"a": A([3])}]),
        lambda: slice(1, -1),
        lambda: np.float32(3),
        lambda: Pair(1, A([2])),
        lambda: 10**30,
        lambda: Fraction(1, 3),
        lambda: {1.0, 2.0},
    ],
)
def test_the_same_content_again(make):
    assert content(make()) == content(make())
    assert hash(content(make())) == hash(content(make()))


def test_layout_does_not_count():
    x = np.arange(6.0).reshape(2, 3)
    assert content(x) == content(np.asfortranarray(x)) == content(x[::-1][::-1])


def test_objects_count_by_identity_and_fields():
    class Setting:
        def __init__(self, n):
            self.n = n

    one, other = Setting(1), Setting(1)
    assert content(one) == content(one) != content(other)
    before = content(one)
    one.n = 2
    assert content(one) != before
    one.me = one  # leads back to itself
    assert content(one) == content(one)


def key(f, *xs):
    return describe(Recording(f, xs)).key


X, M = A([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("f", "g"),
    [
        (lambda x: x[0], lambda x: x[[0]]),
        (lambda x: x[[0, 1]], lambda x: x[0, 1]),
        (lambda x: np.sum(x, axis=0), lambda x: np.sum(x, axis=(0,))),
        (lambda x: x * 1, lambda x: x * 1.0),
        (lambda x: x * True, lambda x: x * 1),
        (lambda x: x * True, lambda x: x * np.bool_(False)),
        (lambda x: np.where(x > 1, x, 0), lambda x: np.where(x >= 1, x, 0)),
        (lambda x: np.where(x > 1, x, 0), lambda x: np.where(M > 1, x, 0)),
        (lambda x: x[x > 1], lambda x: x[M > 1]),
        (lambda x: (x, x), lambda x: [x, x]),
        (lambda x: x[None], lambda x: x[..., None]),
        (lambda x: x[:1], lambda x: x[0:1]),
        (lambda x: np.reshape(x, -1), lambda x: np.reshape(x, 6)),
    ],
)
def test_other_programs_have_other_keys(f, g):
    assert key(f, M) == key(f, M)
    assert key(f, M) != key(g, M)


def test_values_of_arguments_and_constants_are_holes():
    for p, q in [(2.0, 3.0), (A([1.0, 2.0, 3.0]), A([3.0, 2.0, 1.0])), (np.float32(1), np.float32(2))]:
        assert key(lambda x, p=p: x * p, X) == key(lambda x, q=q: x * q, X + 1)
    i, j = A([0, 1]), A([2, 0])
    assert key(lambda x: x[i], X) == key(lambda x: x[j], X)
    assert key(lambda x: x[i], X) != key(lambda x: x[j.astype(np.int32)], X)
    assert describe(Recording(lambda x: x * 3.0 + A([1.0, 2.0, 3.0]), (X,))).holes[0] == 3.0


def test_which_arrays_are_the_same_counts():
    a, b = np.ones(3), np.ones(3)
    assert key(lambda x: x * a + x / a, X) != key(lambda x: x * a + x / b, X)
    i, j = A([0, 1]), A([0, 1])
    assert key(lambda x: x[i] + x[i], X) != key(lambda x: x[i] + x[j], X)


def test_an_answer_that_was_changed_is_a_constant():
    def f(x, change):
        m = x > 1
        first = np.where(m, x, 0)
        if change:
            m[0] = ~m[0]
        return first + np.where(m, x, 1)

    run = Recording(lambda x: f(x, True), (X,))
    first, second = (s.inputs[0] for s in run.steps if s.primitive.name == "where")
    assert first is run.choices[0].outcome
    assert first.tolist() == [False, True, True] and second.tolist() == [True, True, True]
    assert describe(run).is_answer(first) and not describe(run).is_answer(second)
    assert key(lambda x: f(x, True), X) != key(lambda x: f(x, False), X)


def test_what_is_recorded_does_not_change_with_its_arrays():
    c, i = np.ones(3), A([0, 1])

    def f(x):
        y = np.sum(x * c) + np.sum(x[i]) + np.sum(x, where=m)
        c[:], i[:], m[:] = 5.0, 2, False
        return y + np.sum(x * c)

    m = A([True, False, True])
    run = Recording(f, (X,))
    assert [s.inputs[1].tolist() for s in run.steps if s.primitive.name == "multiply"] == [
        [1, 1, 1],
        [5, 5, 5],
    ]
    assert next(s for s in run.steps if s.primitive.name == "getitem").options["index"].tolist() == [0, 1]
    sums = [s.options["where"].tolist() for s in run.steps if "where" in s.options]
    assert sums == [[True, False, True]]


def test_zeros_with_a_sign_are_seen_when_a_constant_changes():
    c = np.zeros(2)

    def f(x):
        y = x * c
        c[0] = -0.0
        return np.sum(y * c)

    steps = Recording(f, (X[:2],)).steps
    assert [np.signbit(s.inputs[1][0]) for s in steps if s.primitive.name == "multiply"] == [False, True]


# -- the parts one by one ------------------------------------------------------------------------------


def test_which_constants_are_holes():
    assert all(map(is_hole, (0, -1, 2.5, 1j, np.float32(1), np.zeros(2), 2**63 - 1, -(2**63))))
    assert not any(map(is_hole, (True, np.bool_(False), "a", b"a", None, 2**63, -(2**63) - 1)))


def test_outputs_are_holes_in_their_order():
    found = [describe(Recording(lambda x, c=c: {"a": c, "b": [x, c + 1]}, (2.0,))) for c in (5, 7)]
    assert found[0].key == found[1].key
    assert [d.holes for d in found] == [[5, 6], [7, 8]]
    assert found[0].places == {("out", 0, 0): 0, ("out", 0, 1): 1}
    assert [found[0].hole("out", 0, k) for k in range(3)] == [0, 1, None]
    other = describe(Recording(lambda x: {"a": 5.0, "b": [x, 6]}, (2.0,)))
    assert other.key != found[0].key


class Settings:
    def __init__(self, size, inner=None):
        self.size, self.inner = size, inner


def test_objects_count_by_their_fields():
    o = Settings(1e30)
    before = content(o)
    o.size = float("1e30")  # an equal number, another object
    assert content(o) == before
    o.size = 2e30
    assert content(o) != before
    o.size, o.inner = np.ones(3), Settings(1)
    before = content(o)
    o.size = np.ones(3)
    assert content(o) == before
    o.size[1] = 2.0
    assert content(o) != before
    o.size[1], o.inner = 1.0, Settings(1)
    assert content(o) != before  # what an object holds counts by identity
    o.inner = o
    assert content(o) == content(o)


def test_arrays_count_by_their_elements():
    assert content(np.array([10**30], object)) == content(np.array([int("1" + "0" * 30)], object))
    assert content(np.array([1, "a"], object)) != content(np.array([1.0, "a"], object))
    assert content(np.array([[1, 2]], object)) != content(np.array([1, 2], object))
    assert content(np.array([np.nan, 0.0])) == content(np.array([np.nan, 0.0]))
    assert content(np.array([0.0])) != content(np.array([-0.0]))
    assert content(np.arange(3)) != content(np.arange(3, dtype=np.int32))
    assert content(np.arange(6).reshape(2, 3).T) == content(np.arange(6).reshape(2, 3).T.copy())
    assert content(np.arange(4).reshape(2, 2)) != content(np.arange(4))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (slice(1, 2), slice(1, 3)), (slice(1, 2), slice(1, 2, 1)), (slice(0, 2), slice(None, 2)),
        (range(3), range(4)), (range(1, 3), range(1, 3, 2)), (range(1, 3), range(3)),
        (np.dtype("f4"), np.dtype("f8")), ({1, 2}, {1, 3}), ({1}, frozenset({1})), ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (1 + 2j, 1 - 2j), (1j, 2j),
        (complex(0.0, 0.0), complex(0.0, -0.0)),
        (Fraction(1, 2), Fraction(1, 3)), (np.sin, np.cos), (int, float), (b"a", "a"),
        (None, False), (..., None),
        (np.float32(1), np.float64(1)), ([1, [2]], [1, [3]]), ((), []), ("".upper, "".lower),
    ],
    ids=named,
)  # fmt: skip
def test_what_differs_in_anything_has_another_content(a, b):
    assert content(a) != content(b)
    assert content(a) == content(copy.copy(a))


def test_the_kind_of_a_value():
    values = [
        1, 1.0, True, 1j, np.float32(1), np.float64(1), np.ones(1), np.ones(1, np.float32), np.ones((1, 1)),
        (1, 1.0), (1.0, 1), (1,), None,
    ]  # fmt: skip
    kinds = [kind_of(v) for v in values]
    assert len(set(kinds)) == len(kinds)
    assert kind_of(np.zeros(1)) == kind_of(np.ones(1)) and kind_of(2.0) == kind_of(1.0)


def test_structures_of_arguments_count():
    def key(*xs):
        return describe(Recording(lambda *xs: 1.0, xs)).key

    assert key({"a": 1.0, "b": 2.0}) == key({"a": 3.0, "b": 4.0})
    structures = [
        ({"a": 1.0},), ({"b": 1.0},), ([1.0],), (1.0,), (1.0, "a"), ([1.0, 2.0],), ([1.0, [2.0]],),
        ({"a": 1.0, "b": 2.0},), ({"b": 1.0, "a": 2.0},), (np.ones(2),), (np.ones(3),),
        (np.ones(2, np.float32),),
    ]  # fmt: skip
    keys = [key(*xs) for xs in structures]
    assert len(set(keys)) == len(keys)


def test_answers_that_are_not_asked_again_are_holes():
    f = lambda x: np.where(x > 1, x, 0.0)  # noqa: E731
    run = Recording(f, (np.array([1.0, 2.0]),))
    asked, held = describe(run), describe(run, lambda choice: False)
    assert len(asked.asked) == 1 and not held.asked
    mask = next(h for h in held.holes if isinstance(h, np.ndarray))
    assert mask.tolist() == [False, True] and held.key != asked.key
    assert asked.is_answer(run.choices[0].outcome) and not held.is_answer(run.choices[0].outcome)
    assert asked.question(run.choices[0].outcome) == (0, run.choices[0])


def test_arrays_in_options_are_told_from_others():
    i = np.array([0, 1])
    run = Recording(lambda x: x[i] + x[1:] * x[i], (np.arange(3.0),))
    described = describe(run)
    assert len(described.arrays) == 2
    assert all(run.steps[k].primitive.name == "getitem" for k in described.arrays)
    j = i.copy()
    other = describe(Recording(lambda x: x[i] + x[1:] * x[j], (np.arange(3.0),)))
    assert other.key != described.key  # one array in two places, two arrays
