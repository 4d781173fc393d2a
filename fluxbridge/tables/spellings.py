"""How every primitive is written in Julia: the table of docs/julia_spellings.md, read off the registry."""

from __future__ import annotations

import numpy as np

from ..autodiff.primitive import entry
from ..julia.emit.spelled.table import SPELLINGS
from ..julia.emit.spelling import shown
from .primitives import code
from .registry import primitives

_INTRO = """# Python functions in Julia: how each primitive is written

Made by `fluxbridge spellings` with NumPy {version}; do not edit.

`fluxbridge.julia.source(f, *xs)` writes a function as Julia source, step by step; this is what it writes
for each step. The names are those of the [primitives](functions.md), to which other functions come down.
A dot after the name of a function stands for a broadcast; there is none between numbers. Functions of
`NumPy` are in FluxBridge.jl (`using FluxBridge: NumPy`), where Julia has no short word. What has no
counterpart is named at the end of each table: a function that needs it is handed to Zygote by
`fluxbridge.julia.differentiable`.
"""


def markdown() -> str:
    lines = [_INTRO.format(version=np.__version__).rstrip()]
    for area, members in primitives().items():
        spelled = [(p, entry(SPELLINGS, p)) for p in members if entry(SPELLINGS, p) is not None]
        missing = [p.name for p in members if entry(SPELLINGS, p) is None]
        lines += ["", f"## {area}", ""]
        if spelled:
            lines += ["| primitive | Julia |", "| --- | --- |"]
            lines += [f"| `{p.name}` | {code(shown(p, julia))} |" for p, julia in spelled]
        if missing:
            lines += [""] if spelled else []
            lines += [f"No counterpart: {', '.join(f'`{name}`' for name in missing)}."]
    return "\n".join(lines) + "\n"
