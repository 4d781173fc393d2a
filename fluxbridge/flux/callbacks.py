"""When to act, and when to stop: functions that keep a state between their calls."""

from __future__ import annotations

import operator
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError

__all__ = ["early_stopping", "patience", "plateau", "throttle"]


def _check(f: Any, count: Any, name: str) -> None:
    if not callable(f):
        raise ArgumentError(f"the first argument is a function; {f!r} is none")
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
        raise ArgumentError(f"{name} is a number of calls, an integer from 0; got {count!r}")


def throttle(f: Callable[..., Any], timeout: float, *, leading: bool = True, trailing: bool = False) -> Any:
    """A function that runs `f` at most once in `timeout` seconds; calls in between return the last result.

    With ``leading=False`` a call is not run at once but when the time is over. With ``trailing=True`` the
    last of the calls in between is run then, in a thread of its own. Raises ArgumentError if `timeout` is no
    number from 0, or `f` no function.

    >>> said = throttle(lambda: print("hello"), 60)
    >>> for _ in range(3): said()
    hello
    """
    _check(f, 0, "")
    if not isinstance(timeout, (int, float, np.number)) or not timeout >= 0:
        raise ArgumentError(f"timeout is a number of seconds from 0; got {timeout!r}")
    lock = threading.Lock()
    state: dict[str, Any] = {"ready": -np.inf, "later": None, "result": None, "timer": None}

    def after(delay: float) -> None:
        state["timer"] = threading.Timer(delay, run_later)
        state["timer"].daemon = True
        state["timer"].start()

    def run_later() -> None:
        with lock:
            later, state["later"], state["timer"] = state["later"], None, None
            if later is None:
                return
            state["ready"] = time.monotonic() + timeout
        args, options = later
        state["result"] = f(*args, **options)

    def throttled(*args: Any, **options: Any) -> Any:
        with lock:
            now = time.monotonic()
            free = now >= state["ready"] and state["timer"] is None
            if free:
                state["ready"] = now + timeout
            if not free or not leading:
                if trailing or free:
                    state["later"] = (args, options)
                    if state["timer"] is None:
                        after(max(state["ready"] - now, 0.0))
                return state["result"]
        state["result"] = f(*args, **options)
        return state["result"]

    return throttled


def patience(predicate: Callable[..., bool], wait: int) -> Callable[..., bool]:
    """A function that is true once ``predicate(…)`` was true `wait` times in a row, and while it stays so.

    Raises ArgumentError if `wait` is no integer from 0, or `predicate` no function.

    >>> tired = patience(lambda x: x > 0, 2)
    >>> [tired(x) for x in (1, 0, 1, 1, 1, 0)]
    [False, False, False, True, True, False]
    """
    _check(predicate, wait, "wait")
    count = 0

    def trigger(*args: Any, **options: Any) -> bool:
        nonlocal count
        count = count + 1 if predicate(*args, **options) else 0
        return count >= wait

    return trigger


def early_stopping(
    f: Callable[..., Any],
    delay: int,
    *,
    distance: Callable[[Any, Any], Any] = operator.sub,
    init_score: float = np.inf,
    min_dist: float = 0,
) -> Callable[..., bool]:
    """A function that is true once the score ``f(…)`` has not got below its best in `delay` calls in a row.

    ``distance(best, score)`` says how much better a score is than the best so far (``best - score``); less
    than `min_dist` is no improvement. The best before the first call is `init_score`. Raises ArgumentError if
    `delay` is no integer from 0, or `f` no function.

    >>> stop = early_stopping(lambda loss: loss, 2)
    >>> [stop(loss) for loss in (8.0, 7.0, 7.5, 7.6)]
    [False, False, False, True]
    """
    _check(f, delay, "delay")
    best = init_score

    def no_better(*args: Any, **options: Any) -> bool:
        nonlocal best
        score = f(*args, **options)
        gain = distance(best, score)
        best = best if gain < 0 else score
        return bool(gain < min_dist)

    return patience(no_better, delay)


def plateau(
    f: Callable[..., Any],
    width: int,
    *,
    distance: Callable[[Any, Any], Any] = operator.sub,
    init_score: float = np.inf,
    min_dist: float = 1e-6,
) -> Callable[..., bool]:
    """A function that is true once ``f(…)`` changed by less than `min_dist` in `width` calls in a row.

    The change is ``abs(distance(last, score))``; the score before the first call is `init_score`. Raises
    ArgumentError if `width` is no integer from 0, or `f` no function.

    >>> flat = plateau(lambda loss: loss, 2, min_dist=0.5)
    >>> [flat(loss) for loss in (9.0, 8.9, 8.8, 5.0)]
    [False, False, True, False]
    """
    _check(f, width, "width")
    last = init_score

    def unchanged(*args: Any, **options: Any) -> bool:
        nonlocal last
        score = f(*args, **options)
        step = abs(distance(last, score))
        last = score
        return bool(step < min_dist)

    return patience(unchanged, width)
