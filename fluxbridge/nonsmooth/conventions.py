"""The derivatives that AD systems give at kinks, as a table.

Systems that are installed are asked; for the others there are recorded answers with their versions, in
``conventions.json``. The Zygote column is recorded from Julia (activations: from Flux).
"""

from __future__ import annotations

import html
import importlib
import importlib.metadata
import importlib.util
import json
import warnings
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

import numpy as np

from .. import __version__
from ..api import gradient

OURS = "fluxbridge"


def _ours(expression: str, args: Sequence[Any]) -> Any:
    from ..flux import nnlib

    names = {"np": np, **{n: getattr(nnlib, n) for n in ("relu", "leakyrelu", "relu6", "hardtanh", "elu")}}
    return gradient(_function(expression, names, len(args)), *_arrays(args))


def _autograd(expression: str, args: Sequence[Any]) -> Any:
    import autograd
    import autograd.numpy as anp

    f = _function(expression, {"np": anp}, len(args))
    arrays = [np.float64(a) if np.ndim(a) == 0 else np.array(a) for a in args]
    return [autograd.grad(f, k)(*arrays) for k in range(len(args))]


def _jax(expression: str, args: Sequence[Any]) -> Any:
    import jax
    import jax.numpy as jnp

    f = _function(expression, {"np": jnp, "jax": jax}, len(args))
    arrays = [jnp.asarray(a) for a in args]
    return [np.asarray(g) for g in jax.grad(f, tuple(range(len(args))))(*arrays)]


def _torch(expression: str, args: Sequence[Any]) -> Any:
    import torch

    tensors = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in args]
    y = _function(expression, {"torch": torch}, len(args))(*tensors)
    return [None if g is None else g.numpy() for g in torch.autograd.grad(y, tensors, allow_unused=True)]


def _tensorflow(expression: str, args: Sequence[Any]) -> Any:
    import tensorflow as tf

    tensors = [tf.constant(a, tf.float64) for a in args]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        y = _function(expression, {"tf": tf, "np": np}, len(args))(*tensors)
    return [None if g is None else g.numpy() for g in tape.gradient(y, tensors)]


#: The columns: name -> (module, how it is asked); Zygote is only recorded.
SYSTEMS: dict[str, tuple[str, Callable[[str, Sequence[Any]], Any]]] = {
    "JAX": ("jax", _jax),
    "PyTorch": ("torch", _torch),
    "TensorFlow": ("tensorflow", _tensorflow),
    "autograd": ("autograd", _autograd),
}


def _function(expression: str, names: dict[str, Any], count: int) -> Any:
    # evaluated as text, which is also what the table shows
    return eval(f"lambda {', '.join(('x', 'y')[:count])}: {expression}", names)


def _arrays(args: Sequence[Any]) -> list[Any]:
    return [np.array(a) if isinstance(a, list) else a for a in args]


