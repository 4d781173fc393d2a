"""All registered primitives, those of the optional libraries and of Flux's mirror too."""

from __future__ import annotations

import importlib
import re

from ..autodiff.primitive import PRIMITIVES, Primitive, load_on_demand

_MADE_AT_CALL = re.compile(r"einsum[4-9]\d*|einsum[1-3]\d+")  #: there is one for each number of operands


def primitives() -> dict[str, list[Primitive]]:
    """All primitives, those of SciPy too where it is installed, by the file of their rules.

    In the order of their names, as that of their registration depends on what was imported first.
    """
    try:
        importlib.import_module("scipy.special")
    except ImportError:
        pass
    else:
        for area in ("integrate", "linalg", "signal", "special"):
            importlib.import_module(f"fluxbridge.scipy.{area}")
    importlib.import_module("fluxbridge.flux")
    load_on_demand()
    by_area: dict[str, list[Primitive]] = {}
    for primitive in sorted(PRIMITIVES.values(), key=lambda p: (p.area, p.name)):
        if _MADE_AT_CALL.fullmatch(primitive.name):
            continue
        by_area.setdefault(primitive.area, []).append(primitive)
    return by_area
