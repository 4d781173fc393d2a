"""Frames of the stack: which are the engine's own, and where the user's function begins."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

GENERATED = "<fluxbridge>"  #: the file name of code that the engine writes itself

# Both are filled while modules are imported, under the import lock, and only read afterwards.
_packages: tuple[str, ...] = ()
_boundaries: set[CodeType] = set()


def engine_package(package: str) -> None:
    """Say that the frames of this package's modules are the engine's own, and no user's."""
    global _packages
    _packages = (*_packages, f"{package}.")


def of_engine(module: str) -> bool:
    return module.startswith(_packages)


def boundary(function: F) -> F:
    """Decorator of the function in which a level calls the user's: the user's frames end there."""
    _boundaries.add(function.__code__)  # type: ignore[attr-defined]
    return function


def is_boundary(frame: FrameType) -> bool:
    return frame.f_code in _boundaries


engine_package(__package__)
