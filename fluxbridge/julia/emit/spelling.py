"""How steps are written in Julia: the grammar that the spellings of primitives are made of.

The table :mod:`.spelled.table` says how a primitive is spelled, in one of three ways:

* ``"tanh."``: a function; with the dot it is broadcast over arrays, without it is called on them whole;
* ``"+"``: an operator, broadcast;
* a function ``(site, *terms, **options)`` that returns a :class:`Term` or its text (see :mod:`.spelled`).

A :class:`Term` is a piece of Julia with the value that it stands for, so that a spelling can look at
shapes and types. NumPy aligns the last axes of arrays and Julia the first; :func:`aligned` writes what
is needed between them. :func:`typed` sees to it that Float32 stays Float32.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import Primitive, plain
from ...errors import NoRuleError

#: The precedence of Julia's operators.
ANYTHING, COMPARISON, RANGE, SUM, PRODUCT, SIGN, POWER, ATOM = range(8)

_LEVELS = {
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "/": PRODUCT,
    "\\": PRODUCT,
    "^": POWER,
    "&": PRODUCT,
    "|": SUM,
    "⊻": SUM,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), COMPARISON),
}


class Term:
    """A piece of Julia. `value` is what it stands for, `literal` whether it is a number written out,
    and `constant` whether it does not depend on the arguments.

    `turned` is the text of what it is the transpose of; `thin` the term of the same array without its
    last axes, which have length 1: in a broadcast with a whole array Julia takes one for the other.
    `kept` is the term of a reduction with the axes that it folds, before they are dropped.
    """

    __slots__ = ("constant", "kept", "level", "literal", "text", "thin", "turned", "value")

    def __init__(
        self,
        text: str,
        value: Any,
        level: int = ATOM,
        literal: bool = False,
        turned: str | None = None,
        thin: Term | None = None,
        kept: Term | None = None,
    ):
        self.text = text
        self.value = plain(value)
        self.level = level
        self.literal = literal
        self.turned = turned
        self.thin = thin
        self.kept = kept
        self.constant = literal

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        return np.ndim(self.value)

    @property
    def dtype(self) -> np.dtype:
        return np.result_type(self.value)

    @property
    def is_complex(self) -> bool:
        return self.dtype.kind == "c"

    def __str__(self) -> str:
        return self.text

    def at(self, level: int) -> str:
        """The text, in parentheses if its precedence is below `level`."""
        return self.text if self.level >= level else f"({self.text})"


Spelled = Term | str  #: what a spelling returns


class Site(NamedTuple):
    """Where a step is written: its value (its type, shape and dtype count), and how to refer to an array.

    With `is_open` the content of arrays in the options must not be written out, say as a range.
    """

    out: Any
    capture: Callable[[np.ndarray], Term]
    is_open: bool = False


# ---------------------------------------------------------------------------------------------
# Numbers
# ---------------------------------------------------------------------------------------------


def number(x: Any, bits: int = 64) -> str:
    """A number as Julia writes it, with so many bits if it is a Python float.

    >>> number(3), number(0.5), number(0.5, 32), number(np.float32(0.1)), number(1e-20), number(2j)
    ('3', '0.5', '0.5f0', '0.1f0', '1.0e-20', '2.0im')
    >>> number(complex(0, np.inf)), number(2**64), number(Fraction(1, 3)), number(np.uint8(3))
    ('complex(0.0, Inf)', '1.8446744073709552e19', '1//3', 'UInt8(3)')
    """
    if isinstance(x, (bool, np.bool_)):
        return "true" if x else "false"
    if isinstance(x, Fraction):
        return f"{x.numerator}//{x.denominator}"
    if isinstance(x, np.integer) and x.dtype not in _INTS:
        return f"{julia_type(x.dtype)}({int(x)})"
    if isinstance(x, (int, np.integer)):
        return str(int(x)) if -(2**63) <= x < 2**63 else number(float(x))  # Int64, the type of Python's
    if isinstance(x, np.generic) and not isinstance(x, (float, complex)):
        bits = x.dtype.itemsize * 8 // (2 if x.dtype.kind == "c" else 1)
    if isinstance(x, (complex, np.complexfloating)):
        if x.real == 0 and not np.signbit(x.real) and not np.signbit(x.imag) and np.isfinite(x.imag):
            return number(_real(x.imag, bits), bits) + "im"
        if x.real == 0 or not (np.isfinite(x.real) and np.isfinite(x.imag)):  # signs of zeros, Inf and NaN
            parts = (number(_real(part, bits), bits) for part in (x.real, x.imag))
            return call("complex", *parts)
        imag = number(_real(x.imag, bits), bits)
        return (
            f"{number(_real(x.real, bits), bits)} {imag[0] if imag[0] == '-' else '+'} {imag.lstrip('-')}im"
        )
    value = float(x)
    if not np.isfinite(value):
        name = ("NaN" if value != value else "Inf" if value > 0 else "-Inf") + (
            "" if bits == 64 else str(bits)
        )
        return name
    digits = repr(value) if bits == 64 else str((np.float32 if bits == 32 else np.float16)(x))
    mantissa, e, exponent = digits.partition("e")
    mantissa = mantissa if "." in mantissa else mantissa + ".0"
    if bits == 16:
        return f"Float16({digits})"
    if bits == 32:
        return f"{mantissa}f{int(exponent or 0)}"
    return f"{mantissa}e{int(exponent)}" if e else mantissa


_INTS = (np.dtype(np.int64), np.dtype(np.longlong))


def _real(x: Any, bits: int) -> Any:
    return np.float32(x) if bits == 32 else float(x)


def number_term(x: Any, bits: int = 64) -> Term:
    text = number(x, bits)
    level = SUM if " + " in text or " - " in text else SIGN if text.startswith("-") else ATOM
    level = PRODUCT if "//" in text and level == ATOM else level
    return Term(text, x, level, literal=True)


def julia_type(dtype: Any) -> str:
    """The element type of an array.

    >>> julia_type(np.float32), julia_type(complex), julia_type(bool), julia_type(np.uint8)
    ('Float32', 'ComplexF64', 'Bool', 'UInt8')
    """
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return "Bool"
    bits = dtype.itemsize * 8
    return {"f": f"Float{bits}", "c": f"ComplexF{bits // 2}", "i": f"Int{bits}", "u": f"UInt{bits}"}[
        dtype.kind
    ]


def array_literal(x: np.ndarray) -> str:
    """A small vector or matrix, written out.

    >>> array_literal(np.array([1.0, 2.0])), array_literal(np.eye(2, dtype=np.float32))
    ('[1.0, 2.0]', 'Float32[1.0 0.0; 0.0 1.0]')
    """
    if x.size == 0 and x.ndim > 1:
        return call("zeros", julia_type(x.dtype), *x.shape)
    plain_type = x.dtype in (np.dtype(float), np.dtype(np.int64), np.dtype(bool), np.dtype(complex))
    write = lambda v: number(v.item()).replace(" ", "")  # noqa: E731
    if x.ndim == 1:
        inside = ", ".join(map(write, x))
    else:
        if x.shape[1] == 1:
            return call("reshape", array_literal(x[:, 0]), ":", 1)
        inside = "; ".join(" ".join(map(write, row)) for row in x)
    return f"{'' if plain_type and x.size else julia_type(x.dtype)}[{inside}]"


# ---------------------------------------------------------------------------------------------
# Calls and operators
# ---------------------------------------------------------------------------------------------


def call(name: str, *arguments: Any, **keywords: Any) -> str:
    """``name(a, b; k = v)``; keywords that are None are left out.

    >>> call("sum", "x", dims=1), call("reverse", "x", dims=None)
    ('sum(x; dims=1)', 'reverse(x)')
    """
    named = ", ".join(f"{k}={v}" for k, v in keywords.items() if v is not None)
    return f"{name}({', '.join(map(str, arguments))}{'; ' if named else ''}{named})"


def tuple_of(items: Sequence[Any]) -> str:
    """
    >>> tuple_of([1]), tuple_of([1, 2])
    ('(1,)', '(1, 2)')
    """
    return f"({', '.join(map(str, items))}{',' if len(items) == 1 else ''})"


def infix(op: str, a: Term, b: Term, value: Any, dotted: bool) -> Term:
    """``a op b``, with the parentheses that it needs."""
    level = _LEVELS[op]
    left = a.at(ATOM if op == "^" else level)
    right = b.at(level + 1 if op != "^" else ATOM)
    if right.startswith("-"):
        right = f"({right})"
    between = f" .{op} " if dotted else op if op == "^" else f" {op} "
    return Term(f"{left}{between}{right}", value, level)


def negative(a: Term, value: Any) -> Term:
    return Term(f"-{a.at(PRODUCT)}" if not a.text.startswith("-") else f"-({a})", value, SIGN)


def elementwise(name: str, terms: Sequence[Term], value: Any) -> Term:
    """A function (``"tanh"``) or operator (``"+"``) of each element, or of numbers."""
    terms = aligned(typed(terms, value))
    arrays = [t for t in terms if t.ndim]
    if name in _LEVELS:
        a, b = terms
        # a number times an array, and an array over a number, are Julia's own operations
        dotted = bool(arrays) and not (len(arrays) == 1 and (name == "*" or (name == "/" and a.ndim)))
        return infix(name, a, b, value, dotted)
    return Term(call(name + ("." if arrays else ""), *terms), value)


def typed(terms: Sequence[Term], value: Any) -> list[Term]:
    """The operands, converted where Julia would otherwise end with another type than NumPy."""
    kind = np.result_type(plain(value)) if not isinstance(value, tuple) else None
    if kind is None or kind.kind not in "fc":
        return list(terms)
    bits = _bits(kind)
    known = [_bits(t.dtype) for t in terms if t.dtype.kind in "fc" and not (t.literal and _is_weak(t.value))]
    out = []
    for t in terms:
        if t.dtype.kind == "b":  # false times Inf or NaN is 0 in Julia, and NaN in NumPy
            t = number_term(float(t.value), bits) if t.literal else converted(t, f"f{bits // 8}")
        elif t.literal and t.dtype.kind in "fc":
            t = number_term(t.value, bits if _is_weak(t.value) else 64)
        elif t.dtype.kind in "fc" and _bits(t.dtype) > bits:
            t = converted(t, np.dtype(f"{t.dtype.kind}{bits // 8 * (2 if t.is_complex else 1)}"))
        elif t.dtype.kind in "iu" and not (t.literal and _is_weak(t.value)) and _narrower(known, bits):
            t = number_term(float(t.value)) if t.literal and bits == 64 else converted(t, f"f{bits // 8}")
        out.append(t)
    return out


def _narrower(known: Sequence[int], bits: int) -> bool:
    """Would Julia end with another type, of the other operands or of integers alone?"""
    return max(known) < bits if known else bits < 64


def _is_weak(x: Any) -> bool:
    """Does NumPy's promotion ignore the width of this operand, as it is a Python number?"""
    return type(x) in (float, complex, int)


