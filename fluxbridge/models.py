"""What other parts of the package ask of a library of layers, which registers itself when it is imported.

They do not import :mod:`fluxbridge.flux` in order to ask: as long as nobody has imported it, no argument is
one of its layers, and no function draws random numbers from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol


class Replay(Protocol):
    """The random numbers of a function: in each `run`, the library draws again those of the first one."""

    numbers: list[Any]

    def run(self) -> AbstractContextManager[None]: ...


class LayerLibrary(NamedTuple):
    """A library of layers.

    `is_layer` says whether an object is one of its layers, `trainables` lists the arrays of a layer that are
    trained, and `replay` makes a :class:`Replay` for one function.
    """

    is_layer: Callable[[Any], bool]
    trainables: Callable[[Any], Iterable[Any]]
    replay: Callable[[], Replay]


_libraries: list[LayerLibrary] = []  #: written while a library is imported, only read afterwards


def register(library: LayerLibrary) -> None:
    """Enter a library; it calls this once, when it is imported."""
    _libraries.append(library)


def is_layer(x: Any) -> bool:
    """Is `x` a layer of a library that is registered?

    >>> from fluxbridge import flux
    >>> is_layer(flux.Dense((2, 3))), is_layer(lambda x: x)
    (True, False)
    """
    return any(library.is_layer(x) for library in _libraries)


def trainables(layer: Any) -> list[Any]:
    """The arrays of a layer that are trained; raises LookupError if it is no layer of a library."""
    for library in _libraries:
        if library.is_layer(layer):
            return list(library.trainables(layer))
    raise LookupError(f"{type(layer).__name__} is no layer of a registered library")


def replays() -> list[Replay]:
    """One :class:`Replay` for each library that draws random numbers."""
    return [library.replay() for library in _libraries]
