"""Rules that go with others: decay, clipping, chains, accumulation and mixed precision."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np

from ...errors import ArgumentError, DomainError
from ..precision import is_float_type
from .base import AbstractRule, NewValue, Step, rule, typed
from .text import julia, type_name

__all__ = [
    "AccumGrad",
    "ClipGrad",
    "ClipNorm",
    "MixedPrecision",
    "OptimiserChain",
    "SignDecay",
    "WeightDecay",
]


@rule
class WeightDecay(AbstractRule):
    """Adds ``lambda·x`` to the gradient: the L² penalty, in an :class:`OptimiserChain` before other rules.

    ``lambda`` is a keyword of Python: write ``lambda_`` or ``λ``. No state. Raises ArgumentError if it is no
    real number.

    >>> WeightDecay(λ=0.1)
    WeightDecay(lambda=0.1)
    >>> WeightDecay(0.5).apply(None, np.array([2.0]), np.array([3.0]))[1]
    array([4.])
    """

    lambda_: float = 5e-4
    elementwise = True

    def init(self, x: np.ndarray) -> None:
        return None

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        return state, dx + x * typed(x, self.lambda_)

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        if "gamma" in changes:  # the name before Optimisers.jl 0.4
            changes = {**changes, "lambda_": changes["gamma"]}
        return super().adjusted(changes)


@rule
class SignDecay(AbstractRule):
    """Adds ``lambda·sign(x)`` to the gradient: the L¹ penalty (LASSO). No state.

    Raises ArgumentError if `lambda` is no real number.

    >>> SignDecay(0.5).apply(None, np.array([-2.0]), np.array([3.0]))[1]
    array([2.5])
    """

    lambda_: float = 1e-3
    elementwise = True

    def init(self, x: np.ndarray) -> None:
        return None

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        return state, dx + np.sign(x) * typed(x, self.lambda_)


@rule
class ClipGrad(AbstractRule):
    """Clips every element of the gradient to the interval from -delta to delta. No state.

    Raises ArgumentError if `delta` is no real number, or x is complex.

    >>> ClipGrad(1).apply(None, np.zeros(3), np.array([0.5, 3.0, -3.0]))[1]
    array([ 0.5,  1. , -1. ])
    """

    delta: float = 10.0
    elementwise = True
    compares = True

    def init(self, x: np.ndarray) -> None:
        return None

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        δ = typed(x, self.delta)
        return state, np.clip(dx, -δ, δ)


@rule
class ClipNorm(AbstractRule):
    """Scales the gradient of a parameter down to the p-norm `omega`, if its p-norm is larger. No state.

    Raises DomainError if the norm is infinite or NaN, and then no parameter is changed; with
    ``throw=False`` the step is taken. Raises ArgumentError if a field is no real number.

    >>> ClipNorm(1)
    ClipNorm{Float64, Float64}(1.0, 2.0, true)
    >>> ClipNorm(1).apply(None, np.zeros(2), np.array([3.0, 4.0]))[1]
    array([0.6, 0.8])
    """

    omega: float = 10.0
    p: float = 2.0
    throw: bool = field(default=True, kw_only=True)

    def init(self, x: np.ndarray) -> None:
        return None

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        size = norm(dx, self.p)
        if self.throw and not np.isfinite(size):
            raise DomainError(
                f"gradient has {julia(self.p)}-norm {julia(float(size))}, for an array of shape {x.shape} "
                f"and dtype {x.dtype}; ClipNorm(…, throw=False) goes on nevertheless"
            )
        with np.errstate(divide="ignore"):
            scale = np.minimum(np.float64(self.omega) / size, 1)
        return state, dx * typed(x, scale)

    def __repr__(self) -> str:
        return f"{self.type_text()}({', '.join(julia(v) for v in self.parts().values())})"


def norm(x: np.ndarray, p: float) -> Any:
    """The p-norm of all elements; for p = 0 how many are not zero. Float16 is summed in Float32.

    >>> norm(np.array([[3.0, 4.0]]), 2)
    np.float64(5.0)
    """
    flat = x.ravel(order="K")
    return np.linalg.norm(flat.astype(np.float32) if x.dtype == np.float16 else flat, p)


class OptimiserChain(AbstractRule):
    """Several rules in a row: the step of each is the gradient of the next. State: a tuple of their states.

    Without any it is the identity, so that the whole gradient is subtracted. The chain ends early at a rule
    that takes no step (:class:`AccumGrad`). Raises ArgumentError if a part is no rule.

    >>> OptimiserChain(WeightDecay(0.1), ClipGrad(1))
    OptimiserChain(WeightDecay(lambda=0.1), ClipGrad(delta=1.0))
    """

    def __init__(self, *opts: AbstractRule):
        for opt in opts:
            if not isinstance(opt, AbstractRule):
                raise ArgumentError(f"a chain is made of rules such as Adam(); {opt!r} is none")
        self.opts = opts
        self.elementwise = all(opt.elementwise for opt in opts)
        self.writes_state = any(opt.writes_state for opt in opts)
        self.keeps_gradient = any(opt.keeps_gradient for opt in opts)

    def init(self, x: np.ndarray) -> Any:
        return tuple([opt.init(x) for opt in self.opts])

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        states = list(state)
        for k, opt in enumerate(self.opts):
            if dx is None or type(dx) is NewValue:
                break
            states[k], dx = opt.apply_(states[k], x, dx)
        return tuple(states), dx

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        return OptimiserChain(*[opt.adjusted(changes) for opt in self.opts])

    def copied(self) -> AbstractRule:
        return OptimiserChain(*[opt.copied() for opt in self.opts])

    def type_text(self) -> str:
        return f"OptimiserChain{{Tuple{{{', '.join(opt.type_text() for opt in self.opts)}}}}}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptimiserChain) and self.opts == other.opts

    def __hash__(self) -> int:
        return hash(self.opts)

    def __repr__(self) -> str:
        return f"OptimiserChain({', '.join(map(repr, self.opts))})"

    def compact(self) -> str:
        return f"OptimiserChain({', '.join(opt.compact() for opt in self.opts)})"


class AccumGrad(AbstractRule):
    """Adds up n gradients divided by n; every n-th step is their mean, in between no step is taken.

    ``OptimiserChain(AccumGrad(4), Adam())`` trains with batches of four times the size. State: (sum, number
    of the next gradient, from 1). Raises ArgumentError if `n` is not a positive integer.

    >>> state, step = AccumGrad(2).apply((np.zeros(1), 1), np.zeros(1), np.array([4.0]))
    >>> state, step
    ((array([2.]), 2), None)
    >>> AccumGrad(2).apply(state, np.zeros(1), np.array([6.0]))
    ((array([5.]), 1), array([5.]))
    """

    elementwise = True

    def __init__(self, n: int):
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n <= 0:
            raise ArgumentError(f"AccumGrad must accumulate at least one gradient; n is {n!r}")
        self.n = int(n)

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), 1

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        total, count = state
        total = dx / self.n if count == 1 else total + dx / self.n
        return ((total, 1), total) if count == self.n else ((total, count + 1), None)

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        return AccumGrad(changes["n"]) if "n" in changes else self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumGrad) and self.n == other.n

    def __hash__(self) -> int:
        return hash((AccumGrad, self.n))

    def type_text(self) -> str:
        return "AccumGrad{Int64}"

    def __repr__(self) -> str:
        return f"AccumGrad{{Int64}}({self.n})"


class MixedPrecision(AbstractRule):
    """Updates a copy of each parameter in another float type; the parameter is the rounded copy.

    ``MixedPrecision(Adam())`` keeps it in float32, for a model in float16; ``MixedPrecision(np.float64,
    Adam())`` in float64: steps too small for the type of the parameter add up in the copy. State: (copy,
    state of the inner rule). Raises ArgumentError unless it is given a float type (or none) and a rule.

    >>> MixedPrecision(np.float64, WeightDecay(0.5)).init(np.ones(2, np.float32))
    (array([1., 1.]), None)
    """

    def __init__(self, *args: Any):
        dtype, inner = args if len(args) == 2 else (np.float32, *args) if len(args) == 1 else (None, None)
        if not isinstance(inner, AbstractRule) or not is_float_type(dtype):
            raise ArgumentError(f"MixedPrecision takes a float type (or none) and a rule, not {args!r}")
        self.dtype = np.dtype(dtype)
        self.rule = inner
        self.elementwise, self.writes_state = inner.elementwise, inner.writes_state
        self.keeps_gradient = inner.keeps_gradient

    def init(self, x: np.ndarray) -> Any:
        precise = x.astype(np.result_type(self.dtype, 1j) if x.dtype.kind == "c" else self.dtype)
        return precise, self.rule.init(precise)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        precise, inner = state
        if np.result_type(dx, precise) != precise.dtype:  # the copy keeps its type
            dx = dx.astype(precise.dtype)
        inner, step = self.rule.apply_(inner, precise, dx)
        if step is None:
            return (precise, inner), None
        precise = step.value.astype(precise.dtype) if type(step) is NewValue else precise - step
        return (precise, inner), NewValue(precise)  # not the step, which would be rounded twice

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        return MixedPrecision(self.dtype, self.rule.adjusted(changes))

    def copied(self) -> AbstractRule:
        # The copy names Float32, as in Optimisers.jl; the precision itself is that of the state
        return MixedPrecision(self.rule.copied())

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, MixedPrecision) and self.dtype == other.dtype
        return same and self.rule == other.rule  # type: ignore[attr-defined, union-attr]

    def __hash__(self) -> int:
        return hash((self.dtype, self.rule))

    def type_text(self) -> str:
        return f"MixedPrecision{{{type_name(self.dtype.type)}, {self.rule.type_text()}}}"

    def __repr__(self) -> str:
        return f"{self.type_text()}({self.rule.compact()})"