def _bits(dtype: np.dtype) -> int:
    return dtype.itemsize * 8 // (2 if dtype.kind == "c" else 1)


def converted(t: Term, dtype: Any) -> Term:
    name = julia_type(dtype)
    return Term(f"{name}{'.' if t.ndim else ''}({t})", np.zeros(t.shape, dtype)[()])


def aligned(terms: Sequence[Term]) -> list[Term]:
    """The operands of a broadcast, so that their last axes meet as in NumPy."""
    ndim = max((t.ndim for t in terms), default=0)
    whole = any(t.ndim and t.thin is None for t in terms)  # will have all axes
    out = []
    for t in terms:
        if t.thin is not None and t.ndim == ndim and whole:
            t = t.thin
        elif t.kept is not None and t.kept.shape == (1,) * (ndim - t.ndim) + t.shape:
            t = t.kept
        elif 0 < t.ndim < ndim:
            t = row(t) if (t.ndim, ndim) == (1, 2) else reshaped(t, (1,) * (ndim - t.ndim) + t.shape)
        out.append(t)
    return out


# ---------------------------------------------------------------------------------------------
# Shapes
# ---------------------------------------------------------------------------------------------


def transposed(t: Term, value: Any = None) -> Term:
    """``x'``, or ``transpose(x)`` where x is complex."""
    value = np.transpose(t.value) if value is None else value
    if t.turned is not None:
        return Term(t.turned, value)
    if t.is_complex:
        return Term(f"transpose({t})", value, turned=t.at(ATOM))
    return Term(f"{t.at(ATOM)}'", value, turned=t.at(ATOM))


