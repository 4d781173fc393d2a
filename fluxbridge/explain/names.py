"""The names in an explanation: arguments by their paths, steps v1, v2 …, constants c1, c2 …"""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.tracer import TracedArray, TracedNumber
from ..recording import Recording, Step
from ..recording.shorten import short
from .writing import Symbol, tex_text

BAR, DOT = "\u0304", "\u0307"


class Names:
    """The names of the steps and constants of a recording."""

    def __init__(self, recording: Recording, arguments: Sequence[str]):
        self.arguments = arguments
        self.constants: dict[int, tuple[str, Any]] = {}
        self.of: dict[Step, str] = {}
        count = 0
        for step in recording.steps:
            if step.is_argument:
                self.of[step] = self.path(step.path)
            else:
                count += 1
                self.of[step] = f"v{count}"

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
        if isinstance(x, np.ndarray) and x.ndim and x.size > 1:
            name = self.constants.setdefault(id(x), (f"c{len(self.constants) + 1}", x))[0]
            return Symbol(name, tex(name), x)
        if isinstance(x, (complex, np.complexfloating)):
            return Symbol(f"({short(x)})", f"({short(x)})", x)
        if isinstance(x, np.ndarray):
            return Symbol(short(x), short(x), x)
        return x


def marked(name: str, mark: str) -> str:
    """`name` with a bar or a dot on its first letter, or a ∂ before a name that is a path."""
    if not mark:
        return name
    if name.isalnum():
        return unicodedata.normalize("NFC", name[0] + mark) + name[1:]
    return ("∂" if mark == BAR else "δ") + name


def tex(name: str, mark: str = "") -> str:
    """The name in TeX: ``v_{3}``, ``W``, or upright for a path."""
    letters = name.rstrip("0123456789")
    over = {"": "{}", BAR: r"\bar{{{}}}", DOT: r"\dot{{{}}}"}[mark]
    if len(letters) == 1 and letters.isalpha():
        digits = name[1:]
        return over.format(letters) + (f"_{{{digits}}}" if digits else "")
    if mark:
        over = r"\overline{{{}}}" if mark == BAR else r"\dot{{{}}}"
    return over.format(tex_text(name))


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
    # v1, v2 … and c1, c2 … are taken
    return [n + "_" if n[:1] in "vc" and n[1:].isdigit() else n for n in names]


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
