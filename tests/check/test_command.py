"""``fluxbridge check`` and ``fluxbridge gradient``."""

from __future__ import annotations

import json

import pytest

from fluxbridge.cli import main


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "my_losses.py").write_text(
        "import numpy as np\nfrom fluxbridge import adjoint\n"
        "def good(x, y):\n    return np.sum(x * y)\n"
        "@adjoint\ndef bad(x):\n    return x * 2, lambda dy: (dy,)\n"
        "number = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


QUICK = ["--engine", "finite differences"]


def test_check(module, capsys):
    assert main(["check", "my_losses:good", "[1.0, 2.0]", "3.0", *QUICK]) == 0
    assert "cross_check of good: ok" in capsys.readouterr().out
    assert main(["check", "my_losses:bad", "1.5", *QUICK, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "my_losses.good", "1.0"], "my_losses:good"),
        (["check", "my_losses:nothing", "1.0"], "was not found"),
        (["check", "no_such_module:f", "1.0"], "was not found"),
        (["check", "my_losses:number", "1.0"], "is not a function but int"),
        (["check", "my_losses:bad", "1 +"], "not a Python expression"),
        (["check", "my_losses:bad", "1.0", "--engine", "nobody"], "no engine is called 'nobody'"),
        (["gradient", "lambda x: [x]", "1.0"], "so the gradient is not defined"),
        (["gradient", "lambda x: x", "one"], "not a Python expression"),
    ],
)
def test_wrong_calls(module, capsys, arguments, says):
    assert main(arguments) == 2
    assert says in " ".join(capsys.readouterr().err.split())


def test_gradient(capsys):
    assert main(["gradient", "lambda x: 3*x**2", "5"]) == 0
    assert main(["gradient", "lambda x, y: np.sum(x) * y", "[1.0, 2.0]", "3", "--value"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "(30.0,)"
    assert second == "(val=9.0, grad=(array([3., 3.]), 3.0))"


@pytest.mark.julia
def test_gradient_of_julia_source(capsys):
    assert main(["gradient", "x -> 3x^2", "5"]) == 0
    assert capsys.readouterr().out == "(30.0,)\n"
