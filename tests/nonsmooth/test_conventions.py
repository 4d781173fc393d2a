"""The table of conventions: live answers are the recorded ones, and the engine's are Zygote's."""

from __future__ import annotations

import importlib.util
import json
from importlib import resources
from pathlib import Path

import pytest

from fluxbridge import conventions
from fluxbridge.nonsmooth.conventions import SYSTEMS, Conventions, answer

ROOT = Path(__file__).parents[2]
DATA = json.loads((resources.files("fluxbridge.nonsmooth") / "conventions.json").read_text(encoding="utf-8"))

#: Where the engine is not Zygote's: a better answer, with its reason in docs/deviations.md.
BETTER = {"std of [1, 1, 1]", "mod(x, 2) at 4", "median of [1, 2, 3, 4]"}


@pytest.fixture(scope="module")
def recorded() -> Conventions:
    return conventions(live=False)


def test_the_engine_answers_as_zygote(recorded):
    differ = {
        row[0] for row in recorded.rows
        if recorded[row[0]]["Zygote"] not in ("–", recorded[row[0]]["fluxbridge"])
    }  # fmt: skip
    assert differ == BETTER


def test_every_row_has_an_answer_of_the_engine(recorded):
    assert len(recorded.rows) >= 30
    assert not [row[0] for row in recorded.rows if recorded[row[0]]["fluxbridge"] in ("–", "error")]


def test_recorded_zygote_answers_agree_with_the_reference():
    """The Zygote column repeats cases of the recorded reference; those are looked up again here."""
    cases = {}
    for line in (ROOT / "tests/reference/zygote_0.7.12.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case.get("group") == "kink" and "result" in case:
            cases[case["name"]] = case["result"]["tuple"]
    pairs = {
        "abs(x) at 0": "abs 0", "max(0, x) at 0": "relu 0 swapped", "min(x, y) at (1, 1)": "min tie",
        "clip(x, 0, 1) at 0": "clamp at lo", "sign(x) at 0": "sign 0", "cbrt(x) at 0": "cbrt 0",
        "norm of [0, 0]": "norm 0", "largest norm of [2, -2]": "norminf tie", "x**2 at 0": "x^2.0 at 0",
        "0**p at p = 1": "0.0^x at 1", "std of [1, 1, 1]": "std const", "x·log(x) at 0": "xlogx 0",
        "prod of [0, 0, 3]": "prod two zeros", "sinc(x) at 0": "sin/x at 0 sinc",
    }  # fmt: skip
    rows = {row["point"]: row["recorded"] for row in DATA["rows"]}
    for point, name in pairs.items():
        values = [None if v is None else v.get("value", v.get("array")) for v in cases[name]]
        values = [
            [float(x) for x in v] if isinstance(v, list) else v if v is None else float(v) for v in values
        ]
        assert rows[point]["Zygote"] == answer(values), point


@pytest.mark.parametrize("name", SYSTEMS)
def test_live_answers(name):
    """Whoever is installed answers as recorded (versions may differ, so only where they are the same)."""
    if importlib.util.find_spec(SYSTEMS[name][0]) is None:
        pytest.skip(f"{name} is not installed")
    live, recorded = conventions(live=[name]), conventions(live=False)
    column = next(k for k, c in enumerate(live.columns) if c.startswith(name))
    assert not live.columns[column].endswith("recorded")
    if not live.columns[column].startswith(f"{name} {DATA['versions'][name]}"):
        pytest.skip("another version than the recorded one")
    for mine, theirs in zip(live.rows, recorded.rows, strict=True):
        if theirs[column + 1] != "–":
            assert mine[column + 1] == theirs[column + 1], mine[0]


def test_forms(recorded):
    text, markdown, page = str(recorded), recorded.markdown(), recorded.html()
    assert "relu(x) at 0 *" in text and text.endswith("* the answers differ")
    assert "| **relu(x) at 0** | 0 | 0 | 0 | 0 | 0 | 0.5 |" in markdown
    assert page.count("<tr") == len(recorded.rows) + 1 and "overflow-x" in page
    assert recorded._repr_html_() == page
    assert all("recorded" in column for column in recorded.columns if not column.startswith("fluxbridge"))


def test_points_by_name(recorded):
    assert recorded["max(x, y) at (1, 1)"]["TensorFlow"] == "1; 0"
    with pytest.raises(KeyError, match="the points are"):
        _ = recorded["nothing"]


def test_cells():
    assert answer([None]) == "none"
    assert answer([0.5, -0.0]) == "0.5; 0"
    assert answer([[0.0, float("nan")]]) == "[0, nan]"


def test_the_docs_hold_the_current_table(recorded):
    page = (ROOT / "docs" / "subgradients.md").read_text(encoding="utf-8")
    begin, end = "<!-- conventions: begin -->\n", "<!-- conventions: end -->"
    assert page.split(begin)[1].split(end)[0].strip() == recorded.markdown().strip(), (
        "write fluxbridge.conventions(live=False).markdown() between the marks in docs/subgradients.md"
    )
