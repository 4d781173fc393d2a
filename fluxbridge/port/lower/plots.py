"""Calls of Plots as statements of matplotlib."""

from __future__ import annotations

import ast
import re
from typing import Any

from ..kinds import ANY, FLOAT, NONE, NUMBERS, Kind
from ..names import plots
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Value

FIGURE = Kind("figure")
SAMPLES = 200


def is_plot(text: str) -> bool:
    """Whether a name is one of Plots."""
    plain = text.removesuffix("!")
    return (
        plain in plots.SERIES
        or text in plots.CHANGES
        or plain in plots.BACKENDS
        or plain in plots.REFUSED
        or text == "annotate!"
    )


class Plotter:
    """One call of Plots: its statements, and what it gives."""

    def __init__(self, t: Any, text: str, args: list[Node], node: Expr) -> None:
        self.t, self.text, self.node = t, text, node
        self.plain = text.removesuffix("!")
        self.positional, self.keywords = t.split(args)
        self.lines: list[str] = []
        self.after: list[str] = []

    def plt(self, name: str) -> str:
        """A function of ``matplotlib.pyplot``."""
        self.t.imports.add("plt")
        return f"plt.{name}"

    def value(self) -> Value:
        """The statements stand before the expression; its value is the figure."""
        if self.t.closed:
            self.t.refuse("a plot inside of a condition or a comprehension", self.node)
        result = self.call()
        if result is not None:
            return result
        lines = self.lines + self.after
        if self.t.statement_level:
            self.t.before.extend(lines[:-1])
            return lines[-1], NONE
        self.t.before.extend(lines)
        return self.plt("gcf()"), FIGURE

    def call(self) -> Value | None:
        """Fill in the statements, or give the value at once."""
        if self.plain in plots.REFUSED:
            self.t.refuse(f"{self.text}: {plots.REFUSED[self.plain]}", self.node)
        if self.plain == "closeall":
            return f"{self.plt('close')}('all')", NONE
        if self.plain in plots.BACKENDS:
            return "None", NONE
        if self.text == "savefig":
            values = [self.t.expr(a)[0] for a in self.positional]
            target = f"{values[0]}.savefig" if len(values) == 2 else self.plt("savefig")
            return f"{target}({values[-1]})", NONE
        if self.text in plots.CHANGES:
            self.set_axis(plots.CHANGES[self.text], self.positional)
            return None
        if self.text == "annotate!" and len(self.positional) == 3:
            x, y, label = (self.t.expr(a)[0] for a in self.positional)
            self.lines.append(f"{self.plt('annotate')}({label}, ({x}, {y}))")
            return None
        if self.text == "annotate!":
            self.t.refuse("annotate! in this form: write plt.annotate(text, (x, y))", self.node)
        figures = [self.t.expr(a)[0] for a in self.positional if self.is_figure(a)]
        if figures and not self.text.endswith("!"):
            return self.side_by_side(figures)
        options = self.options()
        self.open(figures)
        self.draw(plots.SERIES[self.kind], [a for a in self.positional if not self.is_figure(a)], options)
        if "label" in options and self.legend != "False":
            place = f"loc={self.legend}" if self.legend else ""
            self.after.append(f"{self.plt('legend')}({place})")
        return None

    kind = "plot"
    legend = ""
    size = ""

    def is_figure(self, node: Node) -> bool:
        """Whether an argument is a plot that was made before."""
        own = self.t.lookup(node.text) if isinstance(node, Name) else None
        if own is not None:
            return self.t.kind_of(own) == FIGURE
        return isinstance(node, Expr) and node.head == "call" and is_plot(getattr(node.args[0], "text", ""))

    def side_by_side(self, figures: list[str]) -> Value:
        """``plot(p1, p2; layout = (1, 2))``."""
        layout = next((self.t.expr(k.args[1])[0] for k in self.keywords if k.args[0].text == "layout"), None)  # type: ignore[union-attr]
        inside = ", ".join(figures) + (f", layout={layout}" if layout else "")
        return f"{self.t.jl('side_by_side')}({inside})", FIGURE

    def open(self, figures: list[str]) -> None:
        """A new figure, or an old one."""
        if figures:
            self.lines.append(f"{self.plt('figure')}({figures[0]})")
        elif not self.text.endswith("!"):
            self.lines.append(f"{self.plt('figure')}({self.size})")

    def options(self) -> dict[str, str]:
        """The keywords of the series; those of the whole plot become statements."""
        found: dict[str, str] = {}
        self.kind = self.plain
        for k in self.keywords:
            if isinstance(k, Name):
                k = Expr("kw", [k, k], k.at, k.at)
            if not (isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name)):
                self.t.refuse("this keyword argument of a plot", k)
            name, value = k.args[0].text, k.args[1]
            symbol = value.value.text if isinstance(value, Quoted) and isinstance(value.value, Name) else None
            if name in ("seriestype", "st", "t"):
                self.kind = {"path": "plot", "line": "plot"}.get(symbol or "", symbol or "")
                if self.kind not in plots.SERIES:
                    self.t.refuse(f"the kind {symbol} of a plot", k)
            elif name in ("legend", "leg", "key"):
                self.legend = self.place(symbol, value)
            elif name in ("aspect_ratio", "ratio"):
                ratio = "'equal'" if symbol == "equal" else "'auto'" if symbol else self.t.expr(value)[0]
                self.after.append(f"{self.plt('gca')}().set_aspect({ratio})")
            elif name == "size":
                sides = [self.t.expr(v)[0] for v in value.args]  # type: ignore[union-attr]
                inches = [f"{int(v) / 100:g}" if v.isdigit() else f"{v} / 100" for v in sides]
                self.size = f"figsize=({', '.join(inches)})"
            elif name in ("xaxis", "yaxis"):
                self.axis(name[0], value)
            elif name == "clims":
                found["vmin"], found["vmax"] = (self.t.expr(v)[0] for v in value.args)  # type: ignore[union-attr]
            elif name == "yflip":
                self.after.append(f"{self.plt('gca')}().invert_yaxis()")
            elif name in plots.AXES:
                self.set_axis(plots.AXES[name], [value], symbol)
            elif name in plots.OPTIONS:
                self.option(found, plots.OPTIONS[name], value, symbol)
            elif name in ("normalize", "norm"):
                found["density"] = (
                    "False" if getattr(value, "text", "") == "false" or symbol == "none" else "True"
                )
            elif name not in plots.DROPPED and name not in ("colorbar", "fill", "cbar"):
                self.t.refuse(f"the keyword {name} of {self.text}", k)
        return found

    def option(self, found: dict[str, str], name: str, value: Any, symbol: str | None) -> None:
        """One keyword of a series."""
        if name == "marker" and isinstance(value, Expr) and value.head == "tuple":
            for part in value.args:
                is_number = isinstance(part, Literal)
                self.option(
                    found,
                    "markersize" if is_number else "marker",
                    part,
                    getattr(getattr(part, "value", None), "text", None),
                )
            return
        if symbol is not None and symbol in ("none", "auto", "false"):
            return
        if name == "marker" and symbol in plots.MARKERS:
            found[name] = repr(plots.MARKERS[symbol])
        elif name == "linestyle" and symbol in plots.LINES:
            found[name] = repr(plots.LINES[symbol])
        elif name == "marker" and getattr(value, "value", None) is True:
            found[name] = "'o'"
        elif name == "label" and (
            (isinstance(value, Literal) and value.value in ("", False))
            or getattr(value, "text", "") in ("nothing", "false")
        ):
            return
        elif name == "label" and isinstance(value, Expr) and value.head == "hcat":
            found[name] = "[" + ", ".join(self.t.expr(a)[0] for a in value.args) + "]"
        elif name == "color" and isinstance(value, Literal) and isinstance(value.value, int):
            found[name] = repr(f"C{(value.value - 1) % 10}")
        else:
            found[name] = self.t.expr(value)[0]

    def axis(self, letter: str, value: Any) -> None:
        """``xaxis = (:log10, "iteration")``."""
        for part in value.args if isinstance(value, Expr) and value.head == "tuple" else [value]:
            symbol = part.value.text if isinstance(part, Quoted) and isinstance(part.value, Name) else None
            if symbol in plots.SCALES:
                self.set_axis(f"{letter}scale", [part], symbol)
            elif isinstance(part, Literal) or (isinstance(part, Expr) and part.head == "string"):
                self.set_axis(f"{letter}label", [part])
            elif isinstance(part, Expr) and part.head == "tuple":
                self.set_axis(f"{letter}lim", [part])
            else:
                self.t.refuse(f"this part of {letter}axis", part)

    def place(self, symbol: str | None, value: Any) -> str:
        """Where the legend is."""
        if symbol in plots.PLACES:
            return repr(plots.PLACES[symbol])
        shown = isinstance(value, Literal) and value.value is False
        return "False" if shown or getattr(value, "text", "") == "false" or symbol == "none" else ""

    def set_axis(self, name: str, values: list[Any], symbol: str | None = None) -> None:
        """``plt.xlim(…)``, ``plt.title(…)``."""
        if symbol in plots.SCALES and name.endswith("scale"):
            code = repr(plots.SCALES[symbol])
        elif symbol is not None and name == "grid":
            code = "True"
        elif symbol in ("auto", "none"):
            return
        else:
            code = ", ".join(self.t.expr(v)[0] for v in values)
        self.after.append(f"{self.plt(name)}({code})")

    # What is drawn.

    def draw(self, function: str, nodes: list[Node], options: dict[str, str]) -> None:
        """The statements that draw."""
        if any(isinstance(a, Expr) and a.head == "..." for a in nodes):
            self.t.refuse(f"{self.text}(xs...)", self.node)
        if function in ("axhline", "axvline", "axhspan", "axvspan"):
            return self.lines_across(function, nodes, options)
        if function in ("pcolormesh", "contour", "contourf"):
            return self.surface(function, nodes, options)
        if "markersize" in options and function == "scatter":
            size = options.pop("markersize")
            options["s"] = f"{size} ** 2"
        if not nodes:
            return None
        functions = self.functions(nodes[0])
        if functions is not None:
            x = self.t.fresh("x")
            low, high = (self.t.expr(a)[0] for a in nodes[1:3]) if len(nodes) >= 3 else ("-5", "5")
            if len(nodes) == 2:
                low, high = f"{self.t.expr(nodes[1])[0]}[0]", f"{self.t.expr(nodes[1])[0]}[-1]"
            self.lines.append(f"{x} = {self.t.np('linspace')}({low}, {high}, {SAMPLES})")
            self.series(function, x, functions, options)
            return None
        if len(nodes) == 1:
            return self.single(function, nodes[0], options)
        x = self.t.reader(nodes[0])[0]
        functions = self.functions(nodes[1])
        if functions is not None:
            if not x.isidentifier():
                name = self.t.fresh("x")
                self.lines.append(f"{name} = {x}")
                x = name
            self.series(function, x, functions, options)
            return None
        second: Any = nodes[1]
        if isinstance(second, Expr) and second.head == "vect" and not isinstance(second.args[0], Literal):
            series = [self.t.reader(a) for a in second.args]
            if all(k not in NUMBERS for _, k in series):
                for i, (code, _) in enumerate(series):
                    self.emit(function, [x, code], self.one_of(options, i, len(series)))
                return None
        self.emit(function, [x, *(self.t.reader(a)[0] for a in nodes[1:])], options)
        return None

    def series(self, function: str, x: str, functions: list[Node], options: dict[str, str]) -> None:
        """Several functions at the same places."""
        for i, f in enumerate(functions):
            self.emit(function, [x, self.applied(f, x)], self.one_of(options, i, len(functions)))

    @staticmethod
    def one_of(options: dict[str, str], i: int, count: int) -> dict[str, str]:
        """The keywords of one of several series; a row of labels has one for each."""
        labels = options.get("label", "")
        if not labels.startswith("["):
            return options
        names = [ast.unparse(e) for e in ast.parse(labels, mode="eval").body.elts]  # type: ignore[attr-defined]
        return {**options, "label": names[i]} if len(names) == count else options

    def single(self, function: str, node: Node, options: dict[str, str]) -> None:
        """``plot(y)``: the positions count from 1."""
        code, _ = self.t.reader(node)
        if function == "hist":
            return self.emit(function, [code], options)
        if not code.isidentifier():
            name = self.t.fresh("y")
            self.lines.append(f"{name} = {code}")
            code = name
        return self.emit(
            function, [f"{self.t.builtin('range')}(1, {self.t.builtin('len')}({code}) + 1)", code], options
        )

    def functions(self, node: Node) -> list[Node] | None:
        """The functions that an argument is, or has in it."""
        if self.t._is_function(node):
            return [node]
        if (
            isinstance(node, Expr)
            and node.head == "vect"
            and node.args
            and all(self.t._is_function(a) for a in node.args)
        ):
            return list(node.args)
        return None

    def applied(self, node: Node, x: str) -> str:
        """A function at many places."""
        code, kind = self.t.function_value(node, [FLOAT])
        code = code[1:-1] if code.startswith("(lambda") and code.endswith(")") else code
        short = re.match(r"lambda (\w+): (.*)$", code, re.DOTALL)
        if short:
            return f"[{short[2]} for {short[1]} in {x}]"
        return f"{code}({x})" if kind.tag == "elementwise" else f"[{code}(v) for v in {x}]"

    def surface(self, function: str, nodes: list[Node], options: dict[str, str]) -> None:
        """``heatmap(z)``, ``contour(x, y, f)``."""
        if "color" in options:
            options["cmap"] = options.pop("color")
        if len(nodes) not in (1, 3):
            self.t.refuse(f"{self.text} in this form", self.node)
        values = [self.t.reader(a)[0] for a in nodes[:2]] if len(nodes) == 3 else []
        third = nodes[-1]
        if self.t._is_function(third) and values:
            code, _ = self.t.function_value(third, [FLOAT, FLOAT])
            code = f"({code})" if code.startswith("lambda") else code
            values.append(f"[[{code}(a, b) for a in {values[0]}] for b in {values[1]}]")
        else:
            values.append(self.t.reader(third)[0])
        self.emit(function, values, options)
        if function != "contour":
            self.lines.append(f"{self.plt('colorbar')}()")

    def lines_across(self, function: str, nodes: list[Node], options: dict[str, str]) -> None:
        """``hline!([1, 2])``."""
        for node in nodes:
            if isinstance(node, Expr) and node.head == "vect" and "span" not in function:
                for one in node.args:
                    self.emit(function, [self.t.expr(one)[0]], options)
            elif self.t.expr(node)[1] in NUMBERS and "span" not in function:
                self.emit(function, [self.t.expr(node)[0]], options)
            else:
                code = self.t.iterable(*self.t.expr(node))
                if "span" in function:
                    self.emit(function, ["*" + code], options)
                else:
                    named = "".join(f", {k}={v}" for k, v in options.items())
                    self.lines += [f"for v in {code}:", f"    {self.plt(function)}(v{named})"]

    def emit(self, function: str, values: list[str], options: dict[str, str]) -> None:
        """One call."""
        self.lines.append(
            f"{self.plt(function)}({', '.join([*values, *(f'{k}={v}' for k, v in options.items())])})"
        )


__all__ = ["ANY", "FIGURE", "Plotter", "is_plot"]
