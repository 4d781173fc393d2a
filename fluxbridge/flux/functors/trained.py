"""Which parts of an object are trained."""

from __future__ import annotations

from typing import Any

from ...autodiff.template import Record
from .trees import children

__all__ = ["trainable"]

CHOSEN: dict[type, tuple[str, ...]] = {}  #: classes with a choice of trained fields


def trainable(x: Any) -> Any:
    """The parts of `x` that are trained: all, or those that its class chose (see :func:`.layer`).

    Raises AttributeError if an object lacks a field that its class chose.

    >>> trainable((1.0, 2.0))
    (1.0, 2.0)
    """
    for kind in type(x).__mro__:
        chosen = CHOSEN.get(kind)
        if chosen is not None:
            return Record(**{name: getattr(x, name) for name in chosen})
    return children(x)
