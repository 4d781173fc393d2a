"""The gradient function of Julia's Flux, for Python: native on NumPy, and wrapping the real one.

>>> import numpy as np
>>> from fluxbridge import gradient
>>> gradient(lambda x: 3 * x**2 + 2 * x + 1, 3)
(20.0,)
"""

from . import errors
from .adtypes import (
    ADType,
    AutoEnzyme,
    AutoFiniteDifferences,
    AutoForwardDiff,
    AutoJuliaFiniteDifferences,
    AutoMooncake,
    AutoNative,
    AutoZygote,
)
from .api import (
    Record,
    compose,
    diaghessian,
    fill_none,
    gradient,
    hessian,
    hessian_reverse,
    jacobian,
    pipe,
    pullback,
    pushforward,
    withgradient,
    withjacobian,
)
from .autodiff.buffer import Buffer
from .autodiff.implicit import Grads, Params
from .autodiff.matrices import Diagonal, I
from .autodiff.primitive import primitive
from .autodiff.tools import adjoint, checkpointed, forwarddiff, hook, ignore_derivatives

__version__ = "0.1.0"

__all__ = [
    "ADType", "AutoEnzyme", "AutoFiniteDifferences", "AutoForwardDiff", "AutoJuliaFiniteDifferences",
    "AutoMooncake", "AutoNative", "AutoZygote", "Buffer", "Diagonal", "Grads", "I", "Params", "Record",
    "adjoint", "checkpointed", "compose", "diaghessian", "errors", "fill_none", "flux", "forwarddiff", "gradient",
    "hessian", "hessian_reverse", "hook", "ignore_derivatives", "jacobian", "julia", "pipe", "primitive",
    "pullback", "pushforward", "withgradient", "withjacobian",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """`fluxbridge.flux`, `.julia` and `.scipy`, which are imported when they are first used."""
    if name in ("flux", "julia", "scipy"):
        import importlib

        return importlib.import_module(f"fluxbridge.{name}")
    raise AttributeError(f"module 'fluxbridge' has no attribute {name!r}")
