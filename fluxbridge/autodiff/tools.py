"""Functions that steer differentiation from inside a function: own rules, checkpoints, hooks."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .inplace import alias, given_out
from .native import Trace, basis, pullback_of, pushforward
from .primitive import FUNCTIONS, UFUNCS, Primitive, Tracer, plain
from .structure import Splitter, put_together, take_apart
from .tracer import TracedArray


def call_with_rule(
    name: str, body: Callable[..., Any], args: tuple[Any, ...], read_only: bool = False
) -> Any:
    """Call ``body(*args) -> (y, back)`` as one record of the innermost level among `args`.

    `args` and y may have structure. `body` gets the arguments as they are one level further out;
    `back` takes a cotangent with the structure of y and returns one for each argument. With
    `read_only` the body cannot change the arrays among its arguments.
    """
    found: list[Any] = []
    Splitter(found.append, lambda x: isinstance(x, Tracer)).split(args)
    if not found:
        return body(*args)[0]
    level = max((t.level for t in found), key=lambda lv: lv.order)
    inputs: list[Any] = []

    def open_up(tracer: Any) -> Any:
        inputs.append(tracer)
        value = tracer.value
        if isinstance(value, TracedArray):
            value = alias(value)
            given_out(value, tracer)  # and so cannot be changed in place
        elif read_only and isinstance(value, np.ndarray):
            value = value.view()
            value.flags.writeable = False
        return value

    opened, template = Splitter(open_up, lambda x: isinstance(x, Tracer) and x.level is level).split(args)
    y, back = body(*opened)
    outputs, shape = take_apart(y)
    if not outputs:
        return y
    count, several = len(inputs), len(outputs) > 1

    def joint(dy: Any, _y: Any, *_inputs: Any) -> Any:
        pulled = back(shape.fill(dy if several else (dy,)))
        if not isinstance(pulled, tuple):
            pulled = (pulled,)
        cotangents: list[Any] = [None] * count  # and not of `inputs`: the record must not keep them alive
        for index, cotangent, _ in template.match(pulled, ""):
            cotangents[index] = cotangent
        return cotangents

    result = level.note(
        Primitive(name, compute=no_recomputation, joint=joint),
        tuple(outputs) if several else outputs[0],
        inputs,
    )
    results = result if several else (result,)
    for value, made in zip(outputs, results, strict=True):
        for x in inputs:
            if isinstance(made, TracedArray) and np.may_share_memory(plain(value), plain(x)):
                given_out(x, made)
    return put_together(y, results)


def no_recomputation(*_: Any) -> Any:
    raise NotImplementedError("a call with a rule of its own is recorded with its result")


def _is_numpys(f: Any) -> bool:
    return isinstance(f, (np.ufunc, type(np.sum), types.BuiltinFunctionType))


def adjoint(f: Callable[..., Any]) -> Callable[..., Any]:
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

    With a NumPy function as its argument it gives that function a rule, everywhere:
    ``@adjoint(np.foo)`` above a function that takes what ``np.foo`` takes.
    """
    if _is_numpys(f):

        def enter(rule: Callable[..., Any]) -> Callable[..., Any]:
            UFUNCS.pop(f, None)
            FUNCTIONS[f] = made = _with_rule(rule, getattr(f, "__name__", "function"))
            return made

        return enter
    return _with_rule(f, getattr(f, "__name__", "function"))


def _with_rule(rule: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(rule)
    def function(*args: Any, **options: Any) -> Any:
        return call_with_rule(name, lambda *xs: rule(*xs, **options), args)

    return function


def checkpointed(f: Callable[..., Any], *xs: Any) -> Any:
    """``f(*xs)``, without keeping what happens inside: it is run again for the derivative.

    This saves memory and costs one more run of f, which must give the same result twice.

    >>> import numpy as np
    >>> from fluxbridge import checkpointed, gradient
    >>> gradient(lambda x: checkpointed(np.sin, x) ** 2, 0.5)[0] == gradient(lambda x: np.sin(x) ** 2, 0.5)[0]
    True
    """

    def body(g: Callable[..., Any], *ys: Any) -> Any:
        return g(*ys), lambda dy: pullback_of(Trace(lambda h, *zs: h(*zs), (g, *ys)), once=True)[1](dy)

    return call_with_rule("checkpointed", body, (f, *xs), read_only=True)


def hook(f: Callable[[Any], Any], x: Any) -> Any:
    """`x` itself; on the way back its cotangent goes through f (to print, clip or replace it).

    >>> from fluxbridge import gradient, hook
    >>> gradient(lambda a, b: hook(lambda d: -d, a) * b, 2.0, 3.0)
    (-3.0, 2.0)
    """
    return call_with_rule("hook", lambda v: (v, lambda dy: (f(dy),)), (x,))


def ignore_derivatives(x: Any) -> Any:
    """The ordinary value behind `x`: to print it, store it, or count it as a constant.

    A function without arguments is called, and its result is taken as a constant.

    >>> from fluxbridge import gradient, ignore_derivatives
    >>> gradient(lambda x: x * ignore_derivatives(x), 3.0)
    (3.0,)
    """
    if isinstance(x, _FUNCTIONS):  # and not a model, which can be called too
        x = x()
    return Splitter(_read_only, lambda v: isinstance(v, Tracer)).split(x)[0]


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)


def _read_only(x: Any) -> Any:
    value = plain(x)
    if isinstance(value, np.ndarray):
        value = np.asarray(memoryview(value))  # type: ignore[arg-type]  # whose views refer to it, and not to the memory behind
        value.flags.writeable = False
        if isinstance(x, TracedArray):
            given_out(x, value)
    return value


def forwarddiff(f: Callable[[Any], Any], x: Any) -> Any:
    """``f(x)``, differentiated in forward mode; good for few inputs and many outputs.

    `x` is a number or an array, and so is the result.

    >>> from fluxbridge import forwarddiff, gradient
    >>> gradient(lambda x: forwarddiff(lambda t: t**3, x), 2.0)
    (12.0,)
    """

    def body(v: Any) -> Any:
        pushed = [pushforward(f, (v,), (e,)) for e in basis(v)]
        y = pushed[0][0] if pushed else f(v)

        def back(dy: Any) -> Any:
            parts = [0.0 if t is None else np.sum(np.real(np.conjugate(dy) * t)) for _, t in pushed]
            return (parts[0] if np.ndim(v) == 0 else np.reshape(np.stack(parts), np.shape(v)),)

        return y, back

    return call_with_rule("forwarddiff", body, (x,))
