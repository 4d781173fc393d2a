"""Ctrl-C waits while parameters are written, so that no step is half done."""

from __future__ import annotations

import threading
from signal import SIGINT
from types import FrameType, TracebackType
from typing import Any

try:  # signal.signal converts handlers to enums, which takes 20 µs
    from _signal import getsignal, signal
except ImportError:
    from signal import getsignal, signal  # type: ignore[assignment]

_INTERRUPT = int(SIGINT)


class Uninterrupted:
    """Within it a Ctrl-C is only noted; at the end the handler that was installed before gets it.

    Signals come to the main thread only; in others nothing is done.
    """

    __slots__ = ("before", "noted")

    def __enter__(self) -> None:
        self.noted: tuple[int, FrameType | None] | None = None
        self.before: Any = None
        if threading.current_thread() is threading.main_thread():
            before = getsignal(_INTERRUPT)
            if callable(before):  # otherwise it is ignored, or not Python's
                self.before = before
                signal(_INTERRUPT, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.noted = number, frame

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.before is not None:
            signal(_INTERRUPT, self.before)
            if self.noted is not None:
                self.before(*self.noted)
