"""The registry: which primitive, or which function of ours, answers for a function of NumPy.

The tables here are what the protocols ask ("which primitive is ``np.tanh``?"), what the tests enumerate
and what the documentation prints; below are the words that fill them.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import MutationError
from .dispatch import (
    EVEN_POWERS,
    OPERATORS,
    PRIMITIVES,
    SQUARES,
    Primitive,
    Rule,
    apply,
    exponent_of,
    take_up,
)
from .families import family_of
from .frames import GENERATED
from .ondemand import load_on_demand
from .refusals import lost
from .tracing import (
    WATCHERS,
    Kind,
    Spec,
    Tracer,
    asked,
    everywhere,
    holds_tracer,
    nan_in,
    plain,
    seen,
    strong,
)

#: The names of the lower files are to be had from here, too.
__all__ = [
    "EVEN_POWERS", "FUNCTIONS", "GENERATED", "LISTENERS", "NO_DERIVATIVE", "OPERATORS",
    "PRIMITIVES", "REFUSED", "REPLACED", "SQUARES", "UFUNCS", "WATCHERS", "Kind", "Primitive",
    "Rule", "Spec", "Tracer", "answer", "answer_as_registered", "apply", "asked", "binder", "entry",
    "everywhere", "exponent_of", "holds_tracer", "implements", "load_on_demand", "nan_in", "no_derivative",
    "plain",
    "primitive", "refuse", "refuse_out", "register", "seen", "setting", "strong", "take_up",
]  # fmt: skip

# ---------------------------------------------------------------------------------------------
# The registry
# ---------------------------------------------------------------------------------------------

UFUNCS: dict[Any, Primitive] = {}  #: np.sin -> its primitive
FUNCTIONS: dict[Any, Callable[..., Any]] = {}  #: np.sum -> what to call when an argument is traced
NO_DERIVATIVE: set[Any] = set()  #: functions whose derivative is zero or None: called on plain values
REFUSED: dict[Any, str] = {}  #: functions that cannot be traced, and what to write instead


def register(target: Any, primitive: Primitive) -> Primitive:
    """Enter `primitive` as the one for `target`, a NumPy function or ufunc (or None).

    Raises ValueError if another primitive has its name already.
    """
    if primitive.name in PRIMITIVES:
        raise ValueError(
            f"a primitive called {primitive.name!r} is registered already (rules: "
            f"{PRIMITIVES[primitive.name].where}); give this one another name"
        )
    PRIMITIVES[primitive.name] = primitive
    if target is not None:
        by = primitive if isinstance(target, np.ufunc) else binder(primitive, target)
        (answer if target in UFUNCS or target in FUNCTIONS else _enter)(target, by)
    return primitive


# -- who answers for a function ----------------------------------------------------------------------

#: Names that NumPy keeps as functions of their own, though they are others.
SAME = {np.max: np.amax, np.min: np.amin, np.round: np.around}
SAME |= {alias: function for function, alias in SAME.items()}

REPLACED: set[Any] = set()  #: the functions for which another rule answers than the registered one
#: What is told of a function for which somebody else answers from now on: the operators (see written.py).
LISTENERS: list[Callable[[Any], None]] = []
_registered: dict[Any, Any] = {}  #: what the functions in REPLACED were registered with
_answering = threading.RLock()  # two threads that give rules to one function do so one after the other


def answer(target: Any, by: Primitive | Callable[..., Any]) -> None:
    """From now on let `by` answer for `target`, a function of NumPy, however it is written."""
    with _answering:
        for function in (target, SAME.get(target)):
            if function is not None:
                if function not in REPLACED:
                    _registered[function] = UFUNCS.get(function) or FUNCTIONS.get(function)
                REPLACED.add(function)
                _enter(function, by)


def answer_as_registered(target: Any) -> None:
    """Undo :func:`answer`."""
    with _answering:
        for function in (target, SAME.get(target)):
            if function in REPLACED:
                REPLACED.discard(function)
                _enter(function, _registered.pop(function))


def _enter(target: Any, by: Any) -> None:
    """Put `by` into its table and only then what was there out of the other: there is always an answer."""
    table, other = (UFUNCS, FUNCTIONS) if isinstance(by, Primitive) else (FUNCTIONS, UFUNCS)
    if by is not None:
        table[target] = by
    else:
        table.pop(target, None)
    other.pop(target, None)  # type: ignore[attr-defined]
    for listener in LISTENERS:
        listener(target)


def binder(primitive: Primitive, target: Any) -> Callable[..., Any]:
    """Let a primitive be called like the NumPy function `target`: options may come by position."""
    count = len(primitive.vjps or ())
    names = primitive.option_names

    def call(*args: Any, **options: Any) -> Any:
        if len(args) == count and not options:
            return apply(primitive, args, options)
        if len(args) > count:
            options.update(zip(names, args[count:], strict=False))
            args = args[:count]
        elif len(args) < count:
            args = args + tuple(
                options.pop(name) for name in _input_names(target)[len(args) : count] if name in options
            )
        refuse_out(primitive.name, options.pop("out", None))
        for key, value in options.items():
            if type(value) not in _SETTINGS:
                options[key] = setting(primitive.name, key, value)
        return apply(primitive, args, options)

    call.__name__ = primitive.name
    return call


_SETTINGS = {int, bool, str, float, type(None)}


def setting(name: str, key: str, value: Any) -> Any:
    """An option without the traces of whole numbers in it, which count and name axes."""
    if isinstance(value, Tracer):
        settled = plain(value)
        if isinstance(settled, int) or np.asarray(settled).dtype.kind in "iub":
            return settled
        raise lost(
            f"{name}(..., {key}=...) took its option",
            f"The rule of {name} takes {key} as a setting, not a variable.",
        )
    if type(value) is tuple or type(value) is list:
        if type(value) is tuple and _SETTINGS.issuperset(map(type, value)):
            return value
        return type(value)([setting(name, key, v) for v in value])
    return value


def _out_refused(name: str) -> Exception:
    return MutationError(
        f"{name}(..., out=...) writes into an array, which a derivative cannot follow; "
        "use the returned array instead of out="
    )


def refuse_out(name: str, out: Any) -> None:
    """Raise if a function was called with out=."""
    if out is not None:
        raise _out_refused(name)


def _input_names(target: Any) -> list[str]:
    """Names that NumPy gives to the array arguments, for calls that pass them by keyword."""
    try:
        return list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return []


def _caller(depth: int = 2) -> str:
    """File and line of a registration, so that anybody can find a rule."""
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame.f_back if frame else None
    if frame is None:
        return ""
    module = frame.f_globals.get("__name__", "").rpartition(".")[2]
    return f"{module}:{frame.f_lineno}"


def primitive(
    target: Any,
    *vjps: Rule | None,
    joint: Rule | None = None,
    jvp: str | Sequence[Rule | None] | None = None,
    name: str | None = None,
    compute: Callable[..., Any] | None = None,
    **words: Any,
) -> Primitive:
    """Register the rules of `target`.

    Each of `vjps` is the reverse rule of one array argument, ``rule(dy, y, *arrays, **options)``;
    None for an argument without derivative. The names of the options, in the order in which the
    NumPy function takes them, are read from the first rule. `joint` is for functions with any
    number of arrays and returns all cotangents; they are then called as ``p(*arrays, **options)``.
    `compute` is what is called on plain values, when that is not `target` itself.
    """
    rules = [rule for rule in vjps if rule is not None]
    options: list[str] = []
    if rules:
        parameters = list(inspect.signature(rules[0]).parameters)
        options = [p for p in parameters[2 + len(vjps) :] if not p.startswith("*")]
    made = Primitive(
        name or target.__name__,
        compute or target,
        vjps=None if joint else vjps,
        joint=joint,
        jvp=jvp,
        option_names=options,
        where=_caller(),
        **words,
    )
    return register(None if joint else target, made)


def entry(table: Mapping[str, Any], primitive: Primitive) -> Any:
    """What a reader's `table`, whose keys are names of registered primitives, says of this one; or None.

    A call with a rule of its own has a primitive that is not registered, and no entry, whatever its name.

    >>> entry({"tanh": "here"}, PRIMITIVES["tanh"])
    'here'
    """
    original = primitive.original
    return table.get(original.name) if PRIMITIVES.get(original.name) is original else None


def implements(*targets: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: this Python function answers for `targets` when one of the arguments is traced.

    Its body is written with primitives and other NumPy functions, so it needs no rule of its own.
    Where NumPy returns new arrays, so does it; `gives_views` names the functions that return views.
    """

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        for target in targets:
            of_numpy = isinstance(target, type(np.sum)) and target.__name__ not in gives_views
            FUNCTIONS[target] = _with_new_arrays(function) if of_numpy else function
        return function

    return enter


