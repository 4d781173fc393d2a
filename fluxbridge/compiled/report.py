"""What was done to a program, for :meth:`Compiled.report`."""

from __future__ import annotations

from typing import Any

from .program import Op


class Report:
    """Counts and sentences about one compiled program."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.operations = 0
        self.guards = 0
        self.questions: list[str] = []
        self.seconds = 0.0
        self.memory = 0
        self.groups: list[str] = []
        self.machine = ""  # what machine code there is, or why there is none

    def count(self, what: str, n: int) -> None:
        if n:
            self.counts[what] = self.counts.get(what, 0) + n

    def finished(self, traced: Any, ops: list[Op], seconds: float) -> None:
        self.operations = sum(not op.check for op in ops)
        self.guards = sum(line.startswith("if ") for line in traced.outline.lines)
        self.questions = [f"{op!r}" + (f"  # {op.line}" if op.line else "") for op in ops if op.check]
        self.seconds = seconds
        self.memory = traced.writer.planned

    def __str__(self) -> str:
        lines = [
            f"{self.operations} operations, {self.guards} guards, compiled in {self.seconds * 1e3:.1f} ms"
        ]
        lines += [f"  {what}: {n}" for what, n in self.counts.items()]
        lines += [f"  {group}" for group in self.groups]
        lines += [f"  {self.machine}"] if self.machine else []
        if self.memory:
            lines.append(f"  planned memory: {self.memory} bytes")
        lines += [f"  {q}" for q in self.questions]
        return "\n".join(lines)
