"""Compiled gradients: the recorded program of a function and its gradient, written as code without a tape.

>>> from fluxbridge import AutoNative, compiled, gradient
>>> gradient(lambda x: 3 * x**2 + 2 * x + 1, AutoNative(compile=True), 3.0)
(20.0,)
>>> @compiled
... def f(x):
...     return x * x + 1.0
>>> f(2.0), gradient(f, 2.0)
(5.0, (4.0,))
"""

from __future__ import annotations

import importlib
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from .interface import Compiled, compiled
from .refusals import CompileWarning

__all__ = ["CompileWarning", "Compiled", "compiled"]


class _Callable(types.ModuleType):
    """A module and its main function under one name."""

    def __call__(self, f: Callable[..., Any]) -> Compiled:
        return compiled(f)

    def __reduce__(self) -> Any:  # a copy, and what pickle loads, is this module
        return importlib.import_module, (self.__name__,)


__doc__ = f"{inspect.getdoc(compiled)}\n\n{__doc__}"  # what help() shows of the package
__signature__ = inspect.signature(compiled)
sys.modules[__name__].__class__ = _Callable