#: NumPy functions that may return their argument or views of it, without primitives of their own.
gives_views = {
    "around", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "diag",
    "diagonal", "diff", "dsplit", "einsum", "fix", "fliplr", "flipud", "hsplit", "ix_", "matrix_power",
    "matrix_transpose", "meshgrid", "permute_dims", "polyder", "polyint", "ravel", "real_if_close",
    "rollaxis", "round", "sliding_window_view", "split", "trim_zeros", "unstack", "vsplit",
}  # fmt: skip


def _with_new_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        if isinstance(result, Tracer):
            return _new(result, args)
        if isinstance(result, (list, tuple)) and not hasattr(result, "_fields"):
            return type(result)([_new(x, args) for x in result])
        return result

    return call


def _new(x: Any, args: tuple[Any, ...]) -> Any:
    """`x`, or a copy where it is an argument or shares the memory of one."""
    if not (isinstance(x, Tracer) and hasattr(x, "state")):
        return x
    value = everywhere(x)
    if family_of(value) is not None:  # it shares no memory that a function could write into
        return x
    for a in args:
        for b in a if isinstance(a, (list, tuple)) else (a,):
            if x is b or (isinstance(b, Tracer) and np.may_share_memory(value, everywhere(b))):
                return x.copy()
    return x


def no_derivative(*targets: Any) -> None:
    """These functions have no derivative (integer, boolean, index results): use plain values."""
    NO_DERIVATIVE.update(targets)


def refuse(advice: str, *targets: Any) -> None:
    """These functions cannot be differentiated; `advice` says what to write instead."""
    REFUSED.update(dict.fromkeys(targets, advice))
