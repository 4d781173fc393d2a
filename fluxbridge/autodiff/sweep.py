"""Reverse mode, backwards: the sweep over a tape, and how cotangents are added up and projected."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .families import FamilySpec, family_among, family_of
from .floating import attribute, own_work, restore
from .primitive import PRIMITIVES, Primitive, Spec, Tracer, apply, plain, take_up
from .tape import Tape
from .tracer import TracedArray, as_numpys

_FEW = 1 << 12  #: up to here equal numbers are written out, since that is faster than a view of one


class Scatter:
    """Cotangents of pieces of one array, kept apart until the array's own turn comes.

    A loop that picks n elements out of an array adds n numbers here, not n arrays.
    """

    __slots__ = ("indices", "parts")

    def __init__(self) -> None:
        self.indices: list[Any] = []
        self.parts: list[Any] = []

    def add(self, index: Any, part: Any) -> None:
        self.indices.append(index)
        self.parts.append(part)

    def dense(self, spec: Spec) -> Any:
        options: dict[str, Any] = {"indices": self.indices, "shape": spec.shape, "dtype": spec.dtype}
        family = spec.family if type(spec) is FamilySpec else family_among(map(plain, self.parts))
        if family is not None:
            options["like"] = spec if type(spec) is FamilySpec else family.spec_of(spec, plain(self.parts[0]))
        return apply(PRIMITIVES["scatter"], self.parts, options)


class Several(dict[int, Any]):
    """Cotangents of the outputs of a primitive that has several."""

    def add(self, index: int, part: Any) -> None:
        self[index] = part


@own_work
def sweep(tape: Tape, seeds: Iterable[tuple[int, Any]], leaves: int, free: bool) -> list[Any]:
    """Pull the cotangents of some outputs back to the `leaves` first records, the arguments.

    `seeds` are (position, cotangent). With `free` every record is dropped once it is used. The
    cotangent of a real array may be one float, which stands for equal numbers everywhere (as a sum
    leaves them): operations of each element by itself work with it as it is.
    """
    tape.verify()
    cotangents: list[Any] = [None] * len(tape)
    ours: set[int] = set()  # positions whose cotangent is a sum of our own, to be added to in place
    for position, seed in seeds:
        _add(cotangents, ours, position, project(seed, tape[position][4]))
    getitem = PRIMITIVES["getitem"]
    take_cotangent = cotangents.pop
    take_record = tape.pop if free else reversed(tape).__next__
    settings = None
    foreign = tape.foreign
    try:
        for _ in range(len(tape) - leaves):
            ct = take_cotangent()
            primitive, parents, values, options, spec = take_record()
            if ct is None:
                continue

            if options is None:  # an operation between Python numbers
                rule = primitive.number_vjp  # a name of its own: read as an attribute, not as a method
                try:
                    da, db = rule(ct, values)
                except (ArithmeticError, ValueError):
                    da, db = _as_numpy(rule, ct, values)
                i, j = parents
                if i is not None:
                    known = cotangents[i]
                    cotangents[i] = da if known is None else known + da
                if j is not None and db is not None:
                    known = cotangents[j]
                    cotangents[j] = db if known is None else known + db
                continue

            if settings is None:  # NumPy's work begins
                settings = attribute()
            if type(ct) is Scatter:
                ct = project(ct.dense(spec), spec)
            elif type(ct) is Several:
                ct = tuple([ct.get(k) for k in range(spec.shape[0])])
            elif type(ct) is float and spec[0] and not _keeps_shape(tape, primitive, parents, spec):
                ct = project(ct, spec)
            if primitive is getitem:
                known = cotangents[parents[0]]
                if type(known) is not Scatter:
                    known = _pieces(tape, cotangents, parents[0])
                known.add(options["index"], ct)
                continue
            try:
                pulled = (
                    _pull_among(tape, primitive, parents, ct, values, options)
                    if foreign
                    else _pull(primitive, parents, ct, values, options)
                )
            except ZeroDivisionError:  # of complex numbers or fractions, in Python's own arithmetic
                with np.errstate(all="ignore"):
                    ct, *values = map(as_numpys, (ct, *values))
                    pulled = _pull(primitive, parents, ct, values, options)
            for parent, part in zip(parents, pulled):  # noqa: B905 (speed)
                if parent is not None and part is not None:
                    to = tape[parent][4]
                    if type(part) is np.ndarray:
                        if part.shape != to[0] or part.dtype is not to[1]:
                            part = project(part, to)
                    elif type(part) is not float or not to[0] or to[1].kind != "f":
                        part = project(part, to)
                    if cotangents[parent] is None:
                        cotangents[parent] = part
                    else:
                        _add(cotangents, ours, parent, part)

        for i, ct in enumerate(cotangents):
            spec = tape[i][4]
            if type(ct) is Scatter:
                ct = ct.dense(spec)
            if foreign and ct is not None:
                cotangents[i] = _finished(ct, spec)
            elif type(ct) is float and spec[0] and spec[1].kind == "f":
                cotangents[i] = np.full(spec[0], ct, spec[1])
            else:
                cotangents[i] = None if ct is None else project(ct, spec)
        return cotangents
    finally:
        restore(settings)


def _keeps_shape(tape: Tape, primitive: Primitive, parents: Any, spec: Spec) -> bool:
    """Is this an operation of each element by itself, without broadcasting?"""
    shape = spec[0]
    for parent in parents:
        if parent is not None and tape[parent][4][0] != shape:
            return False
    return primitive.number_vjp is not None


def _pull(primitive: Primitive, parents: Any, ct: Any, values: Any, options: dict) -> Any:
    """The cotangents of the inputs that are traced."""
    if primitive.vjps is None:
        return primitive.joint(ct, *values, **options)  # type: ignore[misc]
    if len(parents) == 1:
        rule = primitive.vjps[0]
        return () if rule is None else (rule(ct, *values, **options),)
    if len(parents) == 2 and not options:  # without a loop
        (i, j), (by_a, by_b) = parents, primitive.vjps
        return (
            None if i is None or by_a is None else by_a(ct, *values),
            None if j is None or by_b is None else by_b(ct, *values),
        )
    return [
        None if parent is None or rule is None
        else rule(ct, *values, **options)
        for parent, rule in zip(parents, primitive.vjps)  # noqa: B905 (speed)
    ]  # fmt: skip


def _pull_among(tape: Tape, primitive: Primitive, parents: Any, ct: Any, values: Any, options: dict) -> Any:
    """The same where there are arrays of other libraries: by the rules of their family."""
    if primitive.vjps is None or any(isinstance(v, Tracer) for v in (ct, *values)):
        pulled = _pull(primitive, parents, ct, values, options)
    else:
        family = family_among((ct, *values))
        if family is None:
            family = next((v.family for v in values if type(v) is FamilySpec), None)
        if family is None or (type(ct) is float and primitive.name in ("sum", "mean")):
            return _pull(primitive, parents, ct, values, options)
        pulled = [
            None if parent is None or rule is None else family.pull(primitive, k, ct, values, options)
            for k, (parent, rule) in enumerate(zip(parents, primitive.vjps, strict=True))
        ]
    return [
        project(part, tape[parent][4]) if parent is not None and type(part) is np.ndarray else part
        for parent, part in zip(parents, pulled, strict=False)
    ]


def _finished(ct: Any, spec: Spec) -> Any:
    """The gradient of an argument."""
    if type(spec) is FamilySpec and type(ct) is float:
        return spec.family.full(spec, ct)
    ct = project(ct, spec)
    family = family_of(ct)
    return ct if family is None else family.finished(ct)


def _add(cotangents: list[Any], ours: set[int], position: int, part: Any) -> None:
    known = cotangents[position]
    if known is None:
        cotangents[position] = part
    elif type(known) is Scatter:
        known.add(..., part)
    elif position in ours and (type(part) is np.ndarray or type(part) is float):
        np.add(known, part, out=known)
    else:
        cotangents[position] = total = known + part
        if type(total) is np.ndarray:
            ours.add(position)


def _pieces(tape: Tape, cotangents: list[Any], position: int) -> Any:
    """What collects the cotangents of the pieces of the value at `position`."""
    known = cotangents[position]
    if tape[position][4].dtype is tuple:
        collector: Any = known or Several()
    else:
        collector = Scatter()
        if known is not None:
            collector.add(..., known)
    cotangents[position] = collector
    return collector


def project(ct: Any, spec: Spec) -> Any:
    """Bring a cotangent into the space of its value: undo broadcasting, keep dtype and realness."""
    shape, dtype = spec
    kind = type(ct)
    if kind is float and dtype is float:
        return ct
    if type(spec) is FamilySpec and not isinstance(ct, Tracer):
        return _project_among(ct, spec)
    if kind is float or kind is np.float32:
        if type(dtype) is np.dtype and dtype.kind == "f" and math.prod(shape) <= _FEW:
            return np.full(shape, ct, dtype)
    elif kind is np.ndarray and ct.shape == shape and ct.dtype is dtype:
        return ct
    if dtype is tuple:
        return ct
    if family_of(ct) is not None:
        return _project_among(ct, spec)
    if kind is np.ndarray and ct.dtype.hasobject:
        ct = take_up(ct)
    if np.shape(ct) != shape:
        ct = _unbroadcast(ct, shape)
    if dtype is None:
        return ct
    real = dtype is float or np.dtype(dtype).kind == "f"
    if real and np.iscomplexobj(getattr(ct, "_value", ct)):
        ct = np.real(ct)
    if isinstance(dtype, np.dtype):
        return ct if np.result_type(_plain_dtype(ct)) == dtype else _cast(ct, dtype)
    if isinstance(ct, Tracer):
        return ct
    return dtype(ct)


def _project_among(ct: Any, spec: Spec) -> Any:
    """The same for a cotangent, or a value, of another library."""
    shape, dtype = spec
    like = spec if type(spec) is FamilySpec else None
    family: Any = family_of(ct) if like is None else like.family
    if like is not None and np.ndim(ct) == 0 and family_of(ct) is None:
        ct = np.real(ct) if dtype.kind == "f" else ct
        return ct if not shape and type(ct) is float else family.full(like, ct)
    if np.shape(ct) != shape:
        ct = _summed(ct, shape)
        if np.shape(ct) != shape:
            ct = np.broadcast_to(ct, shape) if like is None else family.spread(ct, like)
    if dtype is None:
        return ct
    if ct.dtype.kind == "c" and (dtype is float or np.dtype(dtype).kind == "f"):
        ct = np.real(ct)
    if not isinstance(dtype, np.dtype):
        return family.number(ct, dtype)
    ct = ct if ct.dtype == dtype else ct.astype(dtype)
    return ct if like is None else family.fitted(ct, like)


def _plain_dtype(x: Any) -> Any:
    while isinstance(x, Tracer):
        x = x._value
    return x.dtype if hasattr(x, "dtype") else type(x)


def _cast(ct: Any, dtype: np.dtype) -> Any:
    return ct.astype(dtype) if isinstance(ct, (np.ndarray, TracedArray)) else np.asarray(ct, dtype)


def _unbroadcast(ct: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which a value of `shape` was repeated; or repeat what was summed."""
    ct = _summed(ct, shape)
    return ct if np.shape(ct) == shape else np.broadcast_to(ct, shape)


def _summed(ct: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which a value of `shape` was repeated."""
    extra = np.ndim(ct) - len(shape)
    if extra > 0:
        ct = np.sum(ct, axis=tuple(range(extra)))
    axes = tuple(i for i, (n, m) in enumerate(zip(np.shape(ct), shape, strict=False)) if m == 1 != n)
    return np.sum(ct, axis=axes, keepdims=True) if axes and extra >= 0 else ct


def _as_numpy(function: Callable[..., Any], *args: Any) -> Any:
    """Numbers as NumPy computes with them: 1/0 is Inf and 0/0 is NaN, without an exception."""
    ct, values = args
    with np.errstate(all="ignore"):
        result = function(as_numpys(ct), tuple([as_numpys(v) for v in values]))
    return tuple(r if r is None or isinstance(r, Tracer) else float(r) for r in result)
