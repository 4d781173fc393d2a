"""Each pass by itself: the program before and after."""

from __future__ import annotations

import operator
import sys
from typing import Any

import numpy as np
import pytest

from fluxbridge.compiled.passes import numbered
from fluxbridge.compiled.passes.common import common
from fluxbridge.compiled.passes.dead import dead
from fluxbridge.compiled.passes.folding import folding
from fluxbridge.compiled.passes.groups import Group, grouped
from fluxbridge.compiled.passes.identities import identities
from fluxbridge.compiled.passes.signs import signs
from fluxbridge.compiled.program import FLOAT, Builder, Const, Form, show
from fluxbridge.compiled.report import Report

VECTOR = Form("array", (4,), np.dtype(float))


class Writing:
    """A program in the making: short words for operations on one array."""

    def __init__(self, form: Form = VECTOR):
        self.b, self.form = Builder(), form
        self.x, self.y = self.b.new(form, "x"), self.b.new(form, "y")

    def __getattr__(self, name: str) -> Any:
        ufunc = getattr(np, name)
        return lambda *args: self.b.emit(ufunc, [_operand(a) for a in args], self.form, ufunc=ufunc)


def _operand(x: Any) -> Any:
    return Const(x) if isinstance(x, (int, float)) else x


def after(run: Any, w: Writing, *results: Any) -> tuple[str, list[Any]]:
    found = list(results)
    return show(run(w.b.ops, found)), found


def test_dead_operations():
    w = Writing()
    a = w.sin(w.x)
    w.cos(w.x)
    assert after(dead, w, a)[0] == "v1 = sin(x)"


def test_questions_are_not_dead():
    w = Writing()
    a = w.sin(w.x)
    w.b.ask(np.any, [a], True)
    assert after(dead, w)[0] == "v1 = sin(x)\nask any(v1) is True"


def test_common_subexpressions():
    w = Writing()
    a, b = w.sin(w.x), w.sin(w.x)
    text, (result,) = after(common, w, w.multiply(a, b))
    assert text == "v1 = sin(x)\nv3 = multiply(v1, v1)"
    assert result.name == "v3"


def test_minus_zero_is_not_zero():
    w = Writing()
    w.add(w.x, 0.0), w.add(w.x, -0.0)
    assert after(common, w)[0].count("add") == 2


def test_identities():
    w = Writing()
    text, _ = after(identities, w, w.add(w.true_divide(w.multiply(1.0, w.x), 1), 0.0))
    assert text == "v3 = add(x, 0.0)"  # x + 0 is not x where x is -0.0


def test_one_that_changes_the_type_stays():
    w = Writing(Form("array", (4,), np.dtype(np.float32)))
    v = w.b.emit(np.multiply, [Const(1.0), w.x], VECTOR, ufunc=np.multiply)
    assert after(identities, w, v)[0] == "v1 = multiply(1.0, x)"


def test_constants_are_folded():
    w = Writing()
    two = w.b.emit(operator.add, [Const(1.0), Const(1.0)], FLOAT, "{0} + {1}")
    assert after(folding, w, w.multiply(two, w.x))[0] == "v2 = multiply(2.0, x)"


def test_what_cannot_be_computed_is_not_folded():
    w = Writing()
    v = w.b.emit(operator.truediv, [Const(1.0), Const(0.0)], FLOAT, "{0} / {1}")
    assert after(folding, w, v)[0] == "v1 = 1.0 / 0.0"


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda w: w.add(w.x, w.negative(w.y)), "subtract(x, y)"),
        (lambda w: w.add(w.negative(w.x), w.y), "subtract(y, x)"),
        (lambda w: w.subtract(w.x, w.negative(w.y)), "add(x, y)"),
        (lambda w: w.multiply(w.negative(w.x), w.negative(w.y)), "multiply(x, y)"),
        (lambda w: w.add(w.x, w.multiply(w.negative(w.y), w.x)), "subtract(x, v"),
        (lambda w: w.exp(w.negative(w.negative(w.x))), "exp(x)"),
    ],
)
def test_signs(make, wanted):
    w = Writing()
    results = [make(w)]
    ops = dead(signs(w.b.ops, results), results)
    assert wanted in show(ops)
    assert "negative" not in show(ops)


def test_signs_of_complex_numbers_stay():
    w = Writing(Form("array", (4,), np.dtype(complex)))
    assert "negative" in after(signs, w, w.add(w.x, w.negative(w.y)))[0]


def test_groups(monkeypatch):
    module = sys.modules["fluxbridge.compiled.passes.groups"]
    monkeypatch.setattr(module, "LARGE", 4)
    monkeypatch.setattr(module, "BLOCK", 2)
    w = Writing()
    a = w.exp(w.sin(w.x))
    total = w.b.emit(np.add.reduce, [a], FLOAT)
    total.op.call = module.total
    later = w.multiply(a, total)  # needs the sum: not in the same loop
    ops = grouped(w.b.ops, [w.cos(a), later], {w.x, w.y}, Report())
    assert [type(op) is Group for op in ops] == [True, False]
    assert [op.call for op in ops[0].ops] == [np.sin, np.exp, module.total, np.cos]
    numbered(ops)
    assert repr(ops[0]).startswith("in blocks of 2, over (4,):\n  v1 = sin(x)\n  v2 = exp(v1)")
    assert {v.name for v in ops[0].needed} == {"v2", "v3", "v4"}
