"""scipy.integrate with derivatives: odeint by the adjoint method, quad, and sums over samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate

from ..autodiff.native import pullback, pushforward
from ..autodiff.primitive import Tracer, plain, primitive
from ..autodiff.refusals import no_option, no_rule
from ..autodiff.structure import Splitter
from .mirror import array, description, mirror, traced

# -- the traced values inside of a function and its extra arguments ----------------------------------


class Hole:
    """The place of a traced value of this shape; `key` tells the holes of one function from another's."""

    def __init__(self, shape: tuple[int, ...], key: object):
        self.shape, self.key = shape, key


class Packed:
    """A function with extra arguments as one of (…, θ), with θ the vector of all traced values in it.

    They are found in `args` and in what the function has captured, so that a derivative by either
    is complete. What is kept has holes in their places and no traced value any more.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]):
        self.key = object()
        parts: list[Any] = []

        def hole(leaf: Any) -> Hole:
            parts.append(np.reshape(leaf, -1))
            return Hole(np.shape(leaf), self.key)

        self.template = Splitter(hole, lambda x: isinstance(x, Tracer)).split((function, args))[0]
        self.found = bool(parts)
        self.theta: Any = np.concatenate(parts) if parts else np.zeros(0)
        if np.iscomplexobj(plain(self.theta)):
            raise no_rule("an integral with complex parameters")

    def release(self) -> Any:
        """θ, which is forgotten here: the function must hold no traced values once it is recorded."""
        theta, self.theta = self.theta, None
        return theta

    def ours(self, x: Any) -> bool:
        return isinstance(x, Hole) and x.key is self.key

    def open(self, theta: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The function and its arguments with the parts of `theta` in the holes."""
        if not self.found:
            return self.template
        start = 0

        def part(hole: Hole) -> Any:
            nonlocal start
            first, start = start, start + math.prod(hole.shape)
            return np.reshape(theta[first:start], hole.shape) if hole.shape else theta[first]

        return Splitter(part, self.ours).split(self.template)[0]


# -- odeint ------------------------------------------------------------------------------------------


def _odeint(y0: Any, t: Any, theta: Any, field: Any, options: dict[str, Any]) -> np.ndarray:
    return scipy.integrate.odeint(field, y0, t, args=(theta,), **options)


def odeint_rule(dy: Any, y: Any, _y0: Any, t: Any, theta: Any, field: Any, options: dict[str, Any]) -> Any:
    """The adjoint method: state, λ and the gradients by t₀ and θ are integrated backwards.

    λ' = -λ ∂f/∂y and (dθ)' = -λ ∂f/∂θ; at each time of the output its cotangent is added to λ (Froehlich et
    al. 2017, section 2.4.2). The error is that of the solver's tolerances. It is made of odeint itself, so it
    can be differentiated again.
    """
    steps, size = np.shape(y)
    options = {k: v for k, v in options.items() if k not in ("h0", "ml", "mu", "tcrit")}

    def backwards(state: Any, time: Any, theta: Any) -> Any:
        values, back = pullback(field, (state[:size], time, theta))
        by_state, by_time, by_theta = back(-state[size : 2 * size])
        parts = [values, by_state, by_time, by_theta]
        shapes = [(size,), (size,), (1,), np.shape(theta)]
        return np.concatenate(
            [np.zeros(s) if p is None else np.reshape(p, s) for p, s in zip(parts, shapes, strict=True)]
        )

    adjoint, dtheta, dt0 = dy[-1], np.zeros(np.shape(theta)), 0.0
    dt = [0.0] * steps
    for i in range(steps - 1, 0, -1):
        dt[i] = np.sum(field(y[i], t[i], theta) * dy[i])
        dt0 = dt0 - dt[i]
        state = np.concatenate([y[i], adjoint, np.reshape(dt0, 1), dtheta])
        state = odeint(backwards, state, np.stack([t[i], t[i - 1]]), args=(theta,), **options)[1]
        adjoint, dt0, dtheta = state[size : 2 * size] + dy[i - 1], state[2 * size], state[2 * size + 1 :]
    dt[0] = dt0
    return adjoint, np.stack([np.reshape(d, ()) for d in dt]), dtheta


def _by_start_and_parameters(
    dy0: Any, dtheta: Any, y: Any, y0: Any, t: Any, theta: Any, field: Any, options: dict[str, Any]
) -> Any:
    """Forward mode: the tangent s follows s' = ∂f/∂y s + ∂f/∂θ dθ beside the state."""
    size = np.shape(y)[1]

    def both(state: Any, time: Any, theta: Any, dtheta: Any) -> Any:
        value, tangent = pushforward(
            lambda x, p: field(x, time, p), (state[:size], theta), (state[size:], dtheta)
        )
        return np.concatenate([value, np.zeros(size) if tangent is None else tangent])

    return odeint(both, np.concatenate([y0, dy0]), t, args=(theta, dtheta), **options)[:, size:]


