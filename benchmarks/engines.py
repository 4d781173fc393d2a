"""The engines under comparison, each behind the same two functions.

An engine's `prepare(make, inputs)` does everything that a user does once (converting the inputs,
building or compiling the gradient function) and returns a function of no arguments that computes
all gradients once. `make(xp)` builds the function to differentiate in the engine's own namespace,
so the source text is the same for all. The settings are the ones a user gets without doing anything.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

Make = Callable[[Any], Callable[..., Any]]
Call = Callable[[], Any]


def _fluxbridge(make: Make, inputs: Sequence[Any]) -> Call:
    import numpy as np

    from fluxbridge import gradient

    f = make(np)
    return lambda: gradient(f, *inputs)


def _compiled(make: Make, inputs: Sequence[Any], writer: str = "numpy") -> Call:
    import numpy as np

    from fluxbridge import AutoNative, gradient

    f, engine = make(np), AutoNative(compile=writer)
    for _ in range(3):  # traced, traced again to see what is constant, and made machine code
        gradient(f, engine, *inputs)
    return lambda: gradient(f, engine, *inputs)


def _machine(make: Make, inputs: Sequence[Any]) -> Call:
    return _compiled(make, inputs, "numba")


def _autograd(make: Make, inputs: Sequence[Any]) -> Call:
    import autograd
    import autograd.numpy as anp

    grad = autograd.grad(make(anp), tuple(range(len(inputs))))
    return lambda: grad(*inputs)


def _mygrad(make: Make, inputs: Sequence[Any]) -> Call:
    import mygrad

    f = make(mygrad)

    def call() -> Any:
        tensors = [mygrad.tensor(x, copy=False) for x in inputs]
        f(*tensors).backward()
        return [t.grad for t in tensors]

    return call


def _torch(make: Make, inputs: Sequence[Any]) -> Call:
    import torch

    torch.set_num_threads(1)
    f = make(torch)
    leaves = [torch.tensor(x, dtype=None if hasattr(x, "dtype") else torch.float64) for x in inputs]
    for leaf in leaves:
        leaf.requires_grad_()
    return lambda: torch.autograd.grad(f(*leaves), leaves)


def _jax(make: Make, inputs: Sequence[Any], jit: bool = False) -> Call:
    import jax

    arrays = [jax.numpy.asarray(x) for x in inputs]
    grad: Any = jax.grad(make(jax.numpy), tuple(range(len(inputs))))
    if jit:
        grad = jax.jit(grad).lower(*arrays).compile()
    return lambda: jax.block_until_ready(grad(*arrays))


def _jax_jit(make: Make, inputs: Sequence[Any]) -> Call:
    return _jax(make, inputs, jit=True)


class _ForCasadi:
    """CasADi's functions under NumPy's names."""

    @staticmethod
    def sum(x: Any) -> Any:
        import casadi

        return casadi.sum1(x)


def _casadi(make: Make, inputs: Sequence[Any]) -> Call:
    import casadi
    import numpy as np

    variables = [casadi.SX.sym(f"x{k}", int(np.size(x))) for k, x in enumerate(inputs)]
    y = make(_ForCasadi)(*variables)
    call = casadi.Function("gradient", variables, [casadi.gradient(y, v) for v in variables])
    scalars = [np.ndim(x) == 0 for x in inputs]

    def gradients() -> Any:
        found = call(*inputs)
        found = found if isinstance(found, tuple) else (found,)
        return [float(g) if s else g.full().ravel() for g, s in zip(found, scalars, strict=True)]

    return gradients


def _forward(make: Make, inputs: Sequence[Any]) -> Call:
    import numpy as np

    f = make(np)
    return lambda: f(*inputs)


OURS = "fluxbridge"
COMPILED = "fluxbridge, compiled"
MACHINE = "fluxbridge, Numba"
CASADI = "CasADi"
CHECKPOINTED = "fluxbridge, checkpointed"
FORWARD = "NumPy, forward only"

#: name -> (what must be importable, prepare)
ENGINES: dict[str, tuple[str, Callable[[Make, Sequence[Any]], Call]]] = {
    OURS: ("fluxbridge", _fluxbridge),
    COMPILED: ("fluxbridge", _compiled),
    MACHINE: ("numba", _machine),
    CHECKPOINTED: ("fluxbridge", _fluxbridge),
    FORWARD: ("numpy", _forward),
    "autograd": ("autograd", _autograd),
    "MyGrad": ("mygrad", _mygrad),
    "PyTorch": ("torch", _torch),
    "JAX": ("jax", _jax),
    "JAX, jit": ("jax", _jax_jit),
    CASADI: ("casadi", _casadi),
}
#: Engines for number code, which take part in the benchmark of compiled gradients alone.
OF_NUMBERS = (CASADI,)


def installed() -> dict[str, str | None]:
    """The version of each engine's library, or None if it cannot be imported."""
    versions: dict[str, str | None] = {}
    for name, (module, _) in ENGINES.items():
        try:
            imported = importlib.import_module(module)
        except ImportError:
            versions[name] = None
        else:
            versions[name] = getattr(imported, "__version__", None) or metadata.version(module)
    return versions


def as_arrays(gradients: Any) -> list[Any]:
    """The gradients of any engine as NumPy arrays."""
    import numpy as np

    return [np.asarray(g) for g in gradients]
