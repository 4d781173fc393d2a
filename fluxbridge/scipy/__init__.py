"""SciPy's functions with derivatives, under SciPy's names.

NumPy lets a traced value answer for itself, and so do the ufuncs of scipy.special:
``scipy.special.expit(x)`` just works inside of :func:`fluxbridge.gradient`. SciPy's other functions
offer no such way in. The modules here hold functions of the same names and signatures that call
SciPy on plain values and differentiate on traced ones:

>>> import numpy as np
>>> from fluxbridge import gradient
>>> from fluxbridge.scipy.special import logsumexp
>>> gradient(lambda x: logsumexp(x), np.array([0.0, 0.0]))
(array([0.5, 0.5]),)

What a module does not define itself (constants, functions without derivative) is SciPy's own.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import MissingPackage

try:
    import scipy  # noqa: F401
except ImportError as error:
    raise MissingPackage("fluxbridge.scipy needs SciPy: pip install 'fluxbridge[scipy]'") from error

__all__ = ["integrate", "linalg", "signal", "special", "stats"]


if TYPE_CHECKING:
    from . import integrate, linalg, signal, special, stats
else:

    def __getattr__(name: str) -> ModuleType:
        if name in __all__:
            return importlib.import_module(f"{__name__}.{name}")
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it mirrors {', '.join(__all__)} of SciPy"
        )


def __dir__() -> list[str]:
    return __all__
