"""Reverse mode: the tape, and the sweep that walks it backwards.

A :class:`Tape` is a list of records in the order of execution, each a plain tuple

    (primitive, parents, values, options, spec)

`parents` are the positions of the inputs' records (None for what is not traced), `values` the
output and the inputs as far as the rules need them (a :class:`Spec` elsewhere), `options` the
keyword arguments and `spec` the shape and dtype that a cotangent of this output must have. A record
whose options are None is an operation between Python numbers, for which the sweep has a short way.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import EscapedTracerError, MutationError
from .primitive import PRIMITIVES, UFUNCS, Primitive, Spec, Tracer, apply, take_up
from .tracer import TracedArray, TracedNumber

Record = tuple[Any, Any, Any, Any, Any]

FLOAT = Spec((), float)
COMPLEX = Spec((), complex)
EXACT = Spec((), None)  #: Fraction and other numbers that are left as they are

#: Every level of nesting gets a number; a level that began later is further inside.
ORDER = itertools.count()

_FLOAT64 = np.dtype(np.float64)
_getitem: Primitive  # the primitive of x[index], set once the rules are registered
_tuple = tuple.__new__


class ReverseNumber(TracedNumber):
    __slots__ = ("index",)
    index: int


class ReverseArray(TracedArray):
    __slots__ = ("index",)
    index: int

    def __getitem__(self, index: Any) -> Any:
        # What loops do: no search for tracers, and no array for one number out of a vector
        kind = type(index)
        value = self.value
        if (kind is int or kind is slice) and type(value) is np.ndarray:
            tape = self.level
            if kind is int and value.dtype is _FLOAT64 and value.ndim == 1:
                picked = ReverseFloat()
                picked.value = value.item(index)
                picked.level = tape
                picked.index = len(tape)
                tape.append((_getitem, (self.index,), (), {"index": index}, FLOAT))
                return picked
            return tape.wrap(value[index], _getitem, (self.index,), (), {"index": index})
        return super().__getitem__(index)


class ReverseFloat(ReverseNumber):
    """A real Python number. Its arithmetic is generated below: no dispatch, one record each."""

    __slots__ = ()


class Tape(list[Record]):
    """The records of one call, and the arrays in them that somebody else could change."""

    __slots__ = ("copies", "order", "watched")

    def __init__(self) -> None:
        self.order = next(ORDER)
        self.copies: dict[int, tuple[np.ndarray, bytes, np.ndarray]] = {}
        self.watched: dict[int, tuple[np.ndarray, bytes]] = {}

    # -- recording ----------------------------------------------------------------------------

    def leaf(self, value: Any) -> Any:
        """A traced stand-in for an argument."""
        if type(value) is np.ndarray and value.dtype.kind in "iufc":
            value = self.own(value)
        return self.wrap(value, LEAF, (), (), None)

    def record(self, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        if len(inputs) == 1 and type(inputs[0].value) is np.ndarray:
            return self._record_array(primitive, inputs[0], options)
        values: list[Any] = []
        parents: list[int | None] = []
        numbers = primitive.number_vjp is not None
        outer = False
        for x in inputs:
            if isinstance(x, Tracer) and x.level is self:
                numbers = numbers and type(x) is ReverseFloat
                parents.append(x.index)  # type: ignore[attr-defined]
                x = x.value
            else:
                numbers = numbers and type(x) in _REAL
                parents.append(None)
            outer = outer or isinstance(x, Tracer)
            values.append(x)
        y = apply(primitive, values, options) if outer else primitive.compute(*values, **options)
        if numbers and type(y) in _REAL:
            y = y if type(y) is float else _REAL[type(y)](y)
            pair = tuple(parents) if len(parents) == 2 else (parents[0], None)
            return self.wrap(y, primitive, pair, (y, *values), None)

        keep_output, keep_inputs = primitive.keep(tuple([p is not None for p in parents]))
        kept: list[Any] = [y if keep_output else _spec(y)]
        for value, parent, keep in zip(values, parents, keep_inputs, strict=True):
            if not keep:
                kept.append(_spec(value) if parent is None else self[parent][4])
            elif parent is None and type(value) is np.ndarray:
                kept.append(self.own(value))
            else:
                kept.append(value)
        return self.wrap(y, primitive, tuple(parents), tuple(kept), options)

    def _record_array(self, primitive: Primitive, x: Any, options: dict[str, Any]) -> Any:
        """The same for a function of one array, with as few steps as possible."""
        value = x.value
        spec = self[x.index][4]
        y = primitive.compute(value, **options)
        keep_output, (keep_input,) = primitive.keep((True,))
        known = value if keep_input else spec
        if type(y) is np.ndarray and y.dtype is spec[1] and y.shape == spec[0]:
            tracer = ReverseArray()
            tracer.value = y
            tracer.level = self
            tracer.index = len(self)
            self.append((primitive, (x.index,), (y if keep_output else spec, known), options, spec))
            return tracer
        return self.wrap(y, primitive, (x.index,), (y if keep_output else _spec(y), known), options)

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """Record a result that was computed elsewhere; `inputs` are tracers of this level."""
        parents = tuple([x.index for x in inputs])
        specs = [self[i][4] for i in parents]
        if isinstance(y, tuple):
            y = tuple([self.own(v) if type(v) is np.ndarray else v for v in y])
        elif type(y) is np.ndarray:
            y = self.own(y)
        return self.wrap(y, primitive, parents, (_spec(y), *specs), {})

    def wrap(self, y: Any, primitive: Any, parents: Any, values: Any, options: Any) -> Any:
        """Append the record of `y` and return the tracer that stands for it."""
        kind = type(y)
        tracer: Any
        if kind is np.ndarray and y.ndim == 0 and primitive is not LEAF:
            y = y[()]  # as NumPy's own operations do
            kind = type(y)
        if kind is np.ndarray:
            tracer = ReverseArray()
            dtype = y.dtype
            spec = _tuple(Spec, (y.shape, dtype if dtype.kind in "fc" else _FLOAT64))
        elif kind is float or kind is ReverseFloat:
            tracer = ReverseFloat()
            spec = FLOAT
        elif isinstance(y, tuple):
            return self._several(y, primitive, parents, values, options)
        elif isinstance(y, TracedArray):
            tracer = ReverseArray()
            spec = _spec(y)
        else:
            if kind in _REAL:
                y = _REAL[kind](y)
                tracer = ReverseFloat()
            elif kind is np.bool_ or kind is bool:
                return y
            else:
                if kind is np.complex128:
                    y = complex(y)
                tracer = (ReverseFloat if _spec(y) is FLOAT else ReverseNumber)()
            spec = _spec(y)
        tracer.value = y
        tracer.level = self
        tracer.index = len(self)
        self.append((primitive, parents, values, options, spec))
        return tracer

    def _several(self, y: tuple, primitive: Any, parents: Any, values: Any, options: Any) -> Any:
        index = len(self)
        self.append((primitive, parents, values, options or {}, Spec((len(y),), tuple)))
        parts = [
            self.wrap(part, _getitem, (index,), (), {"index": k})
            for k, part in enumerate(y)
        ]
        return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)

    # -- arrays that are not the tape's own ------------------------------------------------------

    def own(self, array: np.ndarray) -> np.ndarray:
        """`array` as it is now: a copy if it is small, else watched so that a change is noticed."""
        if not array.flags.writeable and array.base is None:
            return array
        key = id(array)
        if array.nbytes > _SMALL:
            if key not in self.watched:
                self.watched[key] = (array, fingerprint(array))
            return array
        data = array.tobytes()
        known = self.copies.get(key)
        if known is None or known[1] != data:
            known = self.copies[key] = (array, data, array.copy())
        return known[2]

    def verify(self) -> None:
        """Raise if a watched array was changed after it was recorded."""
        for array, seen in self.watched.values():
            if fingerprint(array) != seen:
                raise MutationError(
                    f"Mutating arrays is not supported -- an array of shape {array.shape} and dtype "
                    f"{array.dtype} was changed in place after the function had used it, so the "
                    "gradient would be wrong. Write the new values into a new array, or into a copy."
                )

    def close(self, free: bool = True) -> None:
        """No more records; what still refers to this tape reports itself when it is used."""
        self.copies.clear()
        if free:
            self.clear()
        self.__class__ = FreedTape if free else ClosedTape


class ClosedTape(Tape):
    """A tape whose gradient call is over. Any use of its tracers ends here."""

    __slots__ = ()

    def append(self, record: Any) -> None:
        raise EscapedTracerError(
            "A traced value was used after the gradient call that made it had ended: it was stored "
            "in a global, an attribute or a cache. Store fluxbridge.ignore_derivatives(x), or return it."
        )

    def record(self, primitive: Any, inputs: Any, options: Any) -> Any:
        self.append(None)


class FreedTape(ClosedTape):
    """A closed tape whose records are gone."""

    __slots__ = ()

    def __getitem__(self, position: Any) -> Any:
        self.append(None)


_SMALL = 1 << 14  # bytes up to which an array is copied rather than watched
_REAL: dict[Any, Callable[[Any], Any]] = {
    float: float, int: int, np.float64: float, ReverseFloat: lambda x: x,
    **dict.fromkeys((np.int64, np.int32, np.int16, np.int8), int),
    **dict.fromkeys((np.uint64, np.uint32, np.uint16, np.uint8), int),
}  # fmt: skip


def _spec(x: Any) -> Spec:
    """What a cotangent of `x` must look like."""
    kind = type(x)
    if kind is np.ndarray:
        return Spec(x.shape, x.dtype if x.dtype.kind in "fc" else _FLOAT64)
    if kind in _REAL:
        return FLOAT
    if isinstance(x, TracedArray):
        return Spec(x.shape, x.dtype if x.dtype.kind in "fc" else _FLOAT64)
    if isinstance(x, Tracer):
        return _spec(x.value)
    if isinstance(x, np.inexact):
        return Spec((), kind if kind is not np.complex128 else complex)
    return COMPLEX if kind is complex else Spec((), tuple) if isinstance(x, tuple) else EXACT


def fingerprint(array: np.ndarray) -> bytes:
    """A checksum at the speed of memory: sums of the bytes, taken as integers, in 1021 columns."""
    data = np.ravel(array, order="K")
    words = data.view(np.uint64) if data.nbytes % 8 == 0 else data.view(np.uint8)
    rows = words.size // 1021
    columns = words[: rows * 1021].reshape(rows, 1021).sum(axis=0)
    return columns.tobytes() + words[rows * 1021 :].tobytes()


# ---------------------------------------------------------------------------------------------
# The sweep
# ---------------------------------------------------------------------------------------------

LEAF = Primitive("argument", compute=lambda x: x)


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
        options = {"indices": self.indices, "shape": spec.shape, "dtype": spec.dtype}
        return apply(PRIMITIVES["scatter"], self.parts, options)


class Several(dict[int, Any]):
    """Cotangents of the outputs of a primitive that has several."""

    def add(self, index: int, part: Any) -> None:
        self[index] = part


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
    getitem = _getitem
    take_cotangent = cotangents.pop
    take_record = tape.pop if free else reversed(tape).__next__
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
            pulled = _pull(primitive, parents, ct, values, options)
        except ZeroDivisionError:  # of complex numbers or fractions, in Python's own arithmetic
            with np.errstate(all="ignore"):
                ct, *values = map(_numpy_scalar, (ct, *values))
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
        if type(ct) is float and spec[0] and spec[1].kind == "f":
            cotangents[i] = np.full(spec[0], ct, spec[1])
        else:
            cotangents[i] = None if ct is None else project(ct, spec)
    return cotangents


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


def _numpy_scalar(x: Any) -> Any:
    return np.complex128(x) if type(x) is complex else np.float64(x) if type(x) is float else x


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
    if kind is float:
        if dtype is float:
            return ct
    elif kind is np.ndarray and ct.shape == shape and ct.dtype is dtype:
        return ct
    if dtype is tuple:
        return ct
    if kind is np.ndarray and ct.dtype.hasobject:
        ct = take_up(ct)
    if np.shape(ct) != shape:
        ct = _unbroadcast(ct, shape)
    if dtype is None:
        return ct
    real = dtype is float or np.dtype(dtype).kind == "f"
    if real and np.iscomplexobj(getattr(ct, "value", ct)):
        ct = np.real(ct)
    if isinstance(dtype, np.dtype):
        return ct if np.result_type(_plain_dtype(ct)) == dtype else _cast(ct, dtype)
    if isinstance(ct, Tracer):
        return ct
    return dtype(ct)


def _plain_dtype(x: Any) -> Any:
    while isinstance(x, Tracer):
        x = x.value
    return x.dtype if hasattr(x, "dtype") else type(x)


def _cast(ct: Any, dtype: np.dtype) -> Any:
    return ct.astype(dtype) if isinstance(ct, (np.ndarray, TracedArray)) else np.asarray(ct, dtype)


def _unbroadcast(ct: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which a value of `shape` was repeated; or repeat what was summed."""
    extra = np.ndim(ct) - len(shape)
    if extra > 0:
        ct = np.sum(ct, axis=tuple(range(extra)))
    axes = tuple(i for i, (n, m) in enumerate(zip(np.shape(ct), shape, strict=False)) if m == 1 != n)
    if axes and extra >= 0:
        ct = np.sum(ct, axis=axes, keepdims=True)
    return ct if np.shape(ct) == shape else np.broadcast_to(ct, shape)


