"""Six tutorials from end to end: every value and all that is printed as in the real Julia."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fluxbridge.port.checking.session import live, recorded
from fluxbridge.port.checking.steps import steps_of
from fluxbridge.port.command import port_document
from fluxbridge.port.formats import read

TUTORIALS = Path(__file__).parents[1] / "tutorials"
SOURCES = sorted(p for p in TUTORIALS.iterdir() if p.suffix in (".jl", ".md"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_every_cell_agrees(source):
    report = port_document(read(source), ".ipynb", check=True, source=recorded(source.with_suffix(".jsonl")))
    assert [(c.line, c.word, c.notes) for c in report.cells if c.compared and c.check != "agrees"] == []
    assert sum(c.compared > 0 for c in report.cells) > 0.8 * len(report.cells)
    assert report.complete and report.against == "Julia"


def test_the_gradient_tutorial_needs_no_helper():
    source = TUTORIALS / "gradient_in_flux.jl"
    report = port_document(read(source), ".ipynb", check=True, source=recorded(source.with_suffix(".jsonl")))
    assert sum(c.helpers for c in report.cells) == 0


@pytest.mark.julia
@pytest.mark.once
@pytest.mark.parametrize("name", ["gradient_in_flux.jl", "small_gan.jl"])
def test_julia_answers_what_is_recorded(name):
    """Two of them: each takes a start of Julia."""
    source = TUTORIALS / name
    document = read(source)
    steps = steps_of([c.text for c in document.cells if c.kind == "code"])
    now = list(live(600, usual=False)(steps, document.soft))
    before = recorded(source.with_suffix(".jsonl"))(steps, document.soft)
    for step, a, b in zip(steps, now, before, strict=True):
        assert (a.error_type, a.missed, a.drew) == (b.error_type, b.missed, b.drew), step.code
        assert a.variables.keys() == b.variables.keys(), step.code
        for name, seen in a.variables.items():
            for x, y in zip(leaves(seen), leaves(b.variables[name]), strict=True):
                assert np.allclose(x, y, rtol=1e-4, atol=1e-5) if is_number(x) else x == y, (step.code, name)


def leaves(seen):
    """The texts and numbers in a described value."""
    if isinstance(seen, tuple):
        for part in seen:
            yield from leaves(part)
    else:
        yield seen


def is_number(x):
    return isinstance(x, (int, float, np.ndarray, np.generic))
