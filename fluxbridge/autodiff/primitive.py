"""Primitives: the functions that the engine knows how to differentiate, as data.

A :class:`Primitive` holds everything there is to know about one function: how to compute it, its
reverse rule, its forward rule. The registry below is what the tracer asks ("which primitive is
``np.tanh``?"), what the tests enumerate and what the documentation prints.

A reverse rule takes the cotangent of the output, the output and the inputs, and returns the
cotangent of an input; it is written with the very functions that have rules, so derivatives of
any order need nothing more. A parameter whose name begins with an underscore is not needed:
the tape keeps only its :class:`Spec` (shape and dtype) and frees the array.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ..errors import GradientLostError

Rule = Callable[..., Any]

#: The modules whose frames are the engine's own, and no user's.
ENGINE = ("fluxbridge.autodiff.", "fluxbridge.recording.")
GENERATED = "<fluxbridge>"  #: the file of code that the engine writes itself, which is in no user's stack


class Spec(NamedTuple):
    """Shape and dtype of a cotangent; for a number the dtype is its Python or NumPy type."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))


class Kind(type):
    """The type of the classes of stand-ins that a function meets: none of those that it compares them with.

    Not of their bases, since `isinstance` is slow with those that have a type of their own.
    """

    __hash__ = type.__hash__

    def __eq__(cls, other: object) -> bool:
        if cls is other:
            return True
        if isinstance(other, type) and issubclass(other, _VALUES) and not _in_a_library(sys._getframe(1)):
            raise GradientLostError(
                f"type(x) was compared with {other.__name__}, but the type of a traced value is a class of "
                "its own. Write isinstance(x, ...), or x.__class__ in the place of type(x)."
            )
        return False


def _in_a_library(frame: Any) -> bool:
    """They ask further (np.isscalar)."""
    package = frame.f_globals.get("__name__", "").partition(".")[0]
    return package in _LIBRARIES or package in sys.stdlib_module_names


_LIBRARIES = ("numpy", "scipy", "pandas", "fluxbridge")
_VALUES = (float, int, complex, Fraction, np.ndarray, np.generic)


class Tracer:
    """Stands in for a value while a function is being recorded at one level of nesting."""

    __slots__ = ("_value", "level")
    level: Any
    _value: Any

    @property
    def _everywhere(self) -> Any:
        """The value; for one that stands for many directions (see block.py) all of them."""
        return self._value


def plain(x: Any) -> Any:
    """The ordinary value behind `x`, through all levels and inside lists, tuples and dicts."""
    while isinstance(x, Tracer):
        x = x._value
    kind = type(x)
    if kind is list:
        return [plain(v) for v in x]
    if kind is tuple:
        return tuple(plain(v) for v in x)
    if kind is dict:
        return {k: plain(v) for k, v in x.items()}
    if kind is np.ndarray and x.dtype.hasobject:
        return np.array([plain(v) for v in x.ravel()]).reshape(x.shape)
    if kind is slice:
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    return x


def everywhere(x: Any) -> Any:
    """The plain values behind `x`, those of all directions: to ask whether something occurs among them.

    The answer may decide only how to compute, not what, as it is one for all directions.
    """
    while isinstance(x, Tracer):
        x = x._everywhere
    return x


def seen(x: Any) -> Any:
    """The value that a function takes `x` for; a number of NumPy as such, although it is kept as Python's."""
    return strong(plain(x), x.__class__) if isinstance(x, Tracer) else plain(x)


def strong(value: Any, kind: type) -> Any:
    """A Python number as the NumPy number that it stands for, if `kind` is the type of one."""
    if kind is np.float64 and type(value) is float:
        return np.float64(value)
    return np.int64(value) if kind is np.int64 and type(value) is int and -(2**63) <= value < 2**63 else value


#: Levels that want to know which questions a function asks about traced values (see recording.py).
WATCHERS: list[Any] = []


def asked(function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any], outcome: Any) -> Any:
    """`outcome`, the plain answer to a question about traced values, told to whoever watches."""
    for watcher in WATCHERS:
        watcher.watch(function, inputs, options, outcome)
    return outcome


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
        return primitive.compute(*inputs, **options)
    return level.record(primitive, inputs, options)


