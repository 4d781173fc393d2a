"""Forward mode: dual tracers that carry a tangent beside their value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .families import family_of
from .floating import own_work
from .inplace import Memory, alias, related, shares
from .primitive import (
    EVEN_POWERS,
    SQUARES,
    Kind,
    Primitive,
    Tracer,
    apply,
    exponent_of,
    nan_in,
    plain,
    strong,
)
from .sweep import project, sweep
from .tape import FLOAT, ORDER, Tape, as_floats, for_rules, spec_of
from .tracer import NumpyNumber, TracedArray, TracedNumber, as_numpys, stand_in

# `origin` is the call that gave the value, if it is one of what has a corner (see rules/smooth.py).
# `strong`: zeros in the tangent are strong, that is, zero even against Inf or NaN; such come out of a
# power with a constant exponent, as in the reverse mode.


class DualNumber(TracedNumber, metaclass=Kind):
    __slots__ = ("origin", "strong", "tangent")
    places = ("tangent", "origin", "strong")
    tangent: Any
    origin: Any
    strong: bool


class DualScalar(NumpyNumber, DualNumber):
    """A number that is one of NumPy's outside."""

    __slots__ = ()


DualNumber.numpys, DualNumber.pythons = DualScalar, DualNumber


class DualArray(TracedArray, metaclass=Kind):
    __slots__ = ("origin", "strong", "tangent")
    tangent: Any
    origin: Any
    strong: bool
    state = ("_value", "tangent", "origin", "strong")


class Forward:
    """One level of forward mode."""

    __slots__ = ("foreign", "memory", "order", "refused")
    over = False
    watches = False

    def __init__(self) -> None:
        self.order = next(ORDER)
        self.memory = Memory()
        self.foreign = False
        self.refused: Any = None  # what was refused while the function ran

    def leaf(self, value: Any, tangent: Any) -> Any:
        """A stand-in for an argument."""
        dual = self.wrap(alias(value) if isinstance(value, TracedArray) else value, tangent)
        if isinstance(dual, DualArray):
            self.memory.arguments.append((dual, value))
        return dual

    def constant(self, value: Any, _like: Any) -> Any:
        """An array of this level that depends on no argument."""
        return self.wrap(value, np.zeros(np.shape(value)))

    def wrap(self, value: Any, tangent: Any) -> Any:
        """The dual of `value`; without a tangent it is an ordinary value."""
        if tangent is None or isinstance(value, (bool, np.bool_)):
            return value
        dual = stand_in(self, value, DualArray, DualNumber, DualScalar)
        dual.origin = None
        self.foreign = self.foreign or family_of(plain(value)) is not None
        dual.strong = False
        dual.tangent = project(tangent, spec_of(dual._value))
        return dual

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        inputs = list(inputs)
        written, primitive = primitive, primitive.original
        if primitive in SQUARES and getattr(inputs[0], "origin", None) and inputs[0].level is self:
            p = exponent_of(primitive, inputs)
            if p:
                of, arguments, known = inputs[0].origin
                return self.record(EVEN_POWERS[of], arguments, {**known, "p": p})
        values, tangents = [], []
        for x in inputs:
            mine = isinstance(x, Tracer) and x.level is self
            values.append(strong(x._value, x.__class__) if mine else x)
            tangents.append(x.tangent if mine else None)  # type: ignore[attr-defined]
        y = apply(written, values, options)
        result = self._carry(primitive, y, values, tangents, options)
        if isinstance(result, (DualNumber, DualArray)) and result.level is self:
            if primitive in EVEN_POWERS:  # a later change in place must not reach the arguments
                arguments = [alias(x) if isinstance(x, TracedArray) else x for x in inputs]
                result.origin = primitive, arguments, options
            if all(x.strong for x, t in zip(inputs, tangents, strict=True) if t is not None):
                result.strong = primitive.jvp == "linear" or primitive.name in _LINEAR
                result.tangent = _without_weak(result.tangent, tangents)
            if primitive.name == "literal_power":
                result.strong = True
        if primitive.shares and isinstance(result, DualArray) and shares(plain(y), plain(values[0])):
            related(inputs[0], result)
        return result

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """The dual of a result that was computed elsewhere; `inputs` are tracers of this level."""
        inputs = list(inputs)
        values, tangents = [strong(x._value, x.__class__) for x in inputs], [x.tangent for x in inputs]
        return self._carry(primitive, y, values, tangents, {})

    def _carry(self, primitive: Primitive, y: Any, values: list, tangents: list, options: dict) -> Any:
        try:
            dy = push(primitive, y, values, tangents, options)
        except ArithmeticError:  # 1/0 in Python's own arithmetic, where y itself is defined
            with np.errstate(all="ignore"):
                values, tangents = [as_numpys(v) for v in values], [as_numpys(t) for t in tangents]
                dy = push(primitive, as_numpys(y), values, tangents, options)
        if isinstance(y, tuple):
            parts = [self.wrap(v, None if dy is None else t) for v, t in zip(y, dy, strict=True)]
            return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)
        if (
            type(y) is np.ndarray and y.ndim == 0 and not primitive.keeps_arrays
        ):  # as NumPy's own operations do
            y = y[()]
        return self.wrap(y, dy)


