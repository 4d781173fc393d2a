"""Random numbers that a function draws, told to the recording that it runs in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .running import running

SHARED: list[Any] = []  #: generators that a function can draw from without having been given one


def drawn(make: Callable[..., Any], generator: Any, *args: Any) -> Any:
    """``make(generator, *args)``, random numbers; a recording may answer, which draws them again later."""
    for level in reversed(running.levels):
        draw = getattr(level, "draw", None)
        if draw is not None:
            return draw(make, generator, args)
    return make(generator, *args)


def drawing(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of the methods of a generator that return random numbers."""

    @functools.wraps(method)
    def draw(self: Any, *args: Any) -> Any:
        return drawn(method, self, *args) if running.levels else method(self, *args)

    return draw


def is_generator(x: Any) -> bool:
    """Is this a generator whose state can be read and set?"""
    return isinstance(x, np.random.Generator) or getattr(type(x), "has_state", False)


def state_of(generator: Any) -> Any:
    """The state of a generator, to be put back by :func:`set_state`."""
    return generator.bit_generator.state if isinstance(generator, np.random.Generator) else generator.state


def set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    else:
        generator.state = state


def replayed() -> None:
    """Random numbers of another run are given again, which no recording can do later."""
    for level in running.levels:
        if hasattr(level, "draw"):
            level.stop("the random numbers of another run are given again")
