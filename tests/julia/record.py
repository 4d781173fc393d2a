"""Record what the real Julia answers to emitted sources, and how the real Flux describes its models.

    python tests/julia/record.py [NAMES]

It needs a Julia with Flux and Zygote (``fluxbridge doctor``) and takes some minutes, as Julia compiles each
function. Without names all is recorded; with names, the questions of asked.py whose names begin so, and their
lines replace the old ones. ``exchange`` stands for the descriptions. Where Julia answers with an error the
question is left out, and named at the end.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from answers import RECORD, Scribe
from asked import questions
from exchanged import record

from fluxbridge.julia import session


def asked(scribe: Scribe, names: tuple[str, ...]) -> list[str]:
    """Ask all questions whose names begin so; what failed."""
    failed = []
    for number, (name, (ask, ad)) in enumerate(questions().items(), 1):
        if not name.startswith(names):
            continue
        before = len(scribe.lines)
        scribe.of = name
        try:
            ask((ad,))
        except Exception as error:
            del scribe.lines[before:]
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        if number % 20 == 0:
            print(f"{number} questions", file=sys.stderr, flush=True)
    return failed


def written(
    path: Path, lines: list[dict[str, Any]], versions: dict[str, str], names: tuple[str, ...]
) -> None:
    """The head, the old lines of other questions, the new ones; in the order of the questions."""
    kept = []
    if path.exists() and names != ("",):
        with path.open(encoding="utf-8") as file:
            next(file)
            kept = [line for line in map(json.loads, file) if not line["of"].startswith(names)]
    order = {name: number for number, name in enumerate(questions())}
    found = [line for line in [*kept, *lines] if line["of"] in order]
    found.sort(key=lambda line: order[line["of"]])
    head = {
        "recorded_with": versions,
        "written_by": "tests/julia/record.py",
        "values": "tests/julia/answers.py",
    }
    texts = [json.dumps(line, ensure_ascii=False) for line in [head, *found]]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")


def main(*names: str) -> int:
    warnings.simplefilter("ignore")
    bridge = session.bridge()
    versions = {k: v for k, v in bridge.versions().items() if k in ("julia", "Julia", "Flux", "Zygote")}
    if not names or "exchange" in names:
        number, failed = record(versions)
        print(f"{number} descriptions of models", *failed, sep="\nnot recorded: ")
    if names == ("exchange",):
        return 0
    scribe = Scribe(bridge)
    session._bridge = scribe  # type: ignore[assignment]
    try:
        failed = asked(scribe, names or ("",))
    finally:
        session._bridge = bridge
    written(RECORD, scribe.lines, versions, names or ("",))
    print(f"{len(scribe.lines)} answers in {RECORD}")
    for line in failed:
        print(f"not recorded: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
