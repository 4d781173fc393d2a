"""An explanation as aligned text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...recording.shorten import shape_of, shown
from ..about import sentence
from ..folding import Group
from ..rows import Given, amount, formula_of, gift_formula, given, homes, slope, sum_text, terms
from ..run import ExplainedRun
from ..steps import ExplainedStep
from .outline import items, rows

BOLD, DIM, BLUE, GREEN, RED, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[34m", "\x1b[32m", "\x1b[31m", "\x1b[0m"
WIDEST = 48  #: wider cells do not widen their column


def width(x: str) -> int:
    """Columns on a screen: a bar over a letter takes none."""
    return len(x) if x.isascii() else len(x) - sum(map(bool, map(unicodedata.combining, x)))


def pad(x: str, to: int) -> str:
    return x + " " * max(0, to - width(x))


def table(rows: Sequence[Sequence[str]], colors: Sequence[str], indent: str = "  ") -> list[str]:
    """Aligned columns; a row of one cell spans all. The first row has the headers of columns with cells."""
    below = [r for r in rows[1:] if len(r) > 1]
    titles = [
        t if any(r[k] for r in below if k < len(r)) else "" for k, t in enumerate(rows[0] if rows else [])
    ]
    rows = [titles, *rows[1:]] if below else []
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
    value = shown(e.value) + (f" with tangent {shown(e.tangent)}" if e.forward else "")
    out = [paint(f"{e.function}({arguments}) = {value}", BOLD), sentence(e.about, e.forward), ""]
    out += [paint("forward, value and tangent" if e.forward else "forward", BOLD)]
    head = ["step", "value", "shape", *(["tangent"] if e.forward else []), "code", ""]
    out += table([head, *forward_rows(e)], ["", GREEN, DIM, BLUE, "", DIM] if color else [])
    if e.names.constants:
        out += ["", paint("constants", BOLD)]
        rows = [[name, f"= {shown(x)}", shape_of(x)] for name, x in e.names.constants.values()]
        out += table([["name", "value", "shape"], *rows], ["", GREEN, DIM] if color else [])
    if not e.forward:
        out += ["", paint("reverse", BOLD)]
        rows = reverse_rows(e)
        head = ["cotangent", "to", "contribution", "value", "shape", ""]
        out += table([head, *rows], ["", BLUE, "", GREEN, DIM, RED] if color else [])
        if not rows:
            out += [f"  nothing: {e.without_steps}"]
        out += ["", paint("gradient", BOLD)]
        out += table([["argument", "value", "shape"], *gradient_rows(e)], ["", GREEN, DIM] if color else [])
    return "\n".join(out)


def forward_rows(e: ExplainedRun) -> list[list[str]]:
    """Step, value, shape, (tangent,) expression, line."""
    rows = [_forward_row(e, line, "") for line in e.arguments]
    for depth, item in items(e):
        indent = "  " * depth
        if isinstance(item, int):
            rows.append([f"{indent}… {item:,} more"])
        elif isinstance(item, Group):
            rows.append([indent + group_title(e, item), *_group_result(e, item)])
        elif hasattr(item, "group"):
            rows.append([f"{indent}▾ {item.group.title}"])
        else:
            rows.append(_forward_row(e, item, indent))
    return rows


def _forward_row(e: ExplainedRun, line: ExplainedStep, indent: str) -> list[str]:
    left = line.name if line.is_argument else f"{line.name} = {line.operation_text}"
    source = line.source
    row = [indent + left, f"= {shown(line.value)}", shape_of(line.value)]
    if e.forward:
        row.append(tangent_text(e, line))
    row += [source.expression, f"line {source.line}" if source.line else ""]
    return row


def tangent_text(e: ExplainedRun, line: ExplainedStep) -> str:
    """How the tangent of a step comes about."""
    if line.tangent is None:
        return ""
    if line.is_argument:
        return f"{line.dot} = {shown(line.tangent)}"
    total = ""
    for formula in line.tangent_formulas(e.tangents):
        term = formula.text()
        term = f"({term})" if " if " in term else term
        total += term if not total else f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return f"{line.dot} = {total} = {shown(line.tangent)}"


def group_title(e: ExplainedRun, group: Group) -> str:
    """The one line of a closed group: a statement with its formula, else the label and what comes out."""
    if group.kind == "line":
        formula = formula_of(group)
        return f"{listed(e, group)} = {formula.text()}" if formula else f"{listed(e, group)}: {group.label}"
    return f"▸ {group.title}: {listed(e, group)}"


def listed(e: ExplainedRun, group: Group) -> str:
    """The names of the results of a group."""
    return ", ".join(few([line.name for line in e.results(group)]))


def few(texts: list[str], most: int = 3) -> list[str]:
    """The texts; of many the first and the last."""
    return texts if len(texts) <= most else [*texts[: most - 1], "…", texts[-1]]


def _group_result(e: ExplainedRun, group: Group) -> list[str]:
    results = e.results(group)
    row = ["= " + ", ".join(few([shown(line.value) for line in results]))]
    row += [shape_of(results[0].value) if len(results) == 1 else ""]
    if e.forward:
        tangents = [f"{x.dot} = {shown(x.tangent)}" for x in results if x.tangent is not None]
        row.append(", ".join(few(tangents)))
    code = group.label if group.kind == "line" and formula_of(group) else ""
    return [*row, code, f"line {group.line}" if group.line else ""]


def reverse_rows(e: ExplainedRun) -> list[list[str]]:
    """Cotangent, to which input, formula, contribution, shape, kink; in the order of the sweep."""
    found: list[list[str]] = []
    home = homes(rows(e))
    for depth, item in items(e, backwards=True):
        if not _has_cotangent(item):
            continue
        indent = "  " * depth
        if isinstance(item, int):
            found.append([f"{indent}… {item:,} more"])
        elif isinstance(item, Group):
            found += _group_back(e, item, indent, home)
        elif hasattr(item, "group"):
            found.append([f"{indent}▾ {item.group.title}"])
        else:
            found += _reverse_rows(e, item, indent, home)
    return found


def _has_cotangent(item: Any) -> bool:
    if isinstance(item, int):
        return True
    group = getattr(item, "group", item)
    if isinstance(group, Group):
        return any(line.cotangent is not None for line in group.lines())
    return bool(group.cotangent is not None)


def _head(line: ExplainedStep, home: Any) -> str:
    """The cotangent of a step; of several contributions as their sum."""
    return f"{line.bar} = {shown(line.cotangent)}{sum_text(terms(line, home), line.cotangent)}"


def _reverse_rows(e: ExplainedRun, line: ExplainedStep, indent: str, home: Any) -> list[list[str]]:
    head = indent + _head(line, home)
    found = []
    for k, part in enumerate(line.main_parts):
        if isinstance(part, int):
            found.append([indent, f"… {part} more", "", "", "", ""])
            continue
        found.append(
            [
                head if k == 0 else indent,
                f"→ {part.name}",
                part.text(),
                _equals(amount(part.contribution, e.of_step[part.step].cotangent)),
                shape_of(part.contribution),
                line.kink if k == 0 else "",
            ]
        )
    return found or [[head, "", "", "", "", line.kink]]


def _equals(text: str) -> str:
    return text if text.startswith("≈") else f"= {text}"


def _group_back(e: ExplainedRun, group: Group, indent: str, home: Any) -> list[list[str]]:
    """What came into a closed group, and what it gave to the steps before it."""
    into = [line for line in e.results(group) if line.cotangent is not None]
    heads = few([_head(line, home) for line in into])
    head = ", ".join(heads) if group.kind == "line" else f"▸ {group.title}: {', '.join(heads)}"
    kinks = "; ".join(dict.fromkeys(line.kink for line in group.lines() if line.kink))
    found = []
    for gift in given(group):
        value, formula = gift.contribution, slope_text(group, gift, into)
        found.append([f"→ {gift.name}", formula, _equals(amount(value, e.of_step[gift.step].cotangent))])
        found[-1] += [shape_of(value), "" if len(found) > 1 else kinks]
    return [[indent + (head if k == 0 else ""), *row] for k, row in enumerate(found)] or [[indent + head]]


def slope_text(group: Group, gift: Given, into: Sequence[ExplainedStep]) -> str:
    """What a statement gives: ``x̄₁ · 0.5`` between numbers, else a formula if it is short."""
    if group.kind != "line" or not into:
        return ""
    local = slope(group, gift)
    if local is None and isinstance(gift.contribution, float):
        return ""  # of a cotangent that is 0
    if local is None:
        formula = gift_formula(group, gift)
        return gift.parts[0].text(formula) if formula is not None else ""
    if local in (1.0, -1.0):
        return into[0].bar if local == 1.0 else f"-{into[0].bar}"
    text = shown(local)
    return f"{into[0].bar} · ({text})" if text.startswith("-") else f"{into[0].bar} · {text}"


def gradient_rows(e: ExplainedRun) -> list[list[str]]:
    home = homes(rows(e))
    found = []
    for line in e.arguments:
        ct = line.cotangent
        said = f"= {shown(ct)}{sum_text(terms(line, home), ct)}"
        found.append([line.name, said, shape_of(ct) if ct is not None else ""])
    return found + [[name, "= None", ""] for name in e.independent]


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
            said = line.name if line.is_argument else f"{line.name} = {line.operation_text}"
            return f"{said} = {shown(line.value)}"
        parts = [f"{p.name} gets {p.text()} = {shown(p.contribution)}" for p in line.parts]
        return f"{line.bar} = {shown(line.cotangent)}: " + ("; ".join(parts) or "nothing before it")
