"""Ranges, which stay ranges in sums and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import array_of
from .errors import MethodError


def is_integer(i: Any) -> bool:
    """Whether an index is one integer."""
    return isinstance(i, (int, np.integer)) and not isinstance(i, (bool, np.bool_))


class FloatRange(np.ndarray):
    """A range of floats: an array of its elements that prints as a range."""

    step: Any

    def __new__(cls, values: Any, step: Any) -> FloatRange:
        made = np.asarray(values).view(cls)
        made.step = step
        return made

    def __array_finalize__(self, source: Any) -> None:
        self.step = None

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """A range plus a number, times a number, and the sum of two ranges are ranges; all else is an array."""  # noqa: E501
        plain = [np.asarray(x) if isinstance(x, FloatRange) else x for x in inputs]
        made = getattr(ufunc, method)(*plain, **options)
        step = self._step_of(ufunc, inputs) if method == "__call__" and not options else None
        return made if step is None else FloatRange(made, step)

    @staticmethod
    def _step_of(ufunc: Any, inputs: tuple) -> Any:
        steps = [x.step if isinstance(x, FloatRange) else 0 for x in inputs]
        if None in steps or not all(isinstance(x, (FloatRange, int, float, np.generic)) for x in inputs):
            return None
        if ufunc is np.negative:
            return -steps[0]
        if ufunc in (np.add, np.subtract) and len({np.size(x) for x in inputs} - {1}) == 1:
            return steps[0] + steps[1] if ufunc is np.add else steps[0] - steps[1]
        both = all(isinstance(x, FloatRange) for x in inputs)
        if ufunc is np.multiply and not both:
            return steps[0] * inputs[1] if steps[0] else steps[1] * inputs[0]
        return steps[0] / inputs[1] if ufunc is np.divide and steps[0] else None

    def __getitem__(self, index: Any) -> Any:
        part = np.asarray(self)[index]
        if isinstance(index, slice) and self.step is not None:
            return FloatRange(part, self.step * (index.step or 1))
        return part

    def copy(self, order: Any = "C") -> Any:
        return FloatRange(np.asarray(self).copy(), self.step)


def range_sum(name: str, a: Any, b: Any) -> Any:
    """``a .+ b`` and the like of ranges of whole numbers, where the result is a range; else ``None``."""
    whole = all(isinstance(x, range) or is_integer(x) for x in (a, b))
    both = isinstance(a, range) and isinstance(b, range)
    first, other = (a, b) if isinstance(a, range) else (b, a)
    if name == "/" or not whole:
        number = isinstance(other, (int, float, np.integer, np.floating))
        if both or not number or (name == "/" and first is b):
            return None
        return _float_range(name, a, b)
    if both:
        if name == "*" or len(a) != len(b) or not len(a):
            return None
        sign = 1 if name == "+" else -1
        return _spaced(a.start + sign * b.start, a.step + sign * b.step, len(a))
    if name == "*":
        return _spaced(first.start * other, first.step * other, len(first))
    if name == "-" and first is b:
        return _spaced(a - b.start, -b.step, len(b))
    return range(
        first.start + (other if name == "+" else -other),
        first.stop + (other if name == "+" else -other),
        first.step,
    )


def _spaced(start: int, step: int, count: int) -> range:
    if step in (0, 1):
        raise MethodError("a range with this step is no plain range in Julia; write collect(r)")
    return range(int(start), int(start + step * count), int(step))


def _float_range(name: str, a: Any, b: Any) -> Any:
    kinds = [FloatRange(array_of(x).astype(float), x.step) if isinstance(x, range) else x for x in (a, b)]
    ufunc = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[name]
    return ufunc(*kinds)
