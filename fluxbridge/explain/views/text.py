"""An explanation as aligned text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...recording.shorten import shape_of, short
from ..folding import Group
from ..run import ExplainedRun
from ..steps import ExplainedStep
from .outline import items

BOLD, DIM, BLUE, GREEN, RED, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[34m", "\x1b[32m", "\x1b[31m", "\x1b[0m"
WIDEST = 48  #: wider cells do not widen their column


def width(x: str) -> int:
    """Columns on a screen: a bar over a letter takes none."""
    return len(x) if x.isascii() else len(x) - sum(map(bool, map(unicodedata.combining, x)))


def pad(x: str, to: int) -> str:
    return x + " " * max(0, to - width(x))


def table(rows: Sequence[Sequence[str]], colors: Sequence[str], indent: str = "  ") -> list[str]:
    """Aligned columns; a row of one cell is a heading and spans all."""
    count = max((len(r) for r in rows), default=0)
    cells = [r for r in rows if len(r) > 1]
    widths = [max((min(width(r[k]), WIDEST) for r in cells if k < len(r)), default=0) for k in range(count)]
    lines = []
    for row in rows:
        if len(row) == 1:
            lines.append((indent + row[0]).rstrip())
            continue
        parts = []
        for k, cell in enumerate(row):
            padded = pad(cell, widths[k]) if k < len(row) - 1 else cell
            parts.append(f"{colors[k]}{padded}{PLAIN}" if colors and colors[k] and cell else padded)
        line = "  ".join(part for part, w in zip(parts, widths, strict=False) if w)
        lines.append((indent + line).rstrip())
    return lines


def text(explanation: ExplainedRun, color: bool) -> str:
    e = explanation
    paint = (lambda x, c: f"{c}{x}{PLAIN}") if color else (lambda x, _c: x)
    arguments = ", ".join(e.names.arguments)
    value = short(e.value) + (f" with tangent {short(e.tangent)}" if e.forward else "")
    out = [paint(f"{e.function}({arguments}) = {value}", BOLD), ""]
    out += [paint("forward, value and tangent" if e.forward else "forward", BOLD)]
    out += table(forward_rows(e), ["", GREEN, DIM, BLUE, "", DIM] if color else [])
    if e.names.constants:
        out += ["", paint("constants", BOLD)]
        rows = [[name, f"= {short(x)}", shape_of(x)] for name, x in e.names.constants.values()]
        out += table(rows, ["", GREEN, DIM] if color else [])
    if not e.forward:
        out += ["", paint("reverse", BOLD)]
        rows = reverse_rows(e)
        out += table(rows, ["", BLUE, "", GREEN, DIM, RED] if color else [])
        if not rows:
            out += [f"  nothing: {e.without_steps}"]
        out += ["", paint("gradient", BOLD)]
        out += table(gradient_rows(e), ["", GREEN, DIM] if color else [])
    return "\n".join(out)


def forward_rows(e: ExplainedRun) -> list[list[str]]:
    """Step, value, shape, (tangent,) expression, line."""
    rows = [_forward_row(e, line, "") for line in e.arguments]
    for depth, item in items(e):
        indent = "  " * depth
        if isinstance(item, int):
            rows.append([f"{indent}… {item:,} more"])
        elif isinstance(item, Group):
            rows.append([indent + group_title(item), *_group_result(e, item)])
        elif hasattr(item, "group"):
            rows.append([f"{indent}▾ {item.group.label}"])
        else:
            rows.append(_forward_row(e, item, indent))
    return rows


def _forward_row(e: ExplainedRun, line: ExplainedStep, indent: str) -> list[str]:
    left = line.name if line.is_argument else f"{line.name} = {line.operation.text()}"
    source = line.source
    row = [indent + left, f"= {short(line.value)}", shape_of(line.value)]
    if e.forward:
        row.append(tangent_text(e, line))
    row += [source.expression, f"line {source.line}" if source.line else ""]
    return row


def tangent_text(e: ExplainedRun, line: ExplainedStep) -> str:
    """How the tangent of a step comes about."""
    if line.tangent is None:
        return ""
    if line.is_argument:
        return f"{line.dot} = {short(line.tangent)}"
    total = ""
    for formula in line.tangent_formulas(e.tangents):
        term = formula.text()
        term = f"({term})" if " if " in term else term
        total += term if not total else f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return f"{line.dot} = {total} = {short(line.tangent)}"


def group_title(group: Group) -> str:
    """The one line of a closed group."""
    lines = list(group.lines())
    times = f" × {group.iterations}" if group.kind == "loop" else ""
    names = f"{lines[0].name} … {lines[-1].name}" if len(lines) > 1 else lines[0].name
    return f"▸ {group.label}{times}: {names}"


def _group_result(e: ExplainedRun, group: Group) -> list[str]:
    last = list(group.lines())[-1]
    row = [f"= {short(last.value)}", shape_of(last.value)]
    if e.forward:
        row.append(f"{last.dot} = {short(last.tangent)}" if last.tangent is not None else "")
    return [*row, "", f"line {group.line}" if group.line else ""]


def reverse_rows(e: ExplainedRun) -> list[list[str]]:
    """Cotangent, to which input, formula, contribution, shape, kink; in the order of the sweep."""
    rows: list[list[str]] = []
    for depth, item in items(e, backwards=True):
        if not _has_cotangent(item):
            continue
        indent = "  " * depth
        if isinstance(item, int):
            rows.append([f"{indent}… {item:,} more"])
        elif isinstance(item, Group):
            rows += _group_back(item, indent)
        elif hasattr(item, "group"):
            rows.append([f"{indent}▾ {item.group.label}"])
        else:
            rows += _reverse_rows(item, indent)
    return rows


def _has_cotangent(item: Any) -> bool:
    if isinstance(item, int):
        return True
    group = getattr(item, "group", item)
    if isinstance(group, Group):
        return any(line.cotangent is not None for line in group.lines())
    return bool(group.cotangent is not None)


def _reverse_rows(line: ExplainedStep, indent: str) -> list[list[str]]:
    head = f"{indent}{line.bar} = {short(line.cotangent)}"
    rows = []
    for k, part in enumerate(line.main_parts):
        if isinstance(part, int):
            rows.append([indent, f"… {part} more", "", "", "", ""])
            continue
        rows.append(
            [
                head if k == 0 else indent,
                f"→ {part.name}",
                part.text(),
                f"= {short(part.contribution)}",
                shape_of(part.contribution),
                line.kink if k == 0 else "",
            ]
        )
    return rows or [[head, "", "", "", "", line.kink]]


def _group_back(group: Group, indent: str) -> list[list[str]]:
    """What came into a closed group, and what it gave to the steps before it."""
    lines = list(group.lines())
    inside = {line.name for line in lines}
    last = next((line for line in reversed(lines) if line.cotangent is not None), lines[-1])
    head = f"{indent}▸ {group.label}{f' × {group.iterations}' if group.kind == 'loop' else ''}: "
    head += f"{last.bar} = {short(last.cotangent)}"
    totals: dict[str, Any] = {}
    for line in reversed(lines):
        for part in line.parts:
            if part.name not in inside:
                before = totals.get(part.name)
                totals[part.name] = part.contribution if before is None else before + part.contribution
    rows = [
        [head if k == 0 else indent, f"→ {name}", "", f"= {short(ct)}", shape_of(ct), ""]
        for k, (name, ct) in enumerate(totals.items())
    ]
    return rows or [[head]]


def gradient_rows(e: ExplainedRun) -> list[list[str]]:
    rows = []
    for line in e.arguments:
        ct = line.cotangent
        rows.append([line.name, f"= {short(ct)}", shape_of(ct) if ct is not None else ""])
    return rows + [[name, "= None", ""] for name in e.independent]


class State(NamedTuple):
    """The state of a sweep after one step: ``forward`` or ``reverse``, the step, and what is known so far.

    `known` maps the names of the steps to their values (forward) or cotangents (reverse), in the
    order in which they came to be known.
    """

    sweep: str
    line: ExplainedStep
    known: dict[str, Any]

    def __str__(self) -> str:
        line = self.line
        if self.sweep == "forward":
            said = line.name if line.is_argument else f"{line.name} = {line.operation.text()}"
            return f"{said} = {short(line.value)}"
        parts = [f"{p.name} gets {p.text()} = {short(p.contribution)}" for p in line.parts]
        return f"{line.bar} = {short(line.cotangent)}: " + ("; ".join(parts) or "nothing before it")
