"""A part of the tables in docs/checking.md: what cross_check finds, whom it blames, and where it is wrong.

The whole is ``python -m tests.check.power``.
"""

from __future__ import annotations

from check import power


def test_planted_faults_are_found_and_blamed():
    cases = power.all_faults()[::23]
    outcomes = [o for o in power.survey(cases) if o.effect]
    assert len(outcomes) > 35 and len({o.kind for o in outcomes}) >= 7
    assert [o for o in outcomes if o.above and not o.found] == []
    caught = [o for o in outcomes if o.found]
    assert len(caught) > 0.95 * len(outcomes)
    assert sum(o.blamed for o in caught) >= 0.98 * len(caught), [o for o in caught if not o.blamed]


def test_right_functions_are_never_called_wrong():
    reports = [(f.name, power.ask(f)) for f in power.hard()[::4]]
    assert [name for name, report in reports if report.mismatches] == []
    assert sum(report.verdict == "ok" for _, report in reports) > 0.7 * len(reports)


def test_the_functions_are_forty_and_right():
    assert len(power.FUNCTIONS) == 40
    assert len(power.hard()) >= 200
    assert [f.name for f in power.FUNCTIONS[::3] if power.ask(f).verdict != "ok"] == []
