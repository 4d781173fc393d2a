"""The constants and the structure of a trace, to compare it with another one of the same way through f."""

from __future__ import annotations

from typing import Any

from ..recording import Step
from .sameness import same
from .trace import Trace, line_of


class Signature:
    """Everything in a trace that a program of it takes for constant."""

    def __init__(self, trace: Trace):
        self.steps = [
            (
                step.primitive.original,
                tuple([_input(x) for x in step.inputs]),
                step.options,
                line_of(step.calls),
            )
            for step in trace.steps
        ]

    def difference(self, other: Signature | None) -> str | None:
        """Where the other one differs, as text with the line; None where they are the same."""
        if other is None:
            return None
        for a, b in zip(self.steps, other.steps, strict=False):
            if a[0] is not b[0] or len(a[1]) != len(b[1]):
                return f"it computes something else in every call ({a[3] or b[3]})"
            for x, y in zip(a[1], b[1], strict=True):
                if x[0] != y[0] or (x[0] and x[1] != y[1]):
                    return f"it computes something else in every call ({a[3] or b[3]})"
                if not x[0] and not same(x[1], y[1]):
                    return f"a constant differs from call to call ({a[3]})"
            if a[2].keys() != b[2].keys() or not all(_same_option(v, b[2][k]) for k, v in a[2].items()):
                return f"an option differs from call to call ({a[3]})"
        if len(self.steps) != len(other.steps):
            return "it computes something else in every call"
        return None


def _input(x: Any) -> tuple[bool, Any]:
    return (True, x.position) if isinstance(x, Step) else (False, x)


def _same_option(a: Any, b: Any) -> bool:
    try:
        return same(a, b)
    except ValueError:
        return False
