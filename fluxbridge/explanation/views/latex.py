r"""An explanation as Markdown with formulas, and as LaTeX.

Markdown is a table for each sweep, formulas between dollars (GitHub and Jupyter set them). LaTeX
is two ``align*`` blocks that need amsmath, nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...recording.shorten import number, shape_of, short
from ..about import sentence
from ..folding import Group
from ..names import BAR, tex
from ..rows import Given, formula_of, gift_formula, given, homes, negligible, slope, sum_of, terms
from ..run import ExplainedRun
from ..steps import ExplainedStep
from ..texing import tex_text
from . import outline
from .outline import items
from .text import few


def tex_value(x: Any) -> str:
    """A value in TeX: numbers, small vectors and matrices as such, larger arrays by their shape."""
    if x is None:
        return r"\text{None}"
    if isinstance(x, np.ndarray) and x.ndim in (1, 2) and x.size <= 6:
        rows = x[:, None] if x.ndim == 1 else x  # a vector is a column, so that W · x conforms
        body = r" \\ ".join(" & ".join(_tex_number(v) for v in row) for row in rows)
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
    if isinstance(x, np.ndarray) and x.ndim:
        return r"\text{array } " + shape_of(x).replace("×", r" \times ")
    if isinstance(x, (tuple, list)):
        return tex_text(short(x))
    return _tex_number(x)


def _tex_number(x: Any) -> str:
    text = number(x.item() if isinstance(x, (np.generic, np.ndarray)) else x)
    text = {"nan": r"\text{NaN}", "inf": r"\infty", "-inf": r"-\infty"}.get(text, text)
    if "e" in text and text[-1].isdigit():
        mantissa, _, exponent = text.partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return text


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else ""


def markdown(e: ExplainedRun) -> str:
    """Tables of the sweeps."""
    said = f"`{e.function}({', '.join(e.names.arguments)})` $= {tex_value(e.value)}$"
    if e.forward:
        said += f", tangent ${tex_value(e.tangent)}$"
    out = [
        said,
        "",
        sentence(e.about, e.forward),
        "",
        "**forward**" + (", value and tangent" if e.forward else ""),
        "",
    ]
    head = ["step", "value", "tangent", "code"] if e.forward else ["step", "value", "code"]
    rows = [_forward(e, line) for line in e.arguments]
    for depth, item in items(e):
        rows.append(_item(e, item, depth, len(head)) or _forward(e, item, depth))
    out += _table(head, rows)
    if e.names.constants:
        rows = [[f"${tex(name)}$", f"${tex_value(x)}$"] for name, x in e.names.constants.values()]
        out += ["", "**constants**", "", *_table(["name", "value"], rows)]
    if not e.forward:
        home = homes(outline.rows(e))
        rows = []
        for depth, item in items(e, backwards=True):
            row = _item(e, item, depth, 4)
            if isinstance(item, Group) and item.kind == "line":
                rows += _reverse_group(e, item, depth, home)
            elif row is not None:
                rows.append(row)
            elif item.cotangent is not None:
                rows += _reverse(e, item, depth, home)
        table = _table(["cotangent", "to", "contribution", "value"], rows) if rows else [e.without_steps]
        out += ["", "**reverse**", "", *table]
        rows = [[f"${line.latex}$", f"${_total(line, home)}$"] for line in e.arguments]
        rows += [[f"`{name}`", f"${tex_value(None)}$"] for name in e.independent]
        out += ["", "**gradient**", "", *_table(["argument", "gradient"], rows)]
    return "\n".join(out) + "\n"


def _total(line: ExplainedStep, home: Any) -> str:
    """A cotangent, and the sum that it is."""
    pieces = [
        tex_value(term.value) if term is not None and text != "≈ 0" else tex_words(text)
        for text, term in sum_of(terms(line, home), line.cotangent)
    ]
    if pieces and "…" in pieces[-1]:
        pieces[-1] = r"\dots"
    return tex_value(line.cotangent) + (f" = {''.join(pieces)}" if pieces else "")


def tex_words(text: str) -> str:
    if text == "≈ 0":
        return r"{\approx 0}"
    return text if text.strip() in ("+", "-") else tex_text(text)


def _amount(part: Any, whole: Any) -> str:
    return r"{\approx 0}" if negligible(part, whole) else tex_value(part)


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in lines]


def _indent(depth: int) -> str:
    return "&emsp;" * depth


def _item(e: ExplainedRun, item: Any, depth: int, width: int) -> list[str] | None:
    """The row of a group, or of steps left out."""
    if isinstance(item, int):
        cells = [f"{_indent(depth)}… {item:,} more"]
    elif isinstance(item, Group):
        results = e.results(item)
        value = f"${', '.join(few([tex_value(x.value) for x in results]))}$"
        formula = formula_of(item) if item.kind == "line" else None
        if formula is not None:
            row = [f"{_indent(depth)}${results[-1].latex} = {formula.latex()}$", value]
            if e.forward:
                row.append(f"${results[-1].dot_latex} = {tex_value(results[-1].tangent)}$")
            return [*row, _code(item.label)] + [""] * (width - len(row) - 1)
        names = f"${', '.join(few([x.latex for x in results]))}$"
        cells = [f"{_indent(depth)}▸ {_code(item.label)}{_times(item)}: {names}", value]
    elif hasattr(item, "group"):
        cells = [f"{_indent(depth)}▾ {_code(item.group.label)}{_times(item.group)}"]
    else:
        return None
    return cells + [""] * (width - len(cells))


def _times(group: Group) -> str:
    return f", {group.iterations} iterations" if group.kind == "loop" else ""


def _forward(e: ExplainedRun, line: ExplainedStep, depth: int = 0) -> list[str]:
    left = line.latex if line.is_argument else f"{line.latex} = {line.operation.latex()}"
    row = [f"{_indent(depth)}${left}$", f"${tex_value(line.value)}$"]
    if e.forward:
        row.append(f"${_tangent(e, line)}$" if line.tangent is not None else "")
    return [*row, _code(line.source.expression)]


def _tangent(e: ExplainedRun, line: ExplainedStep) -> str:
    if line.is_argument:
        return f"{line.dot_latex} = {tex_value(line.tangent)}"
    total = ""
    for formula in line.tangent_formulas(e.tangents):
        term = formula.latex()
        total += term if not total or term.startswith("-") else f" + {term}"
    return f"{line.dot_latex} = {total} = {tex_value(line.tangent)}"


def _reverse(e: ExplainedRun, line: ExplainedStep, depth: int, home: Any) -> list[list[str]]:
    head = f"{_indent(depth)}${line.bar_latex} = {_total(line, home)}$"
    head += f" {line.kink}" if line.kink else ""
    parts = []
    for k, p in enumerate(line.main_parts):
        if isinstance(p, int):
            parts.append(["", f"… {p} more", "", ""])
            continue
        value = _amount(p.contribution, e.of_step[p.step].cotangent)
        parts.append([head if k == 0 else "", f"${p.step_latex}$", f"${p.latex()}$", f"${value}$"])
    return parts or [[head, "", "", ""]]


def _reverse_group(e: ExplainedRun, group: Group, depth: int, home: Any) -> list[list[str]]:
    """A statement: its cotangent, and what it gives to the steps before it."""
    line = e.results(group)[-1]
    if line.cotangent is None:
        return []
    head = f"{_indent(depth)}${line.bar_latex} = {_total(line, home)}$"
    head += "".join(f" {kink}" for kink in dict.fromkeys(x.kink for x in group.lines() if x.kink))
    found = []
    for k, gift in enumerate(given(group)):
        formula, value = _gift(group, gift, line), _amount(gift.contribution, e.of_step[gift.step].cotangent)
        formula = f"${formula}$" if formula else ""
        found.append([head if k == 0 else "", f"${tex(gift.name)}$", formula, f"${value}$"])
    return found or [[head, "", "", ""]]


def _gift(group: Group, gift: Given, line: ExplainedStep) -> str:
    """What a statement gives: the cotangent times a number, else a formula if it is short."""
    local = slope(group, gift)
    if local is None:
        formula = gift_formula(group, gift)
        return gift.parts[0].latex(formula) if formula is not None else ""
    text = _tex_number(local)
    if text == "1":
        return line.bar_latex
    text = rf"\left({text}\right)" if text.startswith("-") else text
    return rf"{line.bar_latex} \cdot {text}"


def latex(e: ExplainedRun) -> str:
    """Two aligned blocks: what was computed, and what goes back."""
    rows = [f"{line.latex} &= {tex_value(line.value)}" for line in e.arguments]
    rows += [f"{tex(name)} &= {tex_value(x)}" for name, x in e.names.constants.values()]
    for _, item in items(e):
        rows += _latex_forward(e, item)
    blocks = [_block(["step", "value"], rows or [rf"& {tex_text('no step')}"])]
    if not e.forward:
        home = homes(outline.rows(e))
        rows = []
        for _, item in items(e, backwards=True):
            rows += _latex_reverse(e, item)
        sums = [
            rf"\frac{{\partial f}}{{\partial {line.latex}}} &= {_total(line, home)}" for line in e.arguments
        ]
        sums += [
            rf"\frac{{\partial f}}{{\partial {tex_text(n)}}} &= {tex_value(None)}" for n in e.independent
        ]
        rows = rows or [rf"& {tex_text(e.without_steps)}"]
        blocks += [_block(["cotangent", "contribution, value"], rows)]
        if sums:
            blocks += [_block(["argument", "gradient"], sums)]
    return "\n".join(blocks)


def _block(head: list[str], rows: list[str]) -> str:
    titles = " & ".join(rf"\textit{{{title}}}" for title in head)
    return "\\begin{align*}\n" + " \\\\\n".join([titles, *rows]) + "\n\\end{align*}"


def _latex_forward(e: ExplainedRun, item: Any) -> list[str]:
    if isinstance(item, int):
        return [rf"& \text{{({item} more)}}"]
    if isinstance(item, Group):
        results = e.results(item)
        names = ", ".join(few([x.latex for x in results]))
        values = ", ".join(few([tex_value(x.value) for x in results]))
        formula = formula_of(item) if item.kind == "line" else None
        said = formula.latex() if formula is not None else tex_text(item.title)
        row = rf"{names} &= {said} = {values}"
        if e.forward and len(results) == 1 and results[0].tangent is not None:
            row += rf" & {results[0].dot_latex} &= {tex_value(results[0].tangent)}"
        return [row]
    if hasattr(item, "group"):
        return [rf"& {tex_text(item.group.title)}"] if item.group.kind != "call" else []
    row = rf"{item.latex} &= {item.operation.latex()} = {tex_value(item.value)}"
    if e.forward and item.tangent is not None:
        row += rf" & {_tangent(e, item)}".replace(" = ", " &= ", 1)
    return [row]


def _latex_reverse(e: ExplainedRun, item: Any) -> list[str]:
    if isinstance(item, int):
        return [rf"& \text{{({item} more)}}"]
    if isinstance(item, Group):
        if item.kind != "line":
            return [rf"& {tex_text('(' + item.title + ')')}"]
        found = []
        for gift in given(item):
            formula = _gift(item, gift, e.results(item)[-1])
            value = _amount(gift.contribution, e.of_step[gift.step].cotangent)
            said = f"{formula} = {value}" if formula else value
            found.append(rf"{tex(gift.name, BAR)} &\mathrel{{+}}= {said}")
        return found
    if hasattr(item, "group"):
        return [rf"& {tex_text(item.group.title)}"] if item.group.kind != "call" else []
    if item.cotangent is None:
        return []
    found = []
    for p in item.main_parts:
        if isinstance(p, int):
            found.append(rf"& \text{{({p} more)}}")
        else:
            value = _amount(p.contribution, e.of_step[p.step].cotangent)
            found.append(rf"{p.bar_latex} &\mathrel{{+}}= {p.latex()} = {value}")
    return found
