"""Shared by the functions of NNlib: Julia's result types, checks of arguments, computing without warnings."""

from __future__ import annotations

import functools
import itertools
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.families import family_of
from ...autodiff.primitive import holds_tracer, plain
from ...errors import ArgumentError, DimensionMismatch


def check_axis(name: str, axis: Any, ndim: int, several: bool = True) -> None:
    """Raise unless an array of `ndim` dimensions has this axis, or (`several`) these axes, None being all.

    DimensionMismatch for an axis that is not there, ArgumentError for what is no axis.
    """
    if type(axis) is int and -ndim <= axis < ndim:
        return
    axes = () if axis is None and several else axis if isinstance(axis, tuple) and several else (axis,)
    for a in axes:
        if not isinstance(a, (int, np.integer)):
            some = "an integer, a tuple of them, or None (all axes)" if several else "an integer"
            raise ArgumentError(f"{name}: axis is {some}, not {axis!r}")
        if not -ndim <= a < ndim:
            raise DimensionMismatch(
                f"{name}: an array of {ndim} dimensions has no axis {a}; axes count from 0 to {ndim - 1}"
                + (f", and Julia's dims={a} is axis={a - 1}" if a == ndim else "")
            )
    if len({a % ndim for a in axes}) != len(axes):
        raise ArgumentError(f"{name}: the axes {axis} are not all different")


def check_numbers(name: str, *xs: Any) -> None:
    """Raise ArgumentError unless all of `xs` are numbers or arrays of numbers."""
    for x in xs:
        if type(x) is np.ndarray and x.dtype.kind in "fiubc":
            continue
        dtype = getattr(x, "dtype", None) or np.asarray(plain(x)).dtype
        if dtype.kind not in "biufc" and not (dtype.kind == "O" and holds_tracer(x)):
            raise ArgumentError(f"{name} takes numbers and arrays of them, not {x!r} ({type(x).__name__})")


def check_integer(name: str, value: Any, least: int) -> None:
    """Raise ArgumentError unless `value` is an integer, and not below `least`."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ArgumentError(f"{name} is an integer of at least {least}, not {value!r}")


def check_real(name: str, value: Any) -> None:
    """Raise ArgumentError unless `value` is a real number, which may be traced."""
    if not isinstance(plain(value), (numbers.Real, np.bool_)):
        raise ArgumentError(f"{name} is a real number, not {value!r}")


def check_function(name: str, value: Any) -> None:
    """Raise ArgumentError unless `value` can be called."""
    if not callable(value):
        raise ArgumentError(f"{name} is a function, not {value!r}")


def check_broadcast(name: str, *shapes: tuple[int, ...]) -> None:
    """Raise DimensionMismatch unless these shapes broadcast."""
    for column in itertools.zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1):
        if len({n for n in column if n != 1}) > 1:
            raise DimensionMismatch(f"{name}: the shapes {' and '.join(map(str, shapes))} do not broadcast")


def as_float(x: Any) -> Any:
    """`x` as Julia's ``float(x)``: integers, booleans and exact numbers become Float64.

    Raises ArgumentError for what holds no numbers.
    """
    if type(x) is np.ndarray:
        kind = x.dtype.kind
        if kind in "fc":
            return x
        if kind in "iub" or (kind == "O" and all(isinstance(v, numbers.Real) for v in x.flat)):
            return x.astype(np.float64)
    elif isinstance(x, (float, complex, np.inexact)):
        return x
    elif isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and type(x) is not np.ndarray):
        return as_float(np.asarray(x))
    elif isinstance(x, (numbers.Real, np.bool_)):
        return float(x)
    elif family_of(x) is not None and x.dtype.kind in "iubfc":
        return x if x.dtype.kind in "fc" else x.astype(np.float64)
    raise ArgumentError(f"a function of numbers got {x!r} ({type(x).__name__})")


def scalar_or_array(y: Any, x: Any) -> Any:
    """The elementwise result y for the input x: a Python number for a Python number, else NumPy's type."""
    if isinstance(x, (np.ndarray, list, tuple)):
        return y
    return y.item() if isinstance(x, (float, int)) and not isinstance(x, np.generic) else y[()]


def elementwise_compute(
    function: Callable[..., Any], keep_integers: bool = False, complex_too: bool = False
) -> Callable[..., Any]:
    """Let an elementwise formula for float arrays take numbers and integers as well.

    Integers become Float64 first, as in Julia, unless the formula keeps them. NumPy scalars as parameters
    count as Python numbers, so that they do not widen the result. Raises ArgumentError for what holds no
    numbers, and for complex numbers unless the formula is meant for them (`complex_too`).
    """
    kinds = ("fiub" if keep_integers else "f") + ("c" if complex_too else "")

    @functools.wraps(function)
    def compute(x: Any, *parameters: Any) -> Any:
        z = np.asarray(x) if keep_integers else as_float(x)
        if type(z) is not np.ndarray:
            z = np.asarray(z)
        if z.dtype.kind not in kinds:
            z = np.asarray(as_float(x))  # exact numbers
            if z.dtype.kind not in kinds:
                allowed = "numbers" if complex_too else "real numbers"
                raise ArgumentError(f"an activation function takes {allowed} and arrays of them, not {x!r}")
        weak = [p.item() if isinstance(p, np.generic) else p for p in parameters]
        with np.errstate(all="ignore"):
            return scalar_or_array(np.asarray(function(z, *weak)), x)

    return compute
