"""The table of names: what Julia's names are in Python."""

from .table import (
    BASE,
    COUNTED,
    ELEMENTWISE,
    FLUX_VALUES,
    HIGHER,
    MODULES,
    OWN_WORDS,
    REFUSED_NAMES,
    REFUSED_PACKAGES,
    RESULTS,
    SELECTED,
)

__all__ = [
    "BASE",
    "COUNTED",
    "ELEMENTWISE",
    "FLUX_VALUES",
    "HIGHER",
    "MODULES",
    "OWN_WORDS",
    "REFUSED_NAMES",
    "REFUSED_PACKAGES",
    "RESULTS",
    "SELECTED",
]
