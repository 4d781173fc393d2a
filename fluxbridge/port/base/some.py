"""``Some(x)``."""

from __future__ import annotations

from typing import Any


class Some:
    """``Some(x)``: a value that may be ``nothing``."""

    def __init__(self, value: Any) -> None:
        self.value = value


__all__ = ["Some"]
