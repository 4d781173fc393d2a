"""Texts of whole programs, to the letter; ``python tests/goldentexts.py`` writes them anew."""

from __future__ import annotations

import runpy
import sys

import numpy as np
import pytest
from goldentexts import FOLDER, PROGRAMS, golden, said

from fluxbridge import gradient
from fluxbridge.autodiff.primitive import plain
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.explanation import explain

program = pytest.mark.parametrize("name", PROGRAMS)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="expressions since Python 3.11")
@program
def test_text(name):
    assert said(name) == golden(name).read_text(encoding="utf-8")


@program
def test_a_name_says_what_the_variable_held(name):
    """The steps that are called by a variable of `f` have the values that it was seen to have."""
    path = FOLDER / f"{name}.py"
    words = runpy.run_path(str(path))
    f, xs = words["f"], words["xs"]
    held: dict[str, list[object]] = {}

    def trace(frame, event, _arg):
        if frame.f_code.co_filename == str(path):
            for variable, value in frame.f_locals.items():
                value = plain(value)  # inside of a gradient
                if isinstance(value, (float, int, np.floating, np.ndarray)):
                    held.setdefault(variable, []).append(np.array(value))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f(*xs)
    finally:
        sys.settrace(before)
    for line in explain(f, *xs).lines:
        variable = line.name.rstrip("₀₁₂₃₄₅₆₇₈₉")
        if line.is_argument or not variable.isidentifier() or (variable[0] == "v" and variable[1:].isdigit()):
            continue
        seen = [x for x in held[variable] if x.shape == np.shape(line.value)]
        assert any(np.allclose(x, line.value, rtol=1e-12, atol=0) for x in seen), line.name


@program
def test_sums_are_cotangents(name):
    """Contributions in the data add up to cotangents; those of statements are what goes out of them."""
    words = runpy.run_path(str(FOLDER / f"{name}.py"))
    explanation = explain(words["f"], *words["xs"])
    data = explanation.data(size=1000)
    value = lambda x: np.asarray(x["data"] if isinstance(x, dict) else x)  # noqa: E731
    gifts = data["contributions"]
    steps = {step["id"]: step for step in data["steps"]}
    for step in data["steps"]:
        if "sum" in step:
            total = sum(value(gifts[k]["value"]) for k in step["sum"])
            np.testing.assert_allclose(total, value(step["cotangent"]), rtol=1e-12, atol=1e-300)
            assert all(gifts[k]["to"] == step["id"] for k in step["sum"])
    for group in data["groups"]:
        for gift in group.get("gives", []):
            total = sum(value(gifts[k]["value"]) for k in gift["sum"])
            np.testing.assert_allclose(total, value(gift["value"]), rtol=1e-12, atol=1e-300)
            assert {gifts[k]["to"] for k in gift["sum"]} == {gift["to"]}
            if gift.get("slope") is not None:
                (result,) = group["results"]
                np.testing.assert_allclose(
                    gift["slope"] * value(steps[result]["cotangent"]), value(gift["value"]), rtol=1e-12
                )
    flat = take_apart(gradient(words["f"], *words["xs"]))[0]
    for a, b in zip(take_apart(explanation.gradient)[0], flat, strict=True):
        np.testing.assert_array_equal(a, b)


@program
def test_texts_from_patterns_are_those_of_formulas(name):
    words = runpy.run_path(str(FOLDER / f"{name}.py"))
    explanation = explain(words["f"], *words["xs"])
    for line in explanation.lines:
        assert line.is_argument or line.operation_text == line.operation.text()
        for part in line.parts:
            assert part.text() == part.text(part.formula) and part.local_text == part.local.text()
