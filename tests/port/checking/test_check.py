"""Verdicts about cells, with answers that are written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge.port.checking.answers import NOTHING, Answer, load, save
from fluxbridge.port.checking.printed import printed_difference
from fluxbridge.port.command import port_document
from fluxbridge.port.formats import Cell, Document
from fluxbridge.port.kinds import FLOAT


def number(x):
    return ("number", "Int64" if isinstance(x, int) else "Float64", x)


def checked(cells, answers, soft=True, **options):
    """The reports of a document for which Julia would have answered this, statement by statement."""
    document = Document([Cell("code", c) for c in cells], "notebook", soft)
    return port_document(document, ".ipynb", check=True, source=lambda steps, soft: iter(answers), **options)


def verdicts(report):
    return [(c.check, c.detail) for c in report.cells]


def test_all_agree():
    report = checked(
        ["x = 2", "y = x / 4\nprintln(y)", "y + 1"],
        [
            Answer(variables={"x": number(2)}),
            Answer(variables={"y": number(0.5)}),
            Answer(printed="0.5\n", variables={"x": number(2), "y": number(0.5)}),
            Answer(value=number(1.5), variables={"y": number(0.5)}),
        ],
    )
    assert verdicts(report) == [("agrees", "")] * 3 and report.complete
    assert "compared with Julia: 3 agrees (7 values)" in str(report)
    assert "| 3 | 1 | agrees |" in report.text


def test_a_difference_is_told_with_its_place_and_what_follows_from_it():
    report = checked(
        ["x = [1.0, 2.0]", "y = sum(x)", "z = 1"],
        [
            Answer(variables={"x": ("array", "Float64", np.array([1.0, 2.5]))}),
            Answer(variables={"x": ("array", "Float64", np.array([1.0, 2.5])), "y": number(3.5)}),
            Answer(variables={"z": number(1)}),
        ],
    )
    assert verdicts(report) == [
        ("differs", "x: off by 0.5 at [1], in Julia 2.5, here 2.0"),
        ("differs", "x: off by 0.5 at [1], in Julia 2.5, here 2.0; 1 more (x differs since cell 1)"),
        ("agrees", ""),
    ]
    assert not report.complete


def test_random_numbers_without_a_seed_are_random_and_with_one_they_differ():
    drawn = Answer(drew=True, variables={"x": number(0.25)})
    after = Answer(variables={"x": number(0.25), "y": number(1.25)})
    report = checked(["x = rand()", "y = x + 1"], [drawn, after])
    assert [c.check for c in report.cells] == ["random", "random"] and report.complete
    assert "random, and without a seed" in report.cells[0].detail
    assert "x is random since cell 1" in report.cells[1].detail
    report = checked(["using Random; Random.seed!(1); x = rand()"], [Answer(), Answer(), drawn])
    assert [c.check for c in report.cells] == ["differs"]


def test_random_numbers_without_a_seed_agree_if_both_sides_draw_the_same():
    from fluxbridge.random import Xoshiro

    report = checked(["x = rand()"], [Answer(drew=True, variables={"x": number(Xoshiro(0).rand())})])
    assert report.cells[0].check == "agrees" and "seed 0 on both sides" in report.cells[0].detail


def test_an_error_in_julia_is_no_verdict_and_loses_what_it_would_have_made():
    error = Answer(error_type="ArgumentError", error="Package X not found")
    report = checked(
        ["x = sqrt(4)", "y = x + 1", "z = 3"], [error, error, Answer(variables={"z": number(3)})]
    )
    assert verdicts(report) == [
        ("not checked", "in Julia ArgumentError: Package X not found"),
        ("not checked", "in Julia ArgumentError: Package X not found"),
        ("agrees", ""),
    ]
    assert not report.complete


def test_a_variable_that_gets_a_new_value_is_compared_again():
    wrong, right = number(5), number(1)
    report = checked(
        ["x = 2", "x = 1", "x + 1"],
        [
            Answer(variables={"x": wrong}),
            Answer(variables={"x": right}),
            Answer(value=number(3), variables={"x": right}),
        ],
    )
    assert verdicts(report)[:2] == [("differs", "x: in Julia 5, here 2, off by 3"), ("agrees", "")]
    assert verdicts(report)[2] == ("differs", "the value: in Julia 3, here 2, off by 1")


def test_after_a_seed_random_numbers_count_again():
    drawn = Answer(drew=True, variables={"x": number(0.25)})
    cells = ["x = rand()", "using Random\nRandom.seed!(1)", "y = rand()"]
    report = checked(
        cells, [drawn, Answer(), Answer(drew=True), Answer(drew=True, variables={"y": number(0.5)})]
    )
    assert [c.check for c in report.cells] == ["random", "", "differs"]


def test_only_the_last_value_of_a_cell_is_shown():
    report = checked(["1 + 1\n2 + 2"], [Answer(value=number(7)), Answer(value=number(4))])
    assert verdicts(report) == [("agrees", "")]


def test_what_uses_a_missing_variable_is_missing_too():
    late = Answer(missed="Julia took longer than 1 s")
    cells = ["x = 1", "y = x + 1", "z = y"]
    other = [Answer(variables={"y": number(9)}), Answer(variables={"z": number(9)})]
    report = checked(cells, [late, *other])
    assert [c.check for c in report.cells] == ["not checked"] * 3


def test_a_translation_that_would_be_worse_is_not_taken(monkeypatch):
    """The second translation agrees less, so the first one stays."""
    from fluxbridge.port.checking import check

    cells = ["f(a) = a isa Number ? [1.0 2.0; 3.0 4.0] : a", "W = f(1)", "v = [1.0, 2.0]", "y = W * v"]
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    wv = {"W": ("array", "Float64", W), "v": ("array", "Float64", np.array([1.0, 2.0]))}
    y = {**wv, "y": ("array", "Float64", W @ [1.0, 2.0])}
    answers = [
        Answer(),
        Answer(variables={"W": wv["W"]}),
        Answer(variables={"v": wv["v"]}),
        Answer(variables=y),
    ]
    monkeypatch.setattr(check, "kind_of", lambda seen, value: FLOAT)  # a matrix taken for a number
    report = checked(cells, answers)
    assert report.cells[3].check == "agrees" and "jl.mul(W, v)" in report.text


def test_what_rounding_does_is_noted():
    answers = [Answer(printed="0.3333334\n", variables={"x": number(1.0000001)})]
    report = checked(["x = 1.0\nprintln(x / 3)"], [Answer(variables={"x": number(1.0)}), *answers])
    assert report.complete and report.cells[0].check == "agrees"
    assert report.cells[0].detail.startswith("up to rounding: x: in Julia 1.0000001, here 1.0, off by 1e-07")


def test_a_package_that_julia_does_not_have_is_the_reason():
    missing = Answer(error_type="ArgumentError", error="Package Plots not found in current path.")
    after = Answer(error_type="UndefVarError", error="plot not defined")
    report = checked(["using Plots\nplot([1, 2])"], [missing, after])
    assert report.cells[0].check == "not checked" and "Package Plots not found" in report.cells[0].detail


def test_an_error_on_both_sides_agrees():
    report = checked(['parse(Int, "a")'], [Answer(error_type="ArgumentError", error="invalid")])
    assert report.cells[0].check == "agrees"


def test_an_error_in_python_alone_differs():
    report = checked(["x = [1, 2][3]"], [Answer(variables={"x": number(2)})])
    assert report.cells[0].check == "differs" and "out of bounds" in report.cells[0].detail


def test_what_took_too_long_is_not_checked():
    late = Answer(missed="Julia took longer than 1 s")
    report = checked(["x = 1", "y = x"], [late, Answer(variables={"x": number(1), "y": number(1)})])
    assert verdicts(report)[0] == ("not checked", "Julia took longer than 1 s")


def test_python_that_never_ends_is_stopped():
    report = checked(
        ["n = 0\nwhile true\n n += 1\n n = 0\nend", "x = 1"],
        [Answer(), Answer(missed="Julia took longer than 0.3 s"), Answer(variables={"x": number(1)})],
        limit=0.3,
    )
    assert report.cells[0].run == "it took longer than 0.3 s" and report.cells[0].check == "not checked"
    assert report.cells[1].check == "agrees"


def test_refused_cells_are_not_compared():
    report = checked(
        ["using DataFrames", "d = DataFrame()", "x = 1"],
        [Answer(), Answer(variables={"d": ("other", "DataFrame")}), Answer(variables={"x": number(1)})],
    )
    assert [c.word for c in report.cells] == ["not translated", "not translated", "agrees"]


def test_kinds_that_were_seen_take_helpers_away():
    cells = ["f(a) = a isa Number ? [1.0 2.0; 3.0 4.0] : a", "W = f(1)", "v = [1.0, 2.0]", "y = W * v"]
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    wv = {"W": ("array", "Float64", W), "v": ("array", "Float64", np.array([1.0, 2.0]))}
    answers = [
        Answer(),
        Answer(variables={"W": wv["W"]}),
        Answer(variables={"v": wv["v"]}),
        Answer(variables={**wv, "y": ("array", "Float64", W @ [1.0, 2.0])}),
    ]
    assert "jl.mul(W, v)" in port_document(Document([Cell("code", c) for c in cells], "script"), ".txt").text
    report = checked(cells, answers)
    assert report.cells[3].check == "agrees" and "y = W @ v" in report.text


def test_a_kind_that_python_does_not_share_is_not_used():
    cells = ["f(a) = a isa Number ? [1.0 2.0; 3.0 4.0] : a", "W = f(1)", "v = [1.0, 2.0]", "y = W * v"]
    other = ("array", "Float32", np.ones((2, 2), np.float32))
    report = checked(cells, [Answer(), Answer(variables={"W": other}), Answer(), Answer()])
    assert "jl.mul(W, v)" in report.text and report.cells[1].check == "differs"


@pytest.mark.parametrize(
    "wanted, here, text",
    [
        ("a 1\n\nb\n", "a 1\nb\n", ""),
        ("x = Float32[0.1234567, 2.0]\n", "x = Float32[0.12345671, 2.0]\n", ""),
        ("loss: 0.5\n", "error: 0.5\n", "prints 'error: 0.5', in Julia 'loss: 0.5'"),
        ("1.0\n", "1\n", ""),
        ("0.123456789012\n", "0.123456799012\n", "prints"),
        ("a\nb\n", "a\n", "prints 1 lines, in Julia 2; the first without a partner is 'b'"),
        ("  0.5 seconds (3 allocations)\n", "0.1 seconds\n", ""),
        ("NaN Inf -Inf\n", "NaN Inf -Inf\n", ""),
    ],
)
def test_printed_lines(wanted, here, text):
    found = printed_difference(wanted, here)
    assert found.startswith(text) if text else found == ""


def test_answers_are_read_as_they_were_written(tmp_path):
    answers = [
        Answer(printed="ü\n", drew=True, value=("number", "ComplexF64", 1 + 2j)),
        Answer(
            variables={"x": ("array", "Float32", np.array([[1.5, np.nan]], np.float32)), "n": ("nothing",)}
        ),
        Answer(variables={"z": ("array", "ComplexF64", np.array([1j, 2.0]))}, error="e", missed="m"),
        Answer(value=("tuple", (("number", "Float32", np.float32(0.1)), ("list", "Any", (1,), (NOTHING,))))),
    ]
    save(tmp_path / "a.jsonl", "abcd", answers)
    codes, again = load(tmp_path / "a.jsonl")
    assert codes == ["a", "b", "c", "d"]
    assert repr(again).replace("0.10000000149011612", "np.float32(0.1)") == repr(answers)
