"""Programs with machine code: the same bits as without, and the same errors and warnings."""

from __future__ import annotations

import random
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from compiled.test_samples import GROUPS, scalar, some
from compiledkit import moved, result, same
from hypothesis import given, settings
from hypothesis import strategies as st
from parity.referee import ARGUMENTS
from parity.referee import compiled as made
from parity.writer import Writer

from fluxbridge import AutoNative, gradient, hessian, withgradient
from fluxbridge.autodiff import native
from fluxbridge.compiled import build, compiled, tiers
from fluxbridge.compiled.cache import CACHE
from fluxbridge.compiled.refusals import CannotCompile
from fluxbridge.compiled.writers.python import MISS
from fluxbridge.errors import ArgumentError

pytest.importorskip("numba")
pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore::RuntimeWarning")]
MACHINE = AutoNative(compile="numba")


@pytest.fixture(autouse=True)
def _unbounded(monkeypatch: Any) -> None:
    """These tests compile more than a process is meant to."""
    from fluxbridge.compiled.writers.machine import jit

    monkeypatch.setattr(jit, "KERNELS", 100_000)


@pytest.fixture
def always(monkeypatch: Any) -> Iterator[None]:
    """Even one operation is made machine code."""
    import sys

    kernels = sys.modules["fluxbridge.compiled.passes.kernels"]
    for name in ("_CALL", "_ARRAY", "_STEP", "_NUMBER"):
        monkeypatch.setattr(kernels, name, 0.0)
    yield


def upgraded(f: Any, xs: tuple[Any, ...]) -> tuple[Any, Any]:
    """The program of f as it is written first, and with machine code; None where there is none in it."""
    program = build.gradient(f, xs, False)
    plain = program.run
    tiers.upgrade(program)
    assert "not compiled" not in program.report.machine, program.report.machine
    return plain, program if program.run is not plain else None


def check(f: Any, xs: tuple[Any, ...], seeds: int = 3) -> Any:
    """Assert that machine code gives the same bits, at `xs` and at other points; its program."""
    plain, program = upgraded(f, xs)
    if program is None:
        return None
    for point in (xs, *[moved(xs, seed) for seed in range(seeds)]):
        wanted, found = result(lambda: plain(f, point)), result(lambda: program.run(f, point))  # noqa: B023
        assert (found is MISS) is (wanted is MISS), f"{found!r} at {point!r}\n{program.source}"
        assert found is MISS or same(found, wanted), f"{found!r}, not {wanted!r}\n{program.source}"
    return program


@pytest.mark.parametrize("block", range(0, GROUPS, 13))
def test_samples(block: int) -> None:
    count = 0
    for sample in some(block):
        f, xs = scalar(sample)
        with_code = None
        try:
            with_code = check(f, xs)
        except CannotCompile:
            continue
        count += with_code is not None
    assert count or block


def test_random_programs(always: None) -> None:
    count = 0
    for seed in range(1000, 1012):
        f = made(Writer(random.Random(seed)).text)
        try:
            program = check(f, ARGUMENTS)
        except CannotCompile:
            continue
        except AssertionError:
            raise
        except Exception:  # the program is one that raises
            continue
        count += program is not None
    assert count


def elementary(x: Any, y: Any) -> Any:
    z = np.sin(x) * y + x
    z = np.exp(-z * z) - y / 3.0
    mask = np.where(z > 0, z * z, np.abs(z) + np.sqrt(np.abs(y)))
    return np.sum(np.tanh(z) * x + mask * np.log1p(x * x)) + np.sum(x[1:] * y[:-1]) + x[0] * y[-1]


@pytest.mark.parametrize("n", [1, 2, 7, 16, 100, 1000, 20_000])
def test_arrays(n: int) -> None:
    rng = np.random.default_rng(n)
    program = check(elementary, (rng.standard_normal(n), rng.standard_normal(n)))
    assert "kernel(" in program.source


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5), (300, 70), (1, 5)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_broadcasting(shape: tuple[int, ...], dtype: Any, always: None) -> None:
    rng = np.random.default_rng(0)
    x, row = rng.standard_normal(shape).astype(dtype), rng.standard_normal(shape[-1]).astype(dtype)

    def f(x: Any) -> Any:
        return np.sum(np.square(x * row + x.T.T) * 0.5 - np.sign(x) * np.maximum(x, row))

    assert check(f, (x,)) is not None


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=3, max_size=3))
def test_odd_numbers(numbers: list[float]) -> None:
    """Infinities, NaN, zeros of both signs, the smallest numbers: as without machine code."""

    def f(x: Any, y: Any, z: Any) -> Any:
        t = x * y / z + z * x - y
        for _ in range(5):
            t = t * x - y * z + t / x
        return t * t + np.sin(x) * np.exp(y)

    plain, program = ODD or ODD.extend(upgraded(f, (0.3, 0.7, 1.1))) or ODD
    point = tuple(numbers)
    wanted = result(lambda: plain(f, point))
    assert same(result(lambda: program.run(f, point)), wanted)