def _without_weak(tangent: Any, sources: list[Any]) -> Any:
    """`tangent` with 0 for the NaNs that come of nothing but zeros."""
    if not nan_in(tangent):
        return tangent
    value = plain(tangent)
    bad = np.isnan(value)
    zero: Any = True
    for source in sources:
        if source is not None:
            none = np.equal(plain(source), 0)
            zero = zero & (none if none.shape == np.shape(value) else np.all(none))
    if not np.any(zero):
        return tangent
    return np.where(bad & zero, 0.0, tangent) if np.ndim(value) else 0.0


#: Linear in each input, though their forward rules are functions.
_LINEAR = {"sum", "add", "subtract", "negative", "positive"}


def has_tangent(x: Any) -> bool:
    """Does `x` carry a tangent, at any level?"""
    while isinstance(x, Tracer):
        if isinstance(x.level, Forward):
            return True
        x = x._value
    return False


@own_work
def push(primitive: Primitive, y: Any, values: list, tangents: list, options: dict) -> Any:
    """The tangent of ``y = primitive(*values)``; None where there is none."""
    rule = primitive.jvp
    if rule == "linear":
        filled = [np.zeros(np.shape(v)) if t is None else t for v, t in zip(values, tangents, strict=True)]
        return apply(primitive, filled, options)
    y = as_floats(y)
    values = [for_rules(v, primitive, k) for k, v in enumerate(values)]
    if rule is None:
        return _transposed(primitive, y, values, tangents, options)
    total = None
    for k, tangent in enumerate(tangents):
        if tangent is None:
            continue
        if rule == "multilinear":
            part = apply(primitive, [*values[:k], tangent, *values[k + 1 :]], options)
        elif rule[k] is None:
            continue
        else:
            try:
                part = rule[k](tangent, y, *values, **options)  # type: ignore[misc, operator]
            except (ArithmeticError, ValueError):  # of Python's own numbers, which NumPy's do not raise
                with np.errstate(all="ignore"):
                    part = rule[k](*map(as_numpys, (tangent, y, *values)), **options)  # type: ignore[misc, operator]
        total = part if total is None else total + part
    return total


def _transposed(primitive: Primitive, y: Any, values: list, tangents: list, options: dict) -> Any:
    """Forward mode out of the reverse rule alone.

    The rule v -> vᵀJ is linear in v, so the pullback of that map, at any v, takes dx to J·dx.
    """
    several = isinstance(y, tuple)
    outputs = y if several else (y,)
    tape = Tape()
    duals = [tape.leaf(_zeros(v)) for v in outputs]
    dy = (type(y)(*duals) if hasattr(y, "_fields") else tuple(duals)) if several else duals[0]
    if primitive.vjps is None:
        pulled = primitive.joint(dy, y, *values, **options)  # type: ignore[misc]
    else:
        pulled = [
            rule(dy, y, *values, **options) if rule is not None and t is not None else None
            for rule, t in zip(primitive.vjps, tangents, strict=True)
        ]
    seeds = [
        (part._index, tangent)
        for part, tangent in zip(pulled, tangents, strict=True)
        if tangent is not None and isinstance(part, Tracer) and part.level is tape
    ]
    result = sweep(tape, seeds, len(duals), free=True)
    tape.close()
    return tuple(result) if several else result[0]


def _zeros(x: Any) -> Any:
    spec = spec_of(x)
    return 0.0 if spec is FLOAT else np.zeros(spec.shape, spec.dtype)