def _by_times(dt: Any, y: Any, y0: Any, t: Any, theta: Any, field: Any, options: dict[str, Any]) -> Any:
    """y(tᵢ) moves with f there; a later start at y₀ is a start at y₀ - f(y₀) dt₀."""
    slopes = np.stack([field(y[i], t[i], theta) for i in range(np.shape(y)[0])])
    start = np.zeros(np.shape(t)[0])
    start[0] = 1.0
    moved = slopes * (dt * (1 - start))[:, None]
    first = -slopes[0] * dt[0]
    rest = _by_start_and_parameters(first, np.zeros(np.shape(theta)), y, y0, t, theta, field, options)
    return moved + rest * (1 - start)[:, None]


ODEINT = primitive(
    None,
    joint=odeint_rule,
    jvp=(
        lambda dy0, y, y0, t, theta, field, options: _by_start_and_parameters(
            dy0, np.zeros(np.shape(theta)), y, y0, t, theta, field, options
        ),
        _by_times,
        lambda dtheta, y, y0, t, theta, field, options: _by_start_and_parameters(
            np.zeros(np.shape(y0)), dtheta, y, y0, t, theta, field, options
        ),
    ),
    name="odeint",
    compute=_odeint,
)


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: tuple[Any, ...] = (),
    Dfun: Any = None,
    col_deriv: Any = 0,
    full_output: Any = 0,
    ml: Any = None,
    mu: Any = None,
    rtol: Any = None,
    atol: Any = None,
    tcrit: Any = None,
    h0: Any = 0.0,
    hmax: Any = 0.0,
    hmin: Any = 0.0,
    ixpr: Any = 0,
    mxstep: Any = 0,
    mxhnil: Any = 0,
    mxordn: Any = 12,
    mxords: Any = 5,
    printmessg: Any = 0,
    tfirst: bool = False,
) -> Any:
    """Differentiable by y0, t, args and what `func` has captured.

    Reverse mode integrates the adjoint equations backwards (the solution is recomputed on the way, so memory
    does not grow with the steps); its error is that of rtol and atol. With traced values Dfun, col_deriv and
    full_output raise NoRuleError, as do complex parameters.

    >>> from fluxbridge import gradient
    >>> end = lambda rate: odeint(lambda y, t: -rate * y, 1.0, np.array([0.0, 1.0]))[-1, 0]
    >>> round(gradient(end, 1.0)[0], 5)
    -0.36788
    """
    args = args if isinstance(args, tuple) else (args,)
    options = {
        "ml": ml,
        "mu": mu,
        "rtol": rtol,
        "atol": atol,
        "tcrit": tcrit,
        "h0": h0,
        "hmax": hmax,
        "hmin": hmin,
        "ixpr": ixpr,
        "mxstep": mxstep,
        "mxhnil": mxhnil,
        "mxordn": mxordn,
        "mxords": mxords,
        "printmessg": printmessg,
    }
    packed = Packed(func, args)
    if not packed.found and not traced(y0, t):
        return scipy.integrate.odeint(
            func, y0, t, args, Dfun, col_deriv, full_output, tfirst=tfirst, **plain(options)
        )
    for name, given in (("Dfun", Dfun is not None), ("col_deriv", col_deriv), ("full_output", full_output)):
        if given:
            raise no_option(f"scipy.integrate.odeint(..., {name}=...)")
    options, swap = plain(options), tfirst

    def field(x: Any, time: Any, theta: Any) -> Any:
        function, extra = packed.open(theta)
        value = function(time, x, *extra) if swap else function(x, time, *extra)
        return np.atleast_1d(array(value))

    theta = packed.release()
    return ODEINT(np.atleast_1d(array(y0)), array(t), theta, field=field, options=options)


odeint.__doc__ = description(scipy.integrate.odeint, "scipy.integrate.odeint", odeint.__doc__)

# -- quad --------------------------------------------------------------------------------------------


def _quad(a: Any, b: Any, theta: Any, integrand: Any, options: dict[str, Any]) -> Any:
    return scipy.integrate.quad(integrand, a, b, args=(theta,), **options)


def quad_by_end(dy: Any, x: Any, theta: Any, integrand: Any) -> Any:
    """The integrand at the end; the second output, an estimate of the error, has no derivative."""
    return None if dy[0] is None else dy[0] * integrand(x, theta)


def quad_by_theta(
    dy: Any, _y: Any, a: Any, b: Any, theta: Any, integrand: Any, options: dict[str, Any]
) -> Any:
    """The integral of the derivative, one entry of θ after the other."""

    def slope(x: Any, theta: Any, k: int) -> Any:
        by_theta = pullback(integrand, (x, theta))[1](1.0)[1]
        return 0.0 if by_theta is None else by_theta[k]

    if dy[0] is None:
        return None
    parts = [quad(slope, a, b, args=(theta, k), **options)[0] for k in range(np.shape(theta)[0])]
    return dy[0] * np.stack(parts)


