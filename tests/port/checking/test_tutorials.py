"""Six tutorials from end to end: every value and all that is printed as in the real Julia."""

from __future__ import annotations

from pathlib import Path

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
@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_julia_answers_what_is_recorded(source):
    document = read(source)
    steps = steps_of([c.text for c in document.cells if c.kind == "code"])
    now = list(live(600, usual=False)(steps, document.soft))
    before = recorded(source.with_suffix(".jsonl"))(steps, document.soft)
    for step, a, b in zip(steps, now, before, strict=True):
        assert (a.error_type, a.missed, a.drew, a.variables.keys()) == (
            b.error_type,
            b.missed,
            b.drew,
            b.variables.keys(),
        ), step.code
