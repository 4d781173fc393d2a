"""The optimisation rules of Optimisers.jl, with its defaults, formulas and order of operations.

Every ``apply(state, x, dx)`` is a pure function: it returns the next state and the step, which is subtracted
from the parameter ``x`` with the gradient ``dx``, and writes into none of its arguments. Hyperparameters are
rounded to the element type of ``x`` first. :mod:`.stepping` writes the results into the model.
"""

from __future__ import annotations

from dataclasses import InitVar, field
from typing import Any

import numpy as np

from ...errors import ArgumentError
from .base import AbstractRule, Step, epsilon_for, rule, typed
from .scratch import absolute_square, average, average_square, over_root, weighted
from .text import julia

__all__ = [
    "AMSGrad",
    "AdaBelief",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "Descent",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "OAdam",
    "RAdam",
    "RMSProp",
    "Rprop",
]

# -- gradient descent and momentum -----------------------------------------------------------------------


@rule
class Descent(AbstractRule):
    """Gradient descent: ``x -= eta·dx``. No state.

    The default rate is a Float32, as in Flux. Unlike the other rules it takes a negative `eta`, as
    Optimisers.jl does. Raises ArgumentError if `eta` is no real number.

    >>> Descent(0.1), Descent()
    (Descent(0.1), Descent(0.1f0))
    """

    eta: float = np.float32(0.1)  # type: ignore[assignment]
    elementwise = True
    refuses_negative_eta = False

    def __post_init__(self) -> None:
        if type(self.eta) is not int:  # an int stays one, and is printed as one
            super().__post_init__()

    def init(self, x: np.ndarray) -> None:
        return None

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        return state, dx * typed(x, self.eta)

    def __repr__(self) -> str:
        return f"Descent({julia(self.eta)})"

    def compact(self) -> str:
        return f"Descent({julia(self.eta, compact=True)})"


