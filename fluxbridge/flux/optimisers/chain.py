"""Rules that go with others: decay, clipping, chains, accumulation and mixed precision."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np

from ...errors import ArgumentError, DomainError
from .base import AbstractRule, rule, typed
from .rules import Step
from .scratch import scratch_like
from .text import julia, type_name


@rule
class WeightDecay(AbstractRule):
    """Adds ``lambda·x`` to the gradient: the L² penalty, in an :class:`OptimiserChain` before other rules.

    >>> WeightDecay(λ=0.1)
    WeightDecay(lambda=0.1)
    """

    lambda_: float = 5e-4
    fallible = False

    def init(self, x: np.ndarray) -> None:
        return None

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        new = np.multiply(x, typed(x, self.lambda_), out=scratch_like(x, dx))
        return state, np.add(dx, new, out=new)

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        if "gamma" in changes:  # the name before Optimisers.jl 0.4
            changes = {**changes, "lambda_": changes["gamma"]}
        return super().adjusted(changes)


@rule
class SignDecay(AbstractRule):
    """Adds ``lambda·sign(x)`` to the gradient: the L¹ penalty (LASSO)."""

    lambda_: float = 1e-3
    fallible = False

    def init(self, x: np.ndarray) -> None:
        return None

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        new = np.sign(x)
        np.multiply(new, typed(x, self.lambda_), out=new)
        return state, np.add(dx, new, out=new)


@rule
class ClipGrad(AbstractRule):
    """Keeps every component of the gradient between -delta and delta."""

    delta: float = 10.0
    fallible = False
    compares = True

    def init(self, x: np.ndarray) -> None:
        return None

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        δ = typed(x, self.delta)
        return state, np.clip(dx, -δ, δ, out=scratch_like(x, dx))


@rule
class ClipNorm(AbstractRule):
    """Scales the gradient of a parameter down to the norm `omega`, if its p-norm is larger.

    Raises DomainError if the norm is infinite or NaN, and then no parameter is changed; with
    ``throw=False`` the step goes on.

    >>> ClipNorm(1)
    ClipNorm{Float64, Float64}(1.0, 2.0, true)
    """

    omega: float = 10.0
    p: float = 2.0
    throw: bool = field(default=True, kw_only=True)

    def init(self, x: np.ndarray) -> None:
        return None

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        size = norm(dx, self.p)
        if self.throw and not np.isfinite(size):
            raise DomainError(
                f"gradient has {julia(self.p)}-norm {julia(float(size))}, for an array of shape {x.shape} "
                f"and dtype {x.dtype}; ClipNorm(…, throw=False) goes on nevertheless"
            )
        with np.errstate(divide="ignore"):
            scale = np.minimum(np.float64(self.omega) / size, 1)
        return state, np.multiply(dx, typed(x, scale), out=scratch_like(x, dx))

    def __repr__(self) -> str:
        return f"{self.type_text()}({', '.join(julia(v) for v in self.parts().values())})"


def norm(x: np.ndarray, p: float) -> Any:
    """The p-norm of all elements; for p = 0 how many are not zero. Half precision is summed in single."""
    flat = x.ravel(order="K")
    return np.linalg.norm(flat.astype(np.float32) if x.dtype == np.float16 else flat, p)


class OptimiserChain(AbstractRule):
    """Several rules after one another: each changes what the one before it would subtract.

    Without any it is the identity, so that the whole gradient is subtracted.

    >>> OptimiserChain(WeightDecay(0.1), ClipGrad(1))
    OptimiserChain(WeightDecay(lambda=0.1), ClipGrad(delta=1.0))
    """

    def __init__(self, *opts: AbstractRule):
        for opt in opts:
            if not isinstance(opt, AbstractRule):
                raise ArgumentError(f"a chain is made of rules such as Adam(); {opt!r} is none")
        self.opts = opts

    @property
    def fallible(self) -> bool:  # type: ignore[override]
        return any(opt.fallible for opt in self.opts)

    def init(self, x: np.ndarray) -> Any:
        return tuple(opt.init(x) for opt in self.opts)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        states = list(state)
        for k, opt in enumerate(self.opts):
            if dx is None:
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
    """Collects n gradients and hands on their mean; in between nothing changes.

    ``OptimiserChain(AccumGrad(4), Adam())`` trains with batches of four times the size.
    """

    fallible = False

    def __init__(self, n: int):
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n <= 0:
            raise ArgumentError(f"AccumGrad must accumulate at least one gradient; n is {n!r}")
        self.n = int(n)

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), 1

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        collected, count = state
        if count == 1:
            np.divide(dx, self.n, out=collected)
        else:
            np.add(collected, dx / self.n, out=collected)
        if count == self.n:
            return (collected, 1), collected
        return (collected, count + 1), None

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
    """Keeps a copy of each parameter in a better precision, float32 if nothing is said, and updates that.

    ``MixedPrecision(Adam())`` for a model in float16, ``MixedPrecision(np.float64, Adam())`` for one in
    float32: the small steps add up in the copy, and the parameter is always its rounded value.
    """

    def __init__(self, *args: Any):
        dtype, inner = args if len(args) == 2 else (np.float32, *args)
        if not isinstance(inner, AbstractRule) or np.dtype(dtype).kind != "f":
            raise ArgumentError(f"MixedPrecision takes a float type (or none) and a rule, not {args!r}")
        self.dtype = np.dtype(dtype)
        self.rule = inner

    @property
    def fallible(self) -> bool:  # type: ignore[override]
        return self.rule.fallible

    def init(self, x: np.ndarray) -> Any:
        precise = x.astype(np.result_type(self.dtype, 1j) if x.dtype.kind == "c" else self.dtype)
        return precise, self.rule.init(precise)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        precise, inner = state
        inner, step = self.rule.apply_(inner, precise, dx)
        if step is None:
            return (precise, inner), None
        np.subtract(precise, step, out=precise, casting="same_kind")
        x[...] = precise  # no step, which would round twice: the new value itself
        return (precise, inner), None

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        return MixedPrecision(self.dtype, self.rule.adjusted(changes))

    def copied(self) -> AbstractRule:
        # The copy names Float32, as in Optimisers.jl; the precision itself is that of the state
        return MixedPrecision(self.rule.copied())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, MixedPrecision)
            and (self.dtype, self.rule) == (other.dtype, other.rule)
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.dtype, self.rule))

    def type_text(self) -> str:
        return f"MixedPrecision{{{type_name(self.dtype.type)}, {self.rule.type_text()}}}"

    def __repr__(self) -> str:
        return f"{self.type_text()}({self.rule.compact()})"
