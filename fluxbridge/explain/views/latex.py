r"""An explanation as Markdown with formulas, and as LaTeX.

Markdown is a table for each sweep, formulas between dollars (GitHub and Jupyter set them). LaTeX
is two ``align*`` blocks that need amsmath, nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...recording.shorten import number, shape_of, short
from ..folding import Group
from ..run import ExplainedRun
from ..steps import ExplainedStep
from ..writing import tex_text
from .outline import items


def tex_value(x: Any) -> str:
    """A value in TeX: numbers, small vectors and matrices as such, larger arrays by their shape."""
    if x is None:
        return r"\text{None}"
    if isinstance(x, np.ndarray) and x.ndim in (1, 2) and x.size <= 6:
        rows = x[None] if x.ndim == 1 else x
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
    out = [said, "", "**forward**" + (", value and tangent" if e.forward else ""), ""]
    head = ["step", "value", "tangent", "code"] if e.forward else ["step", "value", "code"]
    rows = [_forward(e, line) for line in e.arguments]
    for depth, item in items(e):
        rows.append(_item(e, item, depth, len(head)) or _forward(e, item, depth))
    out += _table(head, rows)
    if not e.forward:
        rows = []
        for depth, item in items(e, backwards=True):
            row = _item(e, item, depth, 4)
            if row is not None:
                rows.append(row)
            elif item.cotangent is not None:
                rows += _reverse(item, depth)
        table = _table(["cotangent", "to", "contribution", "value"], rows) if rows else [e.without_steps]
        out += ["", "**reverse**", "", *table]
        rows = [[f"${line.latex}$", f"${tex_value(line.cotangent)}$"] for line in e.arguments]
        rows += [[f"`{name}`", f"${tex_value(None)}$"] for name in e.independent]
        out += ["", "**gradient**", "", *_table(["argument", "gradient"], rows)]
    return "\n".join(out) + "\n"


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
        lines = list(item.lines())
        times = f" × {item.iterations}" if item.kind == "loop" else ""
        span = f"${lines[0].latex} \\dots {lines[-1].latex}$"
        cells = [f"{_indent(depth)}▸ {_code(item.label)}{times}: {span}", f"${tex_value(lines[-1].value)}$"]
    elif hasattr(item, "group"):
        cells = [f"{_indent(depth)}▾ {_code(item.group.label)}"]
    else:
        return None
    return cells + [""] * (width - len(cells))


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


def _reverse(line: ExplainedStep, depth: int) -> list[list[str]]:
    head = f"{_indent(depth)}${line.bar_latex} = {tex_value(line.cotangent)}$"
    head += f" {line.kink}" if line.kink else ""
    parts = []
    for k, p in enumerate(line.main_parts):
        if isinstance(p, int):
            parts.append(["", f"… {p} more", "", ""])
            continue
        said = [f"${p.step_latex}$", f"${p.latex()}$", f"${tex_value(p.contribution)}$"]
        parts.append([head if k == 0 else "", *said])
    return parts or [[head, "", "", ""]]


def latex(e: ExplainedRun) -> str:
    """Two aligned blocks: what was computed, and what goes back."""
    rows = [f"{line.latex} &= {tex_value(line.value)}" for line in e.arguments]
    for _, item in items(e):
        rows += _latex_forward(e, item)
    blocks = [_block(rows or [rf"& {tex_text('no step')}"])]
    if not e.forward:
        rows = []
        for _, item in items(e, backwards=True):
            rows += _latex_reverse(item)
        sums = [
            rf"\frac{{\partial f}}{{\partial {line.latex}}} &= {tex_value(line.cotangent)}"
            for line in e.arguments
        ]
        sums += [
            rf"\frac{{\partial f}}{{\partial {tex_text(n)}}} &= {tex_value(None)}" for n in e.independent
        ]
        blocks += [_block(rows or [rf"& {tex_text(e.without_steps)}"])]
        if sums:
            blocks += [_block(sums)]
    return "\n".join(blocks)


def _block(rows: list[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _latex_forward(e: ExplainedRun, item: Any) -> list[str]:
    if isinstance(item, int):
        return [rf"& \text{{({item} more)}}"]
    if isinstance(item, Group):
        last = list(item.lines())[-1]
        times = rf" \times {item.iterations}" if item.kind == "loop" else ""
        return [rf"{last.latex} &= {tex_text(item.label)}{times} = {tex_value(last.value)}"]
    if hasattr(item, "group"):
        return []
    row = rf"{item.latex} &= {item.operation.latex()} = {tex_value(item.value)}"
    if e.forward and item.tangent is not None:
        row += rf" & {_tangent(e, item)}".replace(" = ", " &= ", 1)
    return [row]


def _latex_reverse(item: Any) -> list[str]:
    if isinstance(item, int):
        return [rf"& \text{{({item} more)}}"]
    if isinstance(item, Group):
        return [rf"& {tex_text('(' + item.label + ')')}"]
    if hasattr(item, "group") or item.cotangent is None:
        return []
    return [
        rf"& \text{{({p} more)}}"
        if isinstance(p, int)
        else rf"{p.bar_latex} &\mathrel{{+}}= {p.latex()} = {tex_value(p.contribution)}"
        for p in item.main_parts
    ]
