"""Imports point one way: between the rooms of the package, and between the files of each room.

Imports inside of functions count too. Those at the head of the package that are for type checkers do not:
they name what is imported when it is first used.
"""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import fluxbridge

ROOT = Path(fluxbridge.__file__).parent

#: Each room may know those above its line, and nobody below it.
ROOMS = [
    "errors",
    "shell",
    "progress",
    "autodiff",
    "recording",
    "random",
    "scipy",
    "models",
    "differences",
    "randomness",
    "parity",
    "julia.setup",
    "julia.bridge",
    "julia.isolated",
    "julia.session",
    "julia.served",
    "julia.emit",
    "julia.functions",
    "julia.engines",
    "julia",
    "compiled",
    "adtypes",
    "calling",
    "api",
    "__init__",
    "julia.doctor",
    "flux",
    "nonsmooth",
    "explanation",
    "check",
    "tables",
    "port",
    "tutorial",
    "cli",
    "__main__",
]


def module_of(file: Path) -> tuple[str, ...]:
    return file.relative_to(ROOT).with_suffix("").parts


def imported(file: Path) -> Iterator[tuple[str, ...]]:
    """The modules of the package that a file imports, as the parts of their paths."""
    package = module_of(file)[:-1]
    tree = ast.parse(file.read_text("utf8"))
    if not package and file.name == "__init__.py":
        tree.body = [
            node for node in tree.body if ast.unparse(node).partition(":")[0] != "if _typing.TYPE_CHECKING"
        ]
    for node in ast.walk(tree):
        if not (isinstance(node, ast.ImportFrom) and node.level):
            continue
        base = package[: len(package) - (node.level - 1)] + tuple((node.module or "").split(".")) * bool(
            node.module
        )
        for alias in node.names:
            path = ROOT.joinpath(*base, alias.name)
            target = (*base, alias.name) if path.is_dir() or path.with_suffix(".py").is_file() else base
            yield (*target, "__init__") if ROOT.joinpath(*target).is_dir() else target


def room_of(module: tuple[str, ...]) -> str:
    if module[0] == "julia":
        return "julia" if module[1] == "__init__" else f"julia.{module[1]}"
    return module[0]


FILES = sorted(ROOT.rglob("*.py"))


def test_every_room_is_in_the_list():
    assert {room_of(module_of(f)) for f in FILES} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_those_above_it(room):
    place = ROOMS.index(room)
    for file in FILES:
        if room_of(module_of(file)) == room:
            for target in imported(file):
                other = room_of(target)
                assert ROOMS.index(other) <= place, f"{'/'.join(module_of(file))} imports {'.'.join(target)}"


def test_files_import_each_other_in_one_direction():
    """There is no circle of files; a package's own ``__init__`` counts as a file of it."""
    graph = {module_of(f): set(imported(f)) - {module_of(f)} for f in FILES}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle
