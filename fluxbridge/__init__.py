"""The gradient function of Julia's Flux, for Python: native on NumPy, and wrapping the real one.

>>> import numpy as np
>>> from fluxbridge import gradient
>>> gradient(lambda x: 3 * x**2 + 2 * x + 1, 3)
(20.0,)
"""

import typing as _typing

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
from .autodiff.families import Family, register_family
from .autodiff.implicit import Grads, Params
from .autodiff.lazy import compute
from .autodiff.matrices import Diagonal, I
from .autodiff.own_rules import adjoint
from .autodiff.primitive import primitive
from .autodiff.tools import checkpointed, forwarddiff, hook, ignore_derivatives
from .parity import verifying

if _typing.TYPE_CHECKING:
    from . import check as check
    from . import explanation as explanation
    from . import flux, julia, port, random
    from . import scipy as scipy
    from .check import cross_check
    from .compiled import compiled
    from .explanation import explain
    from .nonsmooth.conventions import conventions
    from .nonsmooth.descent import SubgradientMethod
    from .nonsmooth.directional import directional
    from .nonsmooth.kinks import kinks
    from .nonsmooth.membership import is_subgradient
    from .nonsmooth.subgradients import subgradients

__version__ = "0.1.0"

# formatted by hand: several names a line
__all__ = [
    "ADType", "AutoEnzyme", "AutoFiniteDifferences", "AutoForwardDiff", "AutoJuliaFiniteDifferences",
    "AutoMooncake", "AutoNative", "AutoZygote", "Buffer", "Diagonal", "Family", "Grads", "I", "Params",
    "Record", "SubgradientMethod", "adjoint", "checkpointed", "compiled", "compose", "compute",
    "conventions", "cross_check", "diaghessian", "directional", "errors", "explain", "fill_none", "flux",
    "forwarddiff", "gradient", "hessian", "hessian_reverse", "hook", "ignore_derivatives",
    "is_subgradient", "jacobian", "julia", "kinks", "pipe", "port", "primitive", "pullback",
    "pushforward", "random", "register_family", "subgradients", "verifying", "withgradient",
    "withjacobian",
]  # fmt: skip


#: Modules with public names of their own, beside those of ``__all__``.
_MODULES = ("check", "explanation", "scipy")

#: What is imported when it is first used: a name, and the submodule that has it (or is it).
_LAZY = {
    **{name: name for name in (*_MODULES, "compiled", "flux", "julia", "port", "random")},
    "cross_check": "check",
    "explain": "explanation",
    "SubgradientMethod": "nonsmooth.descent",
    "conventions": "nonsmooth.conventions",
    "directional": "nonsmooth.directional",
    "is_subgradient": "nonsmooth.membership",
    "kinks": "nonsmooth.kinks",
    "load_ipython_extension": "port.magic",
    "subgradients": "nonsmooth.subgradients",
}


if not _typing.TYPE_CHECKING:  # type checkers are told of every name above

    def __getattr__(name: str) -> object:
        """The parts that most programs do without."""
        import importlib

        if name in _LAZY:
            module = importlib.import_module(f"fluxbridge.{_LAZY[name]}")
            return module if name == _LAZY[name] else getattr(module, name)
        from .autodiff.habits import missing_name

        places = {"fluxbridge": [*__all__, *_LAZY]}
        if not name.startswith("_"):  # what libraries ask of any module
            for place in ("fluxbridge.flux", "fluxbridge.errors", "fluxbridge.random"):
                places[place] = dir(importlib.import_module(place))
        raise missing_name(name, places)


def __dir__() -> list[str]:
    """The public names, those that are imported later included."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__")), *_MODULES})
