"""The graph of an explanation, as Mermaid and for Graphviz.

The nodes are what the other views show: arguments, steps, and closed groups as one node each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...recording import Step
from ...recording.shorten import shown
from ..folding import Group
from ..rows import given
from ..run import ExplainedRun
from ..steps import ExplainedStep, Part
from .outline import rows
from .text import group_title, slope_text


class Node(NamedTuple):
    """A box of the picture; `kind` is ``argument``, ``step`` or ``group``."""

    key: str
    kind: str
    title: str
    value: str
    back: str  #: the cotangent (or tangent) in short


class Edge(NamedTuple):
    """From the node of a value to one that uses it; `back` is the contribution that came back."""

    source: str
    target: str
    back: str


class Graph(NamedTuple):
    nodes: list[Node]
    edges: list[Edge]


def graph(e: ExplainedRun) -> Graph:
    """Nodes in the order of execution, and edges."""
    boxes = _boxes(e)
    home: dict[Step, str] = {}
    for key, item in boxes:
        for line in item.lines() if isinstance(item, Group) else [item]:
            home[line.step] = key
    nodes = [_node(e, key, item) for key, item in boxes]
    edges: dict[tuple[str, str], list[Part]] = {}
    for line in e.lines:
        target = home.get(line.step)
        backs = {part.index: part for part in line.parts}
        for k, x in enumerate(line.step.inputs):
            source = home.get(x) if isinstance(x, Step) else None
            if source is not None and target is not None and source != target:
                texts = edges.setdefault((source, target), [])
                if k in backs:
                    texts.append(backs[k])
    statements = {key: item for key, item in boxes if getattr(item, "kind", "") == "line"}
    found = []
    for (a, b), along in edges.items():
        slopes = _slopes(e, statements[b], along) if b in statements else ""
        found.append(Edge(a, b, slopes or _together(along)))
    return Graph(nodes, found)


def _boxes(e: ExplainedRun) -> list[tuple[str, Any]]:
    """What has a node, with its key."""
    found: list[tuple[str, Any]] = [(line.name, line) for line in e.arguments]
    return found + [(f"g{k}" if isinstance(i, Group) else i.name, i) for k, i in enumerate(rows(e))]


def keys_of(e: ExplainedRun) -> tuple[list[str], list[str], list[str]]:
    """The keys of the arguments, of the steps forward, and of those that cotangents come back through."""
    boxes = _boxes(e)
    count = len(e.arguments)
    backs = [
        key
        for key, item in reversed(boxes[count:])
        if any(x.cotangent is not None for x in (item.lines() if isinstance(item, Group) else [item]))
    ]
    return [key for key, _ in boxes[:count]], [key for key, _ in boxes[count:]], [] if e.forward else backs


def _slopes(e: ExplainedRun, statement: Group, backs: list[Part]) -> str:
    """What comes back out of a statement of numbers, by its local derivatives."""
    targets = {part.step for part in backs}
    texts = [slope_text(statement, g, e.results(statement)) for g in given(statement) if g.step in targets]
    return " + ".join(texts) if all(texts) else ""


def _together(backs: list[Part]) -> str:
    """What comes back along one arrow; of many the first."""
    if len(backs) > 2:
        return f"{backs[0].text()} + {len(backs) - 1} more"
    return " + ".join(dict.fromkeys(part.text() for part in backs))


def _node(e: ExplainedRun, key: str, item: Any) -> Node:
    if isinstance(item, Group):
        last = e.results(item)[-1]
        if item.kind == "line":
            return Node(key, "step", group_title(e, item), shown(last.value), _back(e, last))
        return Node(key, "group", item.title, f"{last.name} = {shown(last.value)}", _back(e, last))
    line: ExplainedStep = item
    title = line.name if line.is_argument else f"{line.name} = {line.operation_text}"
    return Node(key, "argument" if line.is_argument else "step", title, shown(line.value), _back(e, line))


def _back(e: ExplainedRun, line: ExplainedStep) -> str:
    if e.forward:
        return "" if line.tangent is None else f"{line.dot} = {shown(line.tangent)}"
    return "" if line.cotangent is None else f"{line.bar} = {shown(line.cotangent)}"


def _keys(g: Graph) -> dict[str, str]:
    return {node.key: f"n{k}" for k, node in enumerate(g.nodes)}


def mermaid(e: ExplainedRun) -> str:
    """Mermaid's ``flowchart``; what flows back stands at the arrows."""
    g = graph(e)
    keys = _keys(g)
    shapes = {"argument": ('(["', '"])'), "step": ('["', '"]'), "group": ('[["', '"]]')}
    out = ["flowchart LR"]
    for node in g.nodes:
        text = "<br>".join(_mermaid(t) for t in (node.title, node.value, node.back) if t)
        start, end = shapes[node.kind]
        out.append(f"  {keys[node.key]}{start}{text}{end}")
    for edge in g.edges:
        label = f'|"{_mermaid(edge.back)}"|' if edge.back else ""
        out.append(f"  {keys[edge.source]} -->{label} {keys[edge.target]}")
    return "\n".join(out) + "\n"


def _mermaid(text: str) -> str:
    for c, code in (
        ("#", "#35;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("|", "#124;"),
        ("`", "#96;"),
    ):
        text = text.replace(c, code)
    return text


def dot(e: ExplainedRun) -> str:
    """The language of Graphviz: ``dot -Tsvg``."""
    g = graph(e)
    keys = _keys(g)
    shapes = {"argument": "ellipse", "step": "box", "group": "box3d"}
    out = ["digraph {", "  rankdir=LR;", '  node [fontname="sans-serif"]; edge [fontname="sans-serif"];']
    for node in g.nodes:
        text = "\\n".join(_dot(t) for t in (node.title, node.value, node.back) if t)
        out.append(f'  {keys[node.key]} [shape={shapes[node.kind]}, label="{text}"];')
    for edge in g.edges:
        label = f' [label="{_dot(edge.back)}"]' if edge.back else ""
        out.append(f"  {keys[edge.source]} -> {keys[edge.target]}{label};")
    return "\n".join(out) + "\n}\n"


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
