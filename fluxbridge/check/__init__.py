"""Is my gradient right? The native engine, Zygote and finite differences, side by side.

>>> import numpy as np
>>> from fluxbridge import cross_check
>>> report = cross_check(lambda x: np.sum(np.tanh(x) ** 2), np.array([0.5, 1.0]))
>>> bool(report), report.worst
(True, None)
"""

from __future__ import annotations

from .cross import cross_check
from .report import Report

__all__ = ["Report", "cross_check"]
