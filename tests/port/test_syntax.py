"""The parser against Julia's own: recorded answers of Meta.parseall (Julia 1.10.8) for short pieces of
code."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxbridge.port.syntax import Expr, JuliaSyntaxError, parse, show

HERE = Path(__file__).parent / "snippets"
SNIPPETS = [line.replace("⏎", "\n") for line in (HERE / "julia.txt").read_text().splitlines() if line.strip()]
ANSWERS = (HERE / "answers.txt").read_text().splitlines()


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_the_tree_is_the_one_that_julia_gives(number):
    assert len(SNIPPETS) == len(ANSWERS) > 500
    try:
        mine = " ␟ ".join(show(s) for s in parse(SNIPPETS[number]).statements)
    except JuliaSyntaxError:
        mine = "ERROR"
    assert mine == ANSWERS[number]


@pytest.mark.parametrize(
    "text, line, column",
    [
        ("x = (1", 1, 7),
        ("f(x) =\n  [1, 2", 2, 8),
        ("a\nb = )", 2, 5),
        ('x = "abc', 1, 5),
        ("#= no end", 1, 1),
        ("if a\n b", 2, 3),
    ],
)
def test_errors_point_at_line_and_column(text, line, column):
    with pytest.raises(JuliaSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"line {line}, column {column}: ")


def test_comments_keep_their_places():
    text = "# first\nx = 1  # behind\n#= block\n=#\ny = 2\n"
    comments = parse(text).comments
    assert [(c.text, c.trailing) for c in comments] == [
        ("# first", False),
        ("# behind", True),
        ("#= block\n=#", False),
    ]
    assert all(text[c.at : c.at + len(c.text)] == c.text for c in comments)


def test_places_of_expressions_are_exact():
    text = "y = foo(a, b) + 1"
    tree = parse(text).statements[0]
    assert isinstance(tree, Expr) and text[tree.at : tree.end] == text
    call = tree.args[1].args[1]
    assert text[call.at : call.end] == "foo(a, b)"


def test_long_files_and_deep_nesting():
    assert len(parse("x = f(1, [2 3], :a)\n" * 5000).statements) == 5000
    with pytest.raises(JuliaSyntaxError):
        parse("(" * 100_000)
    parse("(" * 150 + "x" + ")" * 150)


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "# only a comment", "#= =#"])
def test_nothing_is_no_statement(text):
    assert parse(text).statements == []
