"""Training mode and test mode, for layers that behave differently in the two."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from ..autodiff.forward import has_tangent
from ..autodiff.native import within_gradient
from ..autodiff.primitive import plain
from ..errors import ArgumentError
from .functors import isleaf, pairs, trainable

__all__ = ["testmode_", "trainmode_"]


class _Shapes(threading.local):
    only = False


_shapes = _Shapes()


@contextlib.contextmanager
def only_shapes() -> Iterator[None]:
    """Within it layers are run for the shapes of their outputs: statistics are neither used nor updated."""
    before, _shapes.only = _shapes.only, True
    try:
        yield
    finally:
        _shapes.only = before


def shapes_only() -> bool:
    """Is a model run only for the shapes of its outputs?"""
    return _shapes.only


def is_active(layer: Any, x: Any) -> bool:
    """Does `layer` train on the input `x`? Its field `active` says so.

    If that is None, it does inside of a gradient, and in forward mode if `x` has a tangent.
    """
    active = plain(layer.active)
    return within_gradient() or has_tangent(x) if active is None else bool(active)


def tidy(mode: Any) -> bool | None:
    """A mode as True, False, or None for ``"auto"``; ArgumentError for anything else.

    >>> tidy(True), tidy("auto")
    (True, None)
    """
    if mode is None or mode is True or mode is False:
        return mode
    if isinstance(mode, str) and mode == "auto":
        return None
    raise ArgumentError(f'a mode is True, False, None or "auto", not {mode!r}')


class HasMode:
    """The method of layers with a field `active`."""

    active: bool | None

    def testmode_(self, mode: Any = True) -> Any:
        """Set this layer to test mode (True), training mode (False) or automatic mode (None or "auto")."""
        inactive = tidy(mode)
        self.active = None if inactive is None else not inactive
        return self


def testmode_(model: Any, mode: Any = True) -> Any:
    """Set all layers of a model to test mode, in place: no dropout, fixed statistics. Returns the model.

    ``testmode_(model, False)`` sets training mode; ``testmode_(model, "auto")`` (or None) goes back to the
    default: training inside of a gradient, test outside. Layers of your own take part with a method
    ``testmode_(self, mode)``. Raises ArgumentError for another mode.

    >>> from fluxbridge.flux import Dropout
    >>> testmode_(Dropout(0.3))
    Dropout(0.3, active=false)
    """
    own = getattr(type(model), "testmode_", None)
    if own is not None:
        own(model, mode)
        return model
    inactive = tidy(mode)
    if not isleaf(model):
        for _, part in pairs(trainable(model)):
            testmode_(part, inactive)
    return model


testmode_.__test__ = False  # type: ignore[attr-defined] # pytest: this is no test


def trainmode_(model: Any, mode: Any = True) -> Any:
    """Set all layers of a model to training mode, in place, or with False to test mode. Returns the model.

    ``"auto"`` and errors are as in :func:`testmode_`.

    >>> from fluxbridge.flux import Dropout
    >>> trainmode_(Dropout(0.3))
    Dropout(0.3, active=true)
    """
    training = tidy(mode)
    return testmode_(model, None if training is None else not training)
