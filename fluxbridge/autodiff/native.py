"""The native engine: derivatives of Python functions by the tape and by dual tracers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from sys import modules
from typing import Any

import numpy as np

from ..errors import NotScalarError, StructureError
from . import floating
from .families import family_of, meet
from .foreign import in_our_words
from .forward import Forward
from .frames import boundary
from .primitive import Tracer, plain, take_up
from .running import caught, running
from .structure import Splitter, take_apart
from .sweep import sweep
from .tape import ReverseFloat, ReverseScalar, Tape
from .template import Leaf
from .tracer import TracedArray


def within_gradient() -> bool:
    """Is this called from a function that is being differentiated in reverse mode?"""
    return running.as_if > 0 or any(isinstance(level, Tape) for level in running.levels)


@contextlib.contextmanager
def outside_of_gradient() -> Iterator[None]:
    """Within it functions run as outside of any gradient."""
    before = running.as_if, running.levels
    running.as_if, running.levels = 0, []
    try:
        yield
    finally:
        running.as_if, running.levels = before


@contextlib.contextmanager
def as_in_gradient() -> Iterator[None]:
    """Within it functions run as inside of a gradient, for those who record or evaluate for one elsewhere."""
    running.as_if += 1
    try:
        yield
    finally:
        running.as_if -= 1


class Trace:
    """One run of a function with its arguments recorded."""

    __slots__ = ("leaves", "out", "splitter", "tape", "templates")

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any]):
        self.tape = tape = Tape()
        if "dask.array" in modules:
            meet()
        self.splitter: Splitter | None = None
        self.templates: list[Any] = []
        stand_ins = []
        for x in xs:
            kind = type(x)
            if kind is float or (kind is np.ndarray and x.dtype.char in "df"):  # the common cases
                self.templates.append(Leaf(len(tape)))
                stand_ins.append(tape.leaf(x))
                continue
            splitter = self.splitter
            if splitter is None:
                splitter = self.splitter = Splitter(tape.leaf)
            splitter.count = len(tape)
            stand_in, template = splitter.split(x)
            stand_ins.append(stand_in)
            self.templates.append(template)
        self.leaves = len(tape)
        self.run(f, stand_ins)

    @boundary
    def run(self, f: Callable[..., Any], stand_ins: Sequence[Any]) -> None:
        levels = running.levels
        levels.append(self.tape)
        self.tape.memory.rebuilt = self.splitter
        settings = floating.attribute()
        try:
            self.out = f(*stand_ins)
        except BaseException as error:
            self.tape.close()
            clearer = in_our_words(error, self.tape.refused)
            if clearer is not None:
                raise clearer from error
            raise
        finally:
            floating.restore(settings)
            levels.pop()
            self.tape.memory.rebuilt = None
        if self.tape.refused is not None:
            self.tape.close()
            raise caught(self.tape.refused)
        if self.splitter is not None:
            self.splitter.write_back(self.tape)

    def mine(self, x: Any) -> bool:
        return isinstance(x, Tracer) and x.level is self.tape

    def plain(self, out: Any) -> Any:
        """`out` as f gives it outside of a gradient: values and the user's own objects."""
        if self.splitter is None or not self.splitter.copies or isinstance(out, Tracer):
            return unwrap(out, self.tape)
        return self.splitter.originals(self.tape)(out)

    def pull(self, seeds: list[tuple[int, Any]], free: bool) -> tuple[Any, ...]:
        """The gradients of all arguments, in their structure."""
        tape = self.tape
        if not seeds:
            return (None,) * len(self.templates)
        cotangents = sweep(tape, seeds, self.leaves, free)
        if len(cotangents) > 1 or type(cotangents[0]) is not float:
            cotangents = [ct.item() if type(ct) is np.float64 else ct for ct in cotangents]
            _make_fresh(cotangents, [ct for _, ct in seeds])
        return tuple([None if t is None else t.fill(cotangents) for t in self.templates])


