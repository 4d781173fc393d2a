"""What is written is what is meant: formulas, read from their text alone, give the values beside them."""

from __future__ import annotations

import runpy
from typing import Any

import numpy as np
import pytest
from explanation.reading import Unread, read
from explanation.test_formulas import TABLES, explained, table
from goldentexts import FOLDER, PROGRAMS

from fluxbridge.explanation import explain
from fluxbridge.explanation.rows import formula_of, given
from fluxbridge.explanation.views.text import slope_text


def written(e: Any) -> list[tuple[str, Any, tuple[int, ...] | None]]:
    """Every formula of the text view: text, value, and of a contribution the shape that it has to have."""
    found: list[tuple[str, Any, tuple[int, ...] | None]] = []
    for line in e.lines:
        if not line.is_argument:
            found.append((line.operation_text, line.value, None))
        found += [
            (p.text(), p.contribution, np.shape(p.contribution)) for p in line.parts if _one(p.contribution)
        ]
    for group in (g for g in e.tree.groups() if g.kind == "line"):
        results = e.results(group)
        if formula_of(group):
            found.append((formula_of(group).text(), results[-1].value, None))
        into = [line for line in results if line.cotangent is not None]
        gifts = [gift for gift in given(group) if _one(gift.contribution)]
        found += [(slope_text(group, g, into), g.contribution, np.shape(g.contribution)) for g in gifts]
    return [(text, value, shape) for text, value, shape in found if text and _one(value)]


def _one(x: Any) -> bool:
    return not isinstance(x, tuple) and not np.iscomplexobj(x)


def read_all(e: Any) -> tuple[int, int]:
    """Reads every formula; how many were read, and how many have words that the reader does not know."""
    names = {line.name: line.value for line in e.lines}
    names |= {line.bar: line.cotangent for line in e.lines if line.cotangent is not None}
    names |= dict(e.names.constants.values())
    if any(map(np.iscomplexobj, (x for x in names.values() if not isinstance(x, tuple)))):
        return 0, 1  # real parts are taken without being written
    known = unknown = 0
    for text, value, shape in written(e):
        try:
            found = read(text, names, shape)
        except Unread:
            unknown += 1
            continue
        known += 1  # numbers in a formula have six digits, those of arrays four
        np.testing.assert_allclose(found, value, rtol=1e-3, atol=1e-4, err_msg=text)
    return known, unknown


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name):
    words = runpy.run_path(str(FOLDER / f"{name}.py"))
    known, unknown = read_all(explain(words["f"], *words["xs"]))
    assert known > 3 * unknown


def test_rules():
    """The samples of every rule, in a loss with products and sums."""
    known, unknown = np.sum([read_all(explained(s)) for path in TABLES for s in table(path)], axis=0)
    assert known > 5 * unknown > 0


A, V = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([0.5, 0.25])
MIXED = [
    lambda A, v: (v @ A @ v) * np.mean(v) * (v @ v),
    lambda A, v: np.sum(v * (v @ v) / (v + 1)) - (v - 1) @ (v * v),
    lambda A, v: np.sum((A @ v) * (v / np.sum(v)) * A[0, 1]) ** 2,
    lambda A, v: np.sum(A @ (v / (v + 2))) + np.sum(A @ v / v),
    lambda A, v: np.sum(A @ (v @ A)) + np.sum((A * A) @ (A @ v)),
    lambda A, v: np.sum(A**-1) + np.sum(np.linalg.inv(A) * A**-2) + v[0] ** -1,
    lambda A, v: np.sum(-(A - v) * (v - 1)[:, None] / (2 - A / 7)) - -(v[0] ** 2),
    lambda A, v: np.sum(A * np.where(v > 0.3, v, -v)) * np.max(A * v[1]),
    lambda A, v: np.sum((A.T @ (A - 1) @ v) ** 2 / (1 + np.exp(-v[0] * v[1]))),
    lambda A, v: (v[0] / (v[1] / v[0])) ** (v[1] - 1) / (v[0] - (v[1] - v[0])),
]


@pytest.mark.parametrize("f", MIXED)
def test_products_quotients_and_powers(f):
    known, unknown = read_all(explain(f, A, V))
    assert known > 5 and unknown <= 1
