"""Python functions in Julia: traced, written as Julia source, and called there.

A function is traced at every call, since its branches may depend on values. The source and the compiled
function are cached under a key of the recording (see :mod:`fluxbridge.recording.keys`). Constants may differ
between calls: small ones are written out and compared at each call, and one that differs becomes an argument
of the Julia function; large ones are arguments from the first call on.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.native import as_in_gradient
from ...autodiff.primitive import Tracer, plain
from ...autodiff.structure import Splitter
from ...autodiff.sweep import project
from ...autodiff.tape import spec_of
from ...recording import Step
from ...recording.keys import Described, content, describe
from ..bridge.objects import JuliaObject
from .program import Emitted, Open, emit
from .questions import is_written
from .runs import CodeRecording
from .structures import collect, encoded, paired, seed, traced_leaves

_MOST = 512  #: entries of the cache
_VERSIONS = 8  #: sources that are kept for one key, with different constants written out


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
    run = CodeRecording(f, xs)
    described = describe(run, is_written)
    emitted = emit(run, f, described)
    text = Source(_using(emitted.text) + emitted.text.rstrip("\n"))
    values = emitted.values(run, described) or []
    text.captured = {name: plain(x) for name, x in zip(emitted.names, values, strict=True)}
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
        used = re.search(rf"(?<![\w.])({functions})\(" if functions else rf"\b{package}\.", code)
        if used:
            needed.append(package)
    lines = [f"using {', '.join(needed)}\n"] if needed else []
    if re.search(r"\bFluxBridge\.", code):
        lines.append("using FluxBridge\n")
    if re.search(r"\bNumPy\.", code):
        lines.append("using FluxBridge: NumPy\n")
    return "".join(lines) + ("\n" if lines else "")


# ---------------------------------------------------------------------------------------------
# Calls
# ---------------------------------------------------------------------------------------------


class Known(NamedTuple):
    """Source for runs with one key, and its function in Julia."""

    emitted: Emitted
    handle: Any


class Family:
    """The sources for runs with one key, latest first, and the constants that new ones take as arguments."""

    __slots__ = ("known", "opened")

    def __init__(self) -> None:
        self.known: tuple[Known, ...] = ()
        self.opened = Open()

    def learn(self, run: CodeRecording, described: Described) -> Open:
        """Make arguments of the constants in which the run differs from the latest source."""
        if self.known:
            emitted = self.known[0].emitted
            holes = [k for k, c in emitted.closed.items() if content(described.holes[k]) != c]
            steps = [k for k, w in emitted.written.items() if w.again(run.steps[k], described) is None]
            self.opened = Open(self.opened.holes.union(holes), self.opened.steps.union(steps))
        return self.opened


class Library:
    """The cache of one running Julia: sources and functions, by the keys of runs.

    Threads share it. A family is replaced whole, and Julia is called without the lock, as that may call back
    into Python; two threads that come with the same new function may both define it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.families: dict[Any, Family] = {}
        self.handles: dict[str, Any] = {}

    def find(self, bridge: Any, run: CodeRecording, f: Callable[..., Any]) -> tuple[Known, list[Any]]:
        """The Julia function for a run, and its captured values."""
        described = describe(run, is_written)
        with self.lock:
            family = self.families.setdefault(described.key, Family())
            _trim(self.families)
            known_ones = family.known
        for known in known_ones:
            values = known.emitted.values(run, described)
            if values is not None:
                return known, values
        with self.lock:
            opened = family.learn(run, described)
        emitted = emit(run, f, described, opened)
        handle = self.handles.get(emitted.code)
        if handle is None:
            handle = bridge.define(emitted.text)
        known = Known(emitted, handle)
        with self.lock:
            self.handles[emitted.code] = handle
            _trim(self.handles)
            family.known = (known, *family.known)[:_VERSIONS]
        values = emitted.values(run, described)
        assert values is not None
        return known, values


def _trim(table: dict[Any, Any]) -> None:
    while len(table) > _MOST:
        del table[next(iter(table))]


_libraries: weakref.WeakKeyDictionary[Any, Library] = weakref.WeakKeyDictionary()


def library(bridge: Any) -> Library:
    return _libraries.get(bridge) or _libraries.setdefault(bridge, Library())  # the first of two threads wins


class Translated:
    """One call of a Python function that goes to Julia: the function there, and its arguments.

    `handle` takes `args`, and after them `captured`, which are no arguments of the Python function.
    The call is for a derivative, so layers train as inside of a native gradient; this run is the one
    that updates their running statistics, Julia's leaves them alone.
    """

    def __init__(self, bridge: Any, f: Callable[..., Any], xs: Sequence[Any]):
        with as_in_gradient():
            self.run = run = CodeRecording(f, xs)
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
            return _as_integer(y, out)
        leaves = traced_leaves(out)
        if not leaves:
            return self.run.value
        pairs = list(paired(out, y))
        parts = [v for _, v in pairs] if len(pairs) == len(leaves) else list(y)
        feed = map(_as_integer, parts, [step for step, _ in pairs] if len(pairs) == len(leaves) else leaves)
        return Splitter(lambda _: next(feed), lambda x: isinstance(x, Step)).split(out)[0]

    def seed(self, given: Any) -> Any:
        """A cotangent of the value, in the structure that Julia has."""
        return seed(self.run.out, given)

    def gradients(self, grads: Sequence[Any]) -> tuple[Any, ...]:
        """What Julia answers, in the structure of the Python arguments."""
        parts: list[Any] = [None] * self.run.leaves
        for template, g in zip(self.run.templates, grads, strict=False):
            collect(template, g, parts)
        for k, g in enumerate(parts):  # the gradient of a complex number is complex, even where it is real
            if g is not None:
                parts[k] = project(g, spec_of(self.run.steps[k].value))
        return tuple([None if t is None else t.fill(parts) for t in self.run.templates])


def _as_integer(y: Any, step: Step) -> Any:
    """Integers in their type in Python: Julia's come back as Python's, or were computed as floats."""
    x = step.value
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "iu" or not isinstance(y, np.ndarray) or y.dtype.kind != "f":
            return y
        whole = y.astype(x.dtype)
        return whole if np.array_equal(whole, y) else y
    kind = type(x)
    if type(y) not in (int, float) or kind is bool or not issubclass(kind, (int, np.integer)):
        return y
    return kind(y) if y == y // 1 else y


def is_python(f: Any) -> bool:
    """Is `f` a Python function, to be traced? A callable that does not come from Julia is."""
    return callable(f) and not isinstance(f, (JuliaObject, str)) and type(f).__module__ != "juliacall"
