"""Primitives, and the one interception that every operation on a traced value goes through.

A :class:`Primitive` holds everything there is to know about one function: how to compute it, its
reverse rule, its forward rule.

A reverse rule takes the cotangent of the output, the output and the inputs, and returns the
cotangent of an input; it is written with the very functions that have rules, so derivatives of
any order need nothing more. A parameter whose name begins with an underscore is not needed:
the tape keeps only its :class:`~.tracing.Spec` (shape and dtype) and frees the array.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .families import computed
from .tracing import Tracer, holds_tracer

Rule = Callable[..., Any]

PRIMITIVES: dict[str, Primitive] = {}  #: every primitive by name
#: np.add -> its primitive where ``+`` is written: Python's numbers know ZeroDivisionError, NumPy's Inf
OPERATORS: dict[Any, Primitive] = {}
#: What has a corner at 0 -> its even powers (see rules/smooth.py).
EVEN_POWERS: dict[Primitive, Primitive] = {}
SQUARES: dict[Primitive, str] = {}  #: the primitives that may write an even power, by name


def apply(primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """The one interception: compute `primitive`, recorded by the innermost level involved."""
    level = None
    order = -1
    for x in inputs:
        if isinstance(x, Tracer):
            if x.level.order > order:
                level = x.level
                order = level.order
        elif type(x) in _CONTAINERS and (
            type(x) is not np.ndarray or (x.dtype.hasobject and holds_tracer(x))
        ):  # rules see arrays, never lists
            return apply(primitive, [take_up(x) for x in inputs], options)
    if level is None:
        return computed(primitive, inputs, options)
    return level.record(primitive, inputs, options)


_CONTAINERS = {np.ndarray, list, tuple}


def take_up(x: Any) -> Any:
    """Turn a list, or an object array, of traced values into one traced array."""
    if not isinstance(x, (list, tuple)) and not (type(x) is np.ndarray and x.dtype.hasobject):
        return x
    if not holds_tracer(x):
        return np.asarray(x) if isinstance(x, (list, tuple)) else x
    if type(x) is np.ndarray:
        if x.ndim == 0:
            return x.item()
        gathered = getattr(type(x.flat[0]), "gathered", None)  # see elements.py
        whole = None if gathered is None else gathered(x)
        if whole is not None:
            return whole
        return np.reshape(PRIMITIVES["stack"](*x.ravel(), axis=0), x.shape)
    return PRIMITIVES["stack"](*[take_up(v) for v in x], axis=0)


class Primitive:
    """A function with its rules.

    Exactly one of `vjps` (one function an input) and `joint` (one function that returns the
    cotangents of all inputs) is given. `jvp` is how the forward mode pushes tangents:
    ``"linear"`` (in all inputs together), ``"multilinear"`` (in each input by itself), a tuple of
    functions ``(dx, y, *inputs)``, one an input, or None: the transpose of the reverse rule.

    `formulas` are partial derivatives as text. `holomorphic` says that the function maps each complex
    number by itself and is complex differentiable. `shares` says that the result may be a view of the
    first input. What readers of a record know about a primitive (its spelling in Julia, its kinks, how
    explanations write it) stands in their own tables, by its name; see :func:`entry`.
    """

    __slots__ = (
        "again",
        "area",
        "compute",
        "formulas",
        "holomorphic",
        "joint",
        "jvp",
        "keeps",
        "keeps_arrays",
        "name",
        "number_vjp",
        "option_names",
        "original",
        "shares",
        "slopes",
        "spare",
        "vjps",
        "where",
    )

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        vjps: Sequence[Rule | None] | None = None,
        joint: Rule | None = None,
        jvp: str | Sequence[Rule | None] | None = None,
        option_names: Sequence[str] = (),
        number_vjp: Rule | None = None,
        formulas: Sequence[Any] = (),
        where: str = "",
        holomorphic: bool = False,
        spare: Callable[[Any], bool] | None = None,
    ):
        self.name = name
        self.compute = compute
        self.original: Primitive = self  # whose rules these are, see computed_by
        self.vjps = None if vjps is None else tuple(vjps)
        self.joint = joint
        self.jvp = jvp
        self.option_names = tuple(option_names)
        self.number_vjp = number_vjp
        self.formulas = tuple(formulas)
        self.where = where
        self.holomorphic = holomorphic
        self.area = where.partition(":")[0]
        self.shares = name in _VIEWS
        self.slopes: tuple[Any, ...] = ()  #: the formulas that the rules are made of, to write them out
        self.spare = spare  # spare(y): do the rules of a function of one array go without its input here?
        self.keeps_arrays = name in _KEEPS_ARRAYS
        self.again: Rule | None = None  #: a call with a rule of its own: the same call with other inputs
        self.keeps: dict[Any, tuple[bool, tuple[bool, ...]]] = {}

    def computed_by(self, function: Callable[..., Any]) -> Primitive:
        """The same primitive, its value computed in another way."""
        made = object.__new__(_Computed)
        made.compute, made.original = function, self
        return made

    @property
    def __name__(self) -> str:
        """The name, as functions have it."""
        return self.name

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        return apply(self, inputs, options)

    def keep(self, traced: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        """Which of the output and the inputs the rules of the traced inputs need as values."""
        known = self.keeps.get(traced)  # two threads may both work it out: the results are equal
        if known is None:
            if self.vjps is None:
                rules: list[Rule] = [self.joint] if self.joint else []
            else:
                rules = [rule for rule, on in zip(self.vjps, traced, strict=True) if on and rule]
            output, inputs = False, [False] * len(traced)
            for rule in rules:
                needed = _needed(rule, len(traced))
                output |= needed[0]
                inputs = [a or b for a, b in zip(inputs, needed[1:], strict=True)]
            known = self.keeps[traced] = (output, tuple(inputs))
        return known


class _Computed(Primitive):
    """A primitive with a `compute` of its own; everything else is the original's, also if that is changed."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)


#: Primitives whose result may share the memory of their input, as in NumPy.
_VIEWS = {
    "getitem", "reshape", "transpose", "swapaxes", "moveaxis", "squeeze", "expand_dims", "broadcast_to",
    "flip", "rot90", "real", "imag",
}  # fmt: skip


#: Primitives whose result may be an array without axes, where that of others is a NumPy number.
_KEEPS_ARRAYS = {"where", "reshape", "squeeze", "broadcast_to", "transpose", "moveaxis"}


def _needed(rule: Rule, count: int) -> list[bool]:
    """Does `rule(dy, y, *inputs, **options)` need the output, and each input?"""
    names: list[str] = []
    for parameter in list(inspect.signature(rule).parameters.values())[1:]:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [parameter.name] * (count + 1 - len(names))
        else:
            names.append(parameter.name)
    return [not name.startswith("_") for name in names[: count + 1]]


def exponent_of(primitive: Primitive, inputs: Sequence[Any]) -> int:
    """The exponent, if ``primitive(*inputs)`` is an even power of its first input; else 0."""
    name = SQUARES[primitive]
    if name == "square":
        return 2
    if name == "multiply":
        return 2 if inputs[0] is inputs[1] else 0
    p = inputs[1]
    return int(p) if isinstance(p, (int, float)) and p >= 2 and p % 2 == 0 and p < 1 << 31 else 0
