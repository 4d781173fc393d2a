"""adjoint: a rule for a function of one's own, or for one of NumPy in the place of its rule."""

from __future__ import annotations

import functools
import inspect
import math
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError
from .primitive import (
    FUNCTIONS,
    Tracer,
    answer,
    answer_as_registered,
    asked,
    holds_tracer,
    refuse_out,
    take_up,
)
from .protocols import place_of_out
from .refusals import full_name
from .tools import call_with_rule, from_surroundings

_DECORATOR: Any = object()  #: no rule is given yet


def adjoint(f: Callable[..., Any], rule: Callable[..., Any] | None = _DECORATOR) -> Callable[..., Any]:
    """Give a function a reverse rule of its own (Zygote's ``@adjoint``).

    The decorated function returns its value and a pullback, which takes the cotangent of the value
    and returns a tuple with the cotangent of every positional argument (None for none):

    >>> import numpy as np
    >>> from fluxbridge import adjoint, gradient
    >>> @adjoint
    ... def clipped(x):
    ...     return np.minimum(x, 1.0), lambda dy: (dy,)  # the slope goes on beyond the border
    >>> gradient(clipped, 3.0)
    (1.0,)

    With a NumPy function as its argument it gives that function a rule, however it is written
    (``np.add(x, y)``, ``x + y``, ``sum([x, y])``): ``@adjoint(np.foo)`` above a function that takes what
    ``np.foo`` takes. The rule holds in all threads, from the next operation on, until another one is given,
    or the one of fluxbridge is asked for again by ``adjoint(np.foo, None)``.

    >>> @adjoint(np.absolute)
    ... def _(x):
    ...     return np.absolute(x), lambda dy: (np.where(x < 0, -dy, dy),)  # the slope is 1 at 0
    >>> gradient(abs, 0.0)
    (1.0,)
    >>> _ = adjoint(np.absolute, None)
    >>> gradient(abs, 0.0)
    (0.0,)

    Raises ArgumentError for functions of Python that NumPy does not hand over (``abs``, ``operator.add``,
    ``math.sin``); the message names the one to give the rule to.
    """
    if is_numpys(f):
        if rule is _DECORATOR:
            return functools.partial(adjoint, f)
        if rule is None:
            answer_as_registered(f)
            return f
        made = _answering(f, rule)
        answer(f, made)
        return made
    if not callable(f):
        raise ArgumentError(f"adjoint gives a function its rule; {f!r} is none")
    if rule is not _DECORATOR:
        raise ArgumentError(
            "adjoint(f, rule) gives a rule to a function of NumPy. A function of your own returns its value "
            "and its pullback itself: @adjoint above it."
        )
    return _with_rule(f, getattr(f, "__name__", "function"))


def is_numpys(f: Any) -> bool:
    """Does NumPy hand calls of f over? Raises ArgumentError for functions in C that nobody hands over."""
    if isinstance(f, (np.ufunc, type(np.sum))):
        return True
    if not isinstance(f, types.BuiltinFunctionType):
        return False
    ufunc, name = f.__self__, f.__name__
    if isinstance(ufunc, np.ufunc):
        answers = FUNCTIONS.get((ufunc, name))
        named, behind = f"{full_name(ufunc)}.{name}", answers if isinstance(answers, type(np.sum)) else None
    else:
        named, behind = name, _BEHIND.get(f) or getattr(np, name, None)
    behind = behind if isinstance(behind, (np.ufunc, type(np.sum))) else None
    if behind is None:
        raise ArgumentError(
            f"{named} is not handed over to fluxbridge, so it cannot have a rule. Decorate a function of "
            "your own that calls it, and call that one in its place."
        )
    raise ArgumentError(
        f"{named} is not handed over to fluxbridge, and {full_name(behind)} is. Give the rule to that one: "
        f"@fluxbridge.adjoint({full_name(behind)})."
    )


#: Functions of Python and the ones of NumPy that they are for traced values.
_BEHIND: dict[Any, Any] = {
    abs: np.absolute, divmod: np.divmod, pow: np.power, round: np.round, sum: np.add,
    operator.abs: np.absolute, operator.add: np.add, operator.floordiv: np.floor_divide,
    operator.matmul: np.matmul, operator.mod: np.remainder, operator.mul: np.multiply,
    operator.neg: np.negative, operator.pos: np.positive, operator.pow: np.power,
    operator.sub: np.subtract, operator.truediv: np.true_divide, math.pow: np.power,
}  # fmt: skip


def _answering(target: Any, rule: Callable[..., Any]) -> Callable[..., Any]:
    """What answers for a function of NumPy by a rule."""
    name = getattr(target, "__name__", "function")
    of_ufunc = isinstance(target, np.ufunc)
    call = _with_rule(rule, name)
    place = place_of_out(target)

    @functools.wraps(rule)
    def function(*args: Any, **options: Any) -> Any:
        refuse_out(name, options.pop("out", args[place] if len(args) > place else None))
        if of_ufunc:
            args = tuple([take_up(x) for x in args])
        elif holds_tracer(list(options.values())):
            bound = inspect.signature(rule).bind(*args, **options)
            args, options = bound.args, bound.kwargs
            if not holds_tracer(args):
                raise from_surroundings(name)
        result = call(*args, **options)
        return result if _has_traced(result) else asked(target, args, options, result)

    return function


def _has_traced(x: Any) -> bool:
    return isinstance(x, Tracer) or holds_tracer(x)


def _with_rule(rule: Callable[..., Any], name: str) -> Callable[..., Any]:
    code = getattr(rule, "__code__", None)
    where = f"{rule.__module__}:{code.co_firstlineno}" if code else ""

    @functools.wraps(rule)
    def function(*args: Any, **options: Any) -> Any:
        return call_with_rule(name, lambda *xs: rule(*xs, **options), args, where, read_only=True)

    return function
