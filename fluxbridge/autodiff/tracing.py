"""What all stand-ins have in common: the value behind them, and the questions that are asked about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import GradientLostError


class Spec(NamedTuple):
    """Shape and dtype of a cotangent; for a number the dtype is its Python or NumPy type."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))


class Kind(type):
    """The type of the classes of stand-ins that a function meets: none of those that it compares them with.

    Not of their bases, since `isinstance` is slow with those that have a type of their own.
    """

    __hash__ = type.__hash__

    def __eq__(cls, other: object) -> bool:
        if cls is other:
            return True
        if isinstance(other, type) and issubclass(other, _VALUES) and not _in_a_library(sys._getframe(1)):
            raise GradientLostError(
                f"type(x) was compared with {other.__name__}, but the type of a traced value is a class of "
                "its own. Write isinstance(x, ...), or x.__class__ in the place of type(x)."
            )
        return False


def _in_a_library(frame: Any) -> bool:
    """They ask further (np.isscalar)."""
    package = frame.f_globals.get("__name__", "").partition(".")[0]
    return package in _LIBRARIES or package in sys.stdlib_module_names


_LIBRARIES = ("numpy", "scipy", "pandas", "fluxbridge")
_VALUES = (float, int, complex, Fraction, np.ndarray, np.generic)


class Tracer:
    """Stands in for a value while a function is being recorded at one level of nesting."""

    __slots__ = ("_value", "level")
    level: Any
    _value: Any

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What the number or array has that it stands for, and what a level adds."""

    @property
    def _everywhere(self) -> Any:
        """The value; for one that stands for many directions (see block.py) all of them."""
        return self._value


def plain(x: Any) -> Any:
    """The ordinary value behind `x`, through all levels and inside lists, tuples and dicts."""
    while isinstance(x, Tracer):
        x = x._value
    kind = type(x)
    if kind is list:
        return [plain(v) for v in x]
    if kind is tuple:
        return tuple(plain(v) for v in x)
    if kind is dict:
        return {k: plain(v) for k, v in x.items()}
    if kind is np.ndarray and x.dtype.hasobject:
        return np.array([plain(v) for v in x.ravel()]).reshape(x.shape)
    if kind is slice:
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    return x


def everywhere(x: Any) -> Any:
    """The plain values behind `x`, those of all directions: to ask whether something occurs among them.

    The answer may decide only how to compute, not what, as it is one for all directions.
    """
    while isinstance(x, Tracer):
        x = x._everywhere
    return x


def seen(x: Any) -> Any:
    """The value that a function takes `x` for; a number of NumPy as such, although it is kept as Python's."""
    return strong(plain(x), x.__class__) if isinstance(x, Tracer) else plain(x)


def strong(value: Any, kind: type) -> Any:
    """A Python number as the NumPy number that it stands for, if `kind` is the type of one."""
    if kind is np.float64 and type(value) is float:
        return np.float64(value)
    return np.int64(value) if kind is np.int64 and type(value) is int and -(2**63) <= value < 2**63 else value


def holds_tracer(x: Any) -> bool:
    """Is there a traced value in this list, tuple or object array?"""
    if isinstance(x, (list, tuple)):
        return any(isinstance(v, Tracer) or holds_tracer(v) for v in x)
    if type(x) is np.ndarray and x.dtype.hasobject:
        return any(isinstance(v, Tracer) for v in x.flat)
    return False


#: The recordings whose functions run now, in any thread (adding to a set and discarding are atomic). Whether
#: there are any is all that is asked here: a question goes to the levels of the values that it is about.
WATCHERS: set[Any] = set()


def asked(function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any], outcome: Any) -> Any:
    """`outcome`, the answer to a question about traced values, told to the recordings among their levels."""
    if WATCHERS:
        for level in watching(inputs):
            level.watch(function, inputs, options, outcome)
    return outcome


def beside(function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    """``function(*inputs, **options)`` of the plain values: no derivative goes through it.

    A recording that is to be run again follows it, as one step: then the results are traced as well.
    """
    level = follower(*inputs)
    if level is not None:
        return level.beside(function, inputs, options)
    return function(*map(plain, inputs), **options)


def follower(*xs: Any) -> Any:
    """The recording that these belong to and that is to be run again with other values, or None."""
    levels = [x.level for x in xs if hasattr(x, "level")]
    level = levels[0] if levels else None
    return level if getattr(level, "masks", False) and all(other is level for other in levels) else None


def nan_in(x: Any) -> bool:
    """Is one of these numbers NaN, in any direction? A question, where `x` is traced."""
    value = everywhere(x)
    if type(value) is not np.ndarray and hasattr(type(value), "__array_function__"):
        return True  # of another library: not asked, for that could compute it
    total = np.vdot(value, value) if type(value) is np.ndarray else value
    answer = bool(total != total)
    return asked(nan_in, (x,), {}, answer) if WATCHERS else answer


def watching(inputs: Iterable[Any]) -> list[Any]:
    """The levels of these values, and of the values behind them, that note questions."""
    levels: list[Any] = []
    for x in each(inputs):
        while isinstance(x, Tracer):
            level = x.level
            if level.watches and not any(level is known for known in levels):
                levels.append(level)
            x = x._value
    return levels


def each(inputs: Iterable[Any]) -> Iterator[Any]:
    """The inputs of a question; of a list or tuple with traced values in it, the values."""
    for x in inputs:
        if isinstance(x, (tuple, list)) and holds_tracer(x):
            yield from each(x)
        else:
            yield x
