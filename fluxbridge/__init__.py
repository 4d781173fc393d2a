"""The gradient function of Julia's Flux, for Python: native on NumPy, and wrapping the real one.

>>> import numpy as np
>>> from fluxbridge import gradient
>>> gradient(lambda x: 3 * x**2 + 2 * x + 1, 3)
(20.0,)
"""

from . import errors
from .adtypes import ADType, AutoFiniteDifferences, AutoNative
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
    "ADType", "AutoFiniteDifferences", "AutoNative", "Buffer", "Diagonal", "Grads", "I", "Params",
    "Record", "adjoint", "checkpointed", "compose", "diaghessian", "errors", "fill_none",
    "forwarddiff", "gradient", "hessian", "hessian_reverse", "hook", "ignore_derivatives", "jacobian",
    "pipe", "primitive", "pullback", "pushforward", "withgradient", "withjacobian",
]  # fmt: skip
