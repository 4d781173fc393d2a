"""Which rule is wrong: the rule of each step compared with finite differences of the step's function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import differences
from ..autodiff import native
from ..autodiff.primitive import Tracer
from ..autodiff.structure import Splitter, take_apart
from ..nonsmooth.table import kinks_of
from ..recording import Recording, Step
from . import nearby, noise

ENTRIES = 40  #: the most entries of an input that are checked one by one
PAIRS = 6  #: of entries that are checked together
DEPTH = 4  #: how deep calls of checkpointed are looked into


def suspects(f: Callable[..., Any], xs: Sequence[Any], order: int = 1, depth: int = 0) -> list[str]:
    """A line for each primitive whose reverse rule is not the derivative of what it computes.

    With `order` 2 the rules are also differentiated: a line for each whose own derivative is wrong.
    """
    for n in range(1, order + 1):
        texts = _suspects(f, xs, n, depth)
        if texts:
            return texts
    return []


def nobody_to_blame(f: Callable[..., Any], xs: Sequence[Any]) -> str:
    """The note for a mismatch without a wrong rule: it names the steps that are at a kink."""
    at_kinks = []
    for step in Recording(f, xs).steps:
        try:
            ties = any(kink.ties(step.values, step.options) for kink in kinks_of(step.primitive))
        except Exception:  # a step whose rivals cannot be computed
            ties = False
        if ties:
            at_kinks.append(f"{step.primitive.name!r} at v{step.position}")
    if not at_kinks:
        return "no rule of a step is wrong by itself"
    return (
        "no rule of a step is wrong by itself, but these are at a kink, and what they chose does not go "
        f"together: {', '.join(at_kinks[:8])}"
    )


def _suspects(f: Callable[..., Any], xs: Sequence[Any], order: int, depth: int) -> list[str]:
    texts: dict[Any, str] = {}
    for step in Recording(f, xs).steps:
        primitive = step.primitive
        key = primitive.where or primitive.name if primitive.again else primitive.name
        if step.is_argument or key in texts:
            continue
        for k, x in enumerate(step.inputs):
            wrong = isinstance(x, Step) and _compare(step, k, order)
            if not wrong:
                continue
            inside = _inside(step, order, depth) if primitive.name == "checkpointed" else []
            if inside:
                texts.update({text: text for text in inside})
                break
            call = step.calls[-1] if step.calls else None
            place = f" ({call.code.co_name}, line {call.line})" if call else ""
            derivative = "" if order == 1 else "derivative of the "
            rules = (
                f" ({'its rule' if primitive.again else 'rules'}: {primitive.where})"
                if primitive.where
                else ""
            )
            texts[key] = (
                f"the {derivative}rule of {primitive.name!r} for its input {k}{rules} says "
                f"{wrong[0]:.8g} where differences of {primitive.name if order == 1 else 'the rule'} say "
                f"{wrong[1]:.8g}, at v{step.position}{place}"
            )
            break
    return list(texts.values())


def _inside(step: Step, order: int, depth: int) -> list[str]:
    """The suspects among the steps of a call that is recorded as one."""
    again = step.primitive.again
    if again is None or depth >= DEPTH:
        return []
    xs = [x.value if isinstance(x, Step) else x for x in step.inputs]
    try:
        return _suspects(lambda *ys: again(*ys, rule=False), xs, order, depth + 1)
    except Exception:  # a call that cannot be repeated, with whatever error
        return []


class _Case:
    """One input of one step: its function `g`, the point `x`, and what the rule says for a seed."""

    def __init__(self, step: Step, k: int, order: int):
        given = step.values[k]
        self.given = float(given) if isinstance(given, int) else given
        self.x = np.asarray(self.given)
        rng = np.random.default_rng(step.position * 31 + k)
        primitive, values, options = step.primitive, step.values, step.options

        def g(v: Any) -> Any:
            inputs = [*values[:k], v, *values[k + 1 :]]
            return primitive.again(*inputs) if primitive.again else primitive(*inputs, **options)

        self.g = g
        if order == 2:
            first = _random(rng, g(self.given))
            self.g = lambda v: native.pullback(g, (v,))[1](first)[0]
        self.seed = _random(rng, self.g(self.given))
        self.size = nearby.sizes([self.x])[0]
        self.rng = rng
        self.part = self.rule(self.x)

    def like(self, x: np.ndarray) -> Any:
        """`x` in the type that the step had: an array, or a number."""
        return x if isinstance(self.given, np.ndarray) else x.item()

    def rule(self, x: np.ndarray) -> np.ndarray:
        """The cotangent of x by the rule."""
        part = native.pullback(self.g, (self.like(x),))[1](self.seed)[0]
        return np.zeros(x.shape) if part is None else np.asarray(part)

    def value(self, x: np.ndarray) -> Any:
        return np.asarray(_inner(self.seed, self.g(self.like(x))))

    def moved(self, tangent: np.ndarray, t: float, jitter: Any = None) -> np.ndarray:
        wide = self.x.astype(complex if self.x.dtype.kind == "c" else float)
        if jitter is not None:
            wide = wide + jitter[1] * jitter[0]
        return wide + t * tangent

    def tangent(self, rng: np.random.Generator) -> np.ndarray:
        return nearby.tangent(rng, self.x, self.size)

    def noise(self, arguments: bool) -> Any:
        """How far rounding moves the value."""
        wide = self.moved(np.zeros(self.x.shape), 0.0)
        try:
            runs = noise.disturbed_runs(self.g, lambda stand_in: [stand_in(self.like(wide))], arguments)
            return noise.spread(self.value(wide), [_inner(self.seed, _plain(y)) for y in runs])
        except Exception:  # what cannot be traced once more
            tangent = self.tangent(np.random.default_rng(5))
            return np.abs(self.value(self.moved(tangent, 2.0**-50)) - self.value(wide))

    def swing(self) -> np.ndarray:
        """How far rounding moves what the rule says."""

        def rule(v: Any, engine: noise.Disturbed) -> Any:
            part = native.pullback(self.g, (v,))[1](_each(engine.stand_in, self.seed))[0]
            return np.zeros(self.x.shape) if part is None else np.asarray(noise.values(part))

        try:
            runs = noise.disturbed_runs(rule, lambda stand_in: [stand_in(self.given)], True, engine=True)
            return noise.spread(self.part, runs)
        except Exception:  # what cannot be traced once more
            spread = np.zeros(self.x.shape)
            eps = np.finfo(self.x.dtype).eps
            for _ in range(2):
                near = (self.x * (1 + eps * self.rng.uniform(-1, 1, self.x.shape))).astype(self.x.dtype)
                spread = np.fmax(spread, np.abs(self.rule(near) - self.part))
            return spread


def _each(stand_in: Callable[[Any], Any], seed: Any) -> Any:
    return tuple([_each(stand_in, s) for s in seed]) if isinstance(seed, tuple) else stand_in(seed)


def _compare(step: Step, k: int, order: int) -> tuple[float, float] | None:
    """What the rule says of input k and what differences say, if that is not the same."""
    if isinstance(step.values[k], tuple):  # one of several outputs is picked
        return None
    x = np.asarray(step.values[k])
    x = x.astype(float) if isinstance(step.values[k], int) else x
    if x.dtype.kind not in "fc" or x.size == 0 or not np.all(np.isfinite(x)):
        return None
    if not any(np.asarray(v).dtype.kind in "fc" for v in take_apart(step.value)[0]):
        return None
    try:
        with np.errstate(all="ignore"):
            return _judge(_Case(step, k, order))
    except Exception:  # a step that cannot be computed again
        return None


def _judge(case: _Case) -> tuple[float, float] | None:
    slack = 16 * case.swing() + 16 * np.finfo(case.x.dtype).eps * np.abs(case.part)
    rounding = case.noise(arguments=True)
    said = _along(case, case.tangent(case.rng), rounding, slack)
    if said is not None:
        return said if isinstance(said, tuple) else None
    rounding = case.noise(arguments=False)
    entries = list(np.ndindex(case.x.shape))
    if len(entries) > ENTRIES:
        entries = [entries[i] for i in np.sort(case.rng.permutation(len(entries))[:ENTRIES])]
    units = []
    for index in entries:
        for direction in (1.0, 1j) if case.x.dtype.kind == "c" else (1.0,):
            unit = np.zeros(case.x.shape, case.x.dtype if case.x.dtype.kind == "c" else float)
            unit[index] = direction * case.size[index]
            said = _along(case, unit, rounding, slack, kinks=True)
            if isinstance(said, tuple):
                return said
            units.append(unit)
    for _ in range(PAIRS if len(units) > 1 else 0):  # each may be right at its kink and the two inconsistent
        i, j = case.rng.permutation(len(units))[:2]
        for sign in (1.0, -1.0):
            pair = case.rng.uniform(0.5, 1) * units[i] + sign * case.rng.uniform(0.5, 1) * units[j]
            said = _along(case, pair, rounding, slack, kinks=True)
            if isinstance(said, tuple):
                return said
    return None


def _along(
    case: _Case, tangent: np.ndarray, rounding: Any, slack: np.ndarray, kinks: bool = False
) -> tuple[float, float] | bool | None:
    """(what the rule says, what differences say) if that differs, True if not, None if it is not clear."""
    said = float(np.sum(np.real(np.conjugate(case.part) * tangent)))
    slope = differences.slopes(lambda t: case.value(case.moved(tangent, t)), 1.0, rounding, 1e-14)
    bound = 10 * float(slope.error) + float(np.sum(slack * np.abs(tangent)))
    low, high = float(slope.low), float(slope.high)
    size = max(abs(said), abs(low), abs(high))
    if not np.isfinite(said):
        return None if not np.isfinite(slope.error) else (said, float(slope.value))
    if not np.isfinite(bound) or (slope.kink and not kinks) or bound > 0.1 * size:
        return None
    if low - bound <= said <= high + bound:
        return True
    near = nearby.allowed(
        lambda jitter, t: case.value(case.moved(tangent, t, jitter)), case.tangent, rounding, seed=1
    )
    if near is not None and float(near[0]) - bound <= said <= float(near[1]) + bound:
        return None
    return said, float(slope.value)


def _plain(y: Any) -> Any:
    return Splitter(noise.values, lambda v: isinstance(v, Tracer)).split(y)[0]


def _random(rng: np.random.Generator, y: Any) -> Any:
    """A random cotangent for a number, an array, or a tuple of them."""
    if isinstance(y, tuple):
        return tuple([_random(rng, v) for v in y])
    v = rng.uniform(0.5, 1.5, np.shape(y)) * rng.choice([-1.0, 1.0], np.shape(y))
    if np.iscomplexobj(y):
        v = v + 1j * rng.standard_normal(np.shape(y))
    if isinstance(y, np.ndarray):
        return v.astype(y.dtype) if y.dtype.kind in "fc" else v
    return complex(v) if np.iscomplexobj(v) else float(v)


def _inner(a: Any, b: Any) -> float:
    """The real inner product, summed over all outputs."""
    left, right = take_apart(a)[0], take_apart(b)[0]
    return sum(float(np.sum(np.real(np.conjugate(p) * q))) for p, q in zip(left, right, strict=True))
