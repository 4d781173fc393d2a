"""Reverse mode, forwards: the tape and what records itself on it.

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
from weakref import ref

import numpy as np

from ..errors import EscapedTracerError, MutationError
from . import elements  # noqa: F401  (the arrays of objects that NumPy makes of traced values)
from .families import FamilySpec, computed, family_of
from .inplace import Memory, alias, related, shares
from .primitive import EVEN_POWERS, SQUARES, Kind, Primitive, Spec, Tracer, apply, exponent_of, plain, strong
from .tracer import NumpyNumber, TracedArray, TracedNumber

Record = tuple[Any, Any, Any, Any, Any]

FLOAT = Spec((), float)
COMPLEX = Spec((), complex)
EXACT = Spec((), None)  #: Fraction and other numbers that are left as they are

#: Every level of nesting gets a number; a level that began later is further inside. Threads share the count,
#: whose steps are atomic, so that no two levels have the same number.
ORDER = itertools.count()

_FLOAT64 = np.dtype(np.float64)
GETITEM: Any = None  # the primitive of x[index], set once, when the rules are imported
_tuple = tuple.__new__


class ReverseNumber(TracedNumber, metaclass=Kind):
    __slots__ = ("_index",)
    places = ("_index",)
    _index: int


class ReverseArray(TracedArray, metaclass=Kind):
    __slots__ = ("_index",)
    _index: int
    state = ("_value", "_index")

    def __getitem__(self, index: Any) -> Any:
        # What loops do: no search for tracers, and no array for one number out of a vector
        kind = type(index)
        value = self._value
        if (kind is int or kind is slice) and type(value) is np.ndarray:
            tape = self.level
            if kind is int and value.dtype is _FLOAT64 and value.ndim == 1:
                picked = ReverseScalar()
                picked._value = value.item(index)
                picked.level = tape
                picked._index = len(tape)
                tape.append((GETITEM, (self._index,), (), {"index": index}, FLOAT))
                return picked
            y = value[index]
            picked = tape.wrap(y, GETITEM, (self._index,), (), {"index": index})
            if type(y) is np.ndarray:  # as `related` does
                tape.memory.views += (ref(self), ref(picked))
            return picked
        return super().__getitem__(index)


class ReverseFloat(ReverseNumber):
    """A real Python number. Its arithmetic is generated (see operators.py): no dispatch, one record each."""

    __slots__ = ()


class ReverseScalar(NumpyNumber, ReverseNumber):
    """A real number that is one of NumPy's outside, as elements of arrays and sums are."""

    __slots__ = ()


ReverseNumber.numpys, ReverseNumber.pythons = ReverseScalar, ReverseFloat


LEAF = Primitive("argument", compute=lambda x: x)
LEAF.keeps_arrays = True
#: What a traced array becomes where it is overwritten with values that depend on no argument.
CONSTANT = Primitive("constant", compute=lambda: None, joint=lambda _dy, *_: ())


