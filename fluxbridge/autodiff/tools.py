"""Functions that steer differentiation from inside a function: checkpoints, hooks; and calls with a rule."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import EscapedTracerError, GradientLostError, StructureError
from .inplace import alias, given_out
from .native import Trace, basis, outside_of_gradient, pullback_of, pushforward
from .primitive import (
    Primitive,
    Tracer,
    plain,
    strong,
)
from .refusals import mutation
from .structure import Splitter, put_together, take_apart
from .tracer import TracedArray


class Opened:
    """The arguments of a call, one level further out: what its rule computes with.

    `level` is the innermost level among the arguments, `inputs` are its tracers in them, and
    `args` the arguments with their values instead. With `again` they can be had once more, as they
    were before the call. With `again` they are `read_only`, too.
    """

    def __init__(self, args: Any, again: bool = False, read_only: bool = False):
        self.read_only = again or read_only
        tracers: list[Any] = []
        Splitter(tracers.append, lambda x: isinstance(x, Tracer)).split(args)
        self.level = max((t.level for t in tracers), key=lambda lv: lv.order, default=None)
        self.inputs: list[Any] = []
        self.whole = args
        self.args = args
        self.template: Any = None
        if tracers:
            self.splitter = Splitter(self._open, self._ours)
            self.args, self.template = self.splitter.split(args)
            if again:  # the call may change what holds them
                self.whole = Splitter(lambda t: t, self._ours).split(args)[0]

    def _ours(self, x: Any) -> bool:
        return isinstance(x, Tracer) and x.level is self.level

    def _open(self, tracer: Any) -> Any:
        self.inputs.append(tracer)
        value = strong(tracer._value, tracer.__class__)
        if isinstance(value, TracedArray):
            value = alias(value)
            given_out(value, tracer)  # and so cannot be changed in place
        elif self.read_only and isinstance(value, np.ndarray):
            value = value.view()
            value.flags.writeable = False
        return value

    def again(self, values: Iterable[Any]) -> Any:
        """The arguments as they were, around other values, in the order of `inputs`."""
        feed = iter(values)
        return Splitter(lambda _: next(feed), self._ours).split(self.whole)[0]

    def pull(self, dy: Any, f: Callable[..., Any], values: Sequence[Any]) -> Any:
        """The cotangents of `values`, in reverse mode; f takes them and gives what dy is a cotangent of."""
        return pullback_of(Trace(f, values), once=True)[1](dy)


def call_with_rule(
    name: str, body: Callable[..., Any], args: tuple[Any, ...], where: str = "", read_only: bool = False
) -> Any:
    """Call ``body(*args) -> (y, back)`` as one record of the innermost level among `args`.

    `args` and y may have structure. `body` gets the arguments as they are one level further out;
    `back` takes a cotangent with the structure of y and returns one for each argument. `where` names
    the file and line of the rule, `read_only` that it may not write into its arguments.
    Raises GradientLostError if the result depends on a traced value
    that is not among the arguments.
    """
    opened = Opened(args, read_only=read_only)
    if opened.level is None:
        return _pair(name, body(*args))[0]
    y, back = _pair(name, body(*opened.args))
    template = opened.template

    def pulled(dy: Any) -> list[Any]:
        parts = back(dy)
        parts = parts if isinstance(parts, tuple) else (parts,)
        if len(parts) < len(args) or any(part is not None for part in parts[len(args) :]):
            raise StructureError(
                f"the pullback of {name} returned {len(parts)} cotangents, and {name} has {len(args)} "
                "arguments: one cotangent an argument, None for none"
            )
        cotangents: list[Any] = [None] * len(opened.inputs)
        for index, cotangent, path in template.match(parts[: len(args)], ""):
            _check_fits(name, cotangent, opened.inputs[index], path)
            cotangents[index] = cotangent
        return cotangents

    return record_call(
        name,
        opened,
        y,
        pulled,
        call=lambda new: call_with_rule(name, body, new, where, read_only),
        inside=lambda new: _pair(name, body(*new))[0],
        where=where,
    )


def _pair(name: str, returned: Any) -> tuple[Any, Callable[..., Any]]:
    """A value and its pullback, which a function with a rule returns."""
    if not (isinstance(returned, tuple) and len(returned) == 2 and callable(returned[1])):
        raise StructureError(
            f"{name} has a rule of its own, so it returns its value and its pullback, "
            f"return y, lambda dy: (…,), and not {returned!r}"
        )
    return returned


def _check_fits(name: str, cotangent: Any, x: Any, path: str) -> None:
    """Raise StructureError for a cotangent that is a text, or whose shape cannot be that of the argument."""
    found, wanted = np.shape(plain(cotangent)), np.shape(plain(x))
    if isinstance(plain(cotangent), str):
        raise StructureError(
            f"the pullback of {name} returned the text {cotangent!r} as the cotangent at {path}"
        )
    if found != wanted:
        try:
            np.broadcast_shapes(found, wanted)
        except ValueError:
            raise StructureError(
                f"the pullback of {name} returned a cotangent of shape {found} at {path}, "
                f"but the argument has shape {wanted}"
            ) from None


def record_call(
    name: str,
    opened: Opened,
    y: Any,
    back: Callable[[Any], Sequence[Any]],
    call: Callable[[Any], Any],
    inside: Callable[[Any], Any],
    where: str = "",
) -> Any:
    """Record a call whose result is y; `back` takes a cotangent of y to those of ``opened.inputs``.

    `call` and `inside` do it again for other arguments: as one record, and with all that is inside.
    """
    level: Any = opened.level
    opened.splitter.write_back()
    outputs, shape = take_apart(y)
    if not outputs:
        return y
    if any(isinstance(v, Tracer) and v.level.order >= level.order for v in outputs):
        raise from_surroundings(name)

    def joint(dy: Any, _y: Any, *_inputs: Any) -> Any:
        try:
            cotangents = back(shape.fill(dy if len(outputs) > 1 else (dy,)))
        except EscapedTracerError as error:
            raise from_surroundings(name) from error
        if any(isinstance(v, Tracer) and v.level is level for v in cotangents):
            raise from_surroundings(name)
        return cotangents

    def again(*values: Any, rule: bool = True) -> Any:
        """The call with other inputs; with ``rule=False`` what is inside of it is seen, too."""
        return (call if rule else inside)(opened.again(values))

    made = Primitive(name, compute=no_recomputation, joint=joint, where=where)
    made.again = again
    result = level.note(made, tuple(outputs) if len(outputs) > 1 else outputs[0], opened.inputs)
    results = result if len(outputs) > 1 else (result,)
    for value, of in zip(outputs, results, strict=True):
        for x in opened.inputs:
            if isinstance(of, TracedArray) and np.may_share_memory(plain(value), plain(x)):
                given_out(x, of)
    return put_together(y, results)


def from_surroundings(name: str) -> GradientLostError:
    return GradientLostError(
        f"{name} has a rule of its own, which knows the derivative by the positional arguments only, but it "
        "uses a traced value from its surroundings or from a keyword. Pass that value by position, or take "
        "fluxbridge.ignore_derivatives of it."
    )


def no_recomputation(*_: Any) -> Any:
    raise NotImplementedError("a call with a rule of its own is recorded with its result")


def checkpointed(f: Callable[..., Any], *xs: Any) -> Any:
    """``f(*xs)``, without keeping what happens inside: it is run again for the derivative.

    This saves memory and costs one more run of f, which must give the same result twice.

    >>> import numpy as np
    >>> from fluxbridge import checkpointed, gradient
    >>> gradient(lambda x: checkpointed(np.sin, x) ** 2, 0.5)[0] == gradient(lambda x: np.sin(x) ** 2, 0.5)[0]
    True
    """
    opened = Opened((f, *xs), again=True)
    if opened.level is None:
        return f(*xs)

    def run(args: Any) -> Any:
        return args[0](*args[1:])

    def back(dy: Any) -> Any:
        return opened.pull(dy, lambda *vs: run(opened.again(vs)), [t._value for t in opened.inputs])

    return record_call(
        "checkpointed", opened, run(opened.args), back, call=lambda new: checkpointed(*new), inside=run
    )


def hook(f: Callable[[Any], Any], x: Any) -> Any:
    """`x` itself; on the way back its cotangent goes through f (to print, clip or replace it).

    For f, traced values are ordinary values.

    >>> from fluxbridge import gradient, hook
    >>> gradient(lambda a, b: hook(lambda d: -d, a) * b, 2.0, 3.0)
    (-3.0, 2.0)
    """
    seen = Opened(f)

    def back(dy: Any) -> Any:
        changed = seen.args(dy)
        if seen.level is not None:
            seen.splitter.write_back()
        return (changed,)

    return call_with_rule("hook", lambda v: (v, back), (x,))


def ignore_derivatives(x: Any) -> Any:
    """The ordinary value behind `x`: to print it, store it, or count it as a constant.

    A function without arguments is called outside of differentiation: what it captured are ordinary
    values, `within_gradient` is False, and its result is a constant.

    >>> from fluxbridge import gradient, ignore_derivatives
    >>> gradient(lambda x: x * ignore_derivatives(x), 3.0)
    (3.0,)
    """
    if isinstance(x, Tracer) and hasattr(x.level, "ignored"):  # it is recorded to be computed anew
        return x.level.ignored(x, lambda: Splitter(_read_only, lambda v: isinstance(v, Tracer)).split(x)[0])
    if isinstance(x, _FUNCTIONS):  # and not a model, which can be called too
        opener = Splitter(_read_only, lambda v: isinstance(v, Tracer))
        body = opener.split(x)[0]
        try:
            with outside_of_gradient():
                x = body()
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise mutation("what ignore_derivatives called (copy it there before writing)") from error
        opener.write_back()
    return Splitter(_read_only, lambda v: isinstance(v, Tracer)).split(x)[0]


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)


def _read_only(x: Any) -> Any:
    value = plain(x)
    inner = x
    while isinstance(inner, Tracer):  # a level may want to say where a derivative was held back
        if hasattr(inner.level, "note_ignored"):
            inner.level.note_ignored(inner)
        inner = inner._value
    if isinstance(value, np.ndarray):
        value = np.asarray(memoryview(value))  # type: ignore[arg-type]  # whose views refer to it, and not to the memory behind
        value.flags.writeable = False
        if isinstance(x, TracedArray):
            given_out(x, value)
    return value


def forwarddiff(f: Callable[[Any], Any], x: Any) -> Any:
    """``f(x)``, differentiated in forward mode; good for few inputs and many outputs.

    `x` is a number or an array, and so is the result. What f captured is differentiated in reverse mode.

    >>> from fluxbridge import forwarddiff, gradient
    >>> gradient(lambda x: forwarddiff(lambda t: t**3, x), 2.0)
    (12.0,)
    """
    opened = Opened((f, x), again=True)
    if opened.level is None:
        return f(x)
    g, v = opened.args
    captured = [t._value for t in opened.inputs]
    by_x = bool(captured) and opened.inputs[-1] is x
    if by_x:
        captured.pop()
    pushed = [pushforward(g, (v,), (e,)) for e in basis(v)] if by_x else []
    y = pushed[0][0] if pushed else g(v)

    def back(dy: Any) -> Any:
        def of_captured(*values: Any) -> Any:
            new = opened.again((*values, v) if by_x else values)
            return new[0](new[1])

        cotangents = list(opened.pull(dy, of_captured, captured)) if captured else []
        if by_x:
            parts = [0.0 if t is None else np.sum(np.real(np.conjugate(dy) * t)) for _, t in pushed]
            cotangents.append(parts[0] if np.ndim(v) == 0 else np.reshape(np.stack(parts), np.shape(v)))
        return cotangents

    return record_call(
        "forwarddiff", opened, y, back, call=lambda new: forwarddiff(*new), inside=lambda new: new[0](new[1])
    )
