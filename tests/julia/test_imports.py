"""The files of the bridge know each other in one direction only, counting imports inside of functions too."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import fluxbridge.julia

FOLDER = Path(fluxbridge.julia.__file__).parent
FILES = {f.stem: f for f in FOLDER.glob("*.py")}


def imported(file: Path) -> Iterator[str]:
    """The names of the files beside it that a file imports; the package itself is ``__init__``."""
    for node in ast.walk(ast.parse(file.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            for name in [node.module] if node.module else [alias.name for alias in node.names]:
                yield name if name in FILES else "__init__"


def test_imports_point_one_way() -> None:
    graph = {name: set(imported(file)) for name, file in FILES.items()}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index("gate") < order.index("hooks") < order.index("bridge") < order.index("session")
    assert order.index("session") < order.index("__init__") < order.index("engines")