def _make_fresh(cotangents: list[Any], seeds: list[Any]) -> None:
    """Give every gradient memory of its own: no views, nothing shared between arguments.

    The copies lie in memory as the views do: to turn them round takes ten times as long.
    """
    seen = {id(s) for s in seeds}
    for i, ct in enumerate(cotangents):
        if type(ct) is np.ndarray:
            if ct.base is not None or not ct.flags.writeable or id(ct) in seen:
                cotangents[i] = ct = ct.copy(order="K")
            seen.add(id(ct))


def check_scalar(y: Any) -> None:
    """Refuse outputs that have no gradient, in Zygote's words."""
    value = plain(y)
    family = family_of(value)
    if (isinstance(value, np.ndarray) or family is not None) and value.ndim:
        raise NotScalarError(
            f"Output is an array of shape {value.shape}, so the gradient is not defined. "
            "Perhaps you wanted jacobian, or the np.sum of it."
        )
    if (
        isinstance(value, (complex, np.complexfloating, np.ndarray)) or family is not None
    ) and np.iscomplexobj(value):
        raise NotScalarError(
            f"Output is complex ({value}), so the gradient is not defined. "
            "Take np.real, np.imag or np.abs of it."
        )
    if isinstance(value, (tuple, list, dict)):
        raise NotScalarError(
            f"Output should be scalar; gradients are not defined for output {value!r}. "
            "To return more than the number, put it first and use withgradient."
        )
    if family is None and (isinstance(value, str) or not hasattr(value, "__float__")):
        raise NotScalarError(f"Output should be scalar; gradients are not defined for output {value!r}")


def _one(y: Any) -> Any:
    """The seed of a gradient: one, exact if the value is."""
    return Fraction(1) if isinstance(plain(y), Fraction) else 1.0


def withgradient(f: Callable[..., Any], xs: Sequence[Any], aux: bool = False) -> tuple[Any, tuple[Any, ...]]:
    """The value of f and its gradient; with `aux` the scalar may be the first of several outputs."""
    return gradient_of(Trace(f, xs), aux)


def gradient_of(trace: Trace, aux: bool) -> tuple[Any, tuple[Any, ...]]:
    """The same for a trace."""
    tape = trace.tape
    try:
        out = trace.out
        if (type(out) is ReverseFloat or type(out) is ReverseScalar) and out.level is tape:
            return out._value, trace.pull([(out._index, 1.0)], free=True)
        target: Any = first(out) if aux else out
        target = target if isinstance(target, tuple) else take_up(target)
        check_scalar(target)
        seeds = [(target._index, _one(target))] if trace.mine(target) else []
        value = trace.plain(out) if aux else unwrap(target, tape)
        return value, trace.pull(seeds, free=True)
    finally:
        tape.close()


def first(out: Any) -> Any:
    """The scalar among auxiliary outputs: the first entry of a tuple or dict."""
    if isinstance(out, tuple) and out:
        return out[0]
    if isinstance(out, dict) and out:
        return next(iter(out.values()))
    return out


def seed_like(out: Any) -> Any:
    """The seed of a gradient with auxiliary outputs: 1 for the first, None for the others."""
    if isinstance(out, tuple) and out:
        return (_one(out[0]), *[None] * (len(out) - 1))
    if isinstance(out, dict) and out:
        return {next(iter(out)): _one(first(out))}
    return _one(out)


def unwrap(out: Any, level: Any) -> Any:
    """`out` with the values in place of the tracers of `level`."""
    if isinstance(out, Tracer):
        return out._value if out.level is level else out
    splitter = Splitter(lambda t: t._value, lambda x: isinstance(x, Tracer) and x.level is level)
    return splitter.split(out)[0]


