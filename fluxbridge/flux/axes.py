"""The keyword ``axis`` of functions that have ``dims`` in Julia, and what is said to whoever writes that."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import ArgumentError
from .habits import refuse_keywords

Function = TypeVar("Function", bound=Callable[..., Any])


def takes_axis(function: Function) -> Function:
    """Decorator for a function with a parameter ``axis``.

    With Julia's ``dims`` in its place, or ``axis`` by position where it is a keyword, it raises ArgumentError
    that says the right call.

    >>> @takes_axis
    ... def flip(x, *, axis): return x
    >>> flip([1], dims=2)
    Traceback (most recent call last):
    fluxbridge.errors.ArgumentError: flip has no dims; axes count from 0: write axis=1
    """
    kinds = inspect.Parameter
    parameters = inspect.signature(function).parameters
    by_position = [p for p in parameters.values() if p.kind is kinds.POSITIONAL_OR_KEYWORD]
    several = any(p.kind is kinds.VAR_POSITIONAL for p in parameters.values())
    keyword = parameters["axis"].kind is kinds.KEYWORD_ONLY and not several
    limit = len(by_position) if keyword else sys.maxsize

    # the function is a default, and not captured: a closure would be a part of models
    name = function.__qualname__.removesuffix(".__init__")

    names = frozenset(parameters)

    @functools.wraps(function)
    def call(
        *args: Any,
        _function: Any = function,
        _name: str = name,
        _limit: int = limit,
        _parameters: Any = names,
        **options: Any,
    ) -> Any:
        if "dims" in options:
            raise ArgumentError(f"{_name} has no dims; axes count from 0: {_write(options['dims'])}")
        if options and not options.keys() <= _parameters:
            refuse_keywords(_name, options.keys() - _parameters)
        if len(args) == _limit + 1 and "axis" not in options:
            raise ArgumentError(f"{_name} takes its axis as a keyword, and counts from 0: {_write(args[-1])}")
        return _function(*args, **options)

    return call  # type: ignore[return-value]


def _write(dims: Any) -> str:
    if isinstance(dims, int) and dims > 0:
        return f"write axis={dims - 1}"
    if isinstance(dims, (tuple, list)) and dims and all(isinstance(d, int) and d > 0 for d in dims):
        return f"write axis={tuple(d - 1 for d in dims)}"
    return "write axis=0 for Julia's dims=1, or axis=None for all axes where there are several"
