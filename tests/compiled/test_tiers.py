"""When programs become machine code: without Numba, too."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from fluxbridge import AutoNative, gradient
from fluxbridge.compiled import build, compiled, tiers
from fluxbridge.compiled.passes import reuse
from fluxbridge.compiled.passes.scaling import scaling
from fluxbridge.compiled.program import Builder, Const, Form, show
from fluxbridge.errors import ArgumentError

pytestmark = pytest.mark.once
VECTOR = Form("array", (5,), np.dtype(float))


def test_numba_is_imported_when_it_pays_and_not_before() -> None:
    code = (
        "import sys; import numpy as np; from fluxbridge import AutoNative, gradient\n"
        "for _ in range(40): gradient(lambda x: np.sum(x * x), AutoNative(compile=True), np.ones(3))\n"
        "print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_where_numba_is_absent(monkeypatch: Any) -> None:
    monkeypatch.setattr(tiers.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(tiers, "FEWEST", 3)
    monkeypatch.setattr(tiers, "PAYS", 0.0)

    @compiled
    def f(x: Any) -> Any:
        return x * x * x - x

    for _ in range(8):
        assert gradient(f, AutoNative(compile=True), 3.0) == (26.0,)
    assert "Numba is not installed (fluxbridge[compile])" in f.report()
    with pytest.raises(
        ArgumentError, match=r'compile="numba" needs Numba: pip install "fluxbridge\[compile\]"'
    ):
        AutoNative(compile="numba")


def test_programs_are_compiled_sooner_the_more_they_do() -> None:
    def due(n: int) -> int:
        later = build.gradient(lambda x: np.sum(np.exp(x) * x), (np.ones(n),), False).later
        assert later is not None
        return later.due

    assert tiers.MOST >= due(10) > due(10_000) > due(1_000_000) >= tiers.FEWEST
    number = build.gradient(lambda x: x * x, (2.0,), False).later
    assert number is not None and number.due == tiers.MOST


def test_factors() -> None:
    b = Builder()
    x = b.new(VECTOR, "x")
    twice = b.emit(np.multiply, [Const(2), x], VECTOR, ufunc=np.multiply)
    b.emit(np.negative, [twice], VECTOR, ufunc=np.negative)
    b.emit(np.multiply, [Const(100.0), twice], VECTOR, ufunc=np.multiply)
    b.emit(np.multiply, [Const(0.1), twice], VECTOR, ufunc=np.multiply)
    thrice = b.emit(np.multiply, [x, Const(3.0)], VECTOR, ufunc=np.multiply)
    b.emit(np.multiply, [Const(7.0), thrice], VECTOR, ufunc=np.multiply)
    assert show(scaling(b.ops, [])).splitlines() == [
        "v1 = multiply(2, x)", "v2 = multiply(-2.0, x)", "v3 = multiply(200.0, x)", "v4 = multiply(0.1, v1)",
        "v5 = multiply(x, 3.0)", "v6 = multiply(7.0, v5)",
    ]  # fmt: skip


def test_memory_is_not_used_again_while_somebody_reads_it() -> None:
    b = Builder()
    x = b.new(VECTOR, "x")
    y = b.emit(np.sin, [x], VECTOR, ufunc=np.sin)
    part = b.emit(np.ndarray.__getitem__, [y], Form("array", (2,), VECTOR.dtype), "{0}[:2]", shares=True)
    z = b.emit(np.multiply, [y, x], VECTOR, ufunc=np.multiply)  # y lives on in its part
    u = b.emit(np.cos, [z], VECTOR, ufunc=np.cos)  # z is a result
    w = b.emit(np.exp, [u], VECTOR, ufunc=np.exp)  # u is read by nobody else
    total = b.emit(np.add, [part, part], part.form, ufunc=np.add)
    reuse(b.ops, [z, w, total], {x})
    assert [op.into for op in b.ops] == [None, None, None, None, u, None]


def test_a_matrix_keeps_its_layout() -> None:
    """A sum over a matrix in Fortran's order is taken in that order."""

    def f(x: Any) -> Any:
        y = np.sin(x.T) * np.exp(x.T)
        return np.sum(y * x.T * 3.0)

    x = np.random.default_rng(0).standard_normal((37, 23))
    for _ in range(3):
        assert np.array_equal(gradient(f, AutoNative(compile="numpy"), x)[0], gradient(f, x)[0])


def test_what_is_written_as_it_was() -> None:
    """Constants beside arrays of double precision are arrays; beside those of single precision they adapt."""

    def f(x: Any) -> Any:
        return np.sum(2.5 * x * x - x / 3)

    for kind in (np.float64, np.float32):
        x = np.linspace(0.0, 1.0, 7).astype(kind)
        found = [gradient(f, AutoNative(compile="numpy"), x)[0] for _ in range(3)][-1]
        assert found.dtype == kind
        assert np.allclose(found, gradient(f, x)[0], rtol=1e-6, atol=0)