_CONTAINERS = {np.ndarray, list, tuple}


def holds_tracer(x: Any) -> bool:
    """Is there a traced value in this list, tuple or object array?"""
    if isinstance(x, (list, tuple)):
        return any(isinstance(v, Tracer) or holds_tracer(v) for v in x)
    if type(x) is np.ndarray and x.dtype.hasobject:
        return any(isinstance(v, Tracer) for v in x.flat)
    return False


def take_up(x: Any) -> Any:
    """Turn a list, or an object array, of traced values into one traced array."""
    if not isinstance(x, (list, tuple)) and not (type(x) is np.ndarray and x.dtype.hasobject):
        return x
    if not holds_tracer(x):
        return np.asarray(x) if isinstance(x, (list, tuple)) else x
    if type(x) is np.ndarray:
        if x.ndim == 0:
            return x.item()
        from .elements import gathered

        whole = gathered(x)
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
        self.spare = spare  # spare(y): do the rules of a function of one array go without its input here?
        self.keeps_arrays = name in _KEEPS_ARRAYS
        self.again: Rule | None = None  #: a call with a rule of its own: the same call with other inputs
        self.keeps: dict[Any, tuple[bool, tuple[bool, ...]]] = {}

    def computed_by(self, function: Callable[..., Any]) -> Primitive:
        """The same primitive, its value computed in another way."""
        made = object.__new__(_Computed)
        made.compute, made.original = function, self
        return made

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        return apply(self, inputs, options)

    def keep(self, traced: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        """Which of the output and the inputs the rules of the traced inputs need as values."""
        found = self.keeps.get(traced)
        if found is None:
            if self.vjps is None:
                rules: list[Rule] = [self.joint] if self.joint else []
            else:
                rules = [rule for rule, on in zip(self.vjps, traced, strict=True) if on and rule]
            output, inputs = False, [False] * len(traced)
            for rule in rules:
                needed = _needed(rule, len(traced))
                output |= needed[0]
                inputs = [a or b for a, b in zip(inputs, needed[1:], strict=True)]
            found = self.keeps[traced] = (output, tuple(inputs))
        return found


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


# ---------------------------------------------------------------------------------------------
# The registry
# ---------------------------------------------------------------------------------------------

UFUNCS: dict[Any, Primitive] = {}  #: np.sin -> its primitive
FUNCTIONS: dict[Any, Callable[..., Any]] = {}  #: np.sum -> what to call when an argument is traced
PRIMITIVES: dict[str, Primitive] = {}  #: every primitive by name
#: np.add -> its primitive where ``+`` is written: Python's numbers know ZeroDivisionError, NumPy's Inf
OPERATORS: dict[Any, Primitive] = {}
NO_DERIVATIVE: set[Any] = set()  #: functions whose derivative is zero or None: called on plain values
#: What has a corner at 0 -> its even powers (see rules/smooth.py).
EVEN_POWERS: dict[Primitive, Primitive] = {}
SQUARES: dict[Primitive, str] = {}  #: the primitives that may write an even power, by name
REFUSED: dict[Any, str] = {}  #: functions that cannot be traced, and what to write instead


#: Rules of libraries that are not imported here: module of the library -> module of its rules.
ON_DEMAND: dict[str, str] = {"scipy.special": "fluxbridge.autodiff.rules.special"}
_loaded: set[str] = set()


def load_on_demand() -> bool:
    """Import the rules of the libraries that were loaded meanwhile; were there new ones?"""
    due = [r for library, r in ON_DEMAND.items() if library in sys.modules and r not in _loaded]
    for rules in due:
        importlib.import_module(rules)
        _loaded.add(rules)
    return bool(due)


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
    if isinstance(target, np.ufunc):
        UFUNCS[target] = primitive
    elif target is not None:
        FUNCTIONS[target] = binder(primitive, target)
    return primitive


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
        from .refusals import lost

        raise lost(
            f"{name}(..., {key}=...) took its option",
            f"The rule of {name} takes {key} as a setting, not a variable.",
        )
    if type(value) is tuple or type(value) is list:
        return type(value)([setting(name, key, v) for v in value])
    return value


def _out_refused(name: str) -> Exception:
    from ..errors import MutationError

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
