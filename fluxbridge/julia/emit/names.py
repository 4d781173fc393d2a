"""Names in Julia source: those that the Python function gave, where Julia allows them."""

from __future__ import annotations

import dis
import functools
import inspect
import itertools
import keyword
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .reserved import AVOIDED


def julia_name(name: str, taken: Iterable[str] = ()) -> str:
    """A Python identifier as a Julia one that is not taken.

    >>> julia_name("end"), julia_name("h", {"h", "h2"}), julia_name("_")
    ('end_', 'h3', 'v')
    """
    if not name.strip("_"):
        name = "v"
    taken = set(taken)
    if name in AVOIDED or (keyword.iskeyword(name) and name not in ("lambda",)):
        name += "_"
    if name not in taken:
        return name
    separator = "_" if name[-1].isdigit() else ""
    k = 2
    while f"{name}{separator}{k}" in taken:
        k += 1
    return f"{name}{separator}{k}"


def field(name: str) -> str:
    """A field of a NamedTuple after its dot.

    >>> field("W"), field("first layer"), field("end")
    ('W', 'var"first layer"', 'var"end"')
    """
    return name if name.isidentifier() and name not in AVOIDED else f'var"{name}"'


def function_name(f: Callable[..., Any]) -> str:
    name = getattr(f, "__name__", type(f).__name__)
    return name if name.isidentifier() else "f"


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the positional parameters of f; numbered ones for ``*args``.

    >>> argument_names(lambda x, *rest: 0, 3), argument_names(np.sin, 1)
    (['x', 'rest1', 'rest2'], ['x'])
    """
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for p in parameters:
        if p.kind is p.VAR_POSITIONAL:
            rest = count - len(names)
            names += [f"{p.name}{k + 1}" for k in range(rest)] if rest > 1 else [p.name]
        elif p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            names.append(p.name)
    while len(names) < count:
        names.append("x" if count == 1 else f"x{len(names) + 1}")
    return names[:count]


@functools.lru_cache(maxsize=1024)
def _stores(code: types.CodeType) -> dict[int, tuple[str, ...]]:
    """For each instruction, the variable (or variables) that its result is assigned to at once."""
    names: dict[int, tuple[str, ...]] = {}
    instructions = list(dis.get_instructions(code))
    for this, after in itertools.pairwise(instructions):
        # where code has run often, its frame may stand at the cache behind the instruction
        places = range(this.offset, after.offset, 2)
        if after.opname.startswith("RETURN"):
            names.update(dict.fromkeys(places, ("return",)))
        elif after.opname.startswith(("STORE_FAST", "STORE_DEREF", "STORE_NAME")):
            name = after.argval[0] if isinstance(after.argval, tuple) else after.argval
            names.update(dict.fromkeys(places, (str(name),)))
    return names


def assigned_name(calls: Sequence[tuple[types.CodeType, int]]) -> str | None:
    """The variable that a step's value was assigned to, by the stack of (code, instruction) it ran in."""
    for code, instruction in reversed(calls):
        names = _stores(code).get(instruction)
        if names != ("return",):
            return names[0] if names else None
    return None


def held_names(f: Callable[..., Any]) -> dict[str, Any]:
    """The arrays that a function refers to by name: captured variables, defaults, globals, attributes."""
    held: dict[str, Any] = {}
    code = getattr(f, "__code__", None)
    if code is not None:
        used = f.__globals__  # type: ignore[attr-defined]
        held.update({n: used[n] for n in code.co_names if n in used})
        cells = getattr(f, "__closure__", None) or ()
        for name, cell in zip(code.co_freevars, cells, strict=True):
            try:
                held[name] = cell.cell_contents
            except ValueError:
                continue
    held.update(getattr(f, "__kwdefaults__", None) or {})
    owner = getattr(f, "__self__", None)
    held.update(getattr(owner, "__dict__", {}) if owner is not None else getattr(f, "keywords", {}))
    return {n: v for n, v in held.items() if isinstance(v, np.ndarray)}


def name_of(array: np.ndarray, held: dict[str, Any]) -> str | None:
    for name, value in held.items():
        same = value.shape == array.shape and value.dtype == array.dtype
        if same and np.array_equal(value, array, equal_nan=array.dtype.kind in "fc"):
            return name
    return None
