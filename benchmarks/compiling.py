"""What compiling costs, and what it gives where many directions are wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .cases import CASES, Case
from .engines import installed
from .report import duration, fraction
from .timing import in_turns


def first_calls(case: Case) -> dict[str, float]:
    """Seconds of the first and the second call, which trace, and of an eager one before."""
    import numpy as np

    from fluxbridge import AutoNative, gradient
    from fluxbridge.compiled.cache import CACHE

    CACHE.states.clear()
    f, xs, engine = case.make(np), case.inputs(), AutoNative(compile=True)
    found = {}
    for name, how in (("eager", ()), ("first", (engine,)), ("second", (engine,)), ("third", (engine,))):
        start = time.perf_counter()
        gradient(f, *how, *xs)
        found[name] = time.perf_counter() - start
    return found


def directions() -> dict[str, dict[str, Any]]:
    """The Hessian of Rosenbrock's function of 100 variables, and the Jacobian of tanh(A x), 100 × 100."""
    import numpy as np

    from fluxbridge import AutoNative, hessian, jacobian

    from .cases import rosenbrock

    engine, x = AutoNative(compile=True), np.random.default_rng(0).standard_normal(100)
    a = np.random.default_rng(1).standard_normal((100, 100))
    f = rosenbrock(np)

    def g(x: Any) -> Any:
        return np.tanh(a @ x)

    calls: dict[str, dict[str, Callable[[], Any]]] = {
        "hessian": {"fluxbridge": lambda: hessian(f, x), "compiled": lambda: hessian(f, engine, x)},
        "jacobian": {"fluxbridge": lambda: jacobian(g, x), "compiled": lambda: jacobian(g, engine, x)},
    }
    if installed()["JAX, jit"]:
        import jax

        h = jax.jit(jax.hessian(rosenbrock(jax.numpy)))
        j = jax.jit(jax.jacobian(lambda x: jax.numpy.tanh(jax.numpy.asarray(a) @ x)))
        z = jax.numpy.asarray(x)
        calls["hessian"]["JAX, jit"] = lambda: jax.block_until_ready(h(z))
        calls["jacobian"]["JAX, jit"] = lambda: jax.block_until_ready(j(z))
    for row in calls.values():
        for call in row.values():
            for _ in range(3):
                call()
    return {name: in_turns(row, seconds=2.0) for name, row in calls.items()}


def run() -> dict[str, Any]:
    print("\ncompiling: one call each, with what it traces\n")
    first = {}
    for case in CASES:
        first[case.name] = times = first_calls(case)
        cells = "".join(f"  {name} {duration(t):>9}" for name, t in times.items())
        print(f"  {case.name:15}{cells}")
    print("\ncompiled, many directions\n")
    rows = directions()
    for name, row in rows.items():
        ours = row["compiled"]["min"]
        cells = "".join(
            f"  {k} {duration(t['min']):>9} ({fraction(ours / t['min'])})" for k, t in row.items()
        )
        print(f"  {name:15}{cells}")
    return {"first": first, "directions": rows}