def row(t: Term) -> Term:
    """A vector as a matrix with one row."""
    return Term(transposed(t).text, np.reshape(t.value, (1, -1)))


def reshaped(t: Term, shape: Sequence[int]) -> Term:
    """``reshape``, where the order of the elements is the same in C and in Julia."""
    shape = tuple(shape)
    if shape == t.shape:
        return t
    if t.kept is not None and t.kept.shape == shape:
        return t.kept
    value = np.reshape(t.value, shape)
    if len(shape) == 1 and t.ndim > 1:
        return Term(f"vec({t})", value)
    if len(shape) == 0:
        return Term(f"only({t})", value)
    if t.ndim == 1 and t.shape[0] != 1:  # the one axis that is long
        text = call("reshape", t, *[n if n == 1 else ":" for n in shape])
    else:
        text = call("reshape", t, *shape)
    thin = t if shape[: t.ndim] == t.shape and t.ndim else None
    return Term(text, value, thin=thin)


def same_order(old: Sequence[int], new: Sequence[int]) -> bool:
    """Is a reshape in C order the one in Julia's order too? It is if only axes of length 1 come and go."""
    return [n for n in old if n != 1] == [n for n in new if n != 1]


# ---------------------------------------------------------------------------------------------
# What the table says of a primitive
# ---------------------------------------------------------------------------------------------

