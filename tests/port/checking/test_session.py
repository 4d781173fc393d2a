"""The document in a process of its own, with a stand-in for Julia: limits, crashes, what is run again."""

from __future__ import annotations

import time

import pytest

from fluxbridge.port.checking.session import Document
from fluxbridge.port.checking.steps import Step


def steps(*cells):
    return [
        Step(n, 100 * n + k, code, [], set(), look=("x", "y"))
        for n, c in enumerate(cells)
        for k, code in enumerate(c)
    ]


@pytest.fixture
def document():
    with Document(soft=True, limit=1.0, factory="portfake:make") as made:
        yield made


def test_statements_share_their_variables(document):
    first, second = document.run(steps(["x = 2"], ["y = x + 1; print('y', y)"]))
    assert first.variables == {"x": ("number", "Int64", 2)} and first.printed == ""
    assert second.variables["y"] == ("number", "Int64", 3) and second.printed == "y 3\n"


def test_an_error_is_an_answer(document):
    (answer,) = document.run(steps(["1 / 0"]))
    assert (answer.error_type, answer.error, answer.missed) == ("ZeroDivisionError", "division by zero", "")


def test_a_cell_that_never_ends_is_given_up_and_the_rest_goes_on(document):
    start = time.monotonic()
    answers = list(document.run(steps(["x = 2"], ["x = 3", "while True: pass", "x = 4"], ["y = x"])))
    assert time.monotonic() - start < 20
    assert [a.missed for a in answers] == [
        "",
        "",
        "Julia took longer than 1 s",
        "Julia took longer than 1 s",
        "",
    ]
    assert answers[-1].variables["y"] == ("number", "Int64", 3)


def test_the_limit_is_for_the_cell_and_not_for_each_statement(document):
    answers = list(document.run(steps(["time.sleep(0.6)", "time.sleep(0.6)"], ["time.sleep(0.6)"])))
    assert [bool(a.missed) for a in answers] == [False, True, False]


def test_a_crash_is_reported_and_the_rest_goes_on(document):
    answers = list(document.run(steps(["x = 2"], ["os._exit(3)"], ["y = x"])))
    assert [a.missed for a in answers] == ["", "the Julia process ended in it", ""]
    assert answers[-1].variables["y"] == ("number", "Int64", 2)
