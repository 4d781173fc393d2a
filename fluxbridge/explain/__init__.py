"""See the derivative: the steps of a function forward and backward.

``fluxbridge.explain`` is this package, and it can be called: ``fluxbridge.explain(f, *xs)`` is
:func:`explain`, whichever way it was imported.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from .explanation import Explanation, State, explain

__all__ = ["Explanation", "State", "explain"]

# -- kinks, subgradients -----------------------------------------------------------------------------

from ..nonsmooth.conventions import Conventions as Conventions
from ..nonsmooth.conventions import conventions as conventions
from ..nonsmooth.descent import SubgradientMethod as SubgradientMethod
from ..nonsmooth.descent import SubgradientRun as SubgradientRun
from ..nonsmooth.descent import subgradient_bound as subgradient_bound
from ..nonsmooth.kinks import Kinks as Kinks
from ..nonsmooth.kinks import OnKink as OnKink
from ..nonsmooth.kinks import kinks as kinks
from ..nonsmooth.search import TooManyKinksError as TooManyKinksError
from ..nonsmooth.subgradients import Subgradients as Subgradients
from ..nonsmooth.subgradients import directional as directional
from ..nonsmooth.subgradients import is_subgradient as is_subgradient
from ..nonsmooth.subgradients import subgradient_gap as subgradient_gap
from ..nonsmooth.subgradients import subgradients as subgradients

# -- the package as a function -----------------------------------------------------------------------


class _Callable(types.ModuleType):
    """A module and its main function under one name, as with ``pprint`` one would wish."""

    def __call__(self, *args: Any, **options: Any) -> Explanation:
        return explain(*args, **options)


sys.modules[__name__].__class__ = _Callable
