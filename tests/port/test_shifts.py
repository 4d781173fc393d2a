"""Loops that count from 0 compute what they computed."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge.port.shifts import Shifts, moved
from fluxbridge.port.simplify import simplified


def shifted(code: str) -> str:
    return ast.unparse(ast.fix_missing_locations(Shifts().visit(ast.parse(code))))


OFFSETS = st.sampled_from(["i", "i - 1", "i + 1", "i - 2", "i + 2"])
STATEMENTS = st.sampled_from(
    [
        "t += x[{0}]",
        "x[{0}] = x[{1}] + 1",
        "t += i",
        "t += x[{0}:{1}].sum()",
        "for j in range({0}, 6): t += x[j - 1]",
    ]
)


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1, 3),
    st.integers(3, 6),
    st.sampled_from(["", ", 2"]),
    st.lists(st.tuples(STATEMENTS, OFFSETS, OFFSETS), min_size=1, max_size=4),
)
def test_a_shifted_loop_computes_the_same(start, stop, step, parts):
    body = "\n    ".join(s.format(a, b) for s, a, b in parts)
    code = (
        f"import numpy as np\nx = np.arange(12.0)\nt = 0\nfor i in range({start}, {stop}{step}):\n    {body}"
    )
    before, after = {}, {}
    exec(code, before)
    exec(shifted(code), after)
    assert before["t"] == after["t"] and (before["x"] == after["x"]).all()


def test_a_loop_over_positions_counts_from_0():
    assert simplified(["for i in range(1, n + 1):", "    t += x[i - 1]"]) == [
        "for i in range(n):",
        "    t += x[i]",
    ]
    assert simplified(["[x[i - 1] for i in range(2, n)]"]) == ["[x[i] for i in range(1, n - 1)]"]


def test_a_variable_that_is_shown_keeps_its_value():
    lines = ["for i in range(1, n + 1):", "    print(i, x[i - 1])"]
    assert simplified(lines) == lines
    closure = ["for i in range(1, n + 1):", "    fs.append(lambda i=i: x[i - 1])"]
    assert simplified(closure) == closure


def test_a_position_and_back_again():
    assert moved("n + 1", -1) == "n" and moved("(n - 1)", 1) == "n" and moved("3", -1) == "2"
    assert moved("n", 1) == "n + 1" and moved("-2", 1) == "-1" and moved("a * b", -2) == "a * b - 2"