class Tape(list[Record]):
    """The records of one call, and the arrays in them that somebody else could change."""

    __slots__ = ("copies", "foreign", "integers", "lent", "memory", "order", "refused", "watched")
    over = False
    watches = False  #: does it note questions?

    def __init__(self) -> None:
        self.order = next(ORDER)
        self.refused: Any = None  # what was refused while the function ran
        self.foreign = False  # are there arrays of other libraries among the values?
        self.integers = False  # are there arrays of them among the values?
        self.copies: dict[int, tuple[np.ndarray, bytes, np.ndarray]] = {}
        self.lent: dict[int, list[np.ndarray]] = {}
        self.watched: dict[int, tuple[np.ndarray, bytes]] = {}
        self.memory = Memory()

    # -- recording ----------------------------------------------------------------------------

    def leaf(self, value: Any) -> Any:
        """A traced stand-in for an argument."""
        original = value
        if type(value) is np.ndarray and value.dtype.kind in "iufc":
            if value.nbytes > _SMALL:  # is watched as soon as a rule will need it, or a view of it
                self.lent.setdefault(id(value), []).append(value)
                if value.base is not None:
                    self.lent.setdefault(id(value.base), []).append(value)
            else:
                value = self.own(value)
        elif type(value) is not float:
            if isinstance(value, TracedArray):
                value = alias(value)
            elif (family := family_of(value)) is not None:
                value = family.own(value)
        tracer = self.wrap(value, LEAF, (), (), None)
        if type(tracer) is ReverseArray:
            self.memory.arguments.append((tracer, original))
        return tracer

    def constant(self, value: Any, _like: Any) -> Any:
        """An array of this level that depends on no argument."""
        return self.wrap(value, CONSTANT, (), (None,), {})

    def record(self, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        written, primitive = primitive, primitive.original
        if len(inputs) == 1:
            kind = type(inputs[0]._value)
            if kind is np.ndarray:
                return self._record_array(written, inputs[0], options)
            if kind is float and primitive.number_vjp is not None:
                return self._record_float(written, inputs[0], options)
        values: list[Any] = []
        parents: list[int | None] = []
        numbers = primitive.number_vjp is not None
        outer = False
        for x in inputs:
            kind = type(x)
            if (kind in _TRACERS or isinstance(x, Tracer)) and x.level is self:
                parents.append(x._index)
                if kind is ReverseScalar:
                    value = x._value
                    x = np.float64(value) if type(value) is float else strong(value, x.__class__)
                else:
                    numbers = numbers and kind is ReverseFloat
                    plainly = kind is ReverseFloat or kind is ReverseArray
                    x = x._value if plainly else strong(x._value, x.__class__)
            else:
                numbers = numbers and kind in NUMBERS
                parents.append(None)
                self.foreign = self.foreign or family_of(x) is not None
            outer = outer or isinstance(x, Tracer)
            values.append(x)
        if outer:
            smooth = self._even_power(primitive, inputs) if primitive in SQUARES else None
            if smooth is not None:
                return self.record(*smooth)
            # a later change in place of an array further out must not reach the record
            values = [alias(v) if isinstance(v, TracedArray) else v for v in values]
            y = apply(written, values, options)
        else:
            y = computed(written, values, options) if self.foreign else written.compute(*values, **options)
        if numbers and type(y) in NUMBERS:
            pair = tuple(parents) if len(parents) == 2 else (parents[0], None)
            return self.wrap(y, primitive, pair, tuple([NUMBERS[type(v)](v) for v in (y, *values)]), None)

        keep_output, keep_inputs = primitive.keep(tuple([p is not None for p in parents]))
        if self.integers:
            values = [for_rules(x, primitive, k) for k, x in enumerate(values)]
        kept: list[Any] = [as_floats(y) if keep_output else spec_of(y)]
        for value, parent, keep in zip(values, parents, keep_inputs, strict=True):
            if not keep:
                kept.append(spec_of(value) if parent is None else self[parent][4])
            elif parent is None and type(value) is np.ndarray:
                kept.append(
                    self.own(value) if value.dtype.kind == "f" else self._whole(value, primitive, len(kept))
                )
            elif parent is None and (family := family_of(value)) is not None:
                kept.append(family.own(value))
            else:
                kept.append(value)
        result = self.wrap(y, primitive, tuple(parents), tuple(kept), options)
        if primitive.shares and type(result) is ReverseArray and shares(plain(result), plain(inputs[0])):
            related(inputs[0], result)
        return result

    def _even_power(self, primitive: Primitive, inputs: Sequence[Any]) -> Any:
        """What to record for an even power of a function with a corner, in a derivative of a derivative."""
        first = inputs[0]
        p = exponent_of(primitive, inputs) if isinstance(first, Tracer) and first.level is self else 0
        if not p:
            return None
        of, parents, known, options, _ = self[inputs[0]._index]  # type: ignore[attr-defined]
        if of not in EVEN_POWERS:
            return None
        arguments = [self._again(i, x) for i, x in zip(parents, known[1:], strict=False)]
        return EVEN_POWERS[of], arguments, {**(options or {}), "p": p}

    def _again(self, index: int | None, value: Any) -> Any:
        """The tracer of an earlier record, given its value; or a constant."""
        if index is None:
            return value
        if isinstance(value, (np.ndarray, TracedArray)):
            tracer: Any = ReverseArray()
        else:
            tracer = ReverseFloat() if self[index][4] is FLOAT else ReverseNumber()
        tracer._value, tracer.level, tracer._index = value, self, index
        return tracer

    def _record_array(self, primitive: Primitive, x: Any, options: dict[str, Any]) -> Any:
        """The same for a function of one array, with as few steps as possible."""
        value = x._value
        spec = self[x._index][4]
        y = primitive.compute(value, **options)
        primitive = primitive.original
        keep_output, (keep_input,) = primitive.keep((True,))
        known = value if keep_input else spec
        if primitive.spare is not None and value.nbytes > _SMALL and primitive.spare(y):
            known = spec
        if self.integers:
            known = as_floats(known)
        if type(y) is np.ndarray and y.dtype is spec[1] and y.shape == spec[0]:
            if self.lent:
                self.watch_lent((y, known))
            tracer = ReverseArray()
            tracer._value = y
            tracer.level = self
            tracer._index = len(self)
            self.append((primitive, (x._index,), (y if keep_output else spec, known), options, spec))
        else:
            tracer = self.wrap(
                y, primitive, (x._index,), (as_floats(y) if keep_output else spec_of(y), known), options
            )
        if primitive.shares and type(y) is np.ndarray and y.ndim and shares(y, value):
            related(x, tracer)
        return tracer

    def _record_float(self, primitive: Primitive, x: Any, options: dict[str, Any]) -> Any:
        """The same for a function of one float."""
        value = x._value
        y = primitive.compute(value, **options)
        primitive = primitive.original
        kind = type(y)
        if kind is np.float64:
            y = y.item()
            tracer: Any = ReverseScalar()
        elif kind is float:
            tracer = type(x)()
        else:
            return self.wrap(y, primitive, (x._index,), (y, value), options)
        tracer._value = y
        tracer.level = self
        tracer._index = len(self)
        self.append((primitive, (x._index, None), (y, value), None, FLOAT))
        return tracer

    def note(self, primitive: Primitive, y: Any, inputs: Sequence[Any]) -> Any:
        """Record a result that was computed elsewhere; `inputs` are tracers of this level."""
        parents = tuple([x._index for x in inputs])
        specs = [self[i][4] for i in parents]
        if self.lent:  # a rule from elsewhere may keep what it was given
            self.watch_lent([x._value for x in inputs])
        if isinstance(y, tuple):
            y = tuple([self.own(v) if type(v) is np.ndarray else v for v in y])
        elif type(y) is np.ndarray:
            y = self.own(y)
        return self.wrap(y, primitive, parents, (spec_of(y), *specs), {})

    def wrap(self, y: Any, primitive: Any, parents: Any, values: Any, options: Any) -> Any:
        """Append the record of `y` and return the tracer that stands for it.

        As `stand_in` for the other levels, written out in the order of what is frequent, for speed.
        """
        if self.lent and values:
            self.watch_lent(values)
        kind = type(y)
        tracer: Any
        if kind is np.ndarray and y.ndim == 0 and not primitive.keeps_arrays:
            y = y[()]  # as NumPy's own operations do
            kind = type(y)
        if kind is np.ndarray:
            tracer = ReverseArray()
            dtype = y.dtype
            if dtype.kind not in "fc":
                self.integers, dtype = True, _FLOAT64
            spec = _tuple(Spec, (y.shape, dtype))
        elif kind is float or kind is ReverseFloat:
            tracer = ReverseFloat()
            spec = FLOAT
        elif kind in _NUMPYS:
            y = _NUMPYS[kind](y)
            tracer = ReverseScalar()
            spec = FLOAT
        elif isinstance(y, tuple):
            return self._several(y, primitive, parents, values, options)
        elif isinstance(y, TracedArray):
            tracer = ReverseArray()
            spec = spec_of(y)
            self.integers = self.integers or y.dtype.kind not in "fc"
            self.foreign = self.foreign or type(spec) is FamilySpec
        else:
            if kind is np.bool_ or kind is bool:
                return y
            spec = spec_of(y)
            seen_as = y.__class__
            if type(spec) is FamilySpec:
                self.foreign = True
                self.integers = self.integers or y.dtype.kind not in "fc"
            tracer = (
                ReverseArray
                if type(spec) is FamilySpec
                else ReverseFloat
                if seen_as is float or seen_as is int
                else ReverseScalar
                if seen_as in _NUMPYS
                else ReverseNumber
            )()
        tracer._value = y
        tracer.level = self
        tracer._index = len(self)
        self.append((primitive, parents, values, options, spec))
        return tracer

    def _several(self, y: tuple, primitive: Any, parents: Any, values: Any, options: Any) -> Any:
        index = len(self)
        self.append((primitive, parents, values, options or {}, Spec((len(y),), tuple)))
        parts = [self.wrap(part, GETITEM, (index,), (), {"index": k}) for k, part in enumerate(y)]
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
            known = self.copies[key] = (array, data, array.copy("K"))
        return known[2]

    def _whole(self, constant: np.ndarray, primitive: Primitive, k: int) -> np.ndarray:
        """A constant that is no array of floats: rules must not compute with it in few bits."""
        floats = for_rules(constant, primitive, k - 1)
        return floats if floats is not constant else self.own(constant)

    def watch_lent(self, kept: Iterable[Any]) -> None:
        """From now on watch the large arguments that a record keeps, or keeps a view of."""
        for array in kept:
            if type(array) is np.ndarray:
                for memory in (array, array.base):
                    for argument in self.lent.pop(id(memory), ()):
                        self.own(argument)

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
        self.lent.clear()
        self.memory.clear()
        if free:
            self.clear()
        self.__class__ = FreedTape if free else ClosedTape  # so that `append` need not ask, for speed


class ClosedTape(Tape):
    """A tape whose gradient call is over. Any use of its tracers ends here."""

    __slots__ = ()
    over = True

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
#: What is a real Python number on a tape, and how to make it one.
NUMBERS: dict[Any, Callable[[Any], Any]] = {
    float: float, int: int, np.float64: float,
    ReverseFloat: lambda x: x, ReverseScalar: lambda x: x,
    **dict.fromkeys((np.int64, np.int32, np.int16, np.int8), int),
    **dict.fromkeys((np.uint64, np.uint32, np.uint16, np.uint8), int),
}  # fmt: skip


_TRACERS = {ReverseFloat, ReverseScalar, ReverseNumber, ReverseArray}
#: How the numbers that ReverseScalar stands for are kept.
_NUMPYS: dict[Any, Any] = {np.float64: float, np.int64: int, ReverseScalar: lambda x: x}


def spec_of(x: Any) -> Spec:
    """What a cotangent of `x` must look like."""
    kind = type(x)
    if kind is np.ndarray:
        return Spec(x.shape, x.dtype if x.dtype.kind in "fc" else _FLOAT64)
    if kind in NUMBERS:
        return FLOAT
    if isinstance(x, TracedArray):
        value = plain(x)
        family = family_of(value)
        if family is not None:
            return family.spec(value)
        return Spec(x.shape, x.dtype if x.dtype.kind in "fc" else _FLOAT64)
    if isinstance(x, Tracer):
        return spec_of(x._value)
    family = family_of(x)
    if family is not None:
        return family.spec(x)
    if isinstance(x, np.inexact):
        return Spec((), kind if kind is not np.complex128 else complex)
    return COMPLEX if kind is complex else Spec((), tuple) if isinstance(x, tuple) else EXACT


def as_floats(x: Any) -> Any:
    """What a rule gets for an array of integers: floats, as integers of few bits would wrap round."""
    if type(x) is np.ndarray or isinstance(x, TracedArray) or family_of(x) is not None:
        return x.astype(_FLOAT64) if x.dtype.kind in "iu" else x
    return x


def for_rules(x: Any, primitive: Primitive, k: int) -> Any:
    """The same for input k of a primitive, unless that is an integer by nature: the exponent of ldexp."""
    return x if primitive.vjps is not None and primitive.vjps[k] is None else as_floats(x)


def fingerprint(array: np.ndarray) -> bytes:
    """A checksum at the speed of memory: sums of the bytes, taken as integers, in 1021 columns."""
    data = np.ravel(array, order="K")
    words = data.view(np.uint64) if data.nbytes % 8 == 0 else data.view(np.uint8)
    rows = words.size // 1021
    columns = words[: rows * 1021].reshape(rows, 1021).sum(axis=0)
    return columns.tobytes() + words[rows * 1021 :].tobytes()