def pullback(f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
    """The value of f, and the function that pulls a cotangent back; it can be called repeatedly."""
    return pullback_of(Trace(f, xs))


def pullback_of(trace: Trace, once: bool = False) -> tuple[Any, Callable[..., Any]]:
    """The same for a trace; with `once` for one call only, which frees the records as it goes."""
    out = take_up(trace.out) if isinstance(trace.out, np.ndarray) else trace.out
    outputs, template = take_apart(out, trace.mine)
    value = out._value if once and trace.mine(out) else _own(trace.plain(out))
    trace.tape.close(free=False)

    def back(seed: Any) -> tuple[Any, ...]:
        if template is None:
            return (None,) * len(trace.templates)
        seeds = []
        for index, ct, path in template.match(seed, ""):
            shape = np.shape(outputs[index])
            if np.shape(ct) != shape:
                raise StructureError(
                    f"the seed{' at ' + path if path else ''} has shape {np.shape(ct)}, but the output "
                    f"has shape {shape}"
                )
            seeds.append((outputs[index]._index, _without_none(ct) if type(ct) is list else ct))
        if once:
            trace.out = None
            outputs.clear()
        return trace.pull(seeds, free=once)

    return value, back


def _without_none(seed: list[Any]) -> Any:
    """A cotangent in a list, with zeros where it says None."""
    array = np.array(seed)
    if not array.dtype.hasobject or any(isinstance(part, Tracer) for part in array.flat):
        return seed
    return np.array([0.0 if part is None else part for part in array.flat]).reshape(array.shape)


def _own(value: Any) -> Any:
    """A result whose arrays are the caller's own, and not those of the records."""
    if isinstance(value, TracedArray) or (type(value) is np.ndarray and not value.dtype.hasobject):
        return value.copy()
    return value


# ---------------------------------------------------------------------------------------------
# Forward mode
# ---------------------------------------------------------------------------------------------


def with_tangents(xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The numbers and arrays in `xs`, and the tangent of each in `dxs`, None where there is none.

    Raises StructureError if a tangent has another shape or stands where there is nothing.
    """
    leaves, template = take_apart(tuple(xs))
    tangents: list[Any] = [None] * len(leaves)
    if template is not None:
        for index, tangent, path in template.match(tuple(dxs), ""):
            if np.shape(tangent) != np.shape(leaves[index]):
                raise StructureError(
                    f"the tangent at {path} has shape {np.shape(tangent)}, but the argument has shape "
                    f"{np.shape(leaves[index])}"
                )
            tangents[index] = tangent
    return leaves, tangents


@boundary
def pushforward(f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
    """The value of f and its tangent along `dxs`, which has the structure of `xs` (or None)."""
    meet()
    level = Forward()
    leaves, tangents = with_tangents(xs, dxs)
    feed = map(level.leaf, leaves, tangents)
    splitter = Splitter(lambda _: next(feed))
    duals = splitter.split(tuple(xs))[0]
    running.levels.append(level)
    level.memory.rebuilt = splitter
    settings = floating.attribute()
    try:
        out = f(*duals)
    except Exception as error:
        clearer = in_our_words(error, level.refused)
        if clearer is not None:
            raise clearer from error
        raise
    finally:
        floating.restore(settings)
        running.levels.pop()
        level.memory.rebuilt = None
    if level.refused is not None:
        raise caught(level.refused)
    splitter.write_back(level)
    if isinstance(out, np.ndarray):
        out = take_up(out)

    def mine(x: Any) -> bool:
        return isinstance(x, Tracer) and x.level is level

    tangent, template = Splitter(lambda t: t.tangent, mine).split(out)
    return splitter.originals(level)(out), tangent if template is not None else None


def basis(x: Any) -> Any:
    """Every unit tangent of a number or an array, in C order."""
    if np.ndim(x) == 0:
        yield 1.0 if not isinstance(x, np.ndarray) else np.ones(())
        return
    dtype = x.dtype if x.dtype.kind in "fc" else np.float64
    for k in range(x.size):
        e = np.zeros(x.shape, dtype)
        e.flat[k] = 1
        yield e


def number(x: Any) -> Any:
    """A Python int as the float it stands for in forward mode."""
    return float(x) if type(x) is int else x
