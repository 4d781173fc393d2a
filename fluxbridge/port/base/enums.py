"""``@enum``: names for whole numbers."""

from __future__ import annotations

import enum
from typing import Any


class Enum(enum.Enum):
    """The values of ``@enum Color red green``: shown by name, ordered by number.

    >>> class Color(Enum):
    ...     red = 0
    ...     green = 1
    >>> print(Color.green), int(Color.green), Color(0), Color.red < Color.green
    green
    (None, 1, red, True)
    """

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    def __int__(self) -> int:
        return self.value

    __index__ = __int__

    def __lt__(self, other: Any) -> bool:
        return self.value < other.value

    def __le__(self, other: Any) -> bool:
        return self.value <= other.value

    def __gt__(self, other: Any) -> bool:
        return self.value > other.value

    def __ge__(self, other: Any) -> bool:
        return self.value >= other.value


def instances(kind: type[Enum]) -> tuple:
    """``instances(Color)``."""
    return tuple(kind)


__all__ = ["Enum", "instances"]
