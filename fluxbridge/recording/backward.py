"""The reverse sweep over a record: by the rules of the primitives, or by others that a reader gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.sweep import project
from ..autodiff.tape import as_floats, for_rules, spec_of
from .steps import Step

Pull = Callable[[Step, Any], Sequence[Any]]


def rule_values(step: Step) -> list[Any]:
    """The output and the inputs as the rules get them: a Spec where shape and dtype are enough."""
    kept, inputs = step.primitive.keep(tuple([isinstance(x, Step) for x in step.inputs]))
    values = [for_rules(x, step.primitive, k) for k, x in enumerate(step.values)]
    pairs = zip((as_floats(step.value), *values), (kept, *inputs), strict=True)
    return [v if needed else spec_of(v) for v, needed in pairs]


def pull(step: Step, cotangent: Any) -> Sequence[Any]:
    """What the cotangent of a step contributes to each of its inputs, by the primitive's own rules."""
    primitive, options = step.primitive, step.options
    values = rule_values(step)
    if primitive.vjps is None:
        return primitive.joint(cotangent, *values, **options)  # type: ignore[misc]
    return [
        rule(cotangent, *values, **options) if rule is not None and isinstance(x, Step) else None
        for rule, x in zip(primitive.vjps, step.inputs, strict=True)
    ]


def backward(
    steps: Sequence[Step],
    seeds: dict[Step, Any],
    pull: Pull = pull,
    seen: Callable[[Step, Any, list[Any]], None] | None = None,
) -> dict[Step, Any]:
    """The reverse sweep over steps: the cotangent of every step that has one.

    The tape has a sweep of its own (`autodiff.sweep`), for speed: that one frees records as it goes, adds in
    place, and has short ways for numbers and elements; this one keeps every cotangent and lets a reader
    replace the rules.

    `seeds` are the cotangents of outputs. `pull` may be replaced, to choose other one-sided
    derivatives where a step is not smooth. `seen(step, cotangent, contributions)` is called for
    every step in the order of the sweep; a contribution is None for a constant.
    """
    cotangent_of: dict[Step, Any] = {s: project(ct, spec_of(s.value)) for s, ct in seeds.items()}
    for step in reversed(steps):
        ct = cotangent_of.get(step)
        if ct is None or step.is_argument:
            continue
        if isinstance(step.value, tuple):
            ct = tuple([ct.get(k) for k in range(len(step.value))])
        contributions: list[Any] = []
        source = step.inputs[0] if step.inputs else None
        if isinstance(source, Step) and isinstance(source.value, tuple):  # one output of several
            cotangent_of.setdefault(source, {})[step.options["index"]] = ct
            contributions.append(ct)
        else:
            with np.errstate(all="ignore"):
                pulled = pull(step, np.float64(ct) if type(ct) is float else ct)
            for x, part in zip(step.inputs, pulled, strict=True):
                if part is None or not isinstance(x, Step):
                    contributions.append(None)
                    continue
                part = project(part, spec_of(x.value))
                contributions.append(part)
                cotangent_of[x] = part if x not in cotangent_of else cotangent_of[x] + part
        if seen is not None:
            seen(step, ct, contributions)
    return cotangent_of
