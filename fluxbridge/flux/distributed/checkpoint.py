"""Checkpoints of a training run: written by one worker, read by one, and the same for all.

These are no names of Flux, which leaves checkpoints to its users.
"""

from __future__ import annotations

from typing import Any

from ...errors import ArgumentError, DimensionMismatch
from ..optimisers.tree import Leaf, leaves
from ..saving import load, save
from ..state import loadmodel_
from .backends import AbstractFluxDistributedBackend
from .synchronise import synchronize_

__all__ = ["load_checkpoint", "save_checkpoint"]


def save_checkpoint(
    backend: AbstractFluxDistributedBackend, path: Any, model: Any, opt_state: Any, **more: Any
) -> None:
    """Rank 0 writes the model, the state of the optimiser and `more` (numbers, texts, arrays) to a file.

    All ranks call it, and go on when the file is there. The name ends in ``.safetensors`` or ``.npz``; the
    file is written beside its place and then renamed, so a run that is ended meanwhile leaves the one before.
    Running statistics are those of rank 0. Raises what :func:`~fluxbridge.flux.save` raises, on rank 0.

    >>> import os, tempfile, numpy as np
    >>> from fluxbridge.flux import Adam, setup
    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> alone, model = SequentialBackend(), {"w": np.ones(2)}
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = os.path.join(place, "last.npz")
    ...     save_checkpoint(alone, path, model, setup(Adam(), model), epoch=3)
    ...     load_checkpoint(alone, path, model, setup(Adam(), model))
    {'epoch': 3}
    """
    if backend.rank == 0:
        kept = [
            {"rule": repr(leaf.rule.local), "state": leaf.state, "frozen": leaf.frozen}
            for leaf in distinct(opt_state)
        ]
        save(path, {"model": model, "optimiser": kept, "more": more})
    backend.of(None)


def load_checkpoint(
    backend: AbstractFluxDistributedBackend, path: Any, model: Any, opt_state: Any
) -> dict[str, Any]:
    """Load what :func:`save_checkpoint` wrote into a model and a state, on all ranks, and return `more`.

    Only rank 0 reads the file. The rules stay, and must be those of the file. Random number generators are
    not in it. Raises ArgumentError or DimensionMismatch if the file does not fit, before anything is changed;
    OSError if there is none.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> load_checkpoint(SequentialBackend(), "missing.npz", {}, ())
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'missing.npz'
    """
    more: dict[str, Any] = {}
    if backend.rank == 0:
        found = load(path)
        if not isinstance(found, dict) or set(found) != {"model", "optimiser", "more"}:
            raise ArgumentError(f"{path} is no checkpoint that save_checkpoint wrote")
        own = distinct(opt_state)
        check(own, found["optimiser"])
        loadmodel_(model, found["model"])
        for leaf, kept in zip(own, found["optimiser"], strict=True):
            leaf.state, leaf.frozen = kept["state"], kept["frozen"]
        more = found["more"]
    synchronize_(backend, model)
    synchronize_(backend, opt_state)
    return backend.of(more)


def distinct(opt_state: Any) -> list[Leaf]:
    """The leaves of a state, each once, in their order."""
    return list({id(leaf): leaf for leaf in leaves(opt_state)}.values())


def check(own: list[Leaf], kept: list[dict[str, Any]]) -> None:
    """Does what was kept go with these leaves? ArgumentError or DimensionMismatch if not."""
    if len(own) != len(kept):
        raise ArgumentError(f"the checkpoint has states of {len(kept)} parameters, and this state {len(own)}")
    for k, (leaf, part) in enumerate(zip(own, kept, strict=True)):
        rule = repr(leaf.rule.local)
        if part["rule"] != rule:
            raise ArgumentError(
                f"the checkpoint was written with {part['rule']}, and this state has {rule}; make the state "
                "with that rule (adjust_ changes it afterwards)"
            )
        shapes = [x.shape for x in _arrays(leaf.state)]
        if shapes != [x.shape for x in _arrays(part["state"])]:
            raise DimensionMismatch(f"the checkpoint's state of parameter {k} has not the shapes {shapes}")


def _arrays(state: Any) -> list[Any]:
    if isinstance(state, tuple):
        return [x for part in state for x in _arrays(part)]
    return [state] if hasattr(state, "shape") and state.shape else []
