"""One step of an optimiser: in place, or as a new model and a new state."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.lazy import settled
from ...autodiff.template import Record
from ...errors import ArgumentError, MutationError
from ..functors import fmap
from .base import AbstractRule
from .implicit import update_old_
from .stepping import take_steps
from .ties import Ties
from .tree import Leaf, copy_tree, gather, where

__all__ = ["update", "update_"]


def update_(tree: Any, model: Any, grad: Any, *higher: Any) -> tuple[Any, Any]:
    """One step: writes into the arrays of `model` and the states in `tree`, and returns both.

    `grad` has the structure of the model, as :func:`~fluxbridge.gradient` gives it; None skips what is below
    it, its states too. Gradients are cast to the dtype of their parameter. Further arguments are gradients of
    higher order, which the rules here do not use. A rule in place of `tree` takes implicit parameters.

    Raises StructureError if the tree belongs to another model, or the gradient has another structure;
    DimensionMismatch if a gradient has another shape; ArgumentError if a gradient has a dtype that cannot be
    cast, or `tree` is no state; MutationError if a parameter cannot be written to; and what the rules raise,
    such as DomainError by ClipNorm. After an error nothing has changed, except that a warning of NumPy, made
    an error by a filter, may stop amid an array of more than 32 KiB. Warns if everything is frozen.

    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> model = {"w": np.array([1.0, 2.0])}
    >>> tree = setup(Descent(0.1), model)
    >>> _ = update_(tree, model, {"w": np.array([1.0, 1.0])})
    >>> model["w"]
    array([0.9, 1.9])
    """
    if isinstance(tree, AbstractRule):
        update_old_(tree, model, grad)
        return tree, model
    check_state(tree, "update_")
    entries = gather(tree, model, settled(grad), *higher)
    for entry in entries:
        if not entry.array.flags.writeable:
            raise MutationError(
                f"the parameter at {where(entry.path)} cannot be written to; take update instead"
            )
    take_steps(entries)
    return tree, model


def update(tree: Any, model: Any, grad: Any, *higher: Any) -> tuple[Any, Any]:
    """The step of :func:`update_` without changing anything: returns a new tree and a new model.

    Raises as :func:`update_`. Parameters that cannot be written to are no error here.

    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> model = {"w": np.array([1.0, 2.0])}
    >>> _, stepped = update(setup(Descent(0.1), model), model, {"w": np.array([1.0, 1.0])})
    >>> model["w"], stepped["w"]
    (array([1., 2.]), array([0.9, 1.9]))
    """
    check_state(tree, "update")
    entries = gather(tree, model, settled(grad), *higher)
    new_tree, new_leaves = copy_tree(tree)
    ties = Ties()

    def copied(x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        known, order = ties.find(x)
        if known is None:
            known = ties.add(x, x.copy(order="K"))
        return known if order is None else known.transpose(order)

    new_model = fmap(copied, model)
    for entry in entries:
        entry.leaf = new_leaves[id(entry.leaf)]
        entry.array = ties.find(entry.array)[0]
    take_steps(entries)
    return new_tree, new_model


def check_state(tree: Any, name: str) -> None:
    if not isinstance(tree, (Leaf, tuple, list, dict, Record)):
        raise ArgumentError(
            f"{name}(state, model, grad) takes the state first, as setup(rule, model) makes it; got "
            f"{type(tree).__name__}"
        )