class Conventions:
    """The table: `columns` (name and version) and `rows` (the point, then one answer a column).

    Printed as text; `.markdown()` and `.html()` give it for pages, and a notebook shows it as HTML.
    """

    def __init__(self, columns: list[str], rows: list[tuple[str, ...]]):
        self.columns = columns
        self.rows = rows

    def __getitem__(self, point: str) -> dict[str, str]:
        """The answers at one point, by system."""
        for row in self.rows:
            if row[0] == point:
                names = [column.split(" ")[0] for column in self.columns]
                return dict(zip(names, row[1:], strict=True))
        raise KeyError(f"no point is called {point!r}; the points are {[row[0] for row in self.rows]}")

    def disagree(self, row: Sequence[str]) -> bool:
        """Do those that answer differ?"""
        return len({answer for answer in row[1:] if answer not in ("–", "error")}) > 1

    def __str__(self) -> str:
        table = [("at", *self.columns), *[(self._mark(row), *row[1:]) for row in self.rows]]
        widths = [max(len(row[k]) for row in table) for k in range(len(table[0]))]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([*lines, "* the answers differ"])

    __repr__ = __str__

    def _mark(self, row: Sequence[str]) -> str:
        return row[0] + (" *" if self.disagree(row) else "")

    def markdown(self) -> str:
        """The table in Markdown, rows with different answers in bold."""
        lines = [
            "| at | " + " | ".join(self.columns) + " |",
            "| --- |" + " --- |" * len(self.columns),
        ]
        for row in self.rows:
            first = f"**{row[0]}**" if self.disagree(row) else row[0]
            first = first.replace("x**0.5", "x^0.5").replace("x**2", "x^2").replace("0**p", "0^p")
            lines.append(f"| {first} | " + " | ".join(row[1:]) + " |")
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """The table in HTML, rows with different answers in bold."""
        cells = [
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in row) + "</tr>"
            if not self.disagree(row)
            else "<tr style='font-weight:bold'>"
            + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in row)
            + "</tr>"
            for row in self.rows
        ]
        head = "".join(f"<th style='text-align:left'>{html.escape(c)}</th>" for c in ("at", *self.columns))
        return (
            "<div style='overflow-x:auto'><table><thead><tr>"
            + head
            + "</tr></thead><tbody>"
            + "".join(cells)
            + "</tbody></table></div>"
        )

    _repr_html_ = html


def conventions(live: bool | Sequence[str] = True) -> Conventions:
    """What Zygote, this engine and other frameworks answer at standard kinks.

    This engine is always asked live. So are JAX, PyTorch, TensorFlow and autograd where they are
    installed (`live` may name some of them, or be False); for the others, and for Zygote, the answers
    are recorded ones, with the versions that gave them. A "–" stands where there is no such function or
    no record, "none" where the system says that the result does not depend on the input.

    >>> table = conventions(live=False)
    >>> table["relu(x) at 0"]["fluxbridge"], table["max(x, y) at (1, 1)"]["PyTorch"]
    ('0', '0.5; 0.5')
    """
    data = json.loads((resources.files(__package__) / "conventions.json").read_text(encoding="utf-8"))
    recorded = data["versions"]
    ways: dict[str, Callable[[str, Sequence[Any]], Any] | None] = {"Zygote": None, OURS: _ours}
    columns = [f"Zygote {recorded['Zygote']}, recorded", f"{OURS} {__version__}"]
    for name, (module, way) in SYSTEMS.items():
        wanted = live is True or (live is not False and name in live)
        there = wanted and importlib.util.find_spec(module) is not None
        ways[name] = way if there else None
        columns.append(f"{name} {_version(module)}" if there else f"{name} {recorded[name]}, recorded")
    rows = []
    for row in data["rows"]:
        answers = [row["point"]]
        for name, ask in ways.items():
            answers.append(row["recorded"].get(name, "–") if ask is None else _asked(name, ask, row))
        rows.append(tuple(answers))
    return Conventions(columns, rows)


def _version(module: str) -> str:
    try:
        return importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:
        return str(getattr(importlib.import_module(module), "__version__", "?"))


def _asked(name: str, ask: Callable[[str, Sequence[Any]], Any], row: dict[str, Any]) -> str:
    expressions = row["expressions"]
    expression = expressions.get(name)
    if expression is None:
        if name in ("PyTorch", "TensorFlow"):
            return row["recorded"].get(name, "–")
        expression = expressions["numpy"]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return answer(ask(expression, row["arguments"]))
    except (AttributeError, NotImplementedError):
        return "–"
    except Exception:  # an exception of a framework is its answer in the table
        return "error"


def answer(gradients: Sequence[Any]) -> str:
    """Gradients as one cell: ``0.5``, ``1; 0`` for two arguments, ``[0, 1]`` for an array."""
    return "; ".join(_one(g) for g in gradients)


def _one(g: Any) -> str:
    if g is None:
        return "none"
    g = np.asarray(g, float)
    if g.ndim:
        return "[" + ", ".join(_one(v) for v in g) + "]"
    return f"{float(g) + 0.0:.4g}"
