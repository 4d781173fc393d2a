"""Running a translation statement by statement, as the records were made: after an error the next one
runs."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import portrecorded as recorded

from fluxbridge.flux import rng
from fluxbridge.port import base
from fluxbridge.port.formats import read
from fluxbridge.port.translate import Translation, translate_cells

PROGRAMS = Path(__file__).parent / "port" / "programs"


@dataclass
class Outcome:
    """How a program compares: what is wrong, missing or refused."""

    translation: Translation
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    equal: int = 0

    @property
    def refused(self) -> list[str]:
        return [p.refused or "" for p in self.translation.refusals]

    @property
    def verdict(self) -> str:
        if self.wrong:
            return "wrong"
        if self.missing or self.errors or self.refused:
            return "partly"
        return "equal"


def execute(translation: Translation) -> tuple[dict[str, Any], str, list[str]]:
    """The variables, what was printed, and the errors of a translated program."""
    base.EXTENSIONS.clear()
    generator = rng.DefaultRNG.generator
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": "program.py"}
    out, errors = io.StringIO(), []
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile("\n".join(translation.header), "<imports>", "exec", dont_inherit=True), scope)
        for piece in translation.pieces:
            if piece.refused is not None or not piece.lines:
                continue
            try:
                exec(compile(piece.python, "<translated>", "exec", dont_inherit=True), scope)
            except Exception as problem:
                errors.append(
                    f"{piece.julia.splitlines()[0][:60] if piece.julia else ''} → {type(problem).__name__}: {problem}"  # noqa: E501
                )
    rng.DefaultRNG.generator = generator
    base.EXTENSIONS.clear()
    return scope, out.getvalue(), errors


def program(name: str) -> Outcome:
    """Translate, run and compare one of the recorded programs."""
    document = read(PROGRAMS / name)
    record = json.loads((PROGRAMS / name).with_suffix(".json").read_text())
    if document.form in ("pluto", "script", "literate"):
        translation = translate_cells([(PROGRAMS / name).read_text()])
    else:
        translation = translate_cells(document.code, soft=document.soft)
    outcome = Outcome(translation)
    scope, printed, errors = execute(translation)
    fragile = set(record.get("fragile") or ())
    expected_errors = len(record.get("errors") or ([record["error"]] if record.get("error") else []))
    unrefused = errors if len(errors) > expected_errors else []
    outcome.errors = unrefused
    lost = {n for p in translation.refusals for n in p.names}
    for name_, value in record["variables"].items():
        if name_ in fragile:
            continue
        python = translation.names.get(name_)
        if python is None or python not in scope:
            outcome.missing.append(name_)
            continue
        if name_ in lost:
            outcome.missing.append(name_)
            continue
        try:
            wrong = recorded.differs(value, scope[python])
        except Exception as problem:
            wrong = f"cannot be compared: {type(problem).__name__}: {problem}"
        if wrong:
            outcome.wrong.append(f"{name_}: {wrong}")
        else:
            outcome.equal += 1
    if not translation.refusals and not fragile:
        wrong = recorded.printed_differs(record["stdout"], printed)
        if wrong:
            outcome.wrong.append(wrong)
    return outcome
