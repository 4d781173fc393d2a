"""What makes a class a layer: which of its fields are trained, and how it is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from ..errors import ArgumentError
from .functors.trained import CHOSEN
from .lazy import wait_for_sizes
from .show import default_repr, plain_text

__all__ = ["layer"]


Class = TypeVar("Class", bound=type)


@overload
def layer(cls: Class) -> Class: ...
@overload
def layer(
    *, trainable: tuple[str, ...] | str | None = None, show: str = "expand"
) -> Callable[[Class], Class]: ...
def layer(
    cls: type | None = None, *, trainable: tuple[str, ...] | str | None = None, show: str = "expand"
) -> Any:
    """Class decorator: objects of this class are layers. Returns the class, or without it the decorator.

    `trainable` names the fields that are trained (all of them otherwise). `show` is how ``str(model)`` looks:
    ``"expand"`` (one line for each layer inside), ``"noexpand"`` (in one line), or ``"ignore"`` (as without
    the decorator). A size ``_`` in the arguments of the class makes a LazyLayer. Raises ArgumentError for
    another `show`, or for names that are no texts.

    >>> import numpy as np
    >>> @layer(trainable=("weight",))
    ... class Scaled:
    ...     def __init__(self, weight, factor): self.weight, self.factor = weight, factor
    ...     def __call__(self, x): return self.factor * (self.weight @ x)
    >>> from fluxbridge.flux.functors import trainable
    >>> trainable(Scaled(np.ones((1, 2)), 2.0))
    (weight=array([[1., 1.]]))
    """
    if show not in ("expand", "noexpand", "ignore"):
        raise ArgumentError(f'show is "expand", "noexpand" or "ignore", not {show!r}')
    names = (trainable,) if isinstance(trainable, str) else trainable
    if names is not None and not all(isinstance(name, str) for name in names):
        raise ArgumentError(f"trainable names fields, in a tuple of texts; {trainable!r} does not")

    def mark(kind: type) -> type:
        if names is not None:
            CHOSEN[kind] = tuple(names)
        kind.__flux_show__ = show  # type: ignore[attr-defined]
        if kind.__repr__ is object.__repr__:
            kind.__repr__ = _one_line  # type: ignore[method-assign, assignment]
        if kind.__str__ is object.__str__ and show != "ignore":
            kind.__str__ = _in_lines  # type: ignore[method-assign, assignment]
            kind._repr_pretty_ = lambda self, printer, _cycle: printer.text(str(self))  # type: ignore[attr-defined]
        wait_for_sizes(kind)
        return kind

    return mark if cls is None else mark(cls)


def _one_line(self: Any) -> str:
    return default_repr(self)


def _in_lines(self: Any) -> str:
    return plain_text(self)
