"""The recorded programs: every variable and printed number as in Julia, or refused with a reason."""

from __future__ import annotations

import csv

import pytest
from portrunning import PROGRAMS, program

ROWS = list(csv.DictReader((PROGRAMS / "index.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))

#: Programs of other categories that have a refused cell, and the variables that are lost by it.
REFUSED = {"forwarddiff_versus_zygote.jl": {"mixed"}}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_the_translation_computes_what_julia_computes(row):
    outcome = program(row["name"])
    assert outcome.wrong == []
    assert outcome.errors == []
    if row["category"] == "refuse" or row["name"] in REFUSED:
        assert outcome.refused and all(outcome.refused)
        if row["name"] in REFUSED:
            assert set(outcome.missing) == REFUSED[row["name"]]
    else:
        assert outcome.refused == [] and outcome.missing == []
        assert outcome.equal > 0


def test_a_wrong_value_is_noticed():
    outcome = program("collatz_lengths.jl")
    assert outcome.verdict == "equal"
    import portrecorded as recorded

    assert recorded.differs({"type": "Int64", "value": 3}, 4)
    assert recorded.differs({"type": "Vector{Float64}", "shape": [2], "array": [1.0, 2.0]}, [1.0, 2.1])
    assert recorded.printed_differs("a 1.5\n", "a 1.6\n")
    assert recorded.printed_differs("a 1.5\n", "a 1.5\n") is None
