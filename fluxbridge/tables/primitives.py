"""Every primitive and what each reader knows of it: the table of docs/primitives.md.

``fluxbridge primitives`` prints it. A reader's table has one line a primitive: how it is spelled in Julia
(julia/emit/spelled/table.py), how explanations write its rule (explanation/shown.py, where it is no formula
of a single element), and where it is not smooth (nonsmooth/table.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..autodiff.primitive import Primitive, entry
from ..explanation.shown import SHOWN
from ..julia.emit.spelled.table import SPELLINGS
from ..julia.emit.spelling import shown
from ..nonsmooth.table import kinks_of
from .registry import primitives

_INTRO = """# The primitives, and what each reader knows of them

Made by `fluxbridge primitives` with NumPy {version}; do not edit.

A primitive is registered with its rules in one file of `fluxbridge/autodiff/rules/`, `fluxbridge/scipy/` or
`fluxbridge/flux/` (the headings). Each reader of a record has a table of its own beside its code, with one
line a primitive. `forward` is how the forward mode goes (`derived`: from the reverse rule), `Julia` how
`fluxbridge.julia.source` writes the primitive, `explained` how `explain` writes its reverse rule (`formula`:
from its partial derivatives; `template`: from the table; `-`: by the rule's own name), `kinks` the sorts of
places where it is not smooth. `-` marks a primitive without a line.
"""


class PrimitiveRow(NamedTuple):
    """One primitive: its name, its forward rule, and its entries in the tables of the readers."""

    name: str
    forward: str
    julia: str
    explained: str
    kinks: str


def row(primitive: Primitive) -> PrimitiveRow:
    """What the tables say of `primitive`.

    >>> from fluxbridge.autodiff.primitive import PRIMITIVES
    >>> row(PRIMITIVES["absolute"])
    PrimitiveRow(name='absolute', forward='rules', julia='abs.(x)', explained='formula', kinks='bend, cone')
    """
    forward = primitive.jvp if isinstance(primitive.jvp, str) else "rules" if primitive.jvp else "derived"
    spelling = entry(SPELLINGS, primitive)
    if any(isinstance(formula, str) for formula in primitive.formulas):
        explained = "formula"
    else:
        explained = "-" if entry(SHOWN, primitive) is None else "template"
    return PrimitiveRow(
        primitive.name,
        forward,
        "-" if spelling is None else shown(primitive, spelling),
        explained,
        ", ".join(dict.fromkeys(kink.sort for kink in kinks_of(primitive))) or "-",
    )


def lacking() -> dict[str, list[str]]:
    """The primitives without a line, by the table that lacks it."""
    rows = [row(p) for members in primitives().values() for p in members]
    columns = ("julia", "explained", "kinks")
    return {c: [r.name for r in rows if getattr(r, c) == "-"] for c in columns}


def markdown() -> str:
    """The whole table."""
    lines = [_INTRO.format(version=np.__version__).rstrip()]
    for area, members in primitives().items():
        lines += ["", f"## {area}", "", "| primitive | forward | Julia | explained | kinks |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for name, forward, julia, explained, kinks in map(row, members):
            lines.append(f"| `{name}` | {forward} | {code(julia)} | {explained} | {kinks} |")
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Text as code in a cell of a Markdown table; a lone dash stays one."""
    return text if text == "-" else "`" + text.replace("|", "\\|") + "`"
