"""An explanation as HTML: no script, readable in light and dark, folded parts open on a click."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np

from ...recording.shorten import shape_of, shown, whole
from ..about import sentence
from ..folding import Group
from ..rows import Given, amount, given, homes, sum_of, terms
from ..run import ExplainedRun
from ..steps import ExplainedStep, Part
from .outline import opened_groups, rows
from .text import few, group_title, listed, slope_text, tangent_text

WHOLE = 600  #: steps up to which closed parts carry what is in them
PREFIX = "fb-prefix"  #: what ids begin with while a page is written
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
.fb-x .h{color:var(--dim);font-size:12px;border-top:0} .fb-x p{margin:.2em 0}
.fb-x .l{display:inline-grid;width:calc(100% - 1.2em);border-top:0;padding:0;vertical-align:top}
.fb-x a{color:inherit;text-decoration:underline dotted var(--dim)}
.fb-x :target{background:var(--soft);outline:2px solid var(--bar)}
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
    page = _Page(e).page()
    # so that pages in one notebook differ, and the same page is the same text
    return page.replace(PREFIX, f"fb{zlib.crc32(page.encode()):x}")


def _section(title: str, body: str) -> str:
    return f"<details open><summary><b>{title}</b></summary>{body}</details>"


def value(x: Any) -> str:
    """A value, shortened; an array is shown in full on hover or click."""
    text = escape(shown(x))
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


def _head(*titles: str, kind: str = "r") -> str:
    """The row of column headers."""
    if kind == "b":
        first, *rest = titles
        inner = "".join(f"<span>{t}</span>" for t in rest)
        return f'<div class="b h"><div>{first}</div><div><div class="p">{inner}</div></div></div>'
    return f'<div class="r h">{"".join(f"<span>{t}</span>" for t in titles)}</div>'


def _row(name: str, said: str, shape: str) -> str:
    return f'<div class="r"><span class="m">{name}</span><span>{said}</span>{shape}</div>'


class _Page:
    """One explanation while it is written."""

    def __init__(self, e: ExplainedRun):
        self.e = e
        self.opened = opened_groups(e)
        self.home = homes(rows(e))
        self.numbers: dict[int, int] = {}

    def page(self) -> str:
        e = self.e
        title = f"{escape(e.function)}({escape(', '.join(e.names.arguments))})"
        head = f'<h4><span class="m">{title}</span> = {value(e.value)}'
        if e.forward:
            head += f" with tangent {value(e.tangent)}"
        parts = [f'<div class="fb-x"><style>{STYLE}</style>{head}</h4>']
        parts.append(f"<p>{escape(sentence(e.about, e.forward))}</p>")
        body = _head("step", "value", "shape", "tangent, code" if e.forward else "code")
        body += "".join(self.forward_row(line) for line in e.arguments)
        body += "".join(self.items(e.tree.items, False))
        parts.append(_section("forward, value and tangent" if e.forward else "forward", body))
        if e.names.constants:
            body = _head("name", "value", "shape") + "".join(
                _row(escape(name), value(x), _shape(x)) for name, x in e.names.constants.values()
            )
            parts.append(_section("constants", body))
        if not e.forward:
            body = "".join(self.items(e.tree.items, True))
            if body:
                body = _head("cotangent", "to", "contribution", "value", kind="b") + body
            parts.append(_section("reverse", body or escape(e.without_steps)))
            parts.append(_section("gradient", _head("argument", "value", "shape") + self.gradient()))
        return "".join(parts) + "</div>"

    def items(self, items: Sequence[Any], backwards: bool) -> Iterator[str]:
        e, opened = self.e, self.opened
        large = len(e.lines) > WHOLE
        chosen = list(items)
        first, last = ENDS
        cut = len(chosen) - first - last
        if e.unfolded is not None and len(chosen) > e.limit and cut > 1:
            chosen = [*chosen[:first], cut, *chosen[-last:]]
        for item in reversed(chosen) if backwards else chosen:
            if isinstance(item, int):
                yield f'<div class="r"><span class="s">… {item:,} more</span></div>'
            elif isinstance(item, Group):
                if backwards and all(line.cotangent is None for line in item.lines()):
                    continue
                is_open = id(item) in opened
                if item.kind == "line" and is_open:
                    yield from self.items(item.items, backwards)
                    continue
                inside = "" if large and not is_open else "".join(self.items(item.items, backwards))
                yield (
                    f'<details class="g"{" open" if is_open else ""}{self.anchor(item, backwards)}>'
                    f"<summary>{self.summary(item, backwards)}</summary><div>{inside}</div></details>"
                )
            elif not backwards:
                yield self.forward_row(item)
            elif item.cotangent is not None:
                yield self.reverse_row(item)

    def anchor(self, item: Any, backwards: bool) -> str:
        """The id of a row of the reverse sweep, if a sum may refer to it."""
        place = next(item.lines()).step if isinstance(item, Group) else item.step
        if not backwards or self.home.get(place) is not item:
            return ""
        return f' id="{PREFIX}-{self.number(item)}"'

    def number(self, item: Any) -> int:
        return self.numbers.setdefault(id(item), len(self.numbers))

    def sum(self, line: ExplainedStep) -> str:
        """The cotangent of a step, and the terms that it is the sum of, each a link to its row."""
        pieces = []
        for text, term in sum_of(terms(line, self.home), line.cotangent):
            if term is None:
                pieces.append(escape(text))
                continue
            row = term.row
            name = listed(self.e, row) if isinstance(row, Group) else row.name
            link = f'href="#{PREFIX}-{self.number(row)}" title="from {escape(name)}"'
            pieces.append(f"<a {link}>{escape(text)}</a>")
        total = f' <span class="v">= {"".join(pieces)}</span>' if pieces else ""
        return value(line.cotangent) + total

    def summary(self, group: Group, backwards: bool) -> str:
        results = self.e.results(group)
        if backwards:
            into = [line for line in results if line.cotangent is not None]
            heads = [f'<span class="m bar">{escape(x.bar)}</span> = {self.sum(x)}' for x in into]
            if group.kind == "line":
                gifts = "".join(self.gift(group, gift, into) for gift in given(group))
                kinks = dict.fromkeys(line.kink for line in group.lines() if line.kink)
                kink = "".join(f'<div class="kink">{escape(k)}</div>' for k in kinks)
                return f'<div class="b l"><div>{", ".join(heads)}{kink}</div><div>{gifts}</div></div>'
            return f"<code>{escape(group.title)}</code> {', '.join(few(heads))}"
        if group.kind == "line":
            line = results[-1]
            code = f'<code title="line {group.line}">{escape(group.label)}</code>'
            left = f'<span class="m">{escape(group_title(self.e, group))}</span>'
            cells = f"{left}<span>{value(line.value)}</span>{_shape(line.value)}<span>{code}</span>"
            return f'<div class="r l">{cells}</div>'
        heads = [
            f'<span class="m">{escape(x.name)}</span> = <span class="v">{escape(shown(x.value))}</span>'
            for x in results
        ]
        return f"<code>{escape(group.title)}</code> {', '.join(few(heads))}"

    def gift(self, group: Group, gift: Given, into: list[ExplainedStep]) -> str:
        whole = self.e.of_step[gift.step].cotangent
        formula = slope_text(group, gift, into)
        return (
            f'<div class="p"><span class="m">→ {escape(gift.name)}</span>'
            f'<span class="m">{escape(formula)}</span>'
            f"<span>{contribution(gift.contribution, whole)} {_shape(gift.contribution)}</span></div>"
        )

    def forward_row(self, line: ExplainedStep) -> str:
        """One argument or step of the forward sweep."""
        left = escape(line.name)
        if not line.is_argument:
            left += f" = {escape(line.operation_text)}"
        source = ""
        if line.source.line:
            file = "this cell" if "ipykernel" in line.source.file else os.path.basename(line.source.file)
            where = f"{escape(file)}, line {line.source.line}"
            code = escape(line.source.expression) or f"line {line.source.line}"
            source = f'<code title="{where}">{code}</code>'
        if self.e.forward and line.tangent is not None:
            source = f'<span class="m bar">{escape(tangent_text(self.e, line))}</span> {source}'
        kink = f' <span class="kink">{escape(line.kink)}</span>' if line.kink else ""
        return (
            f'<div class="r"><span class="m">{left}</span><span>{value(line.value)}</span>'
            f"{_shape(line.value)}<span>{source}{kink}</span></div>"
        )

    def reverse_row(self, line: ExplainedStep) -> str:
        """One step of the reverse sweep, with what it gives to each input."""
        parts = "".join(map(self.part, line.main_parts))
        kink = f'<div class="kink">{escape(line.kink)}</div>' if line.kink else ""
        head = f'<span class="m bar">{escape(line.bar)}</span> = {self.sum(line)}'
        return f'<div class="b"{self.anchor(line, True)}><div>{head}{kink}</div><div>{parts}</div></div>'

    def part(self, part: Part | int) -> str:
        if isinstance(part, int):
            return f'<div class="p"><span class="s">… {part} more</span></div>'
        local = f'title="local derivative: {escape(part.local_text)}"'
        whole = self.e.of_step[part.step].cotangent
        return (
            f'<div class="p"><span class="m">→ {escape(part.name)}</span>'
            f'<span class="m" {local}>{escape(part.text())}</span>'
            f"<span>{contribution(part.contribution, whole)} {_shape(part.contribution)}</span></div>"
        )

    def gradient(self) -> str:
        found = [(line.name, self.sum(line), line.cotangent) for line in self.e.arguments]
        found += [(name, value(None), None) for name in self.e.independent]
        return "".join(_row(escape(name), said, _shape(ct)) for name, said, ct in found)


def contribution(x: Any, whole: Any) -> str:
    """What a row gives; beside what it is added to it may be next to nothing."""
    text = amount(x, whole)
    return f'<span class="v" title="{escape(shown(x))}">{text}</span>' if text == "≈ 0" else value(x)
