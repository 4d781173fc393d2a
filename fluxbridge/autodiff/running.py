"""Which functions this thread is differentiating, and the refusals that they catch.

A refusal (:class:`~fluxbridge.errors.Refusal`) never happens outside of a gradient. A function that
catches one goes another way than it goes outside, and its value and gradient would differ from those
of the plain function without anybody noticing. So every refusal is noted at the levels that it
is about, and a level whose function returns in spite of one raises it.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

from ..errors import WITNESSES, Refusal
from .primitive import Tracer

E = TypeVar("E", bound=BaseException)


class _Running(threading.local):
    """The levels whose functions this thread runs, one inside of the other.

    `as_if` counts who has functions run as they do in reverse mode.
    """

    def __init__(self) -> None:
        self.as_if = 0
        self.levels: list[Any] = []


running = _Running()


def _note(refusal: Refusal) -> None:
    """Until it is known whom it is about, a refusal is about every function that runs."""
    for level in running.levels:
        if level.refused is None:
            level.refused = refusal


WITNESSES.append(_note)


def about(refusal: E, *xs: Any) -> E:
    """`refusal`, noted only where it belongs: at the levels of the traced values among `xs`."""
    owners: list[Any] = []
    for x in xs:
        while isinstance(x, Tracer):
            owners.append(x.level)
            x = x._value
    for level in running.levels:
        if level.refused is refusal and not any(level is owner for owner in owners):
            level.refused = None
    for level in owners:  # one that runs in another thread, too
        if level.refused is None:
            level.refused = refusal
    return refusal


def caught(refusal: Any) -> Any:
    """The refusal that a function caught, with words about that."""
    refusal.args = (
        f"{refusal}\nThe function caught this error and went on, but outside of a gradient it would not "
        "have been raised, so the function would have gone another way. Where the value alone is wanted "
        "there, pass fluxbridge.ignore_derivatives(x) to what was refused; else let the error through, or "
        "write what it says.",
    )
    return refusal
