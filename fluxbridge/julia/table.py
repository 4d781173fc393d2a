"""How every primitive is written in Julia: the table of docs/julia_spellings.md, read off the registry."""

from __future__ import annotations

import importlib
import re

import numpy as np

from ..autodiff.primitive import PRIMITIVES, Primitive, load_on_demand
from ..autodiff.spelling import shown

_INTRO = """# Python functions in Julia: how each primitive is written

Made by `fluxbridge spellings` with NumPy {version}; do not edit.

`fluxbridge.julia.source(f, *xs)` writes a function as Julia source, step by step; this is what it writes
for each step. The names are those of the [primitives](functions.md), to which other functions come down.
A dot after the name of a function stands for a broadcast; there is none between numbers. Functions of
`NumPy` are in FluxBridge.jl (`using FluxBridge: NumPy`), where Julia has no short word. What has no
counterpart is named at the end of each table: a function that needs it is handed to Zygote by
`fluxbridge.julia.differentiable`.
"""


_MADE_AT_CALL = re.compile(r"einsum[4-9]")  #: there is one for each number of operands


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
    found: dict[str, list[Primitive]] = {}
    for primitive in sorted(PRIMITIVES.values(), key=lambda p: (p.area, p.name)):
        if _MADE_AT_CALL.fullmatch(primitive.name):
            continue
        found.setdefault(primitive.area, []).append(primitive)
    return found


def markdown() -> str:
    lines = [_INTRO.format(version=np.__version__).rstrip()]
    for area, members in primitives().items():
        spelled = [p for p in members if p.julia is not None]
        missing = [p.name for p in members if p.julia is None]
        lines += ["", f"## {area}", ""]
        if spelled:
            lines += ["| primitive | Julia |", "| --- | --- |"]
            lines += [f"| `{p.name}` | {_code(shown(p))} |" for p in spelled]
        if missing:
            lines += [""] if spelled else []
            lines += [f"No counterpart: {', '.join(f'`{name}`' for name in missing)}."]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"
