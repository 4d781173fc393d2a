"""How far a loop is, on a terminal: a bar of tqdm where it is installed, else a line of text."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any

PATIENCE = 2.0  #: seconds before anything is shown of a loop that may be short


class Progress:
    """Iterate over `items`; where stderr is a terminal, show how far the loop is, after `delay` seconds.

    What is shown is removed at the end, also if the loop ends early.

    >>> list(Progress("epochs", range(3)))
    [0, 1, 2]
    """

    def __init__(self, what: str, items: Iterable[Any], delay: float = PATIENCE):
        self.what, self.items, self.delay = what, items, delay
        self._shown: Any = None

    def __iter__(self) -> Iterator[Any]:
        if not sys.stderr.isatty():
            yield from self.items
            return
        try:
            from tqdm import tqdm
        except ImportError:
            self._shown = _Line(self.what, self.items)
        else:
            self._shown = tqdm(self.items, desc=self.what or None, leave=False, delay=self.delay)
        try:
            yield from self._shown
        finally:
            self._shown.close()

    @property
    def visible(self) -> bool:
        """Is anything shown, or will be?"""
        return self._shown is not None

    def note(self, text: str) -> None:
        """Show `text` beside it from now on."""
        if self.visible:
            self._shown.set_postfix_str(text, refresh=False)


class _Line:
    """A line of text, with the methods of a tqdm that are used here."""

    def __init__(self, what: str, items: Iterable[Any]):
        self.what, self.items, self.note, self.shown = what, items, "", False

    def __iter__(self) -> Iterator[Any]:
        total = f" of {len(self.items)}" if isinstance(self.items, Sized) else ""
        next_time = time.monotonic() + PATIENCE
        for k, item in enumerate(self.items, start=1):
            yield item
            if time.monotonic() > next_time:
                sys.stderr.write(f"\r\x1b[K{self.what}: {k}{total} {self.note}")
                sys.stderr.flush()
                self.shown, next_time = True, time.monotonic() + 0.2

    def set_postfix_str(self, text: str, refresh: bool) -> None:
        self.note = text

    def close(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
