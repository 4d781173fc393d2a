"""Elementwise primitives from a table of formulas.

A row names a ufunc and its partial derivatives as text, in the words ``y`` (the output) and ``x``
(or ``a`` and ``b``, the inputs). From one formula come the reverse rule for arrays, a faster one
for Python numbers, the forward rule, and what the tape has to keep. Two spellings are special:

* ``"1 / z"`` divides the cotangent by z instead of multiplying by a reciprocal;
* ``"p if c"`` is p where c holds and a strong zero elsewhere (zero even against Inf or NaN).

Where the shortest formula cancels, overflows or underflows somewhere, a row has a `stable` one beside
it: the same derivative, in words from this file. Readers are shown the short one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .families import family_of
from .primitive import GENERATED, Primitive, Spec, Tracer, _caller, plain, register

Formula = str | Callable[..., Any] | None

NAMES = {1: ("x",), 2: ("a", "b")}


def conj(z: Any) -> Any:
    """The conjugate, without touching what is real."""
    if type(z) is bool:
        return z
    try:
        return z.conjugate()
    except AttributeError:  # arrays of other libraries may not have it
        return np.conjugate(z) if z.dtype.kind == "c" else z


def select(condition: Any, value: Any) -> Any:
    """`value` where `condition` holds, else zero, whatever `value` is there."""
    if isinstance(condition, (bool, np.bool_)) and np.ndim(value) == 0:
        return value if condition else 0.0
    if type(value) is np.ndarray and type(condition) is np.ndarray and value.dtype in _WORDS:
        return masked(condition, value)
    return np.where(condition, value, 0.0)


#: Integers as wide as a float: what its bits are taken for.
_WORDS = {np.dtype(np.float32): np.dtype(np.int32), np.dtype(np.float64): np.dtype(np.int64)}


def masked(condition: np.ndarray, value: np.ndarray) -> np.ndarray:
    """np.where(condition, value, 0.0) of floats by their bits: several times faster, as nothing branches."""
    mask = np.asarray(condition).astype(_WORDS[value.dtype])  # type: ignore[call-overload]
    np.negative(mask, out=mask)
    same = (mask.shape, mask.strides) == (value.shape, value.strides)
    out = mask if same else None
    return np.asarray(np.bitwise_and(mask, value.view(mask.dtype), out=out)).view(value.dtype)


def zero_of(dy: Any) -> Any:
    return 0.0 if type(dy) is float else np.zeros(np.shape(dy))


def _number(fast: Callable[[float], float], ufunc: np.ufunc) -> Callable[[Any], Any]:
    """`ufunc` for one number: by the math library where that is defined, else as NumPy has it."""

    def call(x: Any) -> Any:
        return fast(x) if type(x) is float or type(x) is int else ufunc(x)

    return call


def pick(condition: Any, value: Any, other: Any) -> Any:
    """np.where for numbers."""
    return value if condition else other


# -- words for stable formulas ---------------------------------------------------------------------


def hypot1(x: Any) -> Any:
    """sqrt(1 + x²) without overflow."""
    return np.sqrt(1 + x * x) if np.iscomplexobj(plain(x)) else np.hypot(1.0, x)


def bounded(x: Any, size: float) -> Any:
    """`x` between -size and size: for slopes that are constant beyond, where Inf · 0 would be NaN."""
    return np.minimum(np.maximum(x, -size), size)


def angle_slope(b: Any, h: Any) -> Any:
    """b/h², and 0 at infinity."""
    far = np.isinf(plain(h))
    return select(np.logical_not(far), b / h / h) if np.any(far) else b / h / h


def share(a: Any, b: Any, h: Any) -> Any:
    """a/h for h = hypot(a, b): 0 at the origin, and at infinity the limit where there is one."""
    a_, b_, h_ = plain(a), plain(b), plain(h)
    odd = np.equal(h_, 0) | np.isinf(h_)
    if not np.any(odd):
        return a / h
    limit = np.where(np.isinf(a_), np.where(np.isinf(b_), np.nan, np.sign(a_)), 0.0)
    return np.where(odd, limit, np.where(odd, 0.0, a) / np.where(odd, 1.0, h))


#: Below this a slope such as 1 - y² has lost too many digits: of doubles, and by the bytes of other floats.
LOW = 4e-4
_LOW = {2: 0.3, 4: 0.02}


def saturating(
    near: Callable[[Any], Any], exact: Callable[[Any], Any], inside: Callable[[float], tuple[float, float]]
) -> Callable[..., Any]:
    """The slope(y, x) of a function that levels off: ``near(y)``, but ``exact(x)`` where that is small.

    Close to the end of its range an output does not say any more where it came from. ``inside(low)`` are the
    outputs between which the slope is more than `low`; if all are, x is not needed (see Primitive.spare).
    """
    borders = {size: inside(_LOW.get(size, LOW)) for size in (2, 4, 8, 16)}

    def spare(y: np.ndarray) -> bool:
        if y.dtype.kind != "f" or not y.size:
            return False
        lower, upper = borders[y.itemsize]
        return bool(np.minimum.reduce(y, None) > lower and np.maximum.reduce(y, None) < upper)

    def slope(y: Any, x: Any) -> Any:
        if type(x) is Spec:
            return near(y)
        if isinstance(x, Tracer):
            follow = getattr(x.level, "follow", None)  # a level that can call this again with plain values
            followed = follow(slope, (y, x)) if follow is not None else None
            if followed is not None:
                return followed
            return near(y) if np.iscomplexobj(plain(x)) else exact(x)
        value = near(y)
        if type(value) is not np.ndarray:
            low = _LOW.get(getattr(value, "itemsize", 8), LOW)
            if family_of(value) is not None:
                return np.where(np.abs(value) > low, value, exact(x))
            return value if np.iscomplexobj(value) or value > low else exact(x)
        return mended(value, x, True)

    def mended(value: np.ndarray, x: np.ndarray, own: bool = False) -> np.ndarray:
        """The slopes by the outputs, and by the inputs where those are small."""
        if value.dtype.kind == "f" and value.size:
            low = _LOW.get(value.itemsize, LOW)
            if not np.minimum.reduce(value, None) > low:
                far = value < low
                value = value if own else value.copy()
                value[far] = exact(x[far])
        return value

    slope.near, slope.mended = near, mended  # type: ignore[attr-defined]
    mended.exact, mended.low = exact, _LOW  # type: ignore[attr-defined]
    slope.spare = spare  # type: ignore[attr-defined]
    return slope


def inside_of_sigmoid(low: float) -> tuple[float, float]:
    """Where y(1 - y) is more than `low`."""
    half = math.sqrt(0.25 - min(low, 0.2))
    return 0.5 - half, 0.5 + half


def saturating_number(near: Callable[[Any], Any], exact: Callable[[Any], Any]) -> Callable[..., Any]:
    """The same for Python numbers, as the fast path of the sweep wants it."""

    def rule(dy: Any, known: Any) -> Any:
        y, x = known
        value = near(y)
        return dy * (value if not value < LOW else number(exact(x))), None

    return rule


def number(x: Any) -> Any:
    """A NumPy scalar or 0-d array as the Python number it is; anything traced stays."""
    return x.item() if issubclass(type(x), (np.generic, np.ndarray)) else x


def _as_number(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: number(function(*xs))


ARRAY_WORDS: dict[str, Any] = {
    **{k: v for k, v in vars(np).items() if isinstance(v, np.ufunc)},
    "pi": math.pi, "where": np.where, "real": np.real, "imag": np.imag, "isreal": np.isrealobj,
    "conj": conj, "select": select, "zero_of": zero_of, "ln2": math.log(2.0), "ln10": math.log(10.0),
    "hypot1": hypot1, "bounded": bounded, "angle_slope": angle_slope, "share": share,
}  # fmt: skip

_MATH = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "expm1", "log1p", "log2")
NUMBER_WORDS: dict[str, Any] = {
    **{k: _as_number(v) if isinstance(v, np.ufunc) else v for k, v in ARRAY_WORDS.items()},
    "where": pick,
    **{name: _number(getattr(math, name), getattr(np, name)) for name in _MATH},
}


def define_words(words: dict[str, Any]) -> None:
    """More functions for formulas, those of a library; called while its rules are imported, by one thread."""
    ARRAY_WORDS.update(words)
    NUMBER_WORDS.update({name: _as_number(function) for name, function in words.items()})


def _times(formula: str, word: str, conjugate: bool) -> str:
    """The source text of `formula` applied to a cotangent or a tangent called `word`."""
    value, given, condition = formula.partition(" if ")
    if given:
        return f"select({condition}, {_times(value, word, conjugate)})"
    if formula == "0":
        return f"zero_of({word})"
    if formula in ("1", "-1"):
        return formula.replace("1", word)
    wrap = "conj({})" if conjugate else "({})"
    if formula.startswith("1 / "):
        return f"{word} / {wrap.format(formula[4:])}"
    return f"{word} * {wrap.format(formula)}"


def _compile(text: str, first: str, inputs: Sequence[str], words: dict[str, Any]) -> Any:
    """A rule out of its formula: compiled, for it is then as fast as one that is written by hand."""
    used = set(re.findall(r"[A-Za-z_]\w*", text))
    names = [n if n in used else "_" + n for n in ("y", *inputs)]
    code = compile(f"lambda {first}, {', '.join(names)}: {text}", GENERATED, "eval")
    return eval(code, words)


def _array_rule(formula: Formula, inputs: Sequence[str], holomorphic: bool) -> Any:
    if formula is None:
        return None
    if isinstance(formula, str):
        return _compile(_times(formula, "dy", holomorphic), "dy", inputs, ARRAY_WORDS)
    partial = formula
    if len(inputs) == 1:
        return lambda dy, y, x: dy * conj(partial(y, x))
    return lambda dy, y, a, b: dy * conj(partial(y, a, b))


def _tangent_rule(formula: Formula, inputs: Sequence[str]) -> Any:
    if formula is None:
        return None
    if isinstance(formula, str):
        return _compile(_times(formula, "dx", False), "dx", inputs, ARRAY_WORDS)
    partial = formula
    return lambda dx, y, *xs: dx * partial(y, *xs)


def _number_rule(formulas: Sequence[Formula], inputs: Sequence[str]) -> Any:
    """Both cotangents of an operation on numbers at once, for the fast path of the sweep.

    It takes the cotangent and the tuple (y, *inputs), and always returns a pair.
    """
    if all(isinstance(f, str) or f is None for f in formulas):
        parts = ["None" if f is None else _times(str(f), "dy", False) for f in formulas]
        source = f"def rule(dy, known):\n y, {', '.join(inputs)} = known\n return "
        words = dict(NUMBER_WORDS)
        exec(compile(source + ", ".join([*parts, "None"][:2]), GENERATED, "exec"), words)
        return words["rule"]
    first, second = [_array_rule(f, inputs, False) for f in (*formulas, None)][:2]
    return lambda dy, known: (
        number(first(dy, *known)),
        None if second is None else number(second(dy, *known)),
    )


def elementwise(
    target: Any,
    *formulas: Formula,
    stable: Sequence[Formula] = (),
    holomorphic: bool = True,
    vjps: Sequence[Any] | None = None,
    jvp: Any = None,
    number_vjp: Any = None,
    name: str | None = None,
    compute: Callable[..., Any] | None = None,
    **words: Any,
) -> Primitive:
    """Register an elementwise function by its partial derivatives, one formula an input.

    None stands for an input without derivative. `stable` are formulas to compute with, where those
    given are for readers. `holomorphic` is False for functions of real
    numbers only. Where a function of complex numbers has no complex derivative (``abs``, ``real``)
    `vjps` and `jvp` give the rules themselves, and the formulas are those on the real line. `words`
    are the fields for readers: `julia`, `kink`, `shown`.
    """
    inputs = NAMES[len(formulas)]
    slopes = stable or formulas
    made = Primitive(
        name or target.__name__,
        compute or target,
        vjps=vjps or [_array_rule(f, inputs, holomorphic) for f in slopes],
        jvp=jvp or [_tangent_rule(f, inputs) for f in slopes],
        number_vjp=number_vjp or _number_rule(slopes, inputs),
        formulas=formulas,
        where=_caller(),
        holomorphic=holomorphic,
        spare=getattr(slopes[0], "spare", None),
        **words,
    )
    if (vjps is None and number_vjp is None) or getattr(slopes[0], "spare", None):
        made.slopes = tuple(slopes)
    return register(target, made)
