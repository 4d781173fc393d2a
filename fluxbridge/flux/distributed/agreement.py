"""Do all ranks have the same? Descriptions are compared, and the first place where they differ is named."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ...errors import StructureError
from .backends import AbstractFluxDistributedBackend

Description = list[tuple[str, str]]  #: (place, what is there)


def agree(backend: AbstractFluxDistributedBackend, lines: Description, remedy: str) -> None:
    """Raise StructureError, on every rank, unless all ranks have the same description. A collective."""
    digest = hashlib.blake2b(repr(lines).encode(), digest_size=16).digest()
    if len(set(backend.everyones(digest))) > 1:
        raise StructureError(difference(backend.everyones(lines), remedy))


def difference(found: list[Description], remedy: str) -> str:
    """The text about the first place where a rank differs from rank 0."""
    rank = next(r for r, lines in enumerate(found) if lines != found[0])
    ours, theirs = dict(found[0]), dict(found[rank])
    place = next(p for p in [*ours, *theirs] if ours.get(p) != theirs.get(p))
    return (
        f"the ranks differ at {place}: rank 0 has {ours.get(place, 'nothing')}, "
        f"rank {rank} {theirs.get(place, 'nothing')}. {remedy}"
    )


def form(x: np.ndarray) -> str:
    """Shape, dtype and order of an array: what must be the same for arrays that are sent."""
    order = " in Fortran's order" if x.flags.fnc else ""
    return f"an array of shape {x.shape} and {x.dtype}{order}"


def contents(x: Any) -> str:
    """The values of an array, or of a tuple of them, as a short digest."""
    if isinstance(x, tuple):
        return " ".join(map(contents, x))
    if not isinstance(x, np.ndarray):
        return repr(x)
    return f"numbers with the checksum {hashlib.blake2b(x.tobytes('A'), digest_size=4).hexdigest()}"
