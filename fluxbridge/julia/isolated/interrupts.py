"""Ctrl-C during a call to the other process."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class Interrupts:
    """Delays Ctrl-C while a message is sent or read; else it raises KeyboardInterrupt at once."""

    def __init__(self) -> None:
        self.open = False  #: is KeyboardInterrupt raised at once?
        self.pending = False

    def strike(self, *_: Any) -> None:
        self.pending = not self.open
        if self.open:
            raise KeyboardInterrupt

    def check(self) -> None:
        if self.pending:
            self.pending = False
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        before, self.open = self.open, True
        try:
            self.check()
            yield
        finally:
            self.open = before

    def install(self) -> bool:
        """Replace Python's own handler of Ctrl-C, if it is set and this is the main thread; was it?"""
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            return False
        signal.signal(signal.SIGINT, self.strike)
        return True
