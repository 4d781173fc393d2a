"""An explanation as HTML: no script, readable in light and dark, folded parts open on a click."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np

from ...recording.shorten import shape_of, short, whole
from ..folding import Group
from ..run import ExplainedRun
from ..steps import ExplainedStep, Part
from .outline import opened_groups
from .text import tangent_text

WHOLE = 600  #: steps up to which closed parts carry what is in them
ENDS = (6, 2)  #: iterations that are shown of a long loop, at its beginning and at its end

STYLE = """
.fb-x{--ink:#1f2328;--dim:#656d76;--line:#d0d7de;--soft:#f6f8fa;--val:#116329;--bar:#0550ae;--hot:#cf222e;
 color:var(--ink);font:13px/1.5 ui-sans-serif,system-ui,sans-serif;max-width:100%;overflow-x:auto}
@media(prefers-color-scheme:dark){.fb-x{--ink:#e6edf3;--dim:#9198a1;--line:#3d444d;--soft:#1a2029;
 --val:#7ee787;--bar:#79c0ff;--hot:#ff7b72}}
[data-jp-theme-light="true"] .fb-x,[data-theme="light"] .fb-x{--ink:#1f2328;--dim:#656d76;--line:#d0d7de;
 --soft:#f6f8fa;--val:#116329;--bar:#0550ae;--hot:#cf222e}
[data-jp-theme-light="false"] .fb-x,[data-theme="dark"] .fb-x{--ink:#e6edf3;--dim:#9198a1;--line:#3d444d;
 --soft:#1a2029;--val:#7ee787;--bar:#79c0ff;--hot:#ff7b72}
.fb-x h4{margin:.6em 0 .3em;font-size:14px;color:var(--ink)}
.fb-x .m{font-family:"STIX Two Math","Cambria Math",Cambria,Georgia,serif;font-size:15px;white-space:nowrap}
.fb-x code{font:12px ui-monospace,Menlo,Consolas,monospace;color:var(--dim);
 background:none!important;padding:0!important;
 overflow-wrap:anywhere}
.fb-x .r{display:grid;grid-template-columns:minmax(9em,1.1fr) minmax(8em,1fr) 3.5em minmax(8em,1.2fr);
 gap:0 1em;padding:2px 6px;border-top:1px solid var(--line);align-items:baseline}
.fb-x .b{display:grid;grid-template-columns:minmax(8em,1fr) minmax(13em,2.2fr);gap:0 1em;padding:2px 6px;
 border-top:1px solid var(--line);align-items:baseline}
.fb-x .p{display:grid;grid-template-columns:minmax(3.5em,.7fr) minmax(6em,1.4fr) minmax(6em,1.2fr);gap:0 1em;
 align-items:baseline}
.fb-x .v{color:var(--val);font:12px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.fb-x .s{color:var(--dim);font-size:12px;white-space:nowrap}
.fb-x .bar{color:var(--bar)} .fb-x .kink{color:var(--hot);font-size:12px}
.fb-x details{margin:0} .fb-x summary{cursor:pointer}
.fb-x details.g>summary{padding:2px 6px;border-top:1px solid var(--line);background:var(--soft)}
.fb-x details.g>div{margin-left:1em;border-left:2px solid var(--line)}
.fb-x details.a{display:inline-block;vertical-align:top} .fb-x details.a>summary{list-style:none;
 text-decoration:underline dotted var(--dim)}
.fb-x details.a>summary::-webkit-details-marker{display:none}
.fb-x pre{font:12px ui-monospace,Menlo,Consolas,monospace;background:var(--soft);color:var(--ink);
 margin:2px 0;
 padding:4px 6px;overflow:auto;max-height:20em}
@media(max-width:760px){.fb-x .r{grid-template-columns:minmax(8em,1.2fr) minmax(7em,1fr) 2.6em}
 .fb-x .r>:nth-child(4){grid-column:1/-1;padding-left:1em}
 .fb-x .b{grid-template-columns:1fr} .fb-x .b>.p,.fb-x .b>div>.p{padding-left:1em}}
"""


def html(e: ExplainedRun) -> str:
    """The whole explanation in one element."""
    opened = opened_groups(e)
    title = f"{escape(e.function)}({escape(', '.join(e.names.arguments))})"
    head = f'<h4><span class="m">{title}</span> = {value(e.value)}'
    if e.forward:
        head += f" with tangent {value(e.tangent)}"
    parts = [f'<div class="fb-x"><style>{STYLE}</style>{head}</h4>']
    arguments = "".join(forward_row(e, line) for line in e.arguments)
    body = arguments + "".join(_items(e, e.tree.items, opened, False))
    parts.append(_section("forward, value and tangent" if e.forward else "forward", body))
    if e.names.constants:
        rows = "".join(
            f'<div class="r"><span class="m">{name}</span><span>{value(x)}</span>{_shape(x)}</div>'
            for name, x in e.names.constants.values()
        )
        parts.append(_section("constants", rows))
    if not e.forward:
        body = "".join(_items(e, e.tree.items, opened, True))
        parts.append(_section("reverse", body or escape(e.without_steps)))
        parts.append(_section("gradient", _gradient(e)))
    return "".join(parts) + "</div>"


def _section(title: str, body: str) -> str:
    return f"<details open><summary><b>{title}</b></summary>{body}</details>"


def value(x: Any) -> str:
    """A value, shortened; an array is shown in full on hover or click."""
    text = escape(short(x))
    if isinstance(x, (np.ndarray, tuple)) and "…" in text:
        every = escape(whole(x))
        hover = every if len(every) <= 400 else f"{shape_of(x)}: click to see more"
        return (
            f'<details class="a"><summary class="v" title="{hover}">{text}</summary>'
            f"<pre>{every}</pre></details>"
        )
    return f'<span class="v">{text}</span>'


def _shape(x: Any) -> str:
    return f'<span class="s">{shape_of(x) if x is not None else ""}</span>'


def _items(e: ExplainedRun, items: Sequence[Any], opened: set[int], backwards: bool) -> Iterator[str]:
    large = len(e.lines) > WHOLE
    chosen = list(items)
    first, last = ENDS
    cut = len(chosen) - first - last
    skipped = e.unfolded is not None and len(chosen) > e.limit and cut > 1
    if skipped:
        chosen = [*chosen[:first], cut, *chosen[-last:]]
    for item in reversed(chosen) if backwards else chosen:
        if isinstance(item, int):
            yield f'<div class="r"><span class="s">… {item:,} more</span></div>'
        elif isinstance(item, Group):
            if backwards and all(line.cotangent is None for line in item.lines()):
                continue
            is_open = id(item) in opened
            inside = "" if large and not is_open else "".join(_items(e, item.items, opened, backwards))
            yield (
                f'<details class="g"{" open" if is_open else ""}><summary>{_summary(item, backwards)}'
                f"</summary><div>{inside}</div></details>"
            )
        elif not backwards:
            yield forward_row(e, item)
        elif item.cotangent is not None:
            yield reverse_row(item)


def _summary(group: Group, backwards: bool) -> str:
    lines = list(group.lines())
    times = f" × {group.iterations}" if group.kind == "loop" else ""
    said = f"<code>{escape(group.label)}</code>{times} "
    last = (
        next((x for x in reversed(lines) if x.cotangent is not None), lines[-1]) if backwards else lines[-1]
    )
    name = f'<span class="m bar">{last.bar}</span>' if backwards else f'<span class="m">{last.name}</span>'
    shown = short(last.cotangent if backwards else last.value)
    return f'{said}<span class="s">{len(lines)} steps</span> {name} = <span class="v">{escape(shown)}</span>'


def forward_row(e: ExplainedRun, line: ExplainedStep) -> str:
    """One argument or step of the forward sweep."""
    left = escape(line.name)
    if not line.is_argument:
        left += f" = {escape(line.operation.text())}"
    source = ""
    if line.source.line:
        file = "this cell" if "ipykernel" in line.source.file else os.path.basename(line.source.file)
        where = f"{escape(file)}, line {line.source.line}"
        source = (
            f'<code title="{where}">{escape(line.source.expression) or f"line {line.source.line}"}</code>'
        )
    if e.forward and line.tangent is not None:
        source = f'<span class="m bar">{escape(tangent_text(e, line))}</span> {source}'
    kink = f' <span class="kink">{escape(line.kink)}</span>' if line.kink else ""
    return (
        f'<div class="r"><span class="m">{left}</span><span>{value(line.value)}</span>{_shape(line.value)}'
        f"<span>{source}{kink}</span></div>"
    )


def reverse_row(line: ExplainedStep) -> str:
    """One step of the reverse sweep, with what it gives to each input."""
    parts = "".join(map(_part, line.main_parts))
    kink = f'<div class="kink">{escape(line.kink)}</div>' if line.kink else ""
    head = f'<span class="m bar">{escape(line.bar)}</span> = {value(line.cotangent)}'
    return f'<div class="b"><div>{head}{kink}</div><div>{parts}</div></div>'


def _part(part: Part | int) -> str:
    if isinstance(part, int):
        return f'<div class="p"><span class="s">… {part} more</span></div>'
    return (
        f'<div class="p"><span class="m">→ {escape(part.name)}</span>'
        f'<span class="m" title="local derivative: {escape(part.local.text())}">{escape(part.text())}</span>'
        f"<span>{value(part.contribution)} {_shape(part.contribution)}</span></div>"
    )


def _gradient(e: ExplainedRun) -> str:
    rows = [(line.name, line.cotangent) for line in e.arguments]
    rows += [(name, None) for name in e.independent]
    return "".join(
        f'<div class="r"><span class="m">{escape(name)}</span><span>{value(ct)}</span>{_shape(ct)}</div>'
        for name, ct in rows
    )
