"""A line on the terminal for work that takes longer than a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

PATIENCE = 2.0  # seconds before anything is shown


class Progress:
    """Iterate over `items`; on a terminal, say how far we are once it has taken two seconds."""

    def __init__(self, what: str, items: Sequence[Any]):
        self.what = what
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        shown = False
        next_time = time.monotonic() + PATIENCE
        terminal = sys.stderr.isatty()
        for k, item in enumerate(self.items):
            yield item
            if terminal and time.monotonic() > next_time:
                sys.stderr.write(f"\r{self.what}: {k + 1} of {len(self.items)} ")
                sys.stderr.flush()
                shown, next_time = True, time.monotonic() + 0.2
        if shown:
            sys.stderr.write("\r\x1b[K")
