"""How programs are written, and what is said about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED

import fluxbridge
from fluxbridge import gradient
from fluxbridge.compiled import Compiled, compiled

pytestmark = pytest.mark.once


def code(source: str) -> list[str]:
    """The lines without those that load and check what is read."""
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if "return MISS" not in line and not line.startswith(("def ", "h", "#"))]


def test_numbers():
    @compiled
    def f(x: Any, y: Any) -> Any:
        return x * y + np.sin(x)

    assert code(f.source(2.0, 3.0)) == [
        "x = xs[0]", "y = xs[1]", "v1 = x * y", "v2 = sin(x).item()", "v3 = v1 + v2", "v4 = cos(x)",
        "v5 = v4 + y",
        "return v3, (v5 if type(v5) is float else float(v5), x if type(x) is float else float(x), )",
    ]  # fmt: skip


def test_lines_of_the_user():
    @compiled
    def f(x: Any) -> Any:
        y = x * x
        return np.sum(y)

    first = f.f.__code__.co_firstlineno
    source = f.source(np.ones(3))
    assert f"# test_source.py:{first + 2}" in source
    assert f"# test_source.py:{first + 3}" in source


def test_blocks_keep_no_array_in_between():
    @compiled
    def f(x: Any) -> Any:
        return np.sum(np.exp(np.sin(x) * x))

    x = np.linspace(0.0, 1.0, 100_000)
    source = f.source(x)
    assert source.count("empty(") == 1
    assert "for i in range(0, 100000, 4096):" in source
    assert np.array_equal(gradient(f, COMPILED, x)[0], gradient(f.f, x)[0])
    assert "in blocks of 4096; whole arrays: v" in f.report()


def test_the_report():
    @compiled
    def f(x: Any) -> Any:
        return x * x if x > 0 else -x

    assert f.report() == "not called yet"
    gradient(f, COMPILED, 2.0)
    gradient(f, COMPILED, -2.0)
    report = f.report()
    assert "1 arguments, traced 2 times" in report
    assert "ask x > 0 is True" in report and "ask x > 0 is False" in report
    assert f.f.__code__.co_filename.rpartition("/")[2] in report


def test_the_report_of_what_runs_eagerly():
    @compiled
    def f(x: Any) -> Any:
        print(end="")
        return x * x

    with pytest.warns(fluxbridge.compiled.CompileWarning):
        gradient(f, COMPILED, 2.0)
    assert "runs eagerly: it prints (test_source.py:" in f.report()


def test_a_compiled_function_is_the_function():
    @compiled
    def square(x: Any) -> Any:
        """x squared."""
        return x * x

    assert isinstance(square, Compiled)
    assert square.__name__ == "square" and square.__doc__ == "x squared."
    assert square(3.0) == 9.0
    assert gradient(square, 3.0) == gradient(square, COMPILED, 3.0) == (6.0,)
    assert fluxbridge.hessian(square, 3.0) == fluxbridge.hessian(square, COMPILED, 3.0) == 2.0
    assert compiled(compiled(square.f)).f is square.f
