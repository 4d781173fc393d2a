"""The steps of a function and of its derivative, for people to read.

``fluxbridge.explain`` is this package, and it can be called: ``fluxbridge.explain(f, *xs)`` is
:func:`explain`, whichever way it was imported.
"""

from __future__ import annotations

import inspect
import sys
import types
from typing import Any

from .explanation import Explanation, State, explain

__all__ = ["Explanation", "State", "explain"]


class _Callable(types.ModuleType):
    """A module that can be called, as the package and its main function have one name."""

    def __call__(self, *args: Any, **options: Any) -> Explanation:
        return explain(*args, **options)


__doc__ = f"{inspect.getdoc(explain)}\n\n{__doc__}"  # what help() shows of the package
__signature__ = inspect.signature(explain)
sys.modules[__name__].__class__ = _Callable  # a module cannot be made callable in another way
