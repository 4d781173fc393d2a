"""What a docstring of a public function or class must have, checked mechanically.

The form of the project: a summary, shapes and dtypes, ``Raises X if …`` (or ``Raises nothing``), and an
example that runs as a doctest. ``See :func:`other``` refers to another function for shapes and example.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

#: Words that say which arrays are meant: a shape, or a tuple of axes such as (features, batch).
SHAPE = re.compile(r"shape|Shapes|axis|axes|elementwise|number|vector|matrix|array|\(\w+…?, ")


def public(modules: Iterable[ModuleType]) -> Iterator[tuple[str, Any]]:
    """The public functions and classes that are defined in these modules, with their qualified names."""
    for module in modules:
        for name, thing in vars(module).items():
            own = getattr(thing, "__module__", None) == module.__name__
            if own and not name.startswith("_") and (inspect.isfunction(thing) or inspect.isclass(thing)):
                yield f"{module.__name__}.{name}", thing


def gaps(modules: Iterable[ModuleType], unshaped: Iterable[str] = ()) -> list[str]:
    """What is missing in the docstrings of these modules; `unshaped` names what takes no arrays."""
    found = []
    for name, thing in public(modules):
        text = thing.__doc__ or ""
        refers = re.search(r"See :(func|class):", text)
        checks = {
            "a summary in one line": re.match(r"[^\n]+(\n\n|$)", text),
            "Raises": re.search(r"\bRaises\b", text),
            "an example": ">>>" in text or refers,
            "shapes": SHAPE.search(text) or refers or name.rpartition(".")[2] in unshaped,
        }
        found += [f"{name}: {what}" for what, there in checks.items() if not there]
        if inspect.isclass(thing):
            for method, f in vars(thing).items():
                f = f.fget if isinstance(f, property) else f
                if (
                    inspect.isfunction(f)
                    and not method.startswith("_")
                    and not inspect.getdoc(getattr(thing, method))
                ):
                    found.append(f"{name}.{method}: a docstring")
    return found
