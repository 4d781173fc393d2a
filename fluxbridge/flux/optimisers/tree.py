"""The state of an optimiser: a tree with the structure of the model, and how gradients are matched with it.

:func:`setup` makes the tree. A tied array has one :class:`Leaf` and gets the sum of its gradients once.
Everything is checked before the first array is written to.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...errors import ArgumentError, DimensionMismatch, StructureError
from ..functors import children, functor, pairs
from ..functors.trees import collected
from .base import AbstractRule
from .chain import MixedPrecision
from .parameters import is_trained, isnumeric, parts_of
from .text import julia
from .ties import Ties, permutation

__all__ = ["Leaf", "setup"]


class Leaf:
    """The rule and the state of one parameter; `frozen` ones are not updated.

    >>> from fluxbridge.flux.optimisers import Descent
    >>> Leaf(Descent(0.1), None) == Leaf(Descent(0.1), None, frozen=True)
    False
    """

    def __init__(self, rule: AbstractRule, state: Any, frozen: bool = False):
        self.rule = rule
        self.state = state
        self.frozen = frozen

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Leaf)
            and (self.rule, self.frozen) == (other.rule, other.frozen)
            and same_state(self.state, other.state)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        frozen = ", frozen = true" if self.frozen else ""
        return f"Leaf({self.rule.compact()}, {julia(self.state, compact=True)}{frozen})"


def same_state(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same_state, a, b))
    return type(a) is type(b) and bool(np.array_equal(a, b))


def setup(rule: AbstractRule, model: Any) -> Any:
    """The state of `rule` for every trained array of `model`, in a tree with the structure of the model.

    Where nothing is trained (functions, numbers, arrays of integers, fields that a layer leaves out) the tree
    has ``()``. Warns if there is nothing to train. Raises ArgumentError if `rule` is no rule, an array cannot
    be written to, or the rule compares numbers and an array is complex.

    >>> from fluxbridge.flux.optimisers import Momentum
    >>> setup(Momentum(0.1), {"w": np.zeros(2), "f": np.tanh})
    {'w': Leaf(Momentum(eta=0.1, rho=0.9), [0.0, 0.0]), 'f': ()}
    """
    if not isinstance(rule, AbstractRule):
        raise ArgumentError(f"setup(rule, model) takes a rule such as Adam(0.01) first; {rule!r} is none")
    ties = Ties()

    def build(x: Any, path: Any) -> Any:
        if isnumeric(x):
            if not x.flags.writeable:
                raise ArgumentError(
                    f"the array at {where(path)} cannot be written to, so it cannot be trained; "
                    "make a copy of it, or freeze it by leaving it out of trainable"
                )
            known, order = ties.find(x)
            if known is None:
                return ties.add(x, Leaf(rule, rule.init(x)))
            return known if order is None else Record(parent=known)
        made = [build(v, (path, k)) if trained else () for k, v, trained in parts_of(x)]
        return collected(functor(x)[0], made)

    tree = build(model, None)
    if not ties:
        warnings.warn("setup found no trainable parameters in this model", stacklevel=2)
    return tree


def leaves(tree: Any) -> Iterator[Leaf]:
    """The leaves of a state tree, tied ones as often as they occur. ArgumentError for another tree."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, (tuple, list, dict, Record)):
        for _, child in pairs(tree):
            yield from leaves(child)
    else:
        raise ArgumentError(f"this is no state tree as setup makes it: {type(tree).__name__} in it")


def where(path: Any) -> str:
    """A path, (path of the parent, key) or None at the top, as Python code.

    >>> where(((None, "layers"), 0))
    '.layers[0]'
    """
    keys = []
    while path is not None:
        path, key = path
        keys.append(f".{key}" if isinstance(key, str) else f"[{key!r}]")
    return "".join(reversed(keys)) or "the top"


# -- the step ------------------------------------------------------------------------------------------------


class Entry:
    """One parameter in a step: its leaf, its array, and its gradients of first and higher order."""

    __slots__ = ("array", "gradients", "leaf", "path")

    def __init__(self, leaf: Leaf, array: np.ndarray, path: Any):
        self.leaf, self.array, self.path = leaf, array, path
        self.gradients: list[np.ndarray] | None = None

    @property
    def rule(self) -> AbstractRule:
        """The rule that takes the step."""
        return self.leaf.rule.local

    @property
    def gradient(self) -> np.ndarray:
        """The first derivative, of an entry that has one."""
        assert self.gradients is not None
        return self.gradients[0]

    def take(self, gradients: tuple[Any, ...], path: Any, order: Any = None) -> None:
        """Add the gradients at one of the places where the array stands."""
        if gradients[0] is None:
            return
        checked = [self._checked(g, path, order) for g in gradients if g is not None]
        if self.gradients is None:
            self.gradients = checked
        else:
            self.gradients = [a + b for a, b in zip(self.gradients, checked, strict=True)]

    def _checked(self, gradient: Any, path: Any, order: Any) -> np.ndarray:
        x = self.array
        g = gradient if type(gradient) is np.ndarray else np.asarray(gradient)
        if order is not None and g.ndim == len(order):
            g = g.transpose(np.argsort(order))
        if g.shape != x.shape:
            raise DimensionMismatch(
                f"the gradient at {where(path)} has shape {g.shape}, but the parameter there has "
                f"shape {x.shape}"
            )
        if g.dtype is x.dtype:
            return g
        if g.dtype.kind not in "biufc" or (g.dtype.kind == "c" and x.dtype.kind != "c"):
            raise ArgumentError(
                f"the gradient at {where(path)} has dtype {g.dtype}, which is not for a parameter "
                f"of {x.dtype}"
            )
        return g if isinstance(self.rule, MixedPrecision) else g.astype(x.dtype)


