"""What the modules of the mirror export: their own names, and what they import with a star from their parts.

A function is listed once, in the ``__all__`` of the file that defines it.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def exported(namespace: dict[str, Any], *modules: str) -> list[str]:
    """The ``__all__`` for a namespace: its names without an underscore that are no modules, and `modules`.

    >>> exported({"Dense": type, "np": ModuleType("numpy"), "Losses": ModuleType("losses")}, "Losses")
    ['Dense', 'Losses']
    """
    own = {k for k, v in namespace.items() if not k.startswith("_") and not isinstance(v, ModuleType)}
    return sorted(own | set(modules))
