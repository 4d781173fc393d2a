"""The optimisation rules of Optimisers.jl, with its defaults and its formulas.

Each says what is subtracted from a parameter ``x`` whose gradient is ``dx``. Numbers are rounded to
the type of the parameter first. The steps write into the arrays of their state and need one or two
arrays of scratch besides.
"""

from __future__ import annotations

from dataclasses import InitVar, field
from typing import Any

import numpy as np

from ...errors import ArgumentError
from .base import AbstractRule, epsilon_for, rule, typed
from .scratch import scratch_like
from .text import julia

Step = tuple[Any, Any]


def absolute_square(dx: np.ndarray) -> np.ndarray:
    return np.square(dx) if dx.dtype.kind != "c" else np.square(dx.real) + np.square(dx.imag)


def decay_(average: np.ndarray, beta: Any, new: np.ndarray, weight: Any) -> np.ndarray:
    """``average = beta·average + weight·new``, in place; the array that was needed for it is free."""
    scratch = np.multiply(new, weight, out=scratch_like(average, new))
    np.multiply(average, beta, out=average)
    np.add(average, scratch, out=average)
    return scratch


def decay_square_(average: np.ndarray, beta: Any, dx: np.ndarray, scratch: np.ndarray) -> np.ndarray:
    """``average = beta·average + (1 - beta)·|dx|²``, in place."""
    if dx.dtype.kind == "c":
        scratch[...] = absolute_square(dx)
    else:
        np.multiply(dx, dx, out=scratch)
    np.multiply(scratch, 1 - beta, out=scratch)
    np.multiply(average, beta, out=average)
    np.add(average, scratch, out=average)
    return scratch


def over_root_(
    m: np.ndarray, v: np.ndarray, correction: Any, epsilon: Any, scale: Any, scratch: np.ndarray
) -> np.ndarray:
    """``scale·m / (sqrt(v / correction) + epsilon)``, written into `scratch`."""
    scratch = scratch if scratch.dtype == v.dtype else np.empty_like(v)
    if v.dtype == np.float16:  # in which the products below could vanish
        np.sqrt(np.divide(v, correction, out=scratch), out=scratch)
    else:  # with the numerator and the denominator multiplied by a root, which saves a division
        root = np.sqrt(correction)
        epsilon, scale = epsilon * root, scale * root
        np.sqrt(v, out=scratch)
    np.add(scratch, epsilon, out=scratch)
    np.divide(m, scratch, out=scratch)
    return np.multiply(scratch, scale, out=scratch)


# -- gradient descent and momentum -----------------------------------------------------------------------


@rule
class Descent(AbstractRule):
    """Plain gradient descent: ``x -= eta·dx``. The default rate is a Float32, as in Flux.

    >>> Descent(0.1), Descent()
    (Descent(0.1), Descent(0.1f0))
    """

    eta: float = np.float32(0.1)  # type: ignore[assignment]
    fallible = False
    _refuses_negative_eta = False

    def __post_init__(self) -> None:
        if type(self.eta) is not int:  # which stays one, and is printed as one
            super().__post_init__()

    def init(self, x: np.ndarray) -> None:
        return None

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        return state, np.multiply(dx, typed(x, self.eta), out=scratch_like(x, dx))

    def __repr__(self) -> str:
        return f"Descent({julia(self.eta)})"

    def compact(self) -> str:
        return f"Descent({julia(self.eta, compact=True)})"


@rule
class Momentum(AbstractRule):
    """Descent with momentum: ``v = rho·v + eta·dx; x -= v``.

    >>> Momentum(0.05)
    Momentum(eta=0.05, rho=0.9)
    """

    eta: float = 0.01
    rho: float = 0.9
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        decay_(state, ρ, dx, η)
        return state, state


@rule
class Nesterov(AbstractRule):
    """Nesterov's momentum: ``x -= -rho²·v + (1 + rho)·eta·dx; v = rho·v - eta·dx``."""

    eta: float = 0.001
    rho: float = 0.9
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        new = np.multiply(dx, (1 + ρ) * η)
        scratch = np.multiply(state, ρ * ρ)
        np.subtract(new, scratch, out=new)
        np.multiply(state, ρ, out=state)
        np.multiply(dx, η, out=scratch)
        np.subtract(state, scratch, out=state)
        return state, new


@rule
class Rprop(AbstractRule):
    """Rprop (Riedmiller and Braun 1993): steps by the sign of the gradient alone, for full batches."""

    eta: float = 1e-3
    ell: tuple[float, float] = (0.5, 1.2)
    gamma: tuple[float, float] = (1e-6, 50.0)
    fallible = False
    compares = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.full_like(x, self.eta)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        (slower, faster), (least, most) = typed(x, self.ell, self.gamma)
        g, η = state
        agreement = g * dx
        η[...] = np.where(
            agreement > 0, np.minimum(η * faster, most),
            np.where(agreement < 0, np.maximum(η * slower, least), η),
        )  # fmt: skip
        g[...] = np.where(agreement < 0, 0, dx)
        return state, η * np.sign(g)


