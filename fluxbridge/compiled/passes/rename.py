"""Putting one operand in the place of another, in arguments and results."""

from __future__ import annotations

from typing import Any

from ..program import Var


def renamed(x: Any, names: dict[Var, Any]) -> Any:
    """`x` with what stands for its variables; containers of results are changed in place."""
    if isinstance(x, Var):
        return names.get(x, x)
    if isinstance(x, tuple):
        return tuple([renamed(v, names) for v in x])
    if isinstance(x, list):
        x[:] = [renamed(v, names) for v in x]
    elif isinstance(x, dict):
        for key, value in x.items():
            x[key] = renamed(value, names)
    return x
