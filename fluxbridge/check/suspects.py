"""Whose rule is wrong? Every step's rule beside differences of the step's own function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.recording import Recording, Step, pull
from ..autodiff.structure import take_apart
from . import differences

TOLERANCE = 1e-5


def suspects(f: Callable[..., Any], xs: Sequence[Any]) -> list[str]:
    """A line for each primitive whose reverse rule is not the derivative of what it computes."""
    found: dict[str, str] = {}
    rng = np.random.default_rng(0)
    for step in Recording(f, xs).steps:
        name = step.primitive.name
        if step.is_argument or name in found or not isinstance(step.value, (float, complex, np.ndarray)):
            continue
        if np.asarray(step.value).dtype.kind not in "fc":
            continue
        for k, x in enumerate(step.inputs):
            wrong = isinstance(x, Step) and _compare(step, k, rng)
            if wrong:
                call = step.calls[-1] if step.calls else None
                place = f" ({call.code.co_name}, line {call.line})" if call else ""
                found[name] = (
                    f"the rule of {name!r} for its input {k} (rules: {step.primitive.where}) says "
                    f"{wrong[0]:.8g} where differences of {name} say {wrong[1]:.8g}, "
                    f"at v{step.position}{place}"
                )
                break
    return list(found.values())


def _compare(step: Step, k: int, rng: np.random.Generator) -> tuple[float, float] | None:
    """What the rule says of input k and what differences say, if that is not the same."""
    x = np.asarray(step.values[k])
    if x.dtype.kind not in "fc" or x.size == 0 or not np.all(np.isfinite(x)):
        return None
    seed, tangent = (_random(rng, v) for v in (step.value, x))

    def along(t: float) -> float:
        moved = x + t * tangent
        values = [*step.values]
        values[k] = moved if isinstance(step.values[k], np.ndarray) else moved.item()
        return _inner(seed, step.primitive.compute(*values, **step.options))

    try:
        part = pull(step, seed)[k]
        slope, error = differences.slope(along)
        left, right = differences.one_sided(along)
    except Exception:  # a call with a rule of its own cannot be computed again
        return None
    said = 0.0 if part is None else _inner(part, tangent)
    kink = abs(left - right) > 1e-3 * (1 + abs(left))
    relative = TOLERANCE if x.dtype.itemsize >= 8 else 1e-2
    bound = relative * (1 + abs(float(slope))) + 10 * float(error)
    if kink or not np.isfinite(bound) or abs(said - slope) <= bound:
        return None
    return said, float(slope)


def _random(rng: np.random.Generator, x: Any) -> Any:
    v = rng.standard_normal(np.shape(x))
    v = v + 1j * rng.standard_normal(np.shape(x)) if np.iscomplexobj(x) else v
    return (
        v
        if np.ndim(x)
        else v.item()
        if isinstance(v, np.ndarray)
        else complex(v)
        if np.iscomplexobj(v)
        else float(v)
    )


def _inner(a: Any, b: Any) -> float:
    """The real inner product, summed over all outputs."""
    left, right = take_apart(a)[0], take_apart(b)[0]
    return sum(float(np.sum(np.real(np.conjugate(p) * q))) for p, q in zip(left, right, strict=True))
