"""Every elementwise rule beside mpmath, on a part of the grid of docs/accuracy.md."""

from __future__ import annotations

from pathlib import Path

import accuracy
import numpy as np
import pytest

from fluxbridge.autodiff.primitive import PRIMITIVES

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
CASES = {case.name: case for case in accuracy.cases()}

#: Rules that are exact, are made of others', or stand beside one of the same formula.
_NAMES = """add subtract positive conjugate sign degrees radians heaviside nextafter ldexp minimum fmax fmin
    literal_power special.cbrt special.exp2 special.expm1 special.log1p sech2 psi_gap nnlib_erf nnlib_erfc
    relu6 hardtanh hardsigmoid hardswish trelu softshrink loss_log loss_xlogy boxcox1p inv_boxcox1p wofz
    ellipkm1 ndtri_exp"""
ELSEWHERE = {*_NAMES.split()}


def test_every_elementwise_rule_is_measured():
    rules = {name for name, p in PRIMITIVES.items() if p.number_vjp is not None}
    assert rules - CASES.keys() - ELSEWHERE == set()
    rows = PAGE.read_text(encoding="utf-8")
    assert not [name for name in CASES if f"| `{name}` |" not in rows], "run python tests/accuracy.py"


@pytest.mark.parametrize("name", CASES)
def test_derivatives_are_exact(name):
    case = CASES[name]
    for dtype, bound in zip((np.float64, np.float32), case.bounds, strict=True):
        for worst in accuracy.errors(case, dtype, few=12):
            assert worst.error <= bound, (dtype.__name__, worst)


@pytest.mark.parametrize(
    ("name", "xs", "right"),
    [
        ("tanh", (20.0,), 1.6993417021166355e-17),
        ("sigmoid", (40.0,), 4.248354255291589e-18),
        ("expm1", (-40.0,), 4.248354255291589e-18),
        ("log_ndtr", (-1e6,), 1000000.000001),
        ("arctan2", (1e-200, 1e-200), 5e199),
        ("arctan2", (1e200, 1e200), 5e-201),
    ],
)
def test_numbers(name, xs, right):
    back = accuracy.pullback(CASES[name].f, xs)[1]
    assert back(1.0)[0] == pytest.approx(right, rel=1e-13)