def _as_numpy(function: Callable[..., Any], *args: Any) -> Any:
    """Numbers as NumPy computes with them: 1/0 is Inf and 0/0 is NaN, without an exception."""
    ct, values = args
    with np.errstate(all="ignore"):
        result = function(np.float64(ct), tuple([np.float64(v) for v in values]))
    return tuple(None if r is None else float(r) for r in result)


# ---------------------------------------------------------------------------------------------
# Arithmetic of Python numbers
# ---------------------------------------------------------------------------------------------

_NUMBERS = '''
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if kind is ReverseFloat and other.level is tape:
        parents = {both}
        {right} = other.value
    elif kind is float or kind is int:
        parents = {one}
        {right} = other
    else:
        return slow(self, other)
    {left} = self.value
    try:
        y = a {symbol} b
    except ArithmeticError:
        y = overflow(a, b)
    result = ReverseFloat()
    result.value = y
    result.level = tape
    result.index = len(tape)
    tape.append((primitive, parents, (y, a, b), None, FLOAT))
    return result
'''

# The same for arrays: what the rules do not need is not kept, and a result like an operand
# shares its spec.
_ARRAYS = '''
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if (kind is ReverseArray or kind is ReverseFloat) and other.level is tape:
        {left} = self.value
        {right} = other.value
        parents = {both}
        y = a {symbol} b
        known = {keep_both}
    elif kind is float or kind is int:
        {left} = self.value
        {right} = other
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    elif kind is ndarray and not other.dtype.hasobject:
        {left} = self.value
        {right} = {constant}
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    else:
        return slow(self, other)
    spec = tape[self.index][4]
    if type(y) is ndarray and y.dtype is spec[1] and y.shape == spec[0]:
        result = ReverseArray()
        result.value = y
        result.level = tape
        result.index = len(tape)
        tape.append((primitive, parents, known, no_options, spec))
        return result
    return tape.wrap(y, primitive, parents, known, no_options)
'''


