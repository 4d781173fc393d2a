"""The subgradient method: minimise a convex function that need not be differentiable.

Step against a subgradient, which need not be a direction of descent; the values go up and down, and the
best point so far is what counts (N. Z. Shor 1985; S. Boyd, Subgradient Methods, Stanford EE364b). How long
the steps are decides how near one gets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..api import withgradient
from .points import point_of


class SubgradientRun:
    """The history of a run: `values` of f, `best` values so far, the best point `x`, and `points` if kept.

    `norms` are those of the subgradients, `factors` what they were multiplied with.
    `stopped` says why it ended: "steps", "zero subgradient" (then x is a minimum), or "target".
    """

    def __init__(
        self,
        x: Any,
        values: list[float],
        points: list[Any] | None,
        norms: list[float],
        factors: list[float],
        stopped: str,
    ):
        self.x = x
        self.values = np.array(values)
        self.best = np.minimum.accumulate(self.values)
        self.points = points
        self.norms = np.array(norms)
        self.factors = np.array(factors)
        self.stopped = stopped

    @property
    def value(self) -> float:
        """The best value."""
        return float(self.best[-1])

    def __len__(self) -> int:
        return len(self.norms)

    def __repr__(self) -> str:
        return f"<{len(self)} steps, best value {self.value:.6g}, stopped: {self.stopped}>"


class SubgradientMethod:
    """The subgradient method with one of four rules for the length of step k = 1, 2, …

    * ``SubgradientMethod.constant_step(h)``: x - h·g. It ends within G²h/2 of the minimum, G being a bound
      of the subgradients' norms.
    * ``SubgradientMethod.constant_length(s)``: x - s·g/‖g‖. It ends within G·s/2.
    * ``SubgradientMethod.diminishing(a, power=0.5)``: x - a·k^(-power)·g, which converges for powers up
      to 1; ``normalised=True`` divides by ‖g‖ as well.
    * ``SubgradientMethod.polyak(fmin)``: x - (f(x) - fmin)/‖g‖²·g, the best there is where the minimal
      value is known. With ``fmin=None`` it is estimated as the best value so far less ``gap``·k^(-1/2).

    Call it with a convex function and a start, of any structure that `gradient` takes. What goes down is
    the error of the best value, like 1/√k in the worst case.

    >>> import numpy as np
    >>> data = np.array([1.0, 2.0, 9.0])
    >>> run = SubgradientMethod.polyak(8.0)(lambda m: np.sum(np.abs(m - data)), 0.0, steps=50)
    >>> round(run.x, 6), run.value
    (2.0, 8.0)
    """

    def __init__(self, length: Callable[[int, float, float, float], float], name: str = "own rule"):
        """`length` takes k, the value, the norm of the subgradient and the best value so far; it returns
        the factor of the subgradient."""
        self.length = length
        self.name = name

    def __repr__(self) -> str:
        return f"SubgradientMethod.{self.name}"

    @classmethod
    def constant_step(cls, h: float) -> SubgradientMethod:
        _positive(h=h)
        return cls(lambda _k, _f, _norm, _best: h, f"constant_step({h})")

    @classmethod
    def constant_length(cls, s: float) -> SubgradientMethod:
        _positive(s=s)
        return cls(lambda _k, _f, norm, _best: s / norm, f"constant_length({s})")

    @classmethod
    def diminishing(cls, a: float, power: float = 0.5, normalised: bool = False) -> SubgradientMethod:
        _positive(a=a)
        if not 0 < power <= 1:
            raise ValueError(f"steps with power {power} do not converge to the minimum; it must be in (0, 1]")
        return cls(
            lambda k, _f, norm, _best: a * k**-power / (norm if normalised else 1.0),
            f"diminishing({a}, {power}{', normalised' if normalised else ''})",
        )

    @classmethod
    def polyak(cls, fmin: float | None, gap: float = 1.0) -> SubgradientMethod:
        _positive(gap=gap)
        return cls(
            lambda k, f, norm, best: (f - (best - gap * k**-0.5 if fmin is None else fmin)) / norm**2,
            f"polyak({fmin})",
        )

    def __call__(
        self,
        f: Callable[..., Any],
        x: Any,
        *,
        steps: int = 1000,
        target: float | None = None,
        keep_points: bool = False,
        project: Callable[[Any], Any] | None = None,
    ) -> SubgradientRun:
        """Run for so many steps, or until f is at most `target`.

        `project` puts a point back into a convex set after each step, for minimisation within it.
        """
        point = point_of((x,))
        values: list[float] = []
        norms: list[float] = []
        factors: list[float] = []
        points: list[Any] | None = [] if keep_points else None
        best, best_x = np.inf, x
        stopped = "steps"
        (current,) = point.at()
        for k in range(1, steps + 2):
            try:
                value, (g,) = withgradient(f, current)
                value = float(value)
            except OverflowError:  # of Python's own numbers
                value = np.inf
            if not np.isfinite(value):
                raise ValueError(f"the function is {value} after {k - 1} steps; use shorter steps")
            values.append(value)
            if points is not None:
                points.append(current)
            if value < best:
                best, best_x = value, current
            if target is not None and value <= target:
                stopped = "target"
                break
            vector = point.vector((g,), "gradient")
            norm = float(np.linalg.norm(vector))
            if norm == 0:
                stopped = "zero subgradient"
                break
            if k > steps:
                break
            factor = self.length(k, value, norm, best)
            if factor <= 0:  # Polyak's step at (or below) the value that it takes for the minimum
                stopped = "target"
                break
            norms.append(norm)
            factors.append(factor)
            start = point.vector((current,), "point")
            moved = start - factor * vector
            (current,) = point_of((current,)).at(moved - start)
            if project is not None:
                current = project(current)
        return SubgradientRun(best_x, values, points, norms, factors, stopped)


def _positive(**settings: float) -> None:
    for name, value in settings.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, and is {value}")


def subgradient_bound(run: SubgradientRun, distance: float) -> float:
    """What the theory promises: how far the best value of a run is above the minimum at most.

    (R² + Σ h²‖g‖²) / (2 Σ h), with the factors h of the subgradients g and R, the `distance` of the start
    from a minimum (Boyd, Subgradient Methods, section 2).

    >>> run = SubgradientMethod.constant_step(0.1)(abs, 1.05, steps=100)
    >>> round(run.value, 3), round(subgradient_bound(run, 1.05), 3)
    (0.05, 0.105)
    """
    h, g = run.factors, run.norms
    return float((distance**2 + np.sum(h**2 * g**2)) / (2 * np.sum(h)))
