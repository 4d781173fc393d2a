"""Running a translation, statement by statement."""

from __future__ import annotations

import ast
import contextlib
import io
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import base
from .limits import TooLong, time_limit
from .translate import Piece, Translation


@dataclass
class Ran:
    """What one statement did: what it printed, its value (of an assignment: what was assigned), its error.

    ``shown``: it is an expression, so a notebook shows its value.
    """

    printed: str = ""
    value: Any = None
    error: str = ""
    shown: bool = False


class Runner:
    """One program: its variables live from statement to statement. ``limit``: seconds for each cell."""

    def __init__(self, translation: Translation, limit: float | None = None) -> None:
        self.translation, self.limit = translation, limit
        self.scope: dict[str, Any] = {"__name__": "__main__", "__file__": "program.py"}
        self._exec(ast.parse("\n".join(translation.header)))
        self._cell, self._spent = -1, 0.0

    def _exec(self, tree: ast.Module) -> None:
        exec(compile(tree, "<translated>", "exec", dont_inherit=True), self.scope)

    def pieces(self, number: int) -> list[Piece]:
        """The statements of one cell, those that are refused, too."""
        return [p for p in self.translation.of_cell(number) if p.lines or p.julia]

    def cell(self, number: int) -> tuple[str, Any, str]:
        """What one cell prints, its last value, and its error (or ``""``), with which it ends."""
        printed, ran = "", Ran()
        for piece in self.pieces(number):
            if piece.refused is None and piece.lines:
                ran = self.run(piece, number)
                printed += ran.printed
                if ran.error:
                    break
        return printed, ran.value, ran.error

    def run(self, piece: Piece, number: int) -> Ran:
        """Run one statement of the cell with this number."""
        if number != self._cell:
            self._cell, self._spent = number, 0.0
        out, ran = io.StringIO(), Ran()
        limit = None if self.limit is None else self.limit - self._spent
        start = time.monotonic()
        try:
            with contextlib.redirect_stdout(out), warnings.catch_warnings(), time_limit(limit):
                warnings.simplefilter("ignore")
                self._run(piece, ran)
        except TooLong:
            ran.error = f"it took longer than {self.limit:g} s"
        except (Exception, SystemExit) as problem:
            ran.error = f"{type(problem).__name__}: {problem}"
        self._spent += time.monotonic() - start
        ran.printed = out.getvalue()
        return ran

    def _run(self, piece: Piece, ran: Ran) -> None:
        tree = ast.parse(piece.python)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            self._exec(ast.Module(tree.body[:-1], []))
            code = compile(ast.Expression(last.value), "<translated>", "eval", dont_inherit=True)
            ran.value, ran.shown = eval(code, self.scope), True
            return
        self._exec(tree)
        if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
            ran.value = self.scope.get(last.targets[0].id)


@contextlib.contextmanager
def restored() -> Iterator[None]:
    """Methods of Base and the default generator as they were before."""
    from ..flux import rng

    methods = {name: list(f.methods) for name, f in base.EXTENSIONS.items()}
    generator = rng.DefaultRNG.generator
    base.EXTENSIONS.clear()
    try:
        yield
    finally:
        base.EXTENSIONS.clear()
        for name, found in methods.items():
            base.EXTENSIONS[name] = base.Function(name)
            base.EXTENSIONS[name].methods = found
        rng.DefaultRNG.generator = generator
