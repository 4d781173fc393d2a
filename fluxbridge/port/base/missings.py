"""``missing``: what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import MethodError
from .iteration import iterate
from .some import Some
from .types import MISSING, MissingValue

missing = MISSING


def ismissing(x: Any) -> bool:
    """``ismissing(x)``."""
    return isinstance(x, MissingValue)


def skipmissing(x: Any) -> Iterator:
    """``skipmissing(x)``: the elements that are there.

    >>> from fluxbridge.port import base as jl
    >>> list(jl.skipmissing([1, jl.missing, 3]))
    [1, 3]
    """
    return (v for v in iterate(x) if not ismissing(v))


def coalesce(*values: Any) -> Any:
    """``coalesce(values…)``: the first that is not missing."""
    return next((v for v in values if not ismissing(v)), MISSING)


def something(*values: Any) -> Any:
    """``something(values…)``: the first that is not ``nothing``."""
    for v in values:
        if v is not None:
            return v.value if isinstance(v, Some) else v
    raise MethodError("something: no value")


__all__ = ["Some", "coalesce", "ismissing", "missing", "skipmissing", "something"]
