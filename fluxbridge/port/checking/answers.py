"""What Julia answered to the statements of a document, and how that is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

#: A value of Julia as plain data: a tuple whose first entry is its kind (julia/src/documents.jl lists them).
Seen = tuple[Any, ...]
NOTHING: Seen = ("nothing",)
SAME = "same"


@dataclass
class Answer:
    """What one statement printed, its error, its value, and the variables after it.

    ``drew``: it drew from the default generator of random numbers. ``missed``: why it was not run at all.
    """

    printed: str = ""
    error_type: str = ""
    error: str = ""
    drew: bool = False
    value: Seen = NOTHING
    variables: dict[str, Seen] = field(default_factory=dict)
    missed: str = ""

    @classmethod
    def of(cls, answer: tuple[Any, ...]) -> Answer:
        """The answer that came out of Julia."""
        printed, error_type, error, drew, value, variables = answer
        return cls(printed, error_type, error, bool(drew), value, dict(variables))


def save(path: Path, codes: Iterable[str], answers: Iterable[Answer]) -> None:
    """Write down statements and the answers to them, one a line; a variable again only where it changes."""
    lines: list[str] = []
    before: dict[str, str] = {}
    for code, answer in zip(codes, answers, strict=True):
        entry = {"code": code, **asdict(answer)}
        for name, seen in answer.variables.items():
            text = _json(seen)
            if before.get(name) == text:
                entry["variables"][name] = SAME
            before[name] = text
        lines.append(_json(entry))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _json(x: Any) -> str:
    return json.dumps(x, default=_written, ensure_ascii=False)


def load(path: Path) -> tuple[list[str], list[Answer]]:
    """Statements and answers that were written down."""
    codes, answers = [], []
    before: dict[str, Seen] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            entry = json.loads(line, object_hook=_read)
            codes.append(entry.pop("code"))
            a = Answer(**entry)
            a.value = _tuples(a.value)
            a.variables = {n: before[n] if v == SAME else _tuples(v) for n, v in a.variables.items()}
            before |= a.variables
            answers.append(a)
    return codes, answers


def _written(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        flat = x.ravel()
        parts = np.stack([flat.real, flat.imag]).tolist() if x.dtype.kind == "c" else flat.tolist()
        if x.dtype.itemsize < 8 and x.dtype.kind == "f":  # with as few digits as tell them apart
            parts = [float(str(v)) for v in flat]
        return {"dtype": x.dtype.name, "shape": x.shape, "entries": parts}
    if isinstance(x, Fraction):
        return {"ratio": [x.numerator, x.denominator]}
    if isinstance(x, (complex, np.complexfloating)):
        return {"complex": [x.real, x.imag]}
    return x.item()


def _read(x: dict[str, Any]) -> Any:
    if x.keys() == {"dtype", "shape", "entries"}:
        entries = x["entries"]
        if x["dtype"].startswith("complex"):
            entries = np.array(entries[0]) + 1j * np.array(entries[1])
        return np.array(entries, x["dtype"]).reshape(x["shape"])
    if x.keys() == {"ratio"}:
        return Fraction(*x["ratio"])
    return complex(*x["complex"]) if x.keys() == {"complex"} else x


def _tuples(x: Any) -> Any:
    return tuple(map(_tuples, x)) if isinstance(x, list) else x
