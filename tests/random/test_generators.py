"""Seeds, states, filling in place and errors; the numbers here were printed by Julia 1.10.8."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from juliarandom import encode

import fluxbridge
from fluxbridge import gradient
from fluxbridge.errors import FluxbridgeError, StructureError
from fluxbridge.random import Int128, StableRNG, UInt128, Xoshiro

GENERATORS = [Xoshiro, StableRNG]


@pytest.mark.parametrize(
    "seed, word",
    [
        (np.array([1, 2, 3], np.uint32), 0x6B658637D5B4C599),
        (np.array([5], np.uint64), 0x1978EFC780FFD685),
        (np.array([], np.uint32), 0x9C4C2BBB86799B8A),
        (np.array([2**40, 7, 2**64 - 1], np.uint64), 0x925B5C7BDDE29E63),
        (np.array([0], np.uint32), 0x67DBEBA77C5B608F),
        (0, 0x67DBEBA77C5B608F),
        (np.int8(0), 0x67DBEBA77C5B608F),
    ],
)
def test_seeds_of_words(seed, word):
    assert Xoshiro(seed).rand(np.uint64) == word


def test_states_print_as_in_julia():
    assert repr(Xoshiro(1)) == (
        "Xoshiro(0xfff0241072ddab67, 0xc53bc12f4c3f0b4e, 0x56d451780b2dd4ba, 0x50a4aa153d208dd8, "
        "0x3649a58b3b63d5db)"
    )
    assert repr(Xoshiro(1, 2, 3, 4)).endswith("0x0000000000000004, 0x0000000000000032)")
    assert repr(StableRNG(7)) == "StableRNG(state=0x0000000000000000000000000000000f)"


@pytest.mark.parametrize("make", GENERATORS)
def test_a_state_can_be_kept(make):
    g = make(11)
    g.randn(100)
    others = [g.copy(), copy.copy(g), copy.deepcopy(g), pickle.loads(pickle.dumps(g)), eval(repr(g))]
    other = make(0)
    other.state = g.state
    wanted = g.rand(20)
    for twin in [*others, other]:
        assert twin != g
        assert np.array_equal(twin.rand(20), wanted)
        assert twin == g
    assert g.seed_(11) is g and g == make(11)
    assert Xoshiro(1) != StableRNG(1)


def test_the_fifth_word_changes_nothing_but_the_comparison():
    a, b = Xoshiro(1, 2, 3, 4), Xoshiro(1, 2, 3, 4, 5)
    assert a != b
    assert np.array_equal(a.rand(100), b.rand(100))


def test_without_a_seed_no_two_are_equal():
    assert Xoshiro() != Xoshiro()


def test_filling_in_place():
    g = Xoshiro(3)
    a = g.rand_(np.zeros((3, 4)))
    b = g.randn_(np.zeros(20, np.float32)).copy()
    g.rand_(b, np.float64)
    c = g.rand_(np.zeros(9, int), range(1, 7))
    assert encode(a)[:2] == ["3fe7d27705f5f89d", "3fe70dcde328ca45"]
    assert a[2, 0] == np.array(0x3FE08A80F4EAE9A5, np.uint64).view(np.float64)
    assert encode(b)[:3] == ["3f43271f", "3f617b80", "3f21e501"]
    assert c.tolist() == [1, 3, 6, 4, 5, 4, 6, 3, 1]
    assert encode(g.rand_(np.zeros(5, complex)))[0] == ["3fdd3929be4ce07c", "3fe80299f9367323"]


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.parametrize("order", "CF")
def test_filling_in_place_is_drawing(make, order):
    for fill, draw in [
        (lambda g, a: g.rand_(a), lambda g: g.rand(np.float32, 5, 7)),
        (lambda g, a: g.randn_(a), lambda g: g.randn(np.float32, 5, 7)),
        (lambda g, a: g.randexp_(a), lambda g: g.randexp(np.float32, 5, 7)),
    ]:
        array = np.zeros((5, 7), np.float32, order=order)
        assert fill(make(4), array) is array
        assert np.array_equal(array, draw(make(4)))
    assert np.array_equal(make(4).randperm_(np.zeros(9, np.int16)), make(4).randperm(9))
    assert np.array_equal(make(4).randcycle_(np.zeros(9, np.int16)), make(4).randcycle(9))
    kept = [0]
    assert make(4).randsubseq_(kept, range(50), 0.1) is kept
    assert kept == make(4).randsubseq(range(50), 0.1).tolist()


def test_matrices_are_drawn_from_and_shuffled_column_by_column():
    g = Xoshiro(5)
    matrix = np.array([[1, 3, 5], [2, 4, 6]])
    assert g.rand(matrix) == 6
    assert g.rand(matrix, 4).tolist() == [6, 1, 4, 3]
    assert g.shuffle(matrix).T.ravel().tolist() == [4, 1, 5, 3, 2, 6]
    assert matrix[0, 1] == 3
    numbers = np.arange(1, 31).reshape(6, 5).T
    assert g.randsubseq(numbers, 0.3).tolist() == [1, 3, 5, 6, 12, 14, 16, 17, 20, 22, 25, 30]
    permutation = g.randperm(np.int32(5))
    assert permutation.tolist() == [1, 0, 4, 2, 3] and permutation.dtype == np.int32
    assert g.rand(int, 0, 3).shape == (0, 3)
    assert g.rand(float, (2, 2)).shape == (2, 2)


@pytest.mark.parametrize(
    "kind, result",
    [
        (float, float), (int, int), (bool, bool), (complex, complex), (str, str), (Int128, int),
        (UInt128, int), (np.float64, np.float64), (np.float32, np.float32), (np.float16, np.float16),
        (np.int8, np.int8),        (np.uint64, np.uint64), (np.bool_, np.bool_), (np.complex64, np.complex64),
        (np.dtype("f4"), np.float32),
    ],
)  # fmt: skip
@pytest.mark.parametrize("make", GENERATORS)
def test_the_type_that_is_asked_for(make, kind, result):
    assert type(make(1).rand(kind)) is result
    array = make(1).rand(kind, 2, 3)
    assert array.shape == (2, 3)
    if result not in (int, str):
        assert array.dtype == np.dtype(result)
    if "float" in result.__name__ or "complex" in result.__name__:
        assert type(make(1).randn(kind)) is result
        assert make(1).randn(kind, 3).dtype == np.dtype(result)


@pytest.mark.parametrize("make", GENERATORS)
def test_elements_keep_their_type(make):
    g = make(2)
    assert g.rand(["x", "yy"], 3).dtype == object
    assert g.rand("xyz", 3).dtype.kind == "U"
    assert g.rand([[1, 2], [3, 4]]) in ([1, 2], [3, 4])
    assert g.rand([[1, 2], [3, 4]], 5).shape == (5,)
    assert g.rand((1, "a", None), 5).dtype == object
    assert g.rand([True, False], 5).dtype == bool
    assert g.rand(np.array([1, 2], np.int8), 5).dtype == np.int8
    assert g.rand((7,)) == 7 and g.rand((7,), 3).tolist() == [7, 7, 7]
    assert isinstance(g.rand(range(2**70)), int)
    assert g.shuffle([[1, 2], [3, 4]]) in ([[1, 2], [3, 4]], [[3, 4], [1, 2]])


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.parametrize(
    "call, words",
    [
        (lambda g: g.rand({"a": 1}), "hashes"),
        (lambda g: g.rand({1, 2}, 3), "hashes"),
        (lambda g: g.rand(range(3, 3)), "not empty"),
        (lambda g: g.rand([]), "not empty"),
        (lambda g: g.rand("", 2), "not empty"),
        (lambda g: g.rand(()), "not empty"),
        (lambda g: g.rand(-1), "not negative"),
        (lambda g: g.rand(3, 2.5), "integer"),
        (lambda g: g.rand(np.longdouble), "no random numbers"),
        (lambda g: g.rand(object), "no random numbers"),
        (lambda g: g.rand(1.5), "Cannot draw"),
        (lambda g: g.rand_([1.0, 2.0]), "Only an array"),
        (lambda g: g.randn(int), "none of the type Int64"),
        (lambda g: g.randexp(complex), "none of the type ComplexF64"),
        (lambda g: g.randn("abc"), "integer"),
        (lambda g: g.randperm(-1), "not negative"),
        (lambda g: g.randsubseq([1, 2], 1.5), "probability"),
        (lambda g: g.randsubseq("ab", 0.5), "list"),
        (lambda g: g.shuffle("abc"), "list"),
        (lambda g: g.shuffle((1, 2)), "list"),
        (lambda g: g.randstring("ab", 2, 3), "alphabet"),
        (lambda g: g.seed_(-1), "negative|0 …"),
        (lambda g: g.seed_(1.0), "integer"),
        (lambda g: g.rand(range(2**63 - 1, -(2**63) - 1, -1)), "so long a range"),
    ],
)
def test_errors_say_what_is_wrong(make, call, words):
    with pytest.raises(StructureError, match=words) as caught:
        call(make(1))
    assert isinstance(caught.value, FluxbridgeError)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Xoshiro(1, 2), lambda: Xoshiro(0, 0, 0, 2**64), lambda: Xoshiro([1, 2]),
        lambda: StableRNG(2**64), lambda: StableRNG(state=2), lambda: StableRNG(),
        lambda: Xoshiro("seed"),
    ],
)  # fmt: skip
def test_seeds_that_julia_refuses(call):
    with pytest.raises(StructureError):
        call()


@given(st.integers(0, 2**300))
def test_any_seed(seed):
    assert 0 <= Xoshiro(seed).rand() < 1


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.once
def test_a_gradient_passes_it_by(make):
    class Model:
        def __init__(self):
            self.w, self.g = np.ones(3), make(1)

    model = Model()
    numbers = make(1).rand(3)
    found = gradient(lambda m: np.sum(m.w * m.g.rand(3)), model)[0]
    assert np.array_equal(found.w, numbers) and found.g is None
    later = make(1)
    later.rand(3)
    assert model.g == later  # and it went on


def test_it_is_imported_when_it_is_used():
    program = (
        "import sys, json, fluxbridge; before = 'fluxbridge.random' in sys.modules; "
        "print(json.dumps([before, fluxbridge.random.Xoshiro(0).rand()]))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [False, 0.4056994708920292]
    assert fluxbridge.random.Xoshiro is Xoshiro


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda g: g.randperm(2.5), "A size is an integer; this is 2.5"),
        (lambda g: g.randcycle("3"), "A size is an integer; this is '3'"),
        (lambda g: g.randstring("AB", 2.5), "A size is an integer"),
        (lambda g: g.randperm_(np.zeros(3)), "a vector of integers, not one of float64"),
        (lambda g: g.randcycle_(np.zeros((2, 2), int)), r"a vector of integers, .*shape \(2, 2\)"),
        (lambda g: g.randperm_([1, 2]), "Only an array can be filled in place"),
        (lambda g: g.shuffle_((1, 2)), r"Only an array can be filled in place, not \(1, 2\)"),
        (lambda g: g.randsubseq_((1,), [1], 0.5), r"writes into a list, not into \(1,\)"),
        (lambda g: Xoshiro(1.5, 2, 3, 4), "A word of the state is an integer, not 1.5"),
        (lambda g: StableRNG(state="1"), "The state of a StableRNG is odd"),
    ],
)
def test_what_is_no_size_or_state(call, says):
    with pytest.raises(StructureError, match=says):
        call(Xoshiro(0))


def test_a_subsequence_in_place_holds_numbers_of_python():
    target = [0]
    assert Xoshiro(0).randsubseq_(target, range(1, 31), 0.2) is target
    assert target == Xoshiro(0).randsubseq(range(1, 31), 0.2).tolist()
    assert all(type(k) is int for k in target)
