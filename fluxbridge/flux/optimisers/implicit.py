"""The style of old tutorials: a rule is applied to arrays directly, and keeps the state of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.implicit import Grads, Params
from ...errors import ArgumentError
from ..functors import KeyPath
from . import chain, rules
from .base import AbstractRule
from .parameters import isnumeric, parameters
from .stepping import take_steps
from .tree import Entry, Leaf

__all__ = [
    "ADAM",
    "ADAMW",
    "NADAM",
    "OADAM",
    "RADAM",
    "ADADelta",
    "ADAGrad",
    "ClipValue",
    "Optimiser",
    "params",
]


def params(*models: Any) -> Params:
    """The trained arrays of models, as implicit parameters: ``gradient(lambda: loss(x, y), params(model))``.

    Each tied array occurs once. Arrays that are given by themselves, or in a list, may be of whole numbers,
    as in Flux. Flux has deprecated this; prefer ``gradient(lambda m: loss(m, x, y), model)``.

    >>> len(params({"w": np.ones(2), "n": 1}, np.ones(3), [np.array([1, 2])]))
    3
    """
    found = Params()
    seen: dict[int, Any] = {}
    for model in models:
        _collect(model, found, seen)
    return found


def _collect(model: Any, found: Params, seen: dict[int, Any]) -> None:
    if type(model) in (list, tuple):
        for part in model:
            _collect(part, found, seen)
    elif isinstance(model, np.ndarray) and model.dtype.kind in "iu":
        found.add(model)
    else:
        for _, array in parameters(model, KeyPath(), seen):
            found.add(array)


def update_old_(rule: AbstractRule, x: Any, gradient: Any) -> None:
    """``update_(Descent(0.1), params, grads)``, or with one array and its gradient; in place.

    The states belong to this rule object, by the identity of the arrays. Raises ArgumentError for other
    arguments.
    """
    if isinstance(x, Params):
        if not isinstance(gradient, Grads):
            raise ArgumentError("update_(rule, params, grads) takes what gradient(f, params) returned")
        pairs = [(array, gradient[array]) for array in x]
    elif isnumeric(x):
        pairs = [(x, gradient)]
    else:
        raise ArgumentError(
            "update_(state, model, grad) needs a state first: state = setup(rule, model). A rule alone goes "
            "with implicit parameters, update_(rule, params, grads)."
        )
    states: dict[int, tuple[np.ndarray, Leaf]] = rule.__dict__.setdefault("_states", {})
    entries = []
    for array, dx in pairs:
        if dx is None or not isnumeric(array):
            continue
        if id(array) not in states:
            states[id(array)] = (array, Leaf(rule, rule.init(array)))
        entry = Entry(states[id(array)][1], array, None)
        entry.take((dx,), None)
        entries.append(entry)
    take_steps(entries)


#: Names that rules had in older versions of Flux.
ADAM, NADAM, ADAMW, RADAM, OADAM = rules.Adam, rules.NAdam, rules.AdamW, rules.RAdam, rules.OAdam
ADAGrad, ADADelta = rules.AdaGrad, rules.AdaDelta
Optimiser, ClipValue = chain.OptimiserChain, chain.ClipGrad
