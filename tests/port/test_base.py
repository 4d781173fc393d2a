"""The helpers against what Julia answers (Julia 1.10.8)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxbridge import gradient
from fluxbridge.errors import DimensionMismatch, DomainError, MutationError
from fluxbridge.port import base as jl

A = np.array([[1, 2], [3, 4]])
V = np.array([1.0, 2.0])

ANSWERS = [
    (lambda: jl.int_div(-7, 2), -3),
    (lambda: jl.rem(-7, 3), -1),
    (lambda: jl.mod(-7, 3), 2),
    (lambda: jl.mul(2**62, 2), -(2**63)),
    (lambda: jl.pow_(2, 64), 0),
    (lambda: jl.literal_power(2, -1), 0.5),
    (lambda: jl.div(1, 0), np.inf),
    (lambda: jl.mul("ab", "c"), "abc"),
    (lambda: jl.add("a", 1), "b"),
    (lambda: jl.mul(True, False), False),
    (lambda: jl.add(True, True), 2),
    (lambda: jl.row_times(V, V), 5.0),
    (lambda: jl.mul(jl.adjoint(V), V), 5.0),
    (lambda: jl.at(A, 2), 3),
    (lambda: jl.at("abc", 2), "b"),
    (lambda: jl.at("αβ", 3), "β"),
    (lambda: jl.last_index("αβ"), 3),
    (lambda: jl.at((1, 2, 3), range(2, 4)), (2, 3)),
    (lambda: jl.argmax(np.array([1.0, 3.0, 3.0])), 2),
    (lambda: tuple(jl.argmax(A)), (2, 2)),
    (lambda: jl.findfirst(lambda v: v > 9, [1, 2]), None),
    (lambda: jl.round_(2.5), 2.0),
    (lambda: jl.round_(0.30000000000000004, digits=3), 0.3),
    (lambda: jl.round_(123.456, sigdigits=2), 120.0),
    (lambda: jl.length(A), 4),
    (lambda: jl.size(A, 3), 1),
    (lambda: jl.sum_([]), 0),
    (lambda: jl.isapprox(1.0, 1.0 + 1e-9), True),
    (lambda: jl.isapprox(1.0, 1.1), False),
    (lambda: jl.egal([1], [1]), False),
    (lambda: jl.eq([1], np.array([1])), True),
    (lambda: jl.first(range(3, 6)), 3),
    (lambda: jl.in_(2, [1, 2]), True),
    (lambda: jl.string(1.0, " ", np.float32(0.1), " ", [1, 2], True, None), "1.0 0.1 [1, 2]truenothing"),
    (lambda: jl.show(np.float32([0.1, 1e-5])), "Float32[0.1, 1.0f-5]"),
    (lambda: jl.show((1, "a", jl.Symbol("b"))), '(1, "a", :b)'),
    (lambda: jl.show(1e6), "1.0e6"),
    (lambda: jl.show(123456.0), "123456.0"),
    (lambda: jl.show(1e-5), "1.0e-5"),
    (lambda: jl.show(A), "[1 2; 3 4]"),
    (lambda: jl.show(np.array([True, False])), "Bool[1, 0]"),
    (lambda: jl.join([1, 2, 3], ", ", " and "), "1, 2 and 3"),
    (lambda: jl.lpad(7, 3, "0"), "007"),
    (lambda: jl.typeof(1), jl.Int64),
    (lambda: jl.typeof(np.float32(1)), jl.Float32),
    (lambda: jl.isa([1, 2], jl.Vector[jl.Int64]), True),
    (lambda: jl.isa([1, 2], jl.Vector[jl.Number]), False),
    (lambda: jl.promote_type(jl.Int64, jl.Float32), jl.Float32),
    (lambda: jl.map_(lambda v: v + 1, (1, 2)), (2, 3)),
    (lambda: jl.foldr(lambda a, b: a - b, [1, 2, 3]), 2),
    (lambda: jl.parse(jl.Int64, "12"), 12),
    (lambda: jl.unique([3, 1, 3]).tolist(), [3, 1]),
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_the_answer_is_julias(number):
    ask, answer = ANSWERS[number]
    found = ask()
    assert found == answer and (found is None) == (answer is None)


@pytest.mark.parametrize(
    "ask, error",
    [
        (lambda: jl.add(V, 1), jl.MethodError),
        (lambda: jl.add(V, np.ones(3)), DimensionMismatch),
        (lambda: jl.mul(V, V), jl.MethodError),
        (lambda: jl.add("a", "b"), jl.MethodError),
        (lambda: jl.at(V, 0), jl.BoundsError),
        (lambda: jl.at(V, 3), jl.BoundsError),
        (lambda: jl.at([1], -1), jl.BoundsError),
        (lambda: jl.at("αβ", 2), jl.BoundsError),
        (lambda: jl.Int64(2.5), jl.InexactError),
        (lambda: jl.setat(np.array([1, 2]), 1.5, 1), jl.InexactError),
        (lambda: jl.sqrt(-1.0), DomainError),
        (lambda: jl.pow_(-8.0, 1 / 3), DomainError),
        (lambda: jl.factorial(21), OverflowError),
        (lambda: jl.push_(np.array([1]), 2), jl.MethodError),
        (lambda: jl.lt(V, 1), jl.MethodError),
    ],
)
def test_what_julia_refuses_is_refused(ask, error):
    with pytest.raises(error):
        ask()


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_integer_arithmetic_wraps(a, b):
    for ours, exact in ((jl.add(a, b), a + b), (jl.sub(a, b), a - b), (jl.mul(a, b), a * b)):
        assert -(2**63) <= ours < 2**63 and (ours - exact) % 2**64 == 0


@given(st.integers(-100, 100), st.integers(-100, 100).filter(bool))
def test_quotient_and_remainder_belong_together(a, b):
    assert jl.int_div(a, b) * b + jl.rem(a, b) == a
    assert jl.fld(a, b) * b + jl.mod(a, b) == a


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_printed_floats_can_be_read_again(xs):
    for x in xs:
        assert float(jl.float_text(x)) == x


def test_broadcasting_lines_up_the_first_axes():
    assert jl.broadcast(jl.add, np.array([10, 20]), A).tolist() == [[11, 12], [23, 24]]
    assert jl.broadcast(lambda a, b: (a, b), [1, 2], jl.Ref("x")) == [(1, "x"), (2, "x")]
    assert jl.broadcast(jl.add, (1, 2), 1) == (2, 3)


def test_helpers_are_differentiated():
    x = np.array([1.0, 2.0, 3.0])
    assert gradient(lambda v: jl.sum_(jl.broadcast(jl.mul, v, v)), x)[0].tolist() == [2.0, 4.0, 6.0]
    assert gradient(lambda v: jl.at(v, 2) * jl.at(v, 3), x)[0].tolist() == [0.0, 3.0, 2.0]
    assert gradient(lambda v: jl.row_times(v, v), x)[0].tolist() == [2.0, 4.0, 6.0]
    with pytest.raises(MutationError, match="called setindex"):
        gradient(lambda v: (w := np.zeros(2), jl.setat(w, v[0], 1), np.sum(w))[-1], x)


def test_methods_are_chosen_by_all_arguments():
    @jl.dispatch
    def meet(a: jl.Integer, b: jl.Integer):
        return "integers"

    @jl.dispatch
    def meet(a: jl.Number, b: jl.Number):  # noqa: F811
        return "numbers"

    @jl.dispatch
    def meet(a: jl.TypeVar("T"), b: jl.TypeVar("T")):  # noqa: F811
        return "same"

    assert (meet(1, 2), meet(1, 2.0), meet("a", "b")) == ("integers", "numbers", "same")
    with pytest.raises(jl.MethodError, match="no method matching meet"):
        meet("a", 1)


def test_structs_convert_compare_and_print():
    @jl.struct
    class Point:
        x: jl.Float64
        y: jl.Float64

    p = Point(1, 2)
    assert (p.x, type(p.x)) == (1.0, float)
    assert p == Point(1.0, 2) and p != Point(1, 3)
    assert jl.show(p) == "Point(1.0, 2.0)"
    with pytest.raises(AttributeError, match="immutable"):
        p.x = 3
    with pytest.raises(jl.MethodError):
        Point(1)


def test_a_vector_at_a_matrix_of_positions_is_a_matrix():
    assert jl.at(["a", "b", "c"], np.array([[2, 1], [3, 3]])).tolist() == [["b", "a"], ["c", "c"]]