@rule
class Lion(AbstractRule):
    """Lion (Chen et al. 2023): steps by the sign of an average of gradients."""

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        # Optimisers.jl weighs the new gradient with β[2], not with 1 - β[2]
        scratch = decay_(state, 1 - β[1], dx, β[1])
        np.multiply(dx, β[1] - β[0], out=scratch)
        new = np.multiply(state, β[0])
        np.add(new, scratch, out=new)
        np.sign(new, out=new)
        return state, np.multiply(new, η, out=new)


# -- rates for every element: sums and averages of squares ---------------------------------------------------


@rule
class RMSProp(AbstractRule):
    """RMSProp (Hinton): ``x -= eta·dx / (sqrt(average of dx²) + epsilon)``.

    With ``centred=True`` (or ``centered``) the average of dx is taken off first (Graves 2013).
    """

    eta: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-8
    centred: bool = field(default=False, kw_only=True)
    centered: InitVar[bool] = field(default=False, kw_only=True)  # type: ignore[arg-type]
    fallible = False

    def __post_init__(self, centered: bool) -> None:
        object.__setattr__(self, "centred", bool(self.centred or centered is True))
        super().__post_init__()

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x) if self.centred else False

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        ϵ = epsilon_for(x, self.epsilon)
        squares, mean = state
        scratch = decay_square_(squares, ρ, dx, scratch_like(x, dx))
        if self.centred:
            decay_(mean, ρ, dx, 1 - ρ)  # may write over the scratch
            np.subtract(squares, absolute_square(mean), out=scratch)
            np.sqrt(scratch, out=scratch)
        else:
            np.sqrt(squares, out=scratch)
        np.add(scratch, ϵ, out=scratch)
        np.divide(dx, scratch, out=scratch)
        return state, np.multiply(scratch, η, out=scratch)

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        if "centred" in changes or "centered" in changes:
            raise ArgumentError("RMSProp(centred=…) cannot be adjusted: the variants keep different states")
        return super().adjusted(changes)

    def __repr__(self) -> str:
        return super().__repr__()[:-1]  # Optimisers.jl forgets the last parenthesis


@rule
class AdaGrad(AbstractRule):
    """AdaGrad (Duchi et al. 2011): ``x -= eta·dx / (sqrt(sum of dx²) + epsilon)``.

    The sum starts at epsilon.
    """

    eta: float = 0.1
    epsilon: float = 1e-8
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.full_like(x, typed(x, self.epsilon))

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, ϵ = typed(x, self.eta), epsilon_for(x, self.epsilon)
        scratch = absolute_square(dx)
        np.add(state, scratch, out=state)
        scratch = np.sqrt(state)
        np.add(scratch, ϵ, out=scratch)
        np.divide(dx, scratch, out=scratch)
        return state, np.multiply(scratch, η, out=scratch)


@rule
class AdaDelta(AbstractRule):
    """AdaDelta (Zeiler 2012): AdaGrad with averages, and rates in the units of the parameters."""

    rho: float = 0.9
    epsilon: float = 1e-8
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        ρ, ϵ = typed(x, self.rho), epsilon_for(x, self.epsilon)
        squares, steps = state
        scratch = decay_square_(squares, ρ, dx, np.empty_like(x))
        new = np.sqrt(steps + ϵ)
        np.multiply(dx, new, out=new)
        np.add(squares, ϵ, out=scratch)
        np.sqrt(scratch, out=scratch)
        np.divide(new, scratch, out=new)
        decay_square_(steps, ρ, new, scratch)
        return state, new


# -- the family of Adam ------------------------------------------------------------------------------------


