"""Values of Julia beside values of Python: what agrees, and how a difference is told."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxbridge import Record, flux
from fluxbridge.port import base as jl
from fluxbridge.port.checking.compare import ROUGH, compared

A = np.array([[1.0, 2.0], [3.0, 4.0]])
N1, N2 = ("number", "Int64", 1), ("number", "Int64", 2)
W = np.ones((2, 3), np.float32)
PARTS = (("array", "Float32", W), ("array", "Float32", W[:, 0]), ("tuple", ()))
DENSE = ("model", "Dense", ("record", ("weight", "bias", "σ"), PARTS))

AGREE = [
    (("number", "Int64", 3), 3),
    (("number", "Float64", 1.5), 1.5 + 1e-12),
    (("number", "Float32", np.float32(1.5)), np.float32(1.50001)),
    (("number", "Float64", float("nan")), float("nan")),
    (("number", "Bool", True), np.True_),
    (("number", "Rational{Int64}", Fraction(1, 2)), Fraction(1, 2)),
    (("number", "ComplexF64", 1 + 2j), 1 + 2j),
    (("text", "Symbol", "a"), jl.Symbol("a")),
    (("nothing",), None),
    (("array", "Float64", A), A + 1e-9),
    (("array", "Int64", np.array([1, 2])), [1, 2]),
    (("range", "Int64", np.array([1, 2])), range(1, 3)),
    (("array", "Float64", np.zeros(0)), np.zeros(0)),
    (("list", "Any", (2,), (N1, ("text", "String", "b"))), [1, "b"]),
    (("list", "Any", (2, 1), (N1, ("nothing",))), np.array([[1], [None]], object)),
    (("tuple", (N1, N2)), (1, 2)),
    (("pair", (N1, N2)), (1, 2)),
    (("record", ("a",), (N1,)), Record(a=1)),
    (("dict", (("text", "Symbol", "a"), N1), (N1, N2)), {"a": 1, 1: 2}),
    (("dict", (("tuple", (N1, N2)),), (N1,)), {(1, 2): 1}),
    (("set", (N2, N1)), {1, 2}),
    (("cartesian", (1, 2)), (1, 2)),
    (DENSE, flux.Dense(W, W[:, 0])),
]  # fmt: skip

DIFFER = [
    (("number", "Int64", 3), 4, "in Julia 3, here 4, off by 1"),
    (("number", "Int64", 3), 3.0, "a float, in Julia of the type Int64"),
    (("number", "Float64", 1.0), 1.001, "off by 0.001"),
    (("number", "Float64", 1.0), True, "here true"),
    (("number", "Float64", 1.0), "a", "in Julia the Float64 1.0"),
    (("number", "Float64", 1.0), float("nan"), "in Julia 1.0, here NaN"),
    (("text", "String", "a"), "b", "in Julia the String 'a'"),
    (("nothing",), 0, "in Julia nothing, here 0"),
    (("array", "Float64", A), A + [[0, 0], [0.5, 0]], "off by 0.5 at [1, 0], in Julia 3.0, here 3.5"),
    (("array", "Float64", A), A.T[:1], "of shape (1, 2), in Julia (2, 2)"),
    (("array", "Float64", A), A.astype(np.float32), "elements are Float32, in Julia Float64"),
    (("array", "Int64", np.array([1, 2])), np.array([1.0, 2.0]), "elements are floats, in Julia Int64"),
    (("array", "Float64", A), np.where(A > 3, np.nan, A), "at [1, 1], in Julia 4.0, here nan"),
    (("array", "Int64", np.array([1, 2])), np.array([1, 3]), "off by 1 at [1]"),
    (("list", "Any", (2, 1), (N1, ("nothing",))), np.array([[None], [1]], object), "x[0]: in Julia"),
    (("list", "Any", (2, 2), (N1, N2, N1, N1)), np.array([[1, 2], [1, 1]], object), "x[1]: in Julia 2"),
    (("tuple", (N1, N2)), [1, 2], "in Julia a tuple"),
    (("tuple", (N1, N2)), (1, 3), "x[1]: in Julia 2, here 3"),
    (("tuple", (N1,)), (1, 3), "2 elements, in Julia 1"),
    (("record", ("a",), (N1,)), Record(b=1), "has no field a"),
    (("dict", (N1,), (N1,)), {2: 1}, "has no key 1"),
    (("dict", (N1,), (N1,)), {1: 2}, "x[1]: in Julia 1, here 2"),
    (("set", (N1,)), {2}, "has no element 1"),
    (("set", (N1, N1)), {1, 2}, "has no element 1"),
    (DENSE, flux.Dense(2 * W, W[:, 0]), "x.weight: off by 1 at [0, 0]"),
]  # fmt: skip


@pytest.mark.parametrize("seen, value", AGREE, ids=lambda p: str(p)[:30])
def test_equal_values_agree(seen, value):
    found = compared("x", seen, value)
    assert found and found.count, str(found)


@pytest.mark.parametrize("seen, value, text", DIFFER, ids=lambda p: str(p)[:30])
def test_a_difference_says_where_and_by_how_much(seen, value, text):
    found = compared("x", seen, value)
    assert not found and text in str(found)


@pytest.mark.parametrize("seen", [("function", "f"), ("type", "Int64"), ("other", "Task")])
def test_what_is_no_data_is_not_compared(seen):
    found = compared("x", seen, object())
    assert found and found.count == 0 and found.unknown == [seen[1]]


def test_floats_agree_up_to_rounding_with_a_note():
    a = np.array([1.0, 2.0], np.float32)
    found = compared("x", ("array", "Float32", a), a + np.float32(1e-3))
    assert found and found.rough.startswith("x: off by 0.001 at [")
    assert not compared("x", ("array", "Float32", a), a + np.float32(3e-3))
    found = compared("x", ("number", "Float64", 1.0), 1.0 + 3e-7)
    assert found and "off by 3e-07" in found.rough
    assert not compared("x", ("number", "Float64", 1.0), 1.0 + 1e-6)
    assert not compared("x", ("number", "Int64", 10**9), 10**9 + 1)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-2, 2))
def test_numbers_agree_exactly_if_they_are_near(x, part):
    y = x + part * 1e-6 * max(abs(x), 1e-3)
    found = compared("x", ("number", "Float64", x), y)
    allowed = max(1e-8 * abs(x), 1e-12)
    assert bool(found) == (abs(x - y) <= ROUGH * allowed)
    assert bool(found and not found.rough) == (abs(x - y) <= allowed)