def gather(tree: Any, model: Any, *grads: Any) -> list[Entry]:
    """The entries of tree, model and gradients that are to be updated. Warns if everything is frozen."""
    found = match(tree, model, *grads)
    if found and all(entry.leaf.frozen for entry in found):
        warnings.warn(
            "all parameters are frozen, so nothing is updated; thaw_(tree) undoes that", stacklevel=3
        )
    active = [e for e in found if not e.leaf.frozen]
    return [e for e in active if e.gradients is not None] if exchanged(active) else []


def exchanged(entries: list[Entry], forgo: bool = False) -> bool:
    """Exchange gradients with other processes, where a rule does so. False if one forgoes the step."""
    groups: dict[int, tuple[Any, list[Entry]]] = {}
    for entry in entries:
        exchange = entry.leaf.rule.exchange
        if exchange is not None:
            groups.setdefault(id(exchange), (exchange, []))[1].append(entry)
    return all(exchange(group, forgo) for exchange, group in groups.values())


def forgo(tree: Any, model: Any) -> None:
    """Take no step, and have the other processes take none."""
    exchanged([e for e in match(tree, model, None) if not e.leaf.frozen], forgo=True)


def match(tree: Any, model: Any, *grads: Any) -> list[Entry]:
    """The parameters with their leaves and gradients, those of one parameter added up.

    Raises StructureError if the tree belongs to another model. A path is (path of the parent, key) here,
    which costs next to nothing until an error shows it.
    """
    entries: dict[int, Entry] = {}

    def visit(node: Any, x: Any, gs: tuple[Any, ...], path: Any) -> None:
        if isinstance(node, Leaf):
            entry = entries.get(id(node))
            if entry is None:
                check_leaf(node, x, path)
                entry = entries[id(node)] = Entry(node, x, path)
            entry.take(gs, path)
        elif isnumeric(x):
            if not isinstance(node, Record) or id(node[0]) not in entries:
                raise foreign(path, "a parameter", describe(node))
            entry = entries[id(node[0])]
            entry.take(gs, path, permutation(entry.array, x))
        elif isinstance(node, (tuple, list, dict, Record)):
            visit_parts(node, x, gs, path)
        else:
            raise foreign(path, describe(functor(x)[0]), describe(node))

    def visit_parts(node: Any, x: Any, gs: tuple[Any, ...], path: Any) -> None:
        parts = functor(x)[0]
        if len(parts) != len(node) or not isinstance(parts, type(node)):
            raise foreign(path, describe(parts), describe(node))
        for key, part in pairs(parts):
            try:
                child = node[key]
            except KeyError:
                raise foreign(path, describe(parts), describe(node)) from None
            at = (path, key)
            if type(child) is not tuple or child:
                visit(child, part, tuple([g if g is None else part_of(g, key, at) for g in gs]), at)
            elif type(part) is np.ndarray and isnumeric(part) and is_trained(x, key):
                raise foreign(at, "a parameter", "nothing")  # () is for what is not trained

    visit(tree, model, grads, None)
    return list(entries.values())


def part_of(grad: Any, key: Any, path: Any) -> Any:
    """The part of a gradient at `key`; what is missing in a dict or record has none."""
    if type(grad) is Record:
        return grad._fields.get(key)
    if isinstance(grad, dict):
        return grad.get(key)
    if isinstance(grad, (tuple, list)) and isinstance(key, int) and key < len(grad):
        return grad[key]
    if not isinstance(grad, (tuple, list, np.ndarray)) or hasattr(grad, "_fields"):
        parts = children(grad)
        if isinstance(parts, Record):
            return dict(parts.items()).get(key)
    hint = ""
    if isinstance(grad, tuple) and len(grad) == 1:
        hint = " (gradient returns a tuple with one entry for each argument: is this gradient(…)[0]?)"
    raise StructureError(
        f"the gradient does not have the structure of the model: nothing for {where(path)} in "
        f"{describe(grad)}{hint}"
    )


def check_leaf(leaf: Leaf, x: Any, path: Any) -> None:
    if not isnumeric(x):
        raise foreign(path, f"{type(x).__name__} without parameters", "a Leaf")
    shape = other_shape(leaf.state, x.shape)
    if shape is not None:
        raise foreign(path, f"a parameter of shape {x.shape}", f"a state of shape {shape}")


def other_shape(state: Any, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of an array in the state that has another shape; None if there is none."""
    for part in state if type(state) is tuple else (state,):
        if type(part) is np.ndarray:
            if part.shape != shape:
                return part.shape
        elif type(part) is tuple:
            found = other_shape(part, shape)
            if found is not None:
                return found
    return None


def foreign(path: Any, model: str, state: str) -> StructureError:
    return StructureError(
        f"this optimiser state belongs to another model: at {where(path)} the model has {model}, the state "
        f"{state}. Make one with setup(rule, model)."
    )


def describe(x: Any) -> str:
    if isinstance(x, Leaf):
        return "a Leaf"
    if isinstance(x, np.ndarray):
        return f"an array of shape {x.shape}"
    if isinstance(x, (Record, dict)):
        return f"the fields {', '.join(map(str, x.keys())) or '(none)'}"
    if isinstance(x, (tuple, list)):
        return f"{len(x)} parts"
    return type(x).__name__


def copy_tree(tree: Any) -> tuple[Any, dict[int, Leaf]]:
    """A copy of a state tree in which shared leaves are shared, and what each leaf became."""
    new: dict[int, Leaf] = {}

    def visit(node: Any) -> Any:
        if isinstance(node, Leaf):
            if id(node) not in new:
                new[id(node)] = Leaf(node.rule.copied(), copy.deepcopy(node.state), node.frozen)
            return new[id(node)]
        return collected(node, [visit(child) for _, child in pairs(node)])

    return visit(tree), new
