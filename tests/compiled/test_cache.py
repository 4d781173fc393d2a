"""The cache has bounds, and what falls out of it is freed."""

from __future__ import annotations

import gc
import os
import weakref
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, state_of

from fluxbridge import gradient
from fluxbridge.compiled import CompileWarning, cache
from fluxbridge.compiled.cache import CACHE, FUNCTIONS, PATHS

pytestmark = pytest.mark.once


#: How many functions are compiled and dropped, and for how many shapes one is.
SOAK = int(os.environ.get("FLUXBRIDGE_SOAK", "300"))


def test_many_functions():
    """As many functions as one likes, and no more than so many programs."""
    dead: list[Any] = []
    for k in range(max(FUNCTIONS + 50, SOAK)):
        names: dict[str, Any] = {}
        exec(f"def f(x):\n return x * {k}.0 + x", names)
        f = names["f"]
        assert gradient(f, COMPILED, 2.0) == (k + 1.0,)
        dead.append(weakref.ref(f))
        del f, names
    assert len(CACHE) <= FUNCTIONS
    gc.collect()
    alive = sum(ref() is not None for ref in dead)
    assert alive <= FUNCTIONS + 1


def test_memory_is_flat():
    import tracemalloc

    def some(n: int) -> None:
        for k in range(n):
            names: dict[str, Any] = {}
            exec(f"def f(x):\n return x * {k}.0 + x", names)
            gradient(names["f"], COMPILED, 2.0)

    some(FUNCTIONS + 50)
    gc.collect()
    tracemalloc.start()
    some(max(FUNCTIONS + 50, SOAK // 2))  # tables that are kept for a few thousand code objects fill up
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    some(SOAK)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 0.1 * before + 200_000


def test_many_shapes():
    def f(x: Any) -> Any:
        return np.sum(x * x)

    count = max(100, SOAK // 3)
    for n in range(1, count):
        for _ in range(3):
            gradient(f, COMPILED, np.ones(n))
    assert len(state_of(f).entries) == PATHS
    assert state_of(f).traces == count - 1


def test_another_shape_in_every_call():
    def f(x: Any) -> Any:
        return np.sum(x * x)

    with pytest.warns(CompileWarning, match="another way in almost every call"):
        for n in range(1, 60):
            assert np.array_equal(gradient(f, COMPILED, np.ones(n))[0], np.full(n, 2.0))
    assert not state_of(f).entries


def test_the_last_used_stays(monkeypatch):
    monkeypatch.setattr(cache, "PATHS", 3)

    def f(x: Any) -> Any:
        return np.sum(x * x)

    for n in (1, 2, 3, 1, 4, 1, 5):
        gradient(f, COMPILED, np.ones(n))
    traces = state_of(f).traces
    gradient(f, COMPILED, np.ones(1))
    assert state_of(f).traces == traces
