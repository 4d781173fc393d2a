"""Models and states made the same on all workers: those of one rank."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..functors import KeyPath, fmap, fmap_with_path, isleaf
from ..optimisers.ties import memory
from ..optimisers.tree import Leaf
from .agreement import Description, agree, form
from .backends import AbstractFluxDistributedBackend
from .collectives import bcast_

__all__ = ["FluxDistributedModel", "synchronize_", "synchronize__"]

_NUMBERS = (bool, int, float, complex, np.generic)
_REMEDY = "Every rank must build the same model, and only the numbers in it may differ before synchronize_."


class FluxDistributedModel:
    """A model to be synchronised. Flux needs the wrapper; here :func:`synchronize_` takes the model, too.

    >>> FluxDistributedModel({"w": 1.0}).model
    {'w': 1.0}
    """

    def __init__(self, model: Any):
        self.model = model


def synchronize_(backend: AbstractFluxDistributedBackend, x: Any, *, root: int = 0) -> Any:
    """Give every worker the arrays and numbers of rank `root`: of a model, a state of an optimiser, anything.

    Arrays and states of optimisers are written into; where numbers differed, what is returned is a copy with
    other numbers (and the same arrays). So write ``model = synchronize_(backend, model)``. Functions, texts
    and random number generators stay what they are.

    Raises StructureError, on all ranks, if their structures, shapes, dtypes or functions differ, with the
    place; MutationError if an array cannot be written to.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> synchronize_(SequentialBackend(), FluxDistributedModel({"w": np.ones(2)}))
    {'w': array([1., 1.])}
    """
    if isinstance(x, FluxDistributedModel):
        x = x.model
    if backend.size == 1:
        return x
    agree(backend, described(x), _REMEDY)
    seen: set[Any] = set()
    mine: list[Any] = []

    def send(part: Any) -> Any:
        if isinstance(part, Leaf):
            part.state, part.frozen = synchronize_(backend, (part.state, part.frozen), root=root)
        elif _is_array(part) and memory(part) not in seen:  # a tied one once
            seen.add(memory(part))
            bcast_(backend, part, root=root)
        elif isinstance(part, _NUMBERS):
            mine.append(part)
        return part

    fmap(send, x, exclude=_stops, cache=False)
    theirs = backend.of(mine, root)
    if theirs == mine:
        return x
    numbers = iter(theirs)
    return fmap(lambda p: next(numbers) if isinstance(p, _NUMBERS) else p, x, exclude=_stops, cache=False)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind in "biufc"


def _stops(x: Any) -> bool:
    return isinstance(x, Leaf) or isleaf(x)


def described(x: Any) -> Description:
    """What must be the same on all ranks, part by part."""
    lines: Description = []

    def note(path: KeyPath, part: Any) -> Any:
        lines.append(
            ("".join(f".{k}" if isinstance(k, str) else f"[{k!r}]" for k in path) or "the top", _what(part))
        )
        return part

    fmap_with_path(note, x, exclude=lambda _, part: _stops(part), cache=False)
    return lines


def _what(x: Any) -> str:
    if _is_array(x):
        return form(x)
    if isinstance(x, Leaf):
        return f"a state of {x.rule.local!r}"
    if isinstance(x, (str, bytes, type(None))):
        return repr(x)
    return getattr(x, "__qualname__", None) or type(x).__name__


synchronize__ = synchronize_  #: Julia's synchronize!!