_NAME = re.compile(r"[\w.!]*\w!?\.?")


def spell(julia: Any, site: Site, terms: Sequence[Term], options: dict[str, Any]) -> Term:
    """A step in Julia, by the spelling of its primitive (see :mod:`.spelled.table`)."""
    if isinstance(julia, str):
        if julia in _LEVELS:
            return elementwise(julia, terms, site.out)
        if not _NAME.fullmatch(julia):
            raise ValueError(f"{julia!r} is neither a function nor an operator of Julia's")
        if julia.startswith("SpecialFunctions.") and any(t.is_complex for t in terms):
            raise NoRuleError(f"Zygote does not differentiate {julia[:-1]} by complex numbers")
        if julia.endswith("."):
            return elementwise(julia[:-1], terms, site.out)
        return Term(call(julia, *terms), site.out)
    made = julia(site, *terms, **options)
    return made if isinstance(made, Term) else Term(made, site.out)


def shown(primitive: Primitive, julia: Any) -> str:
    """The spelling `julia` of a primitive as the documentation prints it."""
    if not isinstance(julia, str):
        return "" if julia is None else julia.text
    if julia in _LEVELS:
        return f"a .{julia} b"
    count = len(primitive.vjps or "x")
    return f"{julia}({', '.join('x' if count == 1 else 'abcd'[k] for k in range(count))})"


def spelling(text: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: `text` is how the documentation prints what the function writes."""

    def note(function: Any) -> Any:
        function.text = text
        return function

    return note
