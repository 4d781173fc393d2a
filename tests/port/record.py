"""Records what the real Julia answers to the tutorials: ``python tests/port/record.py [NAME…]``.

For each file of ``tests/port/tutorials`` a file of the same name and the ending .jsonl: a line for each
statement. Needs a Julia; ``tests/port/checking/test_tutorials.py`` reads the records.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fluxbridge.port.checking.answers import NOTHING, save
from fluxbridge.port.checking.session import live
from fluxbridge.port.checking.steps import steps_of
from fluxbridge.port.formats import read

TUTORIALS = Path(__file__).parent / "tutorials"


def sources() -> list[Path]:
    """The tutorials."""
    return sorted(p for p in TUTORIALS.iterdir() if p.suffix in (".jl", ".md"))


def main(names: list[str]) -> None:
    """Record all, or those with these names."""
    for path in sources():
        if names and path.stem not in names:
            continue
        document = read(path)
        steps = steps_of([c.text for c in document.cells if c.kind == "code"])
        answers = list(live(600, usual=False)(steps, document.soft))
        for step, answer in zip(steps, answers, strict=True):
            if not step.last:
                answer.value = NOTHING  # it is not shown
            if answer.error or answer.missed:
                print(f"{path.name}: {step.code}\n  {answer.error_type} {answer.error} {answer.missed}")
        save(path.with_suffix(".jsonl"), [s.code for s in steps], answers)
        print(path.name, len(steps), "statements")


if __name__ == "__main__":
    main(sys.argv[1:])