ODD: list[Any] = []


def test_division_by_zero_is_an_error_of_python() -> None:
    def f(x: Any, y: Any) -> Any:
        for _ in range(20):
            x = x + y / x
        return x

    _, program = upgraded(f, (2.0, 3.0))
    for point in ((0.0, 1.0), (0.0, 0.0), (0.0, float("nan")), (0.0, float("inf"))):
        with pytest.raises(ZeroDivisionError):
            program.run(f, point)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "divide by zero"), (1e200, "overflow"), (float("inf"), "invalid value")]
)
def test_warnings_are_those_of_numpy(value: float, text: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(1.0 / x + x * x - x * x * 2.0 + np.sin(x) * 3.0 - x / 3.0)

    xs = (np.full(5, 0.5),)
    plain, program = upgraded(f, xs)
    bad = np.array([1.0, 2.0, value, 3.0, 4.0])
    said = []
    for run in (plain, program.run):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run(f, (bad,))
        said.append([str(w.message) for w in caught])
    assert said[0] == said[1]
    assert any(text in line for line in said[0])
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        program.run(f, (bad,))


def test_underflow_counts_where_it_is_wanted() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.exp(x) * x - x * 2.0 + x * x - 3.0 / x)

    _, program = upgraded(f, (np.linspace(1.0, 2.0, 9),))
    low = np.full(9, -1000.0)
    assert np.isfinite(program.run(f, (low,))[0])
    with np.errstate(under="raise"), pytest.raises(FloatingPointError):
        program.run(f, (low,))


def test_questions() -> None:
    def f(x: Any) -> Any:
        for _ in range(30):
            x = x / 2.0 if x > 1.0 else x * 3.0 + 0.1
        return x

    _, program = upgraded(f, (1.7,))
    assert program.run(f, (1.7,)) == native.withgradient(f, (1.7,))
    assert program.run(f, (0.2,)) is MISS


def test_steep_slopes() -> None:
    """Where 1 - tanh² has lost its digits, the slope is computed another way, in machine code too."""

    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) * 2.0 + np.tanh(3.0 * x) * x - x / 7.0)

    x = np.linspace(-40.0, 40.0, 101)
    _, program = upgraded(f, (x,))
    assert same(program.run(f, (x,)), native.withgradient(f, (x,)))


def test_memory_that_is_not_aligned() -> None:
    def f(x: Any) -> Any:
        return np.sum(x * x * x + 2.0 * x - x / 3.0)

    raw = np.zeros(8 * 40 + 1, np.uint8)
    x = raw[1:].view(np.float64)
    x[:] = np.linspace(0.0, 1.0, 40)
    _, program = upgraded(f, (x.copy(),))
    assert same(program.run(f, (x,)), native.withgradient(f, (x,)))


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[1:7]], ids=str)
def test_views(view: Any) -> None:
    """Of an argument and of an array outside."""
    raw = np.linspace(0.0, 1.0, 16)
    w = np.linspace(1.0, 3.0, 16)[view]

    def f(x: Any) -> Any:
        return np.sum(x * x * w + 2.0 * x - w / 3.0)

    for _ in range(5):
        assert same(gradient(f, MACHINE, raw[view]), gradient(f, raw[view]))


def test_results_have_memory_of_their_own() -> None:
    def f(x: Any) -> Any:
        return np.sum(x * x * x + 2.0 * x - x / 3.0)

    x = np.linspace(0.0, 1.0, 40)
    first = [gradient(f, MACHINE, x)[0] for _ in range(5)]
    assert len({g.ctypes.data for g in first}) == 5
    first[-1][:] = 0
    assert np.array_equal(gradient(f, MACHINE, x)[0], gradient(f, x)[0])
    x[:] = 2.0
    assert np.array_equal(gradient(f, MACHINE, x)[0], gradient(f, x)[0])


def test_from_the_third_call_on() -> None:
    @compiled
    def f(x: Any) -> Any:
        for _ in range(30):
            x = x / 2.0 + 1.0 / x
        return x

    for _ in range(3):
        assert gradient(f, MACHINE, 3.0) == gradient(f.f, 3.0)
    assert withgradient(f, MACHINE, 4.0) == withgradient(f.f, 4.0)
    assert "of machine code" in f.report()
    for _ in range(3):
        withgradient(f, MACHINE, 4.0)
    assert "= kernel(code, x)" in f.source(4.0) and "def plain(x):" in f.source(4.0)


def test_in_the_background(monkeypatch: Any) -> None:
    monkeypatch.setattr(tiers, "FEWEST", 3)
    monkeypatch.setattr(tiers, "PAYS", 0.0)

    def f(x: Any) -> Any:
        for _ in range(30):
            x = x / 2.0 + 1.0 / x
        return x

    for _ in range(10):
        assert gradient(f, AutoNative(compile=True), 3.0) == gradient(f, 3.0)
    assert tiers.WORKER.wait(60.0)
    (state,) = [s for (_, code, _), s in CACHE.states.items() if code is f.__code__]
    assert "of machine code" in state.entries[0].report.machine
    assert gradient(f, AutoNative(compile=True), 3.0) == gradient(f, 3.0)


