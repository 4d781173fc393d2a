"""``explain``: one run of a function, forward and backward, as an object with many views."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..calling import checked
from .run import ExplainedRun
from .views.text import State, text

LIMIT = 40  #: the most lines that are shown by default


class Explanation(ExplainedRun):
    """What :func:`fluxbridge.explain` returns. See there; the views are methods of this class."""

    def text(self, color: bool = False) -> str:
        """The two sweeps as aligned text."""
        return text(self, color)

    def html(self) -> str:
        """The same as a self-contained HTML element: no script, light and dark, arrays on demand."""
        from .views.html import html

        return html(self)

    def markdown(self) -> str:
        """The same as Markdown tables with formulas between dollars."""
        from .views.latex import markdown

        return markdown(self)

    def latex(self) -> str:
        """The same as LaTeX: two ``aligned`` blocks between display brackets."""
        from .views.latex import latex

        return latex(self)

    def mermaid(self) -> str:
        """The graph as Mermaid text, which GitHub and many editors draw."""
        from .views.graph import mermaid

        return mermaid(self)

    def dot(self) -> str:
        """The graph as text for Graphviz."""
        from .views.graph import dot

        return dot(self)

    def svg(self) -> str:
        """The graph as a picture; needs drawsvg (``pip install fluxbridge[explain]``)."""
        from .views.svg import svg

        return svg(self)

    def program(self) -> str:
        """The operations that are compiled of the function and its gradient, before and after the passes.

        For that the function is recorded again, as compiling does. For one that is not compiled the text says
        why.
        """
        from .views.program import program

        return program(self)

    def show(self, plots: bool = True) -> Any:
        """The theatre: in a notebook as the output of the cell, elsewhere in the browser.

        Code, graph and tables beside each other, with a slider and keys that walk through both sweeps.
        Functions of one or two numbers are plotted, for which they are evaluated all around the point;
        ``plots=False`` leaves that out. In the browser, the file is returned.
        """
        from .theatre.shown import show

        return show(self, plots)

    def play(self, plots: bool = True) -> Any:
        """The same as a widget: sliders and fields for the arguments, which Python answers.

        Works in Jupyter, VS Code and marimo; needs anywidget (``pip install fluxbridge[widget]``).
        """
        from .theatre.widget import play

        return play(self, plots)

    def save(self, path: str | os.PathLike[str], plots: bool = True) -> Path:
        """Write a file, by the end of its name.

        ``.html`` is the theatre for any browser, ``.svg`` and ``.png`` the graph, ``.gif`` the sweeps step
        by step; ``.json``, ``.md``, ``.tex``, ``.txt``, ``.dot`` and ``.mmd`` are the views of those names.
        PNG and GIF need ``pip install fluxbridge[pictures]``. Raises ValueError for another ending.
        """
        from .theatre.pictures import save

        return save(self, path, plots)

    def frames(self) -> Iterator[str]:
        """The graph at each moment of the sweeps, as SVG, for animations."""
        from .theatre.pictures import frames

        return frames(self)

    def at(self, *xs: Any) -> Explanation:
        """The same function explained at other arguments, with the same parts open."""
        other = type(self)(self.f, xs, self.forward, self.along, self.limit, self.depth)
        other.unfolded = self.unfolded
        return other

    def records(self) -> list[dict[str, Any]]:
        """Every argument and step as a dict, in the order of execution, with real arrays inside."""
        from .views.data import records

        return records(self)

    def data(self, size: int = 64) -> dict[str, Any]:
        """Code, steps, contributions, tests and groups as plain data, for programs that show them.

        The schema stands in docs/explain.md. Arrays of up to `size` elements are written out.
        """
        from .views.data import data

        return data(self, size)

    def json(self, indent: int | None = None) -> str:
        """:meth:`data` as JSON; complex numbers are pairs ``{"re": …, "im": …}``."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.data(), indent=indent, ensure_ascii=False, separators=separators)

    def steps(self) -> Iterator[State]:
        """The states of the sweeps, one by one: first forward, then (unless in forward mode) reverse."""
        known: dict[str, Any] = {}
        for line in self.lines:
            known[line.name] = (line.value, line.tangent) if self.forward else line.value
            yield State("forward", line, dict(known))
        known = {}
        for line in self.reverse_order:
            known.setdefault(line.name, line.cotangent)
            for part in line.parts:
                before = known.get(part.name)
                known[part.name] = part.contribution if before is None else before + part.contribution
            yield State("reverse", line, dict(known))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text(color=terminal_has_color())

    def _repr_html_(self) -> str:
        from .theatre.page import element

        return element(self)


def terminal_has_color() -> bool:
    out = sys.stdout
    return (
        bool(getattr(out, "isatty", lambda: False)())
        and not os.environ.get("NO_COLOR")
        and (os.environ.get("TERM") != "dumb")
    )


def explain(
    f: Callable[..., Any],
    *xs: Any,
    forward: bool = False,
    along: Any = None,
    limit: int = LIMIT,
    depth: int | None = None,
) -> Explanation:
    """Run f and its derivative, and show every step: what it computed and what went back through it.

    f and xs are what :func:`fluxbridge.gradient` takes. The result prints as text, is a theatre in a
    notebook (``show``, ``play``, ``save``), and has the methods ``html``, ``markdown``, ``latex``,
    ``mermaid``, ``dot``, ``svg``, ``frames``, ``records``, ``data``, ``json`` and ``steps``. Steps have
    the names of the variables that held them. Of more than a dozen, those of a statement share a row;
    more than `limit` rows are folded by layer, call and loop. ``unfold`` opens them, and `depth` says how
    many levels are open.

    With ``forward=True`` dual numbers are shown: value and tangent of every step. `along` is the
    direction, one tangent an argument, where there is more than one number; f may then return
    anything.

    >>> import numpy as np
    >>> from fluxbridge import explain
    >>> print(explain(lambda x, y: x * y + np.sin(x), 2.0, 3.0))  # doctest: +ELLIPSIS
    <lambda>(x, y) = 6.9093
    gradient with respect to x and y
    <BLANKLINE>
    forward
      step          value       code
      x             = 2
      y             = 3
      v1 = x · y    = 6         ...  line 1
      v2 = sin(x)   = 0.909297  ...  line 1
      v3 = v1 + v2  = 6.9093    ...  line 1
    <BLANKLINE>
    reverse
      cotangent  to    contribution  value
      v̄3 = 1     → v1  v̄3            = 1
                 → v2  v̄3            = 1
      v̄2 = 1     → x   v̄2 · cos(x)   = -0.416147
      v̄1 = 1     → x   v̄1 · y        = 3
                 → y   v̄1 · x        = 2
    <BLANKLINE>
    gradient
      argument  value
      x         = 2.58385 = -0.416147 + 3
      y         = 2

    Raises what ``gradient`` raises: NotScalarError, MutationError, NoRuleError; KeyError if asked to
    unfold what is not there; StructureError if a direction does not fit the arguments.
    """
    checked("explain", f, xs)
    return Explanation(f, xs, forward, along, limit, depth)
