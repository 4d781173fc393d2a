"""Texts of formulas that differ in nothing but names, as those of the iterations of a loop."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

import numpy as np

from .formula import Formula, parse
from .writing import Symbol

MOST = 5000  #: patterns that are kept

_patterns: dict[Any, list[str]] = {}


def text_of(template: str, names: dict[str, Any], simplify: bool = True) -> str:
    """``Formula(template, names, simplify).text()``, faster where one of the same shape was written before.

    A formula depends on the values of numbers that are written out, and on shape and kind of what has a name.
    """
    key: list[Any] = [template, simplify]
    marks: dict[str, Symbol] = {}
    texts: list[str] = []
    for name in _used(template):
        x = names.get(name)
        if type(x) in (int, float):
            key.append((name, repr(x)))
        elif isinstance(x, Symbol) and isinstance(x.value, (float, np.ndarray)) and x.text[:1].isalpha():
            plain = x.text.replace("_", "").isalnum()  # the root of a path has brackets
            kind = x.value.dtype.kind if isinstance(x.value, np.ndarray) else "f"
            key.append((name, np.shape(x.value), kind, plain))
            mark = ("㐀" if plain else "㐀.") + chr(0x4E00 + len(texts)) + "㐁"
            marks[name] = Symbol(mark, "", x.value)
            texts.append(x.text)
        elif name in names:
            return Formula(template, names, simplify).text()
    if (known := tuple(key)) not in _patterns:
        if len(_patterns) >= MOST:
            _patterns.clear()
        text = Formula(template, {**names, **marks}, simplify).text()
        _patterns[known] = text.replace("㐀.", "㐀").split("㐀")
    first, *rest = _patterns[known]
    return first + "".join([texts[ord(piece[0]) - 0x4E00] + piece[2:] for piece in rest])


@cache
def _used(template: str) -> tuple[str, ...]:
    """The names in a template."""
    return tuple(dict.fromkeys(n.id for n in ast.walk(parse(template)) if isinstance(n, ast.Name)))
