"""Rounding, splitting numbers into parts, limiting, and replacing what is not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..elementwise import elementwise, select, zero_of
from ..inplace import change
from ..loops import in_loop, refuse_where
from ..primitive import Tracer, asked, implements, no_derivative, plain, primitive, refuse_out, take_up
from ..primitive import _out_refused as out_refused
from ..refusals import no_option
from ..values import in_numpys_types

# -- steps: Zygote says 0 for a number and None for an array (and None for trunc of either) ---------


def step(target: Any) -> None:
    """Register a function that is constant between its jumps."""
    parameters = ("decimals", "out") if target in (np.round, np.around) else ("out",)
    zero = primitive(
        None,
        lambda dy, _y, _x, **_options: zero_of(dy),
        jvp=(lambda dx, _y, _x, **_options: zero_of(dx),),
        name=target.__name__,
        compute=target,
    )

    @implements(target)
    def function(x: Any, *args: Any, **options: Any) -> Any:
        options.update(zip(parameters, args, strict=False))
        out = options.pop("out", None)
        out = out[0] if isinstance(out, tuple) else out
        options = plain(options)
        if out is not None and not isinstance(out, Tracer):
            if np.ndim(x) == 0:
                raise out_refused(target.__name__)
            return asked(target, (x,), options, target(plain(x), out=out, **options))
        if np.ndim(x) == 0:
            result = zero(x, **options)
        else:
            result = asked(target, (x,), options, target(plain(x), **options))
        return result if out is None else change(out, result, np.positive, (result,))


for _target in (np.floor, np.ceil, np.rint, np.round, np.around, np.fix):
    step(_target)
no_derivative(np.trunc)

elementwise(np.heaviside, "0", "1 if a == 0", holomorphic=False)
elementwise(np.nextafter, "1", "0", holomorphic=False)
elementwise(np.ldexp, "ldexp(1.0, b)", None, holomorphic=False)
if hasattr(np, "bitwise_count"):  # since NumPy 2.0
    no_derivative(np.bitwise_count)


@implements(np.modf)
@in_numpys_types(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """The fractional part carries the derivative, the whole part none."""
    whole = np.trunc(x)
    finite = np.isfinite(plain(x))
    return np.where(finite, x - np.where(finite, whole, 0.0), 0.0), whole


@implements(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    exponent = np.frexp(plain(x))[1]
    return np.ldexp(x, -exponent), exponent


@implements(np.divmod)
def divmod_(a: Any, b: Any) -> tuple[Any, Any]:
    return np.floor_divide(a, b), np.remainder(a, b)


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Any:
    """The angles plus multiples of the period, which do not vary."""
    p = take_up(p)
    value = plain(p)
    added = np.unwrap(value, discont, axis, period=plain(period)) - value
    return p + (added if period is plain(period) else np.rint(added / plain(period)) * period)


# -- limits ------------------------------------------------------------------------------------------
# On the border the gradient goes to x, as with Zygote's clamp. Where the limits cross NumPy answers
# the upper one.


def _below(x: Any, limit: Any) -> Any:
    return False if limit is None else np.less(x, limit)


def _above(x: Any, limit: Any) -> Any:
    return False if limit is None else np.greater(x, limit)


def _crossed(low: Any, high: Any) -> Any:
    crossed = False if low is None or high is None else np.greater(low, high)
    return crossed if np.any(crossed) else False


def is_inside(x: Any, low: Any, high: Any) -> Any:
    outside = np.logical_or(_below(x, low), _above(x, high))
    crossed = _crossed(low, high)
    return np.logical_not(outside if crossed is False else np.logical_or(outside, crossed))


def is_low(x: Any, low: Any, high: Any) -> Any:
    return np.logical_and(_below(x, low), np.logical_not(_crossed(low, high)))


def is_high(x: Any, low: Any, high: Any) -> Any:
    return np.logical_or(_above(x, high), _crossed(low, high))


def _where(condition: Any) -> Any:
    return lambda d, _y, x, low, high: select(condition(x, low, high), d)


_BY_PART = tuple(_where(part) for part in (is_inside, is_low, is_high))
_CLIP = primitive(None, *_BY_PART, jvp=_BY_PART, name="clip", compute=np.clip)


@implements(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **options: Any) -> Any:
    refuse_out("clip", out)
    low = options.pop("min", None if a_min is np._NoValue else a_min)
    high = options.pop("max", None if a_max is np._NoValue else a_max)
    if options:
        refuse_where("np.clip", options)
        if options.get("signature") is not None:
            raise no_option("np.clip(..., signature=...)")
        a, low, high = (
            x if x is None else in_loop(np.positive, np.positive, (x,), options) for x in (a, low, high)
        )
    return _CLIP(a, low, high)