def _define(kind: type, template: str, word: str, symbol: str, ufunc: np.ufunc, swap: bool) -> None:
    """Give a tracer class one arithmetic operator, its source text made for speed."""
    primitive = UFUNCS[ufunc]
    name = f"__{'r' if swap else ''}{word}__"
    left, right = ("b", "a") if swap else ("a", "b")

    def kept(traced: tuple[bool, bool]) -> str:
        output, inputs = primitive.keep(traced)
        names = [n if on else "None" for n, on in zip("yab", (output, *inputs), strict=True)]
        return f"({', '.join(names)})"

    def overflow(a: Any, b: Any) -> float:
        with np.errstate(all="ignore"):
            return float(ufunc(np.float64(a), np.float64(b)))

    source = template.format(
        name=name,
        left=left,
        right=right,
        symbol=symbol,
        both="(other.index, self.index)" if swap else "(self.index, other.index)",
        one="(None, self.index)" if swap else "(self.index, None)",
        keep_both=kept((True, True)),
        keep_one=kept((not swap, swap)),
        constant="tape.own(other)" if primitive.keep((not swap, swap))[1][not swap] else "other",
    )
    words = {
        "ReverseFloat": ReverseFloat,
        "ReverseArray": ReverseArray,
        "FLOAT": FLOAT,
        "ndarray": np.ndarray,
        "no_options": {},
        "primitive": primitive,
        "overflow": overflow,
        "slow": getattr(TracedNumber, name),
    }
    exec(source, words)
    setattr(kind, name, words[name])


