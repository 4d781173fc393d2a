"""The tutorial put to the real Flux: its answers are still those that it printed, and ours."""

from __future__ import annotations

import pytest

from fluxbridge import tutorial
from fluxbridge.cli import main

pytestmark = pytest.mark.julia


@pytest.mark.parametrize("step", tutorial.CALLS, ids=[s.julia for s in tutorial.CALLS])
def test_flux_answers_as_it_printed(step):
    answer = tutorial.ask_flux(step)
    assert tutorial.agrees(answer, step.printed)
    assert tutorial.agrees(tutorial.plain_form(step.run()), answer)


def test_the_command(capsys):
    assert main(["tutorial", "--julia"]) == 0
    text = capsys.readouterr().out
    assert text.count("Flux now") == len(tutorial.CALLS)
    assert "DIFFERENT" not in text