@rule
class Momentum(AbstractRule):
    """Gradient descent with momentum (Polyak 1964): ``v = rho·v + eta·dx``, ``x -= v``. State: v.

    Raises DomainError if `eta` is negative, ArgumentError if a field is no real number.

    >>> Momentum(0.5, 0.9).apply(np.array([1.0]), np.zeros(1), np.array([2.0]))
    (array([1.9]), array([1.9]))
    """

    eta: float = 0.01
    rho: float = 0.9
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply(self, v: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        v = weighted(v, ρ, dx, η)
        return v, v


@rule
class Nesterov(AbstractRule):
    """Nesterov's momentum (1983): ``x -= (1 + rho)·eta·dx - rho²·v``, ``v = rho·v - eta·dx``. State: v.

    Raises DomainError if `eta` is negative, ArgumentError if a field is no real number.

    >>> Nesterov(0.5, 0.5).apply(np.array([1.0]), np.zeros(1), np.array([2.0]))
    (array([-0.5]), array([1.25]))
    """

    eta: float = 0.001
    rho: float = 0.9
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply(self, v: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        return v * ρ - dx * η, dx * ((1 + ρ) * η) - v * (ρ * ρ)


@rule
class Rprop(AbstractRule):
    """Rprop (Riedmiller and Braun 1993), for full batches: ``x -= rate·sign(g)``, with a rate an element.

    Where dx and the last g have the same sign, the rate grows by ``ell[1]``, up to ``gamma[1]``; where they
    have opposite signs, it shrinks by ``ell[0]``, down to ``gamma[0]``, and g is set to 0 there. State: (g,
    rates). Raises DomainError if `eta` is negative, ArgumentError if a field is no number or pair, or x is
    complex.

    >>> state = np.array([1.0, 1.0]), np.array([0.1, 0.1])
    >>> Rprop().apply(state, np.zeros(2), np.array([2.0, -2.0]))
    ((array([2., 0.]), array([0.12, 0.05])), array([0.12, 0.  ]))
    """

    eta: float = 1e-3
    ell: tuple[float, float] = (0.5, 1.2)
    gamma: tuple[float, float] = (1e-6, 50.0)
    elementwise = True
    compares = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.full_like(x, self.eta)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        (slower, faster), (least, most) = typed(x, self.ell, self.gamma)
        g, rates = state
        agreement = g * dx
        changed = np.where(agreement < 0, np.maximum(rates * slower, least), rates)
        rates = np.where(agreement > 0, np.minimum(rates * faster, most), changed)
        g = np.where(agreement < 0, 0, dx)
        return (g, rates), rates * np.sign(g)


@rule
class Lion(AbstractRule):
    """Lion (Chen et al. 2023): ``x -= eta·sign(beta[0]·m + (beta[1] - beta[0])·dx)``. State: m.

    m is an average of dx. As in Optimisers.jl, ``m = (1 - beta[1])·m + beta[1]·dx`` comes first; the paper
    has the weights the other way round. Raises DomainError if `eta` is negative, ArgumentError if a field is
    no number or pair.

    >>> Lion(0.5, (0.9, 0.99)).apply(np.zeros(2), np.zeros(2), np.array([2.0, -3.0]))
    (array([ 1.98, -2.97]), array([ 0.5, -0.5]))
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x)

    def apply(self, m: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m = weighted(m, 1 - β[1], dx, β[1])
        return m, np.sign(m * β[0] + dx * (β[1] - β[0])) * η


# -- a rate for each element: sums and averages of squares ---------------------------------------------------


@rule
class RMSProp(AbstractRule):
    """RMSProp (Hinton 2012): ``v = rho·v + (1 - rho)·|dx|²``, ``x -= eta·dx / (sqrt(v) + epsilon)``.

    With ``centred=True`` (or ``centered``) the square of the average of dx is subtracted from v under the
    root (Graves 2013). State: (v, average or False). Raises DomainError if `eta` is negative, ArgumentError
    if a field is no real number, or `centred` is to be adjusted.

    >>> RMSProp(0.5, 0.75, 0).apply((np.array([0.0]), False), np.zeros(1), np.array([2.0]))
    ((array([1.]), False), array([1.]))
    """

    eta: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-8
    centred: bool = field(default=False, kw_only=True)
    centered: InitVar[bool] = field(default=False, kw_only=True)  # type: ignore[arg-type]
    elementwise = True

    def __post_init__(self, centered: bool) -> None:
        object.__setattr__(self, "centred", bool(self.centred or centered is True))
        super().__post_init__()

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x) if self.centred else False

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, ρ = typed(x, self.eta, self.rho)
        v, mean = state
        variance = v = average_square(v, ρ, dx)
        if self.centred:
            mean = average(mean, ρ, dx)
            variance = v - absolute_square(mean)
        return (v, mean), over_root(dx, variance, epsilon_for(x, self.epsilon), η)

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        if "centred" in changes or "centered" in changes:
            raise ArgumentError("RMSProp(centred=…) cannot be adjusted: the variants keep different states")
        return super().adjusted(changes)

    def __repr__(self) -> str:
        return super().__repr__()[:-1]  # Optimisers.jl forgets the last parenthesis


@rule
class AdaGrad(AbstractRule):
    """AdaGrad (Duchi et al. 2011): ``acc += |dx|²``, ``x -= eta·dx / (sqrt(acc) + epsilon)``. State: acc.

    The sum starts at epsilon. Raises DomainError if `eta` is negative, ArgumentError if a field is no real
    number.

    >>> AdaGrad(0.5, 0).apply(np.array([5.0]), np.zeros(1), np.array([2.0]))[1].round(4)
    array([0.3333])
    """

    eta: float = 0.1
    epsilon: float = 1e-8
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.full_like(x, typed(x, self.epsilon))

    def apply(self, acc: Any, x: np.ndarray, dx: Any) -> Step:
        η, ϵ = typed(x, self.eta), epsilon_for(x, self.epsilon)
        acc = acc + absolute_square(dx)
        return acc, over_root(dx, acc, ϵ, η)


@rule
class AdaDelta(AbstractRule):
    """AdaDelta (Zeiler 2012): the step is ``dx·sqrt(Δ + epsilon) / sqrt(v + epsilon)``. State: (v, Δ).

    v is the average of ``|dx|²``, Δ that of the squares of the steps so far. Raises ArgumentError if a field
    is no real number.

    >>> AdaDelta(0.75, 0).apply((np.array([0.0]), np.array([1.0])), np.zeros(1), np.array([2.0]))
    ((array([1.]), array([1.75])), array([2.]))
    """

    rho: float = 0.9
    epsilon: float = 1e-8
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        ρ, ϵ = typed(x, self.rho), epsilon_for(x, self.epsilon)
        v, steps = state
        v = average_square(v, ρ, dx)
        step = dx * np.sqrt(steps + ϵ) / np.sqrt(v + ϵ)
        return (v, average_square(steps, ρ, step)), step


# -- the family of Adam ------------------------------------------------------------------------------------


@rule
class Adam(AbstractRule):
    """Adam (Kingma and Ba 2015): ``x -= eta·m̂ / (sqrt(v̂) + epsilon)``.

    ``m = beta[0]·m + (1 - beta[0])·dx`` and ``v = beta[1]·v + (1 - beta[1])·|dx|²``; in the n-th step ``m̂ =
    m / (1 - beta[0]ⁿ)`` and ``v̂ = v / (1 - beta[1]ⁿ)``, as both start at 0. State: (m, v, powers of beta for
    the next step). Raises DomainError if `eta` is negative, ArgumentError if a field is no number or pair.

    >>> Adam(0.01)
    Adam(eta=0.01, beta=(0.9, 0.999), epsilon=1.0e-8)
    >>> Adam(0.5).apply(Adam().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([0.5])
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return np.zeros_like(x), np.zeros_like(x), typed(x, self.beta)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, v, (p1, p2) = state
        m, v = average(m, β[0], dx), average_square(v, β[1], dx)
        step = over_root(m, v, epsilon_for(x, self.epsilon), η / (1 - p1), 1 - p2)
        return (m, v, (p1 * β[0], p2 * β[1])), step


@rule
class RAdam(Adam):
    """Rectified Adam (Liu et al. 2020): Adam's step times r, or ``eta·m̂`` in the first steps.

    With ``ρ∞ = 2 / (1 - beta[1]) - 1`` and ``ρ = ρ∞ - 2·n·beta[1]ⁿ / (1 - beta[1]ⁿ)`` in the n-th step,
    ``r = sqrt((ρ - 4)(ρ - 2)ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)ρ))`` where ρ > 4. State: Adam's, and n. Raises as Adam.

    >>> RAdam(0.5).apply(RAdam().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([1.])
    """

    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return (*super().init(x), 1)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, v, (p1, p2), t = state
        m, v = average(m, β[0], dx), average_square(v, β[1], dx)
        limit = 2 / (1 - β[1]) - 1
        length = limit - 2 * t * p2 / (1 - p2)
        if length > 4:
            with np.errstate(over="ignore"):
                r = np.sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
            step = over_root(m, v, epsilon_for(x, self.epsilon), η * r / (1 - p1), 1 - p2)
        else:
            step = m * (η / (1 - p1))
        return (m, v, (p1 * β[0], p2 * β[1]), t + 1), step


@rule
class AdaMax(Adam):
    """AdaMax (Kingma and Ba 2015, section 7.1): Adam with ``u = max(beta[1]·u, |dx|)`` in place of sqrt(v̂).

    State: (m, u, powers of beta). Raises as Adam, and ArgumentError if x is complex.

    >>> AdaMax(0.5).apply(AdaMax().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([0.5])
    """

    compares = True
    elementwise = True

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, u, (p1, p2) = state
        m, u = average(m, β[0], dx), np.maximum(u * β[1], np.abs(dx))
        step = m / (u + epsilon_for(x, self.epsilon)) * (η / (1 - p1))
        return (m, u, (p1 * β[0], p2 * β[1])), step


@rule
class OAdam(Adam):
    """Optimistic Adam (Daskalakis et al. 2018): twice Adam's step less the one before.

    Made for adversarial training. State: Adam's, and its last step. Raises as Adam.

    >>> OAdam(0.5).apply(OAdam().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([1.])
    """

    beta: tuple[float, float] = (0.5, 0.9)
    elementwise = True

    def init(self, x: np.ndarray) -> Any:
        return (*super().init(x), np.zeros_like(x))

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        moments, step = super().apply(state[:3], x, dx)
        return (*moments, step), 2 * step - state[3]


@rule
class AMSGrad(AbstractRule):
    """AMSGrad (Reddi et al. 2018): ``x -= eta·m / (sqrt(v̂) + epsilon)`` with ``v̂ = max(v̂, v)``.

    m and v are Adam's averages, without correction; all three start at epsilon. State: (m, v, v̂). Raises
    DomainError if `eta` is negative, ArgumentError if a field is no number or pair, or x is complex.

    >>> state = np.zeros(1), np.zeros(1), np.ones(1)
    >>> AMSGrad(0.5, (0.75, 0.75), 0).apply(state, np.zeros(1), np.array([2.0]))
    ((array([0.5]), array([1.]), array([1.])), array([0.25]))
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    elementwise = True
    compares = True

    def init(self, x: np.ndarray) -> Any:
        return tuple(np.full_like(x, typed(x, self.epsilon)) for _ in range(3))

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, v, largest = state
        m, v = average(m, β[0], dx), average_square(v, β[1], dx)
        largest = np.maximum(largest, v)
        return (m, v, largest), over_root(m, largest, epsilon_for(x, self.epsilon), η)


@rule
class NAdam(Adam):
    """Adam with Nesterov's momentum (Dozat 2016).

    In the n-th step ``beta[0]·m / (1 - beta[0]ⁿ⁺¹) + (1 - beta[0])·dx / (1 - beta[0]ⁿ)`` stands for Adam's
    m̂, and ``beta[1]·v / (1 - beta[1]ⁿ)`` for its v̂. State and errors are Adam's.

    >>> NAdam(0.5).apply(NAdam().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([0.7372])
    """

    elementwise = True

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        m, v, (p1, p2) = state
        m, v = average(m, β[0], dx), average_square(v, β[1], dx)
        ahead = m * (β[0] / (1 - β[0] * p1)) + dx * ((1 - β[0]) / (1 - p1))
        step = over_root(ahead, v, epsilon_for(x, self.epsilon), η, (1 - p2) / β[1])
        return (m, v, (p1 * β[0], p2 * β[1])), step


@rule
class AdamW(AbstractRule):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    With ``couple=True`` the decay is multiplied by the rate, as PyTorch does: ``x -= eta·(step + lambda·x)``;
    else ``x -= eta·step + lambda·x``. ``lambda`` is a keyword of Python: write ``lambda_`` or ``λ``. State
    and errors are those of :class:`Adam`.

    >>> AdamW(0.01, λ=0.1)
    AdamW(eta=0.01, beta=(0.9, 0.999), lambda=0.1, epsilon=1.0e-8, couple=true)
    """

    eta: float = 0.001
    beta: tuple[float, float] = (0.9, 0.999)
    lambda_: float = 0.0
    epsilon: float = 1e-8
    couple: bool = field(default=True, kw_only=True)
    elementwise = True

    init = Adam.init

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β, λ, ϵ = typed(x, self.eta, self.beta, self.lambda_, self.epsilon)
        m, v, (p1, p2) = state
        m, v = average(m, β[0], dx), average_square(v, β[1], dx)
        step = over_root(m, v, ϵ, η / (1 - p1), 1 - p2)
        if λ:
            step = step + x * (η * λ if self.couple else λ)
        return (m, v, (p1 * β[0], p2 * β[1])), step


@rule
class AdaBelief(Adam):
    """AdaBelief (Zhuang et al. 2020): Adam with s in place of v.

    ``s = beta[1]·s + (1 - beta[1])·|dx - m|² + epsilon``; it starts at 0. State: (m, s, powers of beta).
    Raises as Adam.

    >>> AdaBelief(0.5).apply(AdaBelief().init(np.zeros(1)), np.zeros(1), np.array([2.0]))[1].round(4)
    array([0.5556])
    """

    epsilon: float = 1e-16
    elementwise = True

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        η, β = typed(x, self.eta, self.beta)
        ϵ = epsilon_for(x, self.epsilon)
        m, s, (p1, p2) = state
        m = average(m, β[0], dx)
        s = average_square(s, β[1], dx - m) + ϵ
        return (m, s, (p1 * β[0], p2 * β[1])), over_root(m, s, ϵ, η / (1 - p1), 1 - p2)