def test_without_machine_code(monkeypatch: Any) -> None:
    monkeypatch.setattr(tiers, "FEWEST", 3)
    monkeypatch.setattr(tiers, "PAYS", 0.0)

    @compiled
    def f(x: Any) -> Any:
        return x * x * x - x

    for _ in range(9):
        gradient(f, AutoNative(compile="numpy"), 3.0)
    assert tiers.WORKER.wait(60.0)
    assert "machine code" not in f.report()
    assert "writer='numpy'" in f.report()


def test_where_numba_refuses(monkeypatch: Any) -> None:
    from fluxbridge.compiled.writers.machine import jit

    monkeypatch.setattr(jit, "LONGEST", 10)

    @compiled
    def f(x: Any) -> Any:
        for _ in range(30):
            x = x / 2.0 + 1.0 / x
        return x

    for _ in range(5):
        assert gradient(f, MACHINE, 3.0) == gradient(f.f, 3.0)
    assert "not compiled by Numba: it is longer than 10 operations" in f.report()
    assert "kernel" not in f.source(3.0)


def test_threads() -> None:
    """One program, called by many threads while it is compiled and after."""

    def f(x: Any) -> Any:
        return np.sum(np.tanh(x * 1.1) * x - np.exp(-x * x) + x / 3.0)

    points = [np.linspace(-1.0, k, 500) for k in range(1, 9)]
    wanted = [gradient(f, x)[0] for x in points]
    wrong: list[Any] = []

    def work(k: int) -> None:
        for _ in range(60):
            if not np.array_equal(gradient(f, MACHINE, points[k])[0], wanted[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_hessians() -> None:
    def f(x: Any) -> Any:
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    x = np.linspace(0.5, 1.5, 9)
    wanted = hessian(f, x)
    for _ in range(4):
        assert np.array_equal(hessian(f, MACHINE, x), wanted)


def test_blocks_on_several_threads() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.sum(x * y * x + 3.0 * y - x) + np.sum(np.tanh(x) * y)

    x, y = np.linspace(-9.0, 9.0, 100_001), np.linspace(0.0, 2.0, 100_001)
    engine = AutoNative(compile="numba", threads=3)
    one = [withgradient(f, MACHINE, x, y) for _ in range(4)][-1]
    many = [withgradient(f, engine, x, y) for _ in range(4)][-1]
    assert same(many, one)
    assert repr(engine) == "AutoNative(compile='numba', threads=3)"
    (state,) = [s for (kind, code, _), s in CACHE.states.items() if code is f.__code__ and s.how.threads == 3]
    assert "= spread(" in state.entries[0].source


@pytest.mark.parametrize(("options", "text"), [
    ({"compile": "fortran"}, r'compile is True, "numpy" or "numba", not .fortran.'),
    ({"compile": True, "threads": 0}, "threads is a whole number from 1 on, not 0"),
])  # fmt: skip
def test_what_is_not_a_way_to_compile(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ArgumentError, match=text):
        AutoNative(**options)


def test_programs_that_are_dropped_are_freed() -> None:
    """Machine code included: the memory of a thousand compiled functions is not kept."""
    import gc
    import weakref

    dead = []
    for k in range(12):
        names: dict[str, Any] = {}
        exec(f"def f(x):\n for _ in range(20): x = x * {k}.5 + 1.0 / x\n return x", names)
        for _ in range(4):
            gradient(names["f"], MACHINE, 2.0)
        (state,) = [s for (_, code, _), s in CACHE.states.items() if code is names["f"].__code__]
        assert "kernel" in state.entries[0].source
        dead.append(weakref.ref(names["f"]))
        CACHE.clear()
        del names, state
    gc.collect()
    assert sum(ref() is not None for ref in dead) <= 1


def test_there_is_a_bound(monkeypatch: Any) -> None:
    from fluxbridge.compiled.writers.machine import jit

    monkeypatch.setattr(jit, "KERNELS", 0)
    program = build.gradient(elementary, (np.ones(9), np.ones(9)), False)
    tiers.upgrade(program)
    assert "0 parts of programs have been compiled in this process" in program.report.machine


def test_a_view_alone_is_no_kernel():
    """A result that is a view of what is no result of a kernel."""
    x = np.array([1.0, 2.0, 3.0])
    for f in (
        lambda x: (np.sum(x), x[:2], x[::-1]),
        lambda x: (np.sum(x * 2.0), x.T),
        lambda x: (x[0], x[1:]),
    ):
        for _ in range(5):
            assert same(tuple(withgradient(f, MACHINE, x)), tuple(withgradient(f, x)))
