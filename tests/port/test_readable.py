"""What the Python looks like, where it is certain that it means the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxbridge.port.formats.layout import laid_out
from fluxbridge.port.translate import translate_cells

TUTORIALS = Path(__file__).parent / "tutorials"


def python(julia: str) -> str:
    translation = translate_cells([julia])
    assert translation.refusals == []
    return translation.code


def test_the_seed_tutorial_needs_no_helper():
    text = (TUTORIALS / "gradient_in_flux.jl").read_text(encoding="utf-8")
    translation = translate_cells([text])
    assert translation.refusals == [] and "jl." not in translation.code


@pytest.mark.parametrize(
    ("julia", "expected"),
    [
        ("f(x) = f(x, 2)\nf(x, n) = x^n\ny = f(3.0)", "def f(x, n=2):\n    return x ** n"),
        ("f(x) = 3x^2 + sin(x)\nxs = [1.0, 2.0]\nys = f.(xs)\na = f(1.0)", "ys = f(xs)"),
        (
            "x = [1.0, 2.0]\ns = 0.0\nfor i in eachindex(x)\n    global s += x[i]\nend",
            "for i in range(len(x)):",
        ),
        ("x = 3\nx > 0 || error(\"no $x\")", "if not x > 0:\n    raise jl.ErrorException(f'no {x}')"),
        ("x = [1.0]\ny = [2.0]\nA = [1.0;;]\nz = x' * A * y", "z = x @ A @ y"),
        ("x = [1.0, 2.0]\ny = [1.0, 2.0]\nz = x * y'", "z = np.outer(x, y)"),
        ("x = Float32[1, 2]\nx .-= 0.1 .* x", "x -= np.float64(0.1) * x"),
        ("x = 1.0\nprintln(\"x = \", x, \" \", x > 0)", "jl.println('x = ', x, ' ', x > 0)"),
        ("apply(f, x) = f(x) + 1\ny = apply(sin, 1.0)", "return f(x) + 1"),
        ("x = [3, 1]\nk = argmax(x)\ny = x[argmax(x)]", "y = x[np.argmax(x)]"),
        ("d = Dict(\"a\" => 1)\nfor k in sort(collect(keys(d)))\n    println(k)\nend", "for k in sorted(d):"),
        ("r = map([1.0, 2.0]) do x\n    y = x^2\n    y + 1\nend", "r = np.array([f(x) for x in"),
    ],
)  # fmt: skip
def test_idioms(julia, expected):
    assert expected in python(julia)


def test_break_leaves_all_ranges_of_a_loop():
    scope: dict = {}
    code = python(
        "found = []\nfor i in 1:3, j in i:3\n    i * j == 4 && break\n    push!(found, (i, j))\nend\n"
        "other = []\nfor i in 1:3, j in 1:3\n    j == 2 && break\n    push!(other, (i, j))\nend"
    )
    exec(code, scope)
    assert scope["found"] == [(1, 1), (1, 2), (1, 3)] and scope["other"] == [(1, 1)]
    assert "itertools.product" in code


def test_errors_are_julias_only_where_they_may_be_caught():
    code = python(
        "f(x) = x[5]\ng(x) = x[1]\nx = [1.0, 2.0]\ny = g(x)\nz = try\n    f(x)\ncatch e\n    0.0\nend"
    )
    assert "return x[0]" in code and "jl.at(x, 5)" in code


def test_documentation_of_functions_is_kept():
    code = python(
        '"""\n    double(x)\n\nTwice `x`.\n"""\nfunction double(x)\n    return 2x\nend\ny = double(2.0)'
    )
    scope: dict = {}
    exec(code, scope)
    assert scope["double"].__doc__.split() == ["double(x)", "Twice", "`x`."]


def test_the_layout_is_that_of_a_formatter():
    pytest.importorskip("ruff")
    assert laid_out(["x = f( 1,2 )\ndef g():\n    pass", "y = 'a'"]) == [
        "x = f(1, 2)\n\n\ndef g():\n    pass",
        'y = "a"',
    ]
    assert laid_out(["x = ("]) == ["x = ("]
