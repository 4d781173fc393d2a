"""The gradient tutorial gives Flux's numbers, as a table and on the command line."""

from __future__ import annotations

import pytest

from fluxbridge import Record, tutorial
from fluxbridge.cli import main


@pytest.mark.parametrize("step", tutorial.CALLS, ids=[s.julia for s in tutorial.CALLS])
def test_the_answer_is_the_one_that_flux_printed(step):
    got = tutorial.plain_form(step.run())
    assert tutorial.agrees(got, step.printed), got


def test_the_command_prints_the_table(capsys):
    assert main(["tutorial"]) == 0
    text = capsys.readouterr().out
    assert "13 of 13 answers are those that Flux printed." in text
    assert "DIFFERENT" not in text


def test_a_wrong_answer_would_be_seen():
    assert not tutorial.agrees((20.1,), (20.0,))
    assert not tutorial.agrees((None,), (20.0,))
    assert not tutorial.agrees(([1.0],), ([1.0, 2.0],))
    assert not tutorial.agrees({"a": 1.0}, {"b": 1.0})
    assert not tutorial.agrees(1.0, 1 + 1j)
    assert not tutorial.agrees(Record(a=None), Record(a=1.0))
    with pytest.raises(AssertionError, match="not the answer"):
        tutorial.Ledger()("1 + 1", 3, 2)


def test_implicit_parameters_are_found():
    gradient, known = tutorial.implicit()
    assert gradient.tolist() == [[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]] and known is False
