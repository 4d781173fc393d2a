"""Structures of arguments and results as Julia's tuples and named tuples, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...autodiff.structure import Splitter
from ...autodiff.template import Branch, Record
from ...recording import Step
from . import names


def accessed(template: Branch) -> Iterator[tuple[Any, str]]:
    """The children of a structure, and how Julia gets at each: as a field, or by number."""
    named = has_names(template)
    for k, (key, child) in enumerate(template.children.items()):
        if child is not None:
            yield child, f".{names.field(key)}" if named else f"[{k + 1}]"


def has_names(template: Branch) -> bool:
    """Does a structure travel as a NamedTuple? Otherwise it does as a tuple."""
    return not template.spelling.startswith("[{}") and all(isinstance(k, str) for k in template.children)


def traced_leaves(out: Any) -> list[Step]:
    steps: list[Step] = []
    Splitter(steps.append, lambda x: isinstance(x, Step)).split(out)
    return steps


def ordered(out: Any) -> Iterator[Step]:
    """The steps in tuples, lists and dicts of names; what is inside of other objects is not seen."""
    if isinstance(out, Step):
        yield out
    elif isinstance(out, (tuple, list)):
        for x in out:
            yield from ordered(x)
    elif isinstance(out, dict) and all(isinstance(k, str) for k in out):
        for x in out.values():
            yield from ordered(x)


def encoded(template: Any, steps: Sequence[Step]) -> Any:
    """An argument as Julia gets it: named and numbered tuples of the numbers and arrays in it."""
    if template is None:
        return None
    if not isinstance(template, Branch):
        return steps[template.index].value
    if has_names(template):
        return Record(**{k: encoded(c, steps) for k, c in template.children.items() if c is not None})
    return tuple([encoded(c, steps) for c in template.children.values()])


def collect(template: Any, g: Any, parts: list[Any]) -> None:
    if template is None or g is None:
        return
    if not isinstance(template, Branch):
        parts[template.index] = g
        return
    if has_names(template):
        for k, child in template.children.items():
            if child is not None and k in g:
                collect(child, g[k], parts)
        return
    for child, part in zip(template.children.values(), g, strict=True):
        collect(child, part, parts)


def paired(out: Any, y: Any) -> Any:
    """(step, value) for the steps of an output, in order."""
    if isinstance(out, Step):
        yield out, y
    elif isinstance(out, (tuple, list)):
        for a, b in zip(out, y, strict=True) if traced_leaves(out) else ():
            yield from paired(a, b)
    elif isinstance(out, dict) and all(isinstance(k, str) for k in out):
        for k in out if traced_leaves(out) else ():
            yield from paired(out[k], y[k])


def seed(out: Any, given: Any) -> Any:
    """A cotangent of the output `out`, in the structure that Julia has."""
    if given is None or isinstance(out, Step):
        return given
    if isinstance(out, (tuple, list)):
        return tuple([seed(o, s) for o, s in zip(out, given, strict=True)])
    if isinstance(out, dict):
        return Record(**{k: seed(v, given.get(k)) for k, v in out.items()})
    return None