QUAD = primitive(
    None,
    lambda dy, _y, a, _b, theta, integrand, options: quad_by_end(dy, a, theta, lambda *x: -integrand(*x)),
    lambda dy, _y, _a, b, theta, integrand, options: quad_by_end(dy, b, theta, integrand),
    quad_by_theta,
    name="quad",
    compute=_quad,
)


def quad(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: tuple[Any, ...] = (),
    full_output: Any = 0,
    epsabs: Any = 1.49e-08,
    epsrel: Any = 1.49e-08,
    limit: Any = 50,
    points: Any = None,
    weight: Any = None,
    wvar: Any = None,
    wopts: Any = None,
    maxp1: Any = 50,
    limlst: Any = 50,
    complex_func: bool = False,
) -> Any:
    """Differentiable by a, b, args and what `func` has captured.

    The derivative by an end is the integrand there; that by a parameter is integrated, one parameter at a
    time. With traced values full_output, weight and complex_func raise NoRuleError, as do complex parameters.

    >>> from fluxbridge import gradient
    >>> gradient(lambda b: quad(lambda x: x**2, 0.0, b)[0], 3.0)
    (9.0,)
    """
    args = args if isinstance(args, tuple) else (args,)
    options = plain(
        {
            "epsabs": epsabs,
            "epsrel": epsrel,
            "limit": limit,
            "points": points,
            "maxp1": maxp1,
            "limlst": limlst,
        }
    )
    packed = Packed(func, args)
    if not packed.found and not traced(a, b):
        return scipy.integrate.quad(
            func,
            a,
            b,
            args,
            full_output,
            weight=weight,
            wvar=wvar,
            wopts=wopts,
            complex_func=complex_func,
            **options,
        )
    refused = {"full_output": full_output, "weight": weight, "complex_func": complex_func}
    for name, given in refused.items():
        if given:
            raise no_option(f"scipy.integrate.quad(..., {name}={given!r})")

    def integrand(x: Any, theta: Any) -> Any:
        function, extra = packed.open(theta)
        return function(x, *extra)

    value, error = QUAD(a, b, packed.release(), integrand=integrand, options=options)
    return value, plain(error)


quad.__doc__ = description(scipy.integrate.quad, "scipy.integrate.quad", quad.__doc__)

# -- sums over samples -------------------------------------------------------------------------------


@mirror(scipy.integrate.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    means, widths = _strips(y, x, dx, axis)
    return np.sum(means * widths, axis=-1)


@mirror(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None) -> Any:
    means, widths = _strips(y, x, dx, axis)
    sums = np.cumsum(means * widths, axis=-1)
    if initial is not None:
        sums = np.concatenate([np.zeros((*np.shape(sums)[:-1], 1)), sums], axis=-1)
    return np.moveaxis(sums, -1, axis)


def _strips(y: Any, x: Any, dx: Any, axis: int) -> tuple[Any, Any]:
    """The mean heights and the widths of the strips, along the last axis."""
    y = np.moveaxis(array(y), axis, -1)
    means = (y[..., 1:] + y[..., :-1]) / 2
    if x is None:
        return means, dx
    x = array(x)
    x = x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1)
    return means, x[..., 1:] - x[..., :-1]


@mirror(scipy.integrate.simpson)
def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: int = -1) -> Any:
    """Simpson's rule on pairs of strips; an odd last strip by the parabola through the last three
    points (Cartwright 2017), as SciPy has it."""
    y = np.moveaxis(array(y), axis, -1)
    count = np.shape(y)[-1]
    if x is None:
        h = dx * np.ones(count - 1)
    else:
        x = array(x)
        x = x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1)
        h = x[..., 1:] - x[..., :-1]
    if count == 2:
        return np.sum(h * (y[..., 1:] + y[..., :-1]), axis=-1) / 2
    pairs = (count - 1) // 2 * 2
    h0, h1 = h[..., :pairs:2], h[..., 1:pairs:2]
    y0, y1, y2 = y[..., :pairs:2], y[..., 1:pairs:2], y[..., 2 : pairs + 1 : 2]
    both = h0 + h1
    parts = y0 * (2 - h1 / h0) + y1 * both * both / (h0 * h1) + y2 * (2 - h0 / h1)
    result = np.sum(both / 6 * parts, axis=-1)
    if pairs == count - 1:
        return result
    g, f = h[..., -1], h[..., -2]
    last = (2 * g * g + 3 * g * f) / (6 * (f + g)) * y[..., -1] + (g * g + 3 * g * f) / (6 * f) * y[..., -2]
    return result + last - g * g * g / (6 * f * (f + g)) * y[..., -3]


__all__ = ["cumulative_trapezoid", "odeint", "quad", "simpson", "trapezoid"]


def __getattr__(name: str) -> Any:
    return getattr(scipy.integrate, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy.integrate)})
