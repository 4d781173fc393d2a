"""Rules of libraries that fluxbridge does not import: they are loaded once the library is."""

from __future__ import annotations

import importlib
import sys
from typing import Any

#: Module of the library -> module of its rules.
ON_DEMAND: dict[str, str] = {"scipy.special": "fluxbridge.autodiff.rules.special"}


def load_on_demand() -> None:
    """Import the rules of the libraries that are loaded; a second thread waits at the import lock."""
    for library, rules in ON_DEMAND.items():
        if library in sys.modules:
            importlib.import_module(rules)


def library_of(ufunc: Any) -> str:
    """The module of a ufunc, which does not know it itself."""
    name = getattr(ufunc, "__name__", "")
    for module in ON_DEMAND:
        if getattr(sys.modules.get(module), name, None) is ufunc:
            return module
    return "numpy"
