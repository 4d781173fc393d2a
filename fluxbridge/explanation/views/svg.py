"""The graph of an explanation as SVG, drawn with drawsvg.

Layers go from top to bottom: a step stands below what it uses, an argument right above its first
use. Within the layers the order is improved by sweeps to the mean of the neighbours (Sugiyama,
Tagawa and Toda 1981); arrows over several layers bend around what stands between.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ...errors import MissingPackage
from ..run import ExplainedRun
from .graph import Graph, graph
from .text import width

ROW, GAP, LETTER, LINE, MARGIN = 58, 22, 6.7, 15, 12
BEND = 8  #: width of an arrow that passes through a layer

CSS = """
.n{fill:#f6f8fa;stroke:#8c959f}.a{fill:#ddf4ff;stroke:#0969da}.g{fill:#fff8c5;stroke:#9a6700}
text{font-size:12px;font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}
.v{fill:#116329}.b{fill:#0550ae}
.w{stroke:#cf222e;stroke-width:3}.e{fill:none;stroke:#8c959f;stroke-width:1.2}.h{fill:#8c959f}
.l{font-size:11px;fill:#0550ae}
@media(prefers-color-scheme:dark){.n{fill:#1a2029;stroke:#656c76}.a{fill:#0c2d4d;stroke:#4493f8}
.g{fill:#3b2e04;stroke:#d29922}text{fill:#e6edf3}.v{fill:#7ee787}.b,.l{fill:#79c0ff}}
"""


class Moment(NamedTuple):
    """The nodes that have a value and a cotangent at a moment of the sweeps, and the current one."""

    graph: Graph
    values: frozenset[str]
    backs: frozenset[str]
    now: str


def svg(e: ExplainedRun, moment: Moment | None = None) -> str:
    """The picture; hovering over an arrow says what comes back along it."""
    try:
        import drawsvg
    except ImportError:
        raise MissingPackage(
            "pictures need drawsvg: pip install 'fluxbridge[explain]'. Without it there are "
            "explain(...).mermaid() and explain(...).dot()."
        ) from None
    g = moment.graph if moment else graph(e)
    place = Layout(g)
    picture = drawsvg.Drawing(place.width, place.height, id_prefix="fb", style="max-width:100%;height:auto")
    picture.append_css(CSS)
    for edge in g.edges:
        points = place.route(edge.source, edge.target)
        path = drawsvg.Path(class_="e")
        path.M(*points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            path.C(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1)
        if edge.back and moment is None:
            path.append_title(f"back: {edge.back}")
        picture.append(path)
        x, y = points[-1]
        picture.append(drawsvg.Lines(x, y, x - 4, y - 7, x + 4, y - 7, close=True, class_="h"))
    for node in g.nodes:
        x, y, w, h = place.box(node.key)
        kind = {"argument": "a", "step": "n", "group": "g"}[node.kind]
        if moment and node.key == moment.now:
            kind += " w"
        box = drawsvg.Rectangle(x - w / 2, y, w, h, rx=h / 2 if kind == "a" else 4, class_=kind)
        if moment is None:
            box.append_title("\n".join(t for t in (node.title, node.value, node.back) if t))
        picture.append(box)
        for k, (text, style) in enumerate(place.texts[node.key]):
            known = {"v": moment.values, "b": moment.backs}.get(style) if moment else None
            if known is not None and node.key not in known:
                continue
            picture.append(drawsvg.Text(text, 12, x, y + LINE * (k + 1), text_anchor="middle", class_=style))
    return picture.as_svg(header="")


def _cut(text: str, most: int = 34) -> str:
    return text if width(text) <= most else text[: most - 1] + "…"


class Layout:
    """The places of nodes and edges."""

    def __init__(self, g: Graph):
        self.texts = {
            n.key: [(_cut(t), c) for t, c in ((n.title, ""), (n.value, "v"), (n.back, "b")) if t]
            for n in g.nodes
        }
        self.arguments = {n.key for n in g.nodes if n.kind == "argument"}
        self.layer = _layers(g)
        self.chains: dict[tuple[str, str], list[str]] = {}
        self.links: list[tuple[str, str]] = []  #: between neighbouring layers
        self.rows: list[list[str]] = [[] for _ in range(max(self.layer.values(), default=0) + 1)]
        for node in g.nodes:
            self.rows[self.layer[node.key]].append(node.key)
        for edge in g.edges:
            self._chain(edge.source, edge.target)
        self._order()
        self._place()

    def _chain(self, source: str, target: str) -> None:
        """Bends in all the layers between the two ends."""
        names = [source]
        for k in range(self.layer[source] + 1, self.layer[target]):
            name = f"{source}>{target}>{k}"
            self.rows[k].append(name)
            names.append(name)
        names.append(target)
        self.links += list(pairwise(names))
        self.chains[source, target] = names

    def _order(self) -> None:
        above: dict[str, list[str]] = {}
        below: dict[str, list[str]] = {}
        for a, b in self.links:
            below.setdefault(a, []).append(b)
            above.setdefault(b, []).append(a)
        self.above, self.below = above, below
        for sweep in range(12):
            rows = self.rows if sweep % 2 == 0 else self.rows[::-1]
            near = above if sweep % 2 == 0 else below
            at = {name: k / max(len(row), 1) for row in self.rows for k, name in enumerate(row)}
            for row in rows:
                row.sort(key=lambda name: _mean([at[n] for n in near.get(name, [])], at[name]))
                at.update({name: (k + 0.5) / len(row) for k, name in enumerate(row)})

    def _size(self, name: str) -> float:
        texts = self.texts.get(name)
        return BEND if texts is None else max(width(t) for t, _ in texts) * LETTER * 1.1 + 18

    def _place(self) -> None:
        self.x: dict[str, float] = {}
        for row in self.rows:
            at = 0.0
            for name in row:
                self.x[name] = at + self._size(name) / 2
                at += self._size(name) + GAP
        for sweep in range(10):
            for row in self.rows if sweep % 2 == 0 else self.rows[::-1]:
                self._settle(row)
        left = min((self.x[n] - self._size(n) / 2 for n in self.x), default=0.0) - MARGIN
        self.x = {name: x - left for name, x in self.x.items()}
        self.width = max((self.x[n] + self._size(n) / 2 for n in self.x), default=0.0) + MARGIN
        tallest = [max((len(self.texts.get(n, ())) for n in row), default=1) * LINE + 8 for row in self.rows]
        self.y, at = [], float(MARGIN)
        for height in tallest:
            self.y.append(at)
            at += height + ROW - 22
        self.height = at - (ROW - 22) + MARGIN
        self.tallest = tallest

    def _settle(self, row: list[str]) -> None:
        """Move the nodes of a row towards their neighbours in other layers, in order and without overlap."""
        wish = {n: _mean([self.x[m] for m in self._pulling(n)], self.x[n]) for n in row}
        blocks: list[tuple[list[str], float]] = []  # neighbours that touch, and where the first one stands
        for name in row:
            names, start = [name], wish[name]
            while blocks:
                before, first = blocks[-1]
                end = first + self._offset(before, len(before) - 1)
                if end + self._between(before[-1], names[0]) <= start:
                    break
                blocks.pop()
                names = before + names
                start = self._start(names, wish)
            blocks.append((names, start))
        for names, start in blocks:
            for k, name in enumerate(names):
                self.x[name] = start + self._offset(names, k)

    def _start(self, names: list[str], wish: dict[str, float]) -> float:
        """The place of the first of some adjacent nodes; arguments are moved before steps."""
        weights = [0.02 if n in self.arguments else 1.0 for n in names]
        wanted = [wish[n] - self._offset(names, k) for k, n in enumerate(names)]
        return sum(w * x for w, x in zip(weights, wanted, strict=True)) / sum(weights)

    def _pulling(self, name: str) -> list[str]:
        """The neighbours that determine the place of a node; arguments do not move steps."""
        near = self.above.get(name, []) + self.below.get(name, [])
        return [n for n in near if n not in self.arguments] or near

    def _between(self, a: str, b: str) -> float:
        return (self._size(a) + self._size(b)) / 2 + GAP

    def _offset(self, names: list[str], k: int) -> float:
        return sum(self._between(a, b) for a, b in pairwise(names[: k + 1]))

    def box(self, name: str) -> tuple[float, float, float, float]:
        """Middle of the top edge, width and height."""
        return self.x[name], self.y[self.layer[name]], self._size(name), len(self.texts[name]) * LINE + 8

    def route(self, source: str, target: str) -> list[tuple[float, float]]:
        names = self.chains[source, target]
        x, y, _, h = self.box(source)
        points = [(x, y + h)]
        for k, name in enumerate(names[1:-1], start=self.layer[source] + 1):
            points += [(self.x[name], self.y[k]), (self.x[name], self.y[k] + self.tallest[k])]
        return [*points, (self.x[target], self.y[self.layer[target]])]


def _layers(g: Graph) -> dict[str, int]:
    layer = {node.key: 0 for node in g.nodes}
    for node in g.nodes:  # they are in the order of execution
        below = [layer[e.source] + 1 for e in g.edges if e.target == node.key]
        layer[node.key] = max(below, default=0)
    for node in reversed(g.nodes):
        uses = [layer[e.target] for e in g.edges if e.source == node.key]
        if node.kind == "argument" and uses:
            layer[node.key] = min(uses) - 1
    return layer


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
