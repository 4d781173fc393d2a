"""Finite differences that choose their own step and say how far they can be trusted.

Central differences with steps h, h/2, h/4 … are extrapolated to h = 0 in a table of Neville's; of all
entries of the table the one is taken that differs least from its neighbours, and that difference
is the estimate of its error (C. J. F. Ridders, Advances in Engineering Software 4, 1982).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

LEVELS = 14
FIRST_STEP = 0.0927  #: no round number, so that no grid on which f may have steps is met again and again


def slope(f: Callable[[float], Any], scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The derivative of f at 0, and an estimate of its error; f returns a number or an array.

    `scale` is the size of the point's coordinate, which the steps are relative to. A step at which f
    is not defined (NaN, or an error of arithmetic) is passed over; the error is Inf if all are.

    >>> slope(lambda t: np.exp(3 * t))[0].round(9).item()
    3.0
    """
    best = error = np.asarray(np.nan)
    previous: list[Any] = []
    h = FIRST_STEP * scale
    size = np.abs(_value(f, 0.0))
    for _ in range(LEVELS):
        up, down = _value(f, h), _value(f, -h)
        row = [(up - down) / (2 * h)]
        rounding = 2 * np.finfo(float).eps * np.fmax(size, np.fmax(np.abs(up), np.abs(down))) / h
        for k, older in enumerate(previous):
            factor = 4.0 ** (k + 1)
            row.append(row[k] + (row[k] - older) / (factor - 1))
            doubt = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - older)) + rounding
            better = ~np.isnan(doubt) & ~(error <= doubt)
            best, error = np.where(better, row[-1], best), np.where(better, doubt, error)
        if np.all(error <= 1e-13 * (np.abs(best) + 1e-3)):
            break
        previous = row
        h /= 2
    return best, np.where(np.isnan(error), np.inf, error)


def one_sided(f: Callable[[float], Any], scale: float = 1.0, h: float = 1e-6) -> tuple[Any, Any]:
    """The slopes of f to the left and to the right of 0, each by two extrapolated differences."""
    at = _value(f, 0.0)

    def toward(step: float) -> Any:
        near = (_value(f, step / 2) - at) / (step / 2)
        far = (_value(f, step) - at) / step
        return 2 * near - far

    return toward(-h * scale), toward(h * scale)


def _value(f: Callable[[float], Any], t: float) -> Any:
    """f(t) in double precision; NaN where it is not defined."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(f(t), dtype=float)
    except (ArithmeticError, ValueError):  # outside of the domain: math.log(-1), a singular matrix
        return np.asarray(np.nan)
