"""Python functions in Julia: traced, written as Julia source, and called there.

A function is traced at every call, since its values may choose its way. What is kept is the source and
the compiled function, by what was computed: the steps, their shapes and types. Constants may differ from
call to call; one that does, having been written out, becomes an argument of the Julia function.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.native import as_in_gradient
from ..autodiff.primitive import Tracer, plain
from ..autodiff.recording import Recording, Step
from ..autodiff.structure import Splitter
from ..autodiff.sweep import project
from ..autodiff.tape import spec_of
from .emit import Emitted, emit
from .objects import JuliaObject
from .runs import Run, asked_key, constants
from .structures import collect, encoded, paired, seed, traced_leaves

_MOST = 512  #: entries that are kept


class Source(str):
    """Julia source, with the arrays that its function takes after the arguments: `captured`, by name."""

    captured: dict[str, Any]

    def __repr__(self) -> str:
        return str(self)


def source(f: Callable[..., Any], *xs: Any) -> Source:
    """The Julia source of a Python function, as it runs at `xs`.

    The names of arguments, fields and variables are kept; axes and indices count from 1. Small constants
    are written out, larger arrays are parameters after the arguments and come with the result as
    `captured`. Where values chose the way of the function, a comment says which way this is. What has no
    short word in Julia is a function of the module ``NumPy`` in FluxBridge.jl. Julia is not started.

    Raises NoRuleError for a primitive without a Julia counterpart.

    >>> import numpy as np
    >>> from fluxbridge import julia
    >>> def loss(m, x):
    ...     h = np.tanh(m["W"] @ x + m["b"])
    ...     return np.sum(h**2)
    >>> print(julia.source(loss, {"W": np.ones((2, 3)), "b": np.zeros(2)}, np.ones(3)))
    function loss(m, x)
        h = tanh.(m.W * x .+ m.b)
        return sum(h .^ 2)
    end
    >>> print(julia.source(lambda x: x**2 if x > 0 else -x, 3.0))
    function f(x)
        # branch: x > 0 is true
        return x^2
    end
    """
    run = Run(f, xs)
    emitted = emit(run, f)
    text = Source(_using(emitted.text) + emitted.text.rstrip("\n"))
    found = dict(enumerate(x for _, x in constants(run, emitted.spelled)))
    text.captured = {name: plain(found[k]) for k, name in zip(emitted.captured, emitted.names, strict=True)}
    return text


_PACKAGES = {
    "LinearAlgebra": "dot|norm|det|tr|diag|diagm|cholesky|Symmetric|Hermitian|pinv|tril|triu|cross|sylvester|"
    "Unit(?:Lower|Upper)Triangular|(?:Lower|Upper)Triangular",
    "Statistics": "mean|std|var",
    "SpecialFunctions": None,
    "NNlib": None,
}


def _using(text: str) -> str:
    """The packages that the source needs."""
    code = re.sub(r"#.*", "", text)
    needed = []
    for package, functions in _PACKAGES.items():
        found = re.search(rf"(?<![\w.])({functions})\(" if functions else rf"\b{package}\.", code)
        if found:
            needed.append(package)
    lines = [f"using {', '.join(needed)}\n"] if needed else []
    if re.search(r"\bFluxBridge\.", code):
        lines.append("using FluxBridge\n")
    if re.search(r"\bNumPy\.", code):
        lines.append("using FluxBridge: NumPy\n")
    return "".join(lines) + ("\n" if lines else "")


# ---------------------------------------------------------------------------------------------
# What was computed, as a key
# ---------------------------------------------------------------------------------------------


def key_of(run: Recording) -> tuple[Any, ...]:
    """Equal for two runs that differ in values only."""
    masks: dict[int, Any] = {}
    seen: dict[int, int] = {}

    def of_input(x: Any) -> Any:
        if isinstance(x, Step):
            return x.position
        if isinstance(x, np.ndarray) and x.ndim:
            if id(x) in masks:
                choice = masks[id(x)]
                return (choice.function, *map(of_input, choice.inputs))
            first = seen.setdefault(id(x), len(seen))
            return first, x.shape, x.dtype.char
        if x is None or isinstance(x, (bool, str)):
            return "is", x
        return type(x), np.shape(x) if hasattr(x, "shape") else ()

    for choice in run.choices:
        if isinstance(choice.outcome, np.ndarray):
            masks[id(choice.outcome)] = choice
    steps = [
        (s.primitive, s.path, tuple(map(of_input, s.inputs)), _option(s.options), _spec(s.value))
        for s in run.steps
    ]
    return tuple(steps), _out(run.out), tuple([t is None for t in run.templates])


def _option(x: Any) -> Any:
    kind = type(x)
    if kind is dict:
        return tuple([(k, _option(v)) for k, v in x.items()])
    if kind is tuple or kind is list:
        return tuple(map(_option, x))
    if kind is slice:
        return "slice", _option(x.start), _option(x.stop), _option(x.step)
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.char
    return (kind, x) if isinstance(x, (int, float, str, type(None))) else (kind, repr(x))


def _spec(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_spec, value))
    value = plain(value)
    return (value.shape, value.dtype.char) if isinstance(value, np.ndarray) else type(value)


def _out(out: Any) -> Any:
    if isinstance(out, Step):
        return out.position
    if isinstance(out, (tuple, list)):
        return (type(out), *map(_out, out))
    if isinstance(out, dict):
        return (dict, *[(k, _out(v)) for k, v in out.items()])
    leaves = traced_leaves(out)
    if leaves:
        return type(out), *[s.position for s in leaves]
    return type(out), out if isinstance(out, (int, float, complex)) else None


# ---------------------------------------------------------------------------------------------
# Calls
# ---------------------------------------------------------------------------------------------


class Known:
    """The source for one key, and its function in Julia."""

    __slots__ = ("emitted", "handle", "varying")

    def __init__(self, emitted: Emitted, handle: Any, varying: frozenset[int]):
        self.emitted = emitted
        self.handle = handle
        self.varying = varying


class Library:
    """What one running Julia knows."""

    def __init__(self) -> None:
        self.known: dict[Any, Known] = {}
        self.handles: dict[str, Any] = {}

    def find(self, bridge: Any, run: Run, f: Callable[..., Any]) -> tuple[Known, list[Any]]:
        """The Julia function for a run, and its captured values."""
        key = key_of(run)
        known = self.known.get(key)
        varying: frozenset[int] = frozenset()
        if known is not None:
            values = [x for _, x in constants(run, known.emitted.spelled)]
            changed = {k for k, x in known.emitted.inlined.items() if not _equal(x, values[k])}
            if known.emitted.asked:
                answers = {asked_key(c): c.outcome for c in run.choices}
                asked = known.emitted.asked
                changed |= {k for k, q in asked.items() if not _equal(answers.get(q), values[k])}
            if not changed:
                return known, [values[k] for k in known.emitted.captured]
            varying = known.varying | changed
        emitted = emit(run, f, varying)
        handle = self.handles.get(emitted.text)
        if handle is None:
            handle = self.handles[emitted.text] = bridge.define(emitted.text)
        for table in (self.known, self.handles):
            while len(table) > _MOST:
                del table[next(iter(table))]  # type: ignore[attr-defined]
        known = self.known[key] = Known(emitted, handle, varying)
        values = [x for _, x in constants(run, emitted.spelled)]
        return known, [values[k] for k in emitted.captured]


def _equal(a: Any, b: Any) -> bool:
    b = plain(b)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return bool(np.array_equal(a, b, equal_nan=np.result_type(a).kind in "fc"))
    return bool(a == b or (a != a and b != b)) and np.signbit(np.real(a)) == np.signbit(np.real(b))


_libraries: weakref.WeakKeyDictionary[Any, Library] = weakref.WeakKeyDictionary()


def library(bridge: Any) -> Library:
    found = _libraries.get(bridge)
    if found is None:
        found = _libraries[bridge] = Library()
    return found


class Translated:
    """One call of a Python function that goes to Julia: the function there, and its arguments.

    `handle` takes `args`, and after them `captured`, which are no arguments of the Python function.
    The call is for a derivative, so layers train as inside of a native gradient; this run is the one
    that updates their running statistics, Julia's leaves them alone.
    """

    def __init__(self, bridge: Any, f: Callable[..., Any], xs: Sequence[Any]):
        with as_in_gradient():
            self.run = run = Run(f, xs)
        known, captured = library(bridge).find(bridge, run, f)
        self.handle = known.handle
        self.args = tuple([encoded(t, run.steps) for t in run.templates])
        self.captured = tuple(captured)
        self.open = any(isinstance(c, Tracer) for c in captured)
        if captured and not self.open:
            self.handle = bridge.capture(self.handle, self.captured)

    @property
    def all_args(self) -> tuple[Any, ...]:
        """The arguments, with the captured values if some of them are traced, as they are arguments then."""
        return (*self.args, *self.captured) if self.open else self.args

    def value(self, y: Any) -> Any:
        """What f returned, with the numbers and arrays that Julia computed."""
        out = self.run.out
        if isinstance(out, Step):
            return y
        leaves = traced_leaves(out)
        if not leaves:
            return self.run.value
        found = list(paired(out, y))
        parts = [v for _, v in found] if len(found) == len(leaves) else list(y)
        feed = iter(parts)
        return Splitter(lambda _: next(feed), lambda x: isinstance(x, Step)).split(out)[0]

    def seed(self, given: Any) -> Any:
        """A cotangent of the value, in the structure that Julia has."""
        return seed(self.run.out, given)

    def gradients(self, grads: Sequence[Any]) -> tuple[Any, ...]:
        """What Julia answers, in the structure of the Python arguments."""
        found: list[Any] = [None] * self.run.leaves
        for template, g in zip(self.run.templates, grads, strict=False):
            collect(template, g, found)
        for k, g in enumerate(found):  # the gradient of a complex number is complex, even where it is real
            if g is not None:
                found[k] = project(g, spec_of(self.run.steps[k].value))
        return tuple([None if t is None else t.fill(found) for t in self.run.templates])


def is_python(f: Any) -> bool:
    """Is `f` to be traced? Everything is that can be called and does not come from Julia."""
    return callable(f) and not isinstance(f, (JuliaObject, str)) and type(f).__module__ != "juliacall"
