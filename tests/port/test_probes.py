"""Small pieces of Julia of the kinds that tutorials contain, with what Julia 1.10 answers: every variable
that is not refused is equal, and no more is refused or fails than before."""

from __future__ import annotations

import json
from pathlib import Path

import portrecorded as recorded
import pytest
from portrunning import execute

from fluxbridge.port import translate_cells

PROBES = [
    json.loads(line)
    for line in (Path(__file__).parent / "probes.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe["name"])
def test_a_piece_computes_what_julia_computes(probe):
    translation = translate_cells([probe["julia"]])
    scope, printed, errors = execute(translation)
    assert len(translation.refusals) <= probe["refused"]
    assert len(errors) <= probe["errors"], errors
    for name, value in probe["variables"].items():
        found = recorded.differs(value, scope[translation.names[name]])
        assert found is None, (name, found)
    if probe["stdout"] is not None:
        assert recorded.printed_differs(probe["stdout"], printed) is None


@pytest.mark.parametrize(
    "julia, reason",
    [
        ("A = [1 2; 3 4]\nv = vec(A)\nv[2] = 99", "memory is shared"),
        ("A = [1 2; 3 4]\nB = reshape(A, 1, 4)\nA[1] = 7", "memory is shared"),
        ("v = [3, 2, 1]\ni = 1\nv[i], i = 10, 2", "the same assignment changes"),
    ],
)
def test_what_would_be_silently_different_is_refused(julia, reason):
    translation = translate_cells([julia + "\nprintln(A)" if "A" in julia else julia])
    assert reason in (translation.refusals[0].refused or "")


def test_what_shares_memory_with_a_refused_change_is_refused_too():
    julia = "a = [1, 2, 3, 4]\nB = reshape(a, 2, 2)\nC = B\nv = vec(C)\nv[1] = 5\nprintln(a)"
    translation = translate_cells([julia])
    assert "println(a)" in [p.julia for p in translation.refusals]


def test_a_function_of_numbers_refuses_an_array():
    translation = translate_cells(["A = [0.0 0.0; 0.0 0.0]\nb = exp(A)\nc = exp.(A)"])
    scope, _, errors = execute(translation)
    assert len(errors) == 1 and "matrix function" in errors[0]
    assert scope["c"].tolist() == [[1.0, 1.0], [1.0, 1.0]] and "b" not in scope