def _literal_power(kind: type) -> Callable[[Any, Any], Any]:
    """``x ** p`` for a constant p, without a search for who is traced."""
    slow = TracedNumber.__pow__
    primitive = PRIMITIVES["literal_power"]
    compute = primitive.compute
    options: dict[str, Any] | None = None if kind is ReverseFloat else {}

    def power(self: Any, p: Any) -> Any:
        x = self.value
        if (type(p) is not int and type(p) is not float) or isinstance(x, Tracer):
            return slow(self, p)
        y = compute(x, p)
        if type(y) is complex:  # a negative number to a broken power
            return slow(self, p)
        known = (None, x, p)
        return self.level.wrap(y, primitive, (self.index, None), known, options)

    return power


def define_arithmetic() -> None:
    """Called once the rules of the operators are registered."""
    global _getitem
    _getitem = PRIMITIVES["getitem"]
    for word, symbol, ufunc in (
        ("add", "+", np.add),
        ("sub", "-", np.subtract),
        ("mul", "*", np.multiply),
        ("truediv", "/", np.true_divide),
    ):
        for swap in (False, True):
            _define(ReverseFloat, _NUMBERS, word, symbol, ufunc, swap)
            _define(ReverseArray, _ARRAYS, word, symbol, ufunc, swap)
    for kind in (ReverseFloat, ReverseArray):
        kind.__pow__ = _literal_power(kind)  # type: ignore[assignment]
