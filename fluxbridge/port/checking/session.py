"""A document in the real Julia, in a process of its own: each statement has a time limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ...errors import JuliaCrashed, JuliaError, JuliaTimeout
from ...julia.isolated.remote import JULIA, RemoteBridge
from .answers import Answer, load
from .steps import Step

#: Where a document begins: its random numbers, on both sides, where it chooses no seed itself.
SEED = 0
#: What pages of Flux's documentation use without saying so.
USUAL = "using Flux, Statistics, LinearAlgebra, Random"


class Document:
    """A document that is run in an isolated Julia, as a context.

    ``limit`` is for each cell, in seconds. A cell that takes longer is given up: a fresh process runs what
    came before it again, without it. So it is after a crash.
    """

    def __init__(self, soft: bool, limit: float, usual: bool = False, factory: str = JULIA) -> None:
        self.soft, self.limit, self.usual = soft, limit, usual
        self._bridge = RemoteBridge(factory=factory)
        self._done: list[str] = []
        self._document: Any = None

    def __enter__(self) -> Document:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self._bridge.close()

    def _open(self) -> None:
        define = self._bridge.define
        self._evaluate = define("FluxBridge.Documents.evaluate")
        make = define("FluxBridge.Documents.document")
        self._document = self._bridge.call(make, (self.soft, SEED))
        for code in ([USUAL] if self.usual else []) + self._done:
            self._run(code, ())

    def _run(self, code: str, look: tuple[str, ...]) -> Answer:
        return Answer.of(self._bridge.call(self._evaluate, (self._document, code, look)))

    def step(self, code: str, look: tuple[str, ...], limit: float) -> Answer:
        """Run one statement. What it did is lost if it takes too long, or ends its process."""
        try:
            with self._bridge.time_limit(max(limit, 0.001)):
                answer = self._run(code, look)
        except JuliaTimeout:
            self._open()
            return Answer(missed=f"Julia took longer than {self.limit:g} s")
        except JuliaCrashed:
            self._open()
            return Answer(missed="the Julia process ended in it")
        except JuliaError as problem:
            return Answer(missed=f"its values cannot be read: {problem.message}")
        self._done.append(code)
        return answer

    def run(self, steps: Iterable[Step]) -> Iterator[Answer]:
        """The answers to all statements, one after the other. The rest of a cell that took too long is left
        out."""
        cell, spent, lost = -1, 0.0, ""
        for step in steps:
            if step.cell != cell:
                cell, spent, lost = step.cell, 0.0, ""
            if lost:
                yield Answer(missed=lost)
                continue
            start = time.monotonic()
            answer = self.step(step.code, step.look, self.limit - spent)
            spent += time.monotonic() - start
            lost = answer.missed
            yield answer


Source = Callable[[list[Step], bool], Iterable[Answer]]
"""Who answers: the real Julia, or a record of it."""


def live(limit: float, usual: bool) -> Source:
    """The real Julia as the one who answers."""

    def answers(steps: list[Step], soft: bool) -> Iterator[Answer]:
        with Document(soft, limit, usual) as document:
            yield from document.run(steps)

    return answers


def recorded(path: Path) -> Source:
    """A record as the one who answers. ValueError if it is of another document."""
    path = path.resolve()

    def answers(steps: list[Step], soft: bool) -> list[Answer]:
        codes, made = load(path)
        if codes != [s.code for s in steps]:
            raise ValueError(f"{path.name} has the answers to other statements; record it again")
        return made

    return answers


__all__ = ["SEED", "Document", "Source", "live", "recorded"]
