"""The names in an explanation: those of the variables of the function, v1, v2 … for what none of them held.

Arguments are called by their paths (``m.weight``), arrays that do not vary by their variables or c1, c2 …
A name that several steps have gets an index: x₀, x₁, x₂.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..autodiff.tracer import TracedArray, TracedNumber
from ..recording import Step
from ..recording.shorten import short
from .held import ASSIGNED, Held
from .texing import letter, tex_text
from .writing import Symbol

BAR, DOT = "\u0304", "\u0307"
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ASCII = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class Names:
    """The names of the steps and constants of a recording.

    `steps` are those that are shown, `held` says which variables held them.
    """

    def __init__(self, steps: Sequence[Step], arguments: Sequence[str], held: Held):
        self.arguments = arguments
        self.constants: dict[int, tuple[str, Any]] = {}
        self.of: dict[Step, str] = {s: self.path(s.path) for s in steps if s.is_argument}
        #: Steps that a variable holds by an assignment.
        self.assigned = {s for s in steps if s in held.steps and held.steps[s].rank == ASSIGNED}
        taken = {*self.of.values(), *arguments}
        items = [item for item in _in_order(steps, held) if not (isinstance(item, Step) and item.is_argument)]
        bases = [_base(item, held) for item in items]
        counts = Counter(base for base in bases if base)
        number = dict.fromkeys(counts, 0)
        fresh = {"v": 0, "c": 0}
        for item, base in zip(items, bases, strict=True):
            if not base:
                kind = "v" if isinstance(item, Step) else "c"
                fresh[kind] += 1
                while f"{kind}{fresh[kind]}" in taken or f"{kind}{fresh[kind]}" in counts:
                    fresh[kind] += 1
                name = f"{kind}{fresh[kind]}"
            elif base in taken or counts[base] > 1:
                # an argument that is assigned again stays x, and x₁ follows
                number[base] += base in taken and not number[base]
                name = base + str(number[base]).translate(SUBSCRIPT)
                number[base] += 1
            else:
                name = base
            if isinstance(item, Step):
                self.of[item] = name
            else:
                self.constants[id(item)] = name, item

    def path(self, path: str) -> str:
        """``[0].weight`` with the name of the argument: ``m.weight``."""
        head, _, rest = path.partition("]")
        return self.arguments[int(head[1:])] + rest

    def symbol(self, x: Any, mark: str = "") -> Any:
        """The symbol of an input: a step, or a constant; numbers stand for themselves."""
        if not isinstance(x, Step):
            return self._constant(x)
        name = self.of[x]
        return Symbol(marked(name, mark), tex(name, mark), x.value)

    def _constant(self, x: Any) -> Any:
        if id(x) in self.constants:
            name = self.constants[id(x)][0]
            return Symbol(name, tex(name), x)
        if isinstance(x, (complex, np.complexfloating)):
            return Symbol(f"({short(x)})", f"({short(x)})", x)
        if isinstance(x, np.ndarray):
            return Symbol(short(x), short(x), x)
        return x


def _in_order(steps: Sequence[Step], held: Held) -> Iterator[Any]:
    """The steps, and before each the arrays that it is the first to use and that have names.

    Numbers, and arrays of one element that no variable holds, are written out.
    """
    known: set[int] = set()
    for step in steps:
        for x in step.inputs:
            if isinstance(x, np.ndarray) and x.ndim and id(x) not in known and (x.size > 1 or _base(x, held)):
                known.add(id(x))
                yield x
        yield step


def _base(item: Any, held: Held) -> str:
    """The variable that held a step or an array."""
    if isinstance(item, Step):
        seen = held.steps.get(item)
        return seen.name if seen else ""
    sighting, array = held.constants.get(id(item), (None, None))
    return sighting.name if sighting and array is item else ""


@lru_cache(4096)
def marked(name: str, mark: str) -> str:
    """`name` with a bar or a dot on its first letter, or a ∂ before a name that is a path."""
    if not mark:
        return name
    if name[0].isalpha() and name.replace("_", "").isalnum():
        return unicodedata.normalize("NFC", name[0] + mark) + name[1:]
    return ("∂" if mark == BAR else "δ") + name


@lru_cache(4096)
def tex(name: str, mark: str = "") -> str:
    """The name in TeX: ``v_{3}``, ``W``, ``x_{1}`` for x₁, or upright for a word or a path."""
    base, index = re.fullmatch(r"(.*?)([₀-₉]*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    index = index.translate(ASCII)
    over = {"": "{}", BAR: r"\bar{{{}}}", DOT: r"\dot{{{}}}"}[mark]
    letters = base.rstrip("0123456789")
    if len(letters) == 1 and letters.isalpha():
        below = ",".join(part for part in (base[1:], index) if part)
        return over.format(letter(letters)) + (f"_{{{below}}}" if below else "")
    if mark == BAR:
        over = r"\overline{{{}}}"
    return over.format(tex_text(base)) + (f"_{{{index}}}" if index else "")


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the parameters; of those that are not known x, or x1, x2 …"""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}[{k}]" for k in range(count - len(names))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
    names = names[:count]
    missing = count - len(names)
    names += ["x"] if missing == 1 and not names else [f"x{k + 1}" for k in range(len(names), count)]
    return names


def owner_path(names: Names) -> Callable[[Any], str]:
    """A function that tells where an object with parameters stands among the arguments."""
    known: dict[int, str] = {}

    def find(owner: Any) -> str:
        if id(owner) not in known:
            known[id(owner)] = _path_of(owner, names, 3)
        return known[id(owner)]

    return find


def _path_of(owner: Any, names: Names, depth: int) -> str:
    """By the path of some leaf inside, less the way from the owner to that leaf."""
    for leaf, way in _leaves(owner, "", depth):
        path = leaf.step.path
        if path and path.endswith(way) and way:
            return names.path(path[: -len(way)])
    return ""


def _leaves(x: Any, way: str, depth: int) -> Any:
    if isinstance(x, (TracedNumber, TracedArray)):
        if hasattr(x, "step"):
            yield x, way
    elif depth and isinstance(x, (list, tuple)):
        for k, v in enumerate(x):
            yield from _leaves(v, f"{way}[{k}]", depth - 1)
    elif depth and isinstance(x, dict):
        for k, v in x.items():
            yield from _leaves(v, f"{way}[{k!r}]", depth - 1)
    elif depth and hasattr(x, "__dict__"):
        for k, v in vars(x).items():
            yield from _leaves(v, f"{way}.{k}", depth - 1)