@rule
class Adam(AbstractRule):
    """Adam (Kingma and Ba 2015): momentum over the root of an average of squares, both corrected
    for their start at 0. The state ends with the powers of beta for the next step.

    >>> Adam(0.01)
    Adam(eta=0.01, beta=(0.9, 0.999), epsilon=1.0e-8)
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    fallible = False

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x), typed(x, self.beta)

    def moments_(self, state: Any, x: np.ndarray, dx: Any) -> Any:
        """Take `dx` up into both averages; everything that the formulas need."""
        η, β = typed(x, self.eta, self.beta)
        m, v, powers = state[:3]
        scratch = decay_(m, β[0], dx, 1 - β[0])
        scratch = decay_square_(v, β[1], dx, scratch)
        following = (powers[0] * β[0], powers[1] * β[1])
        return η, β, epsilon_for(x, self.epsilon), m, v, powers, following, scratch

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, _, ϵ, m, v, (p1, p2), powers, scratch = self.moments_(state, x, dx)
        return (m, v, powers), over_root_(m, v, 1 - p2, ϵ, η / (1 - p1), scratch)


@rule
class RAdam(Adam):
    """Rectified Adam (Liu et al. 2020): plain momentum until the variance can be trusted."""

    def init(self, x: np.ndarray) -> Any:
        return (*super().init(x), 1)

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β, ϵ, m, v, (p1, p2), powers, scratch = self.moments_(state, x, dx)
        t = state[3]
        limit = 2 / (1 - β[1]) - 1
        length = limit - 2 * t * p2 / (1 - p2)
        if length > 4:
            with np.errstate(over="ignore"):
                r = np.sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
            new = over_root_(m, v, 1 - p2, ϵ, η * r / (1 - p1), scratch)
        else:
            new = np.multiply(m, η / (1 - p1))
        return (m, v, powers, t + 1), new


@rule
class AdaMax(Adam):
    """Adam with the largest gradient seen, decaying, instead of the root of the average square."""

    compares = True

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, u, (p1, p2) = state
        decay_(m, β[0], dx, 1 - β[0])
        np.multiply(u, β[1], out=u)
        np.maximum(u, np.abs(dx), out=u)
        new = np.add(u, epsilon_for(x, self.epsilon))
        np.divide(m, new, out=new)
        return (m, u, (p1 * β[0], p2 * β[1])), np.multiply(new, η / (1 - p1), out=new)


@rule
class OAdam(Adam):
    """Optimistic Adam (Daskalakis et al. 2018), for adversarial training: twice this step less the last."""

    beta: tuple[float, float] = (0.5, 0.9)

    def init(self, x: np.ndarray) -> Any:
        return (*super().init(x), np.zeros_like(x))

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, _, ϵ, m, v, (p1, p2), powers, scratch = self.moments_(state, x, dx)
        term = over_root_(m, v, 1 - p2, ϵ, η / (1 - p1), np.empty_like(scratch))  # is kept in the state
        return (m, v, powers, term), 2 * term - state[3]


@rule
class AMSGrad(AbstractRule):
    """AMSGrad (Reddi et al. 2018): Adam with the largest average seen; the averages start at epsilon."""

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    fallible = False
    compares = True

    def init(self, x: np.ndarray) -> Any:
        return tuple(np.full_like(x, typed(x, self.epsilon)) for _ in range(3))

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, v, largest = state
        scratch = decay_(m, β[0], dx, 1 - β[0])
        scratch = decay_square_(v, β[1], dx, scratch)
        np.maximum(largest, v, out=largest)
        np.sqrt(largest, out=scratch)
        np.add(scratch, epsilon_for(x, self.epsilon), out=scratch)
        np.divide(m, scratch, out=scratch)
        return state, np.multiply(scratch, η, out=scratch)


@rule
class NAdam(Adam):
    """Adam with Nesterov's momentum (Dozat 2016)."""

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β, ϵ, m, v, (p1, p2), powers, scratch = self.moments_(state, x, dx)
        ahead = np.multiply(m, β[0] / (1 - β[0] * p1))
        np.multiply(dx, (1 - β[0]) / (1 - p1), out=scratch)
        np.add(ahead, scratch, out=ahead)
        return (m, v, powers), over_root_(ahead, v, (1 - p2) / β[1], ϵ, η, scratch)


@rule
class AdamW(AbstractRule):
    """Adam with weight decay that is no part of the gradient (Loshchilov and Hutter 2019).

    With ``couple=True`` the decay is multiplied by the rate, as PyTorch does: ``x -= eta·(step + lambda·x)``;
    else ``x -= eta·step + lambda·x``. As ``lambda`` is a word of Python's, the keyword is ``lambda_``
    or ``λ``.

    >>> AdamW(0.01, λ=0.1)
    AdamW(eta=0.01, beta=(0.9, 0.999), lambda=0.1, epsilon=1.0e-8, couple=true)
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    lambda_: float = 0.0
    epsilon: float = 1e-8
    couple: bool = field(default=True, kw_only=True)
    fallible = False

    init = Adam.init

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β, λ, ϵ = typed(x, self.eta, self.beta, self.lambda_, self.epsilon)
        m, v, (p1, p2) = state
        scratch = decay_(m, β[0], dx, 1 - β[0])
        scratch = decay_square_(v, β[1], dx, scratch)
        new = over_root_(m, v, 1 - p2, ϵ, η / (1 - p1), scratch)
        if λ:
            np.add(new, np.multiply(x, η * λ if self.couple else λ), out=new)
        return (m, v, (p1 * β[0], p2 * β[1])), new


@rule
class AdaBelief(Adam):
    """AdaBelief (Zhuang et al. 2020): Adam by how far the gradient is from what was expected."""

    epsilon: float = 1e-16

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        ϵ = epsilon_for(x, self.epsilon)
        m, s, (p1, p2) = state
        scratch = decay_(m, β[0], dx, 1 - β[0])
        np.subtract(dx, m, out=scratch)
        scratch = decay_square_(s, β[1], scratch, scratch)
        np.add(s, ϵ, out=s)
        new = over_root_(m, s, 1 - p2, ϵ, η / (1 - p1), scratch)
        return (m, s, (p1 * β[0], p2 * β[1])), new


#: All of them by name, in the order of Optimisers.jl's documentation.
RULES = (
    Descent, Momentum, Nesterov, Rprop, RMSProp, Adam, RAdam, AdaMax, AdaGrad, AdaDelta, AMSGrad, NAdam,
    AdamW, OAdam, AdaBelief, Lion,
)  # fmt: skip
