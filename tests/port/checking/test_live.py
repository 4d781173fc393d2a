"""Documents in the real Julia, beside their translations."""

from __future__ import annotations

import pytest

from fluxbridge import cli
from fluxbridge.port.checking.session import Document
from fluxbridge.port.checking.steps import steps_of
from fluxbridge.port.command import port_document
from fluxbridge.port.formats import Cell
from fluxbridge.port.formats import Document as Cells

pytestmark = [pytest.mark.julia, pytest.mark.once]


@pytest.fixture(scope="module")
def julia():
    """Runs cells one after the other in a document of the real Julia."""
    with Document(soft=True, limit=120.0) as document:

        def run(*cells):
            return list(document.run(steps_of(list(cells))))

        yield run


def checked(*cells, soft=True, **options):
    document = Cells([Cell("code", c) for c in cells], "notebook", soft)
    return port_document(document, ".ipynb", check=True, **options)


def test_values_of_all_kinds(julia):
    code = """
    struct P; x; y::Float64; end
    a = 1; b = 2.5f0; c = 3//4; d = 1 + 2im; e = "ü"; f = 'c'; g = :s; h = nothing; i = missing
    j = true; k = [1 2; 3 4]; l = Any[1, "a"]; m = (1, 2.0); n = (u = 1, v = [2]); o = Dict(:a => 1)
    p = Set([1]); q = 1:3
    r = 1 => 2; s = Ref(3); t = CartesianIndex(1, 2); u = P(1, 2); v = sin; w = Int; x = big(2)^70
    y = ["a" "b"]; z = 0:0.5:1
    """
    variables = {}
    for answer in julia(code):
        variables |= answer.variables
    assert {name: seen[:2] for name, seen in variables.items() if seen[0] in ("number", "text")} == {
        "a": ("number", "Int64"), "b": ("number", "Float32"), "c": ("number", "Rational{Int64}"),
        "d": ("number", "Complex{Int64}"), "e": ("text", "String"), "f": ("text", "Char"),
        "g": ("text", "Symbol"), "j": ("number", "Bool"), "x": ("number", "BigInt"),
    }  # fmt: skip
    assert variables["x"][2] == 2**70 and variables["h"] == ("nothing",) and variables["i"] == ("missing",)
    assert variables["k"][2].tolist() == [[1, 2], [3, 4]] and variables["k"][1] == "Int64"
    assert variables["l"] == ("list", "Any", (2,), (("number", "Int64", 1), ("text", "String", "a")))
    assert variables["y"][2:] == ((1, 2), (("text", "String", "a"), ("text", "String", "b")))
    assert variables["m"] == ("tuple", (("number", "Int64", 1), ("number", "Float64", 2.0)))
    assert variables["n"][:2] == ("record", ("u", "v")) and variables["t"] == ("cartesian", (1, 2))
    assert variables["o"] == ("dict", (("text", "Symbol", "a"),), (("number", "Int64", 1),))
    assert variables["p"] == ("set", (("number", "Int64", 1),)) and variables["s"] == (
        "ref",
        ("number", "Int64", 3),
    )
    assert variables["u"][:3] == ("struct", "P", ("x", "y"))
    assert variables["v"] == ("function", "sin") and variables["w"] == ("type", "Int64")
    assert variables["z"][:2] == ("range", "Float64") and variables["z"][2].tolist() == [0.0, 0.5, 1.0]


def test_names_are_printed_without_the_document(julia):
    (_, answer) = julia("struct Point; x; end", "println(Point(1), ' ', [Point(2)])")
    assert answer.printed == "Point(1) Point[Point(2)]\n"


def test_loops_assign_globals_at_the_prompt_and_not_in_scripts(julia):
    answers = julia("total = 0", "for i in 1:3\n  total += i\nend", "total")
    assert answers[-1].value == ("number", "Int64", 6)
    with Document(soft=False, limit=60.0) as script:
        answers = list(script.run(steps_of(["total = 0", "for i in 1:3\n  total += i\nend"])))
    assert answers[-1].error_type == "UndefVarError"


def test_random_numbers_are_noticed_and_go_on(julia):
    drew = [
        a.drew for a in julia("using Random", "Random.seed!(1)", "x = rand(3)", "y = sum(x)", "z = rand()")
    ]
    assert drew == [False, True, True, False, True]


def test_packages_that_flux_loads_are_found(julia):
    answers = julia(
        "using Optimisers: Adam", "import MLUtils", "using OneHotArrays, NNlib", "using DataFrames"
    )
    assert [a.error_type for a in answers[:3]] == ["", "", ""] and answers[3].error_type == "ArgumentError"


def test_errors_are_answers(julia):
    (first, second) = julia("sqrt(-1.0)", "undefined_thing")
    assert first.error_type == "DomainError" and second.error_type == "UndefVarError"


def test_a_document_from_end_to_end():
    report = checked(
        "x = rand(3)",
        "y = 2 .* x",
        "using Plots\nplot([1, 2])",
        "g(a) = a isa Number ? [1.0 2.0; 3.0 4.0] : a",
        "W = g(1)",
        "v = [1.0, 2.0]\nw = W * v",
        "using Flux, Random, Statistics",
        "Random.seed!(3)\nm = Chain(Dense(2 => 3, tanh), Dense(3 => 1))\nx = rand(Float32, 2, 5)\nm(x)",
        "gr = gradient(m -> sum(abs2, m(x)), m)[1]\ngr.layers[1].weight",
        "opt = Flux.setup(Adam(0.1), m)\nfor i in 1:5\n"
        "  Flux.train!((m, x) -> mean(m(x)), m, [(x,)], opt)\nend",
        'println("loss ", mean(m(x)))',
        "f(v) = v .^ 2\nd = Dict(:a => f([1, 2]))",
    )
    checks = [c.check for c in report.cells]
    assert checks == ["agrees"] * 2 + ["not checked", "", *["agrees"] * 2, "", *["agrees"] * 5], report
    assert "seed 0" in report.cells[0].detail
    assert "Package Plots not found" in report.cells[2].detail
    assert "w = W @ v" in report.text


def test_the_command_and_a_cell_that_never_ends(tmp_path, capsys):
    source, out = tmp_path / "a.md", tmp_path / "a.ipynb"
    cells = ["x = [1.0, 2.0]", "while true\n  sleep(0.1)\nend", "y = 2 * sum(x)"]
    source.write_text("\n\n".join(f"```julia\n{c}\n```" for c in cells))
    assert cli.main(["port", str(source), "-o", str(out), "--check", "--strict", "--limit", "8"]) == 1
    said = capsys.readouterr().out
    assert "compared with Julia: 2 agrees, 1 not checked" in said
    assert "it took longer than 8 s; Julia took longer than 8 s" in said
    assert "compared with Julia" in out.read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ipynb", "a.md"]
