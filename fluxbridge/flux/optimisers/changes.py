"""Changing a state tree: hyperparameters in mid-training, and which parameters are frozen."""

from __future__ import annotations

from typing import Any

from ...errors import ArgumentError
from .base import AbstractRule, spelled
from .tree import copy_tree, leaves

__all__ = ["adjust", "adjust_", "freeze_", "thaw_"]


def _changes(eta: float | None, options: dict[str, Any]) -> dict[str, Any]:
    changes = spelled(options)
    if eta is not None:
        changes["eta"] = eta
    if not changes:
        raise ArgumentError("adjust must be given something to act on: a rate, or fields by keyword")
    return changes


def adjust_(tree: Any, eta: float | None = None, **options: Any) -> None:
    """Change `eta`, or other fields by keyword, of all rules in a state tree or a part of one, in place.

    The states of the rules stay. Names that a rule does not have are ignored. Raises ArgumentError without
    anything to change, for a model in place of the tree, or for values that the rules refuse (then nothing
    has changed); DomainError if a rate is negative.

    >>> import numpy as np
    >>> from fluxbridge.flux.optimisers import Momentum, setup
    >>> tree = setup(Momentum(0.1), {"w": np.zeros(2)})
    >>> adjust_(tree, 0.01)
    >>> tree
    {'w': Leaf(Momentum(eta=0.01, rho=0.9), [0.0, 0.0])}
    """
    changes = _changes(eta, options)
    _refuse_model(tree, "adjust_")
    changed = [
        (leaf, leaf.rule.adjusted(changes)) for leaf in leaves(tree)
    ]  # computed for all before one is changed
    for leaf, rule in changed:
        leaf.rule = rule


def adjust(tree: Any, eta: float | None = None, **options: Any) -> Any:
    """:func:`adjust_` on a copy: of a state tree, or of a rule. Raises as :func:`adjust_`.

    >>> from fluxbridge.flux.optimisers import Adam
    >>> adjust(Adam(0.1), 0.01, beta=(0.8, 0.9))
    Adam(eta=0.01, beta=(0.8, 0.9), epsilon=1.0e-8)
    """
    if isinstance(tree, AbstractRule):
        return tree.adjusted(_changes(eta, options))
    _refuse_model(tree, "adjust")
    new, _ = copy_tree(tree)
    adjust_(new, eta, **options)
    return new


def freeze_(tree: Any) -> None:
    """Exclude the parameters of this state tree, or a part of one, from updates.

    Raises ArgumentError for a model in place of the tree.

    >>> import numpy as np
    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> tree = setup(Descent(0.1), {"w": np.zeros(2), "b": np.zeros(1)})
    >>> freeze_(tree["w"])
    >>> tree
    {'w': Leaf(Descent(0.1), nothing, frozen = true), 'b': Leaf(Descent(0.1), nothing)}
    """
    _set_frozen(tree, True, "freeze_")


def thaw_(tree: Any) -> None:
    """Undo :func:`freeze_`, on a state tree or a part of one. Raises as :func:`freeze_`.

    >>> import numpy as np
    >>> from fluxbridge.flux.optimisers import Descent, setup
    >>> tree = setup(Descent(0.1), [np.zeros(2)])
    >>> freeze_(tree); thaw_(tree)
    >>> tree
    [Leaf(Descent(0.1), nothing)]
    """
    _set_frozen(tree, False, "thaw_")


def _set_frozen(tree: Any, frozen: bool, name: str) -> None:
    _refuse_model(tree, name)
    for leaf in list(leaves(tree)):
        leaf.frozen = frozen


def _refuse_model(tree: Any, name: str) -> None:
    try:
        list(leaves(tree))
    except ArgumentError:
        raise ArgumentError(
            f"{name} must not be applied to a model, only to the state tree from setup, or a part of one"
        ) from None
