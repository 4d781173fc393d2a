"""Floating-point warnings of NumPy: they name the user's line, and the engine's own work gives none.

NumPy warns in the frame that called it, which inside of a gradient is one of the engine's. So while a
function is recorded, and while cotangents are pulled back, :class:`_Attributing` gets what would be warned.
NumPy's public ``np.errstate`` would do, at ten times the price; where its private parts are not what they
were, nothing is changed.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import CodeType
from typing import Any, TypeVar

import numpy as np

from .frames import GENERATED

F = TypeVar("F", bound=Callable[..., object])

#: Functions whose warnings, and those of what they call, are dropped unless a user's function gives them.
_own_work: set[CodeType] = set()
_LIBRARIES = ("fluxbridge", "numpy", "scipy")


def own_work(function: F) -> F:
    """Decorator: what this function calls is the engine's work, and no part of the user's function."""
    _own_work.add(function.__code__)  # type: ignore[attr-defined]
    return function


class _Attributing:
    """To NumPy a log of floating-point errors; it warns in the user's line, or not at all."""

    def write(self, message: str) -> None:
        frame: Any = sys._getframe(1)
        while frame is not None:
            if frame.f_code in _own_work:
                return
            name = frame.f_globals.get("__name__", "")
            if frame.f_code.co_filename != GENERATED and name.partition(".")[0] not in _LIBRARIES:
                break
            frame = frame.f_back
        if frame is not None:
            warnings.warn_explicit(
                message.removeprefix("Warning: ").rstrip(),
                RuntimeWarning,
                frame.f_code.co_filename,
                frame.f_lineno,
                name,
                frame.f_globals.setdefault("__warningregistry__", {}),
            )


ATTRIBUTING = _Attributing.write.__code__
_log = _Attributing()


def _ours(theirs: Any) -> Any:
    """The settings `theirs`, with our log in the place of a warning; None where they take errors in hand."""
    kinds: dict[str, Any] = {**np.geterr()}
    if not {"call", "log"}.isdisjoint(kinds.values()):
        return None
    return _make(call=_log, **{kind: "log" if how == "warn" else how for kind, how in kinds.items()})


try:
    from numpy._core.umath import _extobj_contextvar as _settings  # type: ignore[attr-defined]
    from numpy._core.umath import _make_extobj as _make  # type: ignore[attr-defined]

    _get, _set, _reset = _settings.get, _settings.set, _settings.reset
    _usual = _get()  #: the user's settings, most of the time
    _usual_ours = _ours(_usual)
except Exception:  # another NumPy: its warnings stay as they are

    def attribute() -> Any:
        """Begin; the result is for :func:`restore`."""
        return None

    def restore(token: Any) -> None:
        """End."""

else:

    def attribute() -> Any:
        """From here on floating-point warnings name the user's line; the result is for :func:`restore`."""
        theirs = _get()
        if theirs is _usual:
            return _set(_usual_ours), _usual_ours
        if np.geterrcall() is _log:  # in a gradient already
            return None
        ours = _ours(theirs)
        return None if ours is None else (_set(ours), ours)

    def restore(token: Any) -> None:
        """Take NumPy's settings back to what they were at :func:`attribute`, or to what f made of them."""
        if token is None:
            return
        if _get() is token[1]:
            _reset(token[0])
        else:  # f called np.seterr
            kinds: dict[str, Any] = {k: "warn" if how == "log" else how for k, how in np.geterr().items()}
            _set(_make(call=None, **kinds))
