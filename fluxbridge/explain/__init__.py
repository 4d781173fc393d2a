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

from .conventions import Conventions as Conventions
from .conventions import conventions as conventions
from .descent import SubgradientMethod as SubgradientMethod
from .descent import SubgradientRun as SubgradientRun
from .descent import subgradient_bound as subgradient_bound
from .kinks import Kinks as Kinks
from .kinks import OnKink as OnKink
from .kinks import kinks as kinks
from .search import TooManyKinksError as TooManyKinksError
from .subgradients import Subgradients as Subgradients
from .subgradients import directional as directional
from .subgradients import is_subgradient as is_subgradient
from .subgradients import subgradient_gap as subgradient_gap
from .subgradients import subgradients as subgradients

# -- the package as a function -----------------------------------------------------------------------


class _Callable(types.ModuleType):
    """A module and its main function under one name, as with ``pprint`` one would wish."""

    def __call__(self, *args: Any, **options: Any) -> Explanation:
        return explain(*args, **options)


sys.modules[__name__].__class__ = _Callable
