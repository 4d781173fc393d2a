"""``fluxbridge port`` and :func:`fluxbridge.port.port`."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from fluxbridge import cli
from fluxbridge.port import port

PAGE = "# Page\n\n```jldoctest\njulia> x = [1, 2, 3];\n\njulia> sum(x)\n6\n\njulia> x[2] / 4\n0.5\n```\n"


def test_a_page_becomes_a_notebook_that_runs(tmp_path):
    source, out = tmp_path / "page.md", tmp_path / "page.ipynb"
    source.write_text(PAGE)
    report = port(source, out, check=True, julia=True)
    assert report.complete and report.translated == 3
    assert [c.check for c in report.cells] == ["", "agrees", "agrees"]
    assert "2 of 2 printed answers agree" in str(report)
    nbformat.validate(nbformat.read(out, 4))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.ipynb", "page.md"]


def test_a_wrong_answer_in_the_source_is_reported(tmp_path):
    source = tmp_path / "page.md"
    source.write_text(PAGE.replace("0.5", "0.7"))
    report = port(source, check=True)
    assert not report.complete
    assert report.cells[2].check == "differs"
    assert report.cells[2].detail == "the source prints 0.7, the translation 0.5"
    assert "cell 3 (line 9)" in str(report)


def test_the_command_writes_python(tmp_path, capsys):
    source, out = tmp_path / "a.jl", tmp_path / "a.py"
    source.write_text("x = 1 + 1\n")
    assert cli.main(["port", str(source), "-o", str(out), "--run", "--strict"]) == 0
    assert out.read_text() == "# %%\nx = 1 + 1\n"
    assert "1 of 1 cells translated" in capsys.readouterr().out


def test_text_is_translated_to_the_terminal(capsys):
    assert cli.main(["port", "--text", "x[1:2] = y"]) == 0
    assert "jl.setat(x, y, range(1, 3))" in capsys.readouterr().out


@pytest.mark.parametrize("strict, status", [([], 0), (["--strict"], 1)])
def test_strict_is_about_the_exit_status(tmp_path, capsys, strict, status):
    source = tmp_path / "a.jl"
    source.write_text("using DataFrames\n")
    assert cli.main(["port", str(source), *strict]) == status
    assert "use pandas" in capsys.readouterr().out


def test_wrong_calls(tmp_path, capsys):
    assert cli.main(["port", str(tmp_path / "none.jl")]) == 2
    assert "none.jl" in " ".join(capsys.readouterr().err.split())
    (tmp_path / "b.jl").write_bytes(b"\xff\x00")
    assert cli.main(["port", str(tmp_path / "b.jl")]) == 2
    assert "no text" in " ".join(capsys.readouterr().err.split())
    assert cli.main(["port"]) == 2
    assert "give a file" in " ".join(capsys.readouterr().err.split())


def test_running_leaves_methods_and_generators_as_they_were(tmp_path):
    from fluxbridge.flux import rng
    from fluxbridge.port import base

    before = rng.DefaultRNG.generator
    source = tmp_path / "a.jl"
    source.write_text(
        "using Random\nRandom.seed!(1)\nstruct A\n x\nend\nBase.length(a::A) = 3\nn = length(A(1))\n"
    )
    assert port(source, run=True).complete
    assert rng.DefaultRNG.generator is before and "length" not in base.EXTENSIONS


def test_import_fluxbridge_does_not_load_the_translator():
    code = "import sys, fluxbridge; assert not any(m.startswith('fluxbridge.port') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
