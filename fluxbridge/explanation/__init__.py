"""The steps of a function and of its derivative, for people to read.

:func:`fluxbridge.explain` runs a function and shows what it did; what it returns is an
:class:`Explanation`.
"""

from __future__ import annotations

from .interface import Explanation, State, explain

__all__ = ["Explanation", "State", "explain"]
