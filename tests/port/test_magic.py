"""``%%julia`` in IPython: translated and run in the notebook, or in the real Julia."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from fluxbridge.errors import ArgumentError
from fluxbridge.port.magic import JuliaCells


@pytest.fixture
def cells():
    return JuliaCells({"__name__": "__main__"})


def test_variables_are_those_of_the_notebook(cells):
    cells.scope["W"] = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert cells.run("", "x = [1.0, 1.0]\ny = W * x\nsum(y)") == 10.0
    assert cells.scope["y"].tolist() == [3.0, 7.0]


def test_a_final_semicolon_hides_the_value(cells):
    assert cells.run("", "x = 1\nx + 1;") is None and cells.scope["x"] == 1


def test_a_line_of_julia(cells):
    assert cells.run("2^10") == 1024


def test_show_prints_the_python(cells, capsys):
    cells.run("--show", "x = [1, 2]\nx[1]")
    assert capsys.readouterr().out == "import numpy as np\nx = np.array([1, 2])\nx[0]\n"


def test_functions_of_earlier_cells_take_anything(cells):
    """A call in its own cell says nothing about later ones."""
    cells.run("", "f(a, b) = a * b\nf(2, 3)")
    cells.scope["A"] = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert cells.run("", "f(A, A)").tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert cells.scope["f"]("a", "b") == "ab"


def test_variables_in_functions_may_change(cells):
    cells.run("", "k = 2\ng(x) = k * x\ng(1)")
    cells.scope["k"] = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert cells.scope["g"](np.array([1.0, 2.0])).tolist() == [2.0, 1.0]


def test_methods_and_structs_of_several_cells(cells):
    cells.run("", "struct Circle\n r::Float64\nend\narea(c::Circle) = 3 * c.r^2\narea(Circle(2))")
    value = cells.run(
        "", "struct Square\n a::Float64\nend\narea(s::Square) = s.a^2\n[area(Circle(1)), area(Square(3))]"
    )
    assert value.tolist() == [3.0, 9.0]


def test_the_same_signature_again_replaces_the_function(cells, capsys):
    cells.run("", "h(x) = x + 1")
    assert cells.run("--show", "h(x) = x + 2\nh(1)") == 3
    assert "x + 1" not in capsys.readouterr().out


def test_a_name_that_python_took_is_python_s(cells):
    cells.run("", "h(x) = x + 1")
    cells.scope["h"] = lambda x: 10 * x
    assert cells.run("", "h(2)") == 20


def test_packages_of_earlier_cells_are_known(cells):
    cells.run("", "using Flux")
    assert cells.run("", "gradient(x -> 3x^2, 2.0)") == (12.0,)


@pytest.mark.parametrize(
    "line, cell, text",
    [
        ("", "x = 1\n@eval y = 2", "line 2 of this cell is not translated, so nothing of it has run"),
        ("", "x = (1", "this is no valid Julia"),
        ("--fast", "x = 1", "--fast is no option"),
        ("x", "y = 1", "'x' is no option"),
        ("--real --show", "x = 1", "choose one"),
    ],
)
def test_what_cannot_run_is_said_and_nothing_has_run(cells, line, cell, text):
    with pytest.raises(ArgumentError, match=text):
        cells.run(line, cell)
    assert set(cells.scope) == {"__name__"}


def run_in_ipython(*cells: str) -> list[str]:
    """What the cells print in an IPython of their own."""
    pytest.importorskip("IPython")
    script = (
        "import json, sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "from IPython.utils.capture import capture_output\nshell = InteractiveShell.instance()\nshown = []\n"
        f"for cell in {list(cells)!r}:\n"
        "    with capture_output() as out:\n        shell.run_cell(cell)\n"
        "    shown.append(out.stdout + out.stderr)\n"
        "print(json.dumps(shown))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_in_ipython():
    loaded, first, second, line, refused, after = run_in_ipython(
        "%load_ext fluxbridge",
        "%%julia --show\nf(x) = 3x^2\nf(2)",
        "f(3)",
        "%julia f(1) + 1",
        "%%julia\nz = 1\n@eval y = 2",
        "'z' in globals()",
    )
    assert loaded == ""
    assert "return" in first and first.rstrip().endswith("12")
    assert second.rstrip().endswith("27") and line.rstrip().endswith("4")
    assert "UsageError: line 2 of this cell" in refused and "Traceback" not in refused
    assert "False" in after


def test_without_a_julia_it_is_said_what_to_do():
    from fluxbridge.julia import available

    if available():
        pytest.skip("there is a Julia here")
    (_, shown) = run_in_ipython("%load_ext fluxbridge", "%%julia --real\n1 + 1")
    assert "UsageError" in shown and "Traceback" not in shown


def test_the_extension_does_not_load_ipython():
    code = "import sys, fluxbridge.port.magic; assert not {'IPython', 'juliacall'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.julia
@pytest.mark.once
def test_real_shares_variables_both_ways(cells, capsys):
    cells.scope["x"] = np.array([1.0, 2.0])
    assert (
        cells.run("--real", "println(sum(x))\ny = 2 .* x; d = Dict(:a => 1)\nsquare(t) = t^2\nlength(y)") == 2
    )
    assert capsys.readouterr().out == "3.0\n"
    assert cells.scope["y"].tolist() == [2.0, 4.0] and cells.scope["d"] == {"a": 1}
    assert cells.scope["square"](3) == 9
    assert cells.run("--real", "string(keytype(d)) * string(square(2))") == "Symbol4"
    cells.scope["y"][0] = 10.0
    assert cells.run("--real", "sum(y)") == 14.0
    assert cells.run("", "sum(y) + 1") == 15.0


@pytest.mark.julia
@pytest.mark.once
def test_real_knows_flux_and_leaves_the_notebook_s_functions_alone(cells):
    from fluxbridge import gradient

    cells.scope["gradient"] = gradient
    assert cells.run("--real", "using Flux\ngradient(x -> 3x^2, 2.0)") == (12.0,)
    assert cells.scope["gradient"] is gradient


@pytest.mark.julia
@pytest.mark.once
def test_real_errors_are_julia_s(cells):
    from fluxbridge.errors import JuliaError

    with pytest.raises(JuliaError, match="UndefVarError"):
        cells.run("--real", "a = 1\nnothing_of_this_name + a")
    assert cells.scope["a"] == 1
