"""Mutation testing with cosmic-ray: plant small faults, one at a time, and see whether a test fails.

    pip install cosmic-ray
    python tools/mutate.py rules --sample 40        # a sample of an area of tools/mutation.toml
    python tools/mutate.py --file fluxbridge/recording/keys.py
    python tools/mutate.py rules --again            # the same sample, only what survived the last time

The faults are planted in a copy of the files, so the checkout stays as it is. tools/mutation.toml says which
files are an area and which tests are asked for each file, the nearest ones (after a semicolon those that are
asked if the first pass). Beside the operators of
cosmic-ray there is one for the formulas of rules, which are texts: ``elementwise(np.tanh, "1 - y * y")``.
What survives is printed as a diff. docs/testing.md has the scores.
"""

from __future__ import annotations

import argparse
import collections
import compileall
import os
import py_compile
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
import tomllib
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".mutation"  #: sessions, ignored by git

#: Operators that only change annotations (X | None), or what tests cannot ask for.
LEFT_OUT = re.compile(r"ReplaceBinaryOperator_BitOr_|RemoveDecorator|ReplaceUnaryOperator_Delete_Not")


#: What the parts of a formula are replaced by; numbers by the next one.
OTHER = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "a": "b",
    "b": "a",
    "sin": "cos",
    "cos": "sin",
    "sinh": "cosh",
    "cosh": "sinh",
}


class FormulaReplacer(Operator):
    """Changes one operator or number in a formula that is given to `elementwise` as text."""

    PART = re.compile(r"[-+*/]|\d+(?:\.\d+)?|\bsin\b|\bcos\b|\bsinh\b|\bcosh\b|\b[ab]\b")

    def _parts(self, node: Any) -> list[re.Match[str]]:
        if node.type != "string" or node.value[0] not in "\"'":
            return []
        above = node.parent
        while above is not None and above.type not in ("atom_expr", "power"):
            above = above.parent
        if above is None or getattr(above.children[0], "value", "") != "elementwise":
            return []
        return list(self.PART.finditer(node.value))

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        for _ in self._parts(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        found = self._parts(node)[index]
        text = found.group()
        other = OTHER.get(text) or str(float(text) + 1)
        node.value = node.value[: found.start()] + other + node.value[found.end() :]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example('elementwise(f, "1 - y * y")', 'elementwise(f, "2.0 - y * y")'),)


class Formulas:
    """The provider of the operator above, as cosmic-ray asks for it."""

    def __iter__(self) -> Iterator[str]:
        return iter(("FormulaReplacer",))

    def __getitem__(self, name: str) -> type[Operator]:
        return FormulaReplacer


cosmic_ray.plugins.OPERATOR_PROVIDERS["formulas"] = Formulas()


def areas() -> dict[str, dict[str, str]]:
    """The files of each area, with the tests of each."""
    return tomllib.loads((ROOT / "tools" / "mutation.toml").read_text(encoding="utf-8"))


def copied(target: Path) -> None:
    """The tracked files and the new ones, with compiled files that are checked by content.

    Those that are checked by time may be taken for current where a fault is planted within the same second.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split("\n"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(target, quiet=2, invalidation_mode=mode)


def planted(files: list[str], database: WorkDB, sample: int | None, seed: int) -> list[WorkItem]:
    """All faults in some files, or a sample: each fault is as probable as every other.

    Of faults at one place in the text only one is taken, as they are found by the same tests.
    """
    init([Path(name) for name in files], database, {})
    found: dict[Any, list[WorkItem]] = collections.defaultdict(list)
    for item in database.work_items:
        (mutation,) = item.mutations
        if not LEFT_OUT.search(mutation.operator_name):
            found[str(mutation.module_path), mutation.start_pos, mutation.end_pos].append(item)
    chance = random.Random(seed)
    items = [chance.choice(found[place]) for place in sorted(found)]
    return chance.sample(items, sample) if sample is not None and sample < len(items) else items


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("area", nargs="?", help="a table of tools/mutation.toml")
    parser.add_argument("--file", help="one file of an area")
    parser.add_argument("--sample", type=int, help="how many faults; all, if it is not given")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="only what survived the last time")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds for the tests of one fault")
    options = parser.parse_args()
    known = areas()
    tests = {name: asked for area in known.values() for name, asked in area.items()}
    files = [options.file] if options.file else list(known[options.area])
    name = options.area or Path(options.file).stem
    KEPT.mkdir(exist_ok=True)
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        copied(Path(folder))
        os.chdir(folder)
        os.environ["PYTHONPATH"] = folder
        with use_db(
            str(KEPT / f"{name}.sqlite"), WorkDB.Mode.open if options.again else WorkDB.Mode.create
        ) as db:
            if options.again:
                survived = [job for job, result in db.results if result.test_outcome == TestOutcome.SURVIVED]
                items = [item for item in db.work_items if item.job_id in survived]
            else:
                items = planted(files, db, options.sample, options.seed)
            for number, item in enumerate(items, 1):
                (mutation,) = item.mutations
                asked = f"{mutation.module_path} {tests[str(mutation.module_path)]}"  # with its doctests
                pytest = f"{sys.executable} -m pytest -q -x -p no:cacheprovider -p no:randomly"
                stages = " && ".join(f"{pytest} {stage.strip()}" for stage in asked.split(";"))
                command = f"sh -c '{stages}'"
                result: WorkResult = mutate_and_test(item.mutations, command, options.timeout)
                db.set_result(item.job_id, result)
                outcome = str(getattr(result.test_outcome, "value", result.worker_outcome))
                counts[outcome] += 1
                place = f"{mutation.module_path}:{mutation.start_pos[0]}"
                print(f"{number}/{len(items)} {outcome} {place} {mutation.operator_name}", flush=True)
                if outcome == "survived":
                    print(result.diff, flush=True)
                elif outcome != "killed":
                    print(result.output, flush=True)
    total = sum(counts.values())
    print(f"{name}: {counts['killed']} of {total} killed ({100 * counts['killed'] / max(total, 1):.0f} %)")
    return 0 if counts["killed"] == total else 1


if __name__ == "__main__":
    sys.exit(main())
