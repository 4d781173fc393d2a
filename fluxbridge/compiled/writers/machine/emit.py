"""Operations as instructions of LLVM.

Elementwise operations over one shape wait until somebody needs their result in memory; then they are
written as one loop, whose values in between stay in registers. NumPy's loops, sums, views and pieces work
on memory. What is asked about a number, and what would raise or warn, ends in the status: then writer 1
runs the same operations.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from llvmlite import ir

from ...places import Place, char_of
from ...program import Builder, Form, Op, Var
from . import loops
from .known import Instruction, instruction
from .scalars import BYTE, INT, LONG, STORED, TYPES, computed, constant, converted
from .work import Refused, Work

LOOPS = 100  #: loops of our own in a kernel; each takes LLVM some hundredths of a second
SMALL = 1 << 11  #: bytes of work memory for one number
_POINTER = BYTE.as_pointer()
_LOOP = ir.FunctionType(
    ir.VoidType(), [_POINTER.as_pointer(), LONG.as_pointer(), LONG.as_pointer(), _POINTER]
)


class Emitter:
    """Writes operations at the end of a builder.

    `rows` is the length of the first axis, where that is a block; of arrays that are `flat` it is their size.
    """

    def __init__(
        self, b: Any, ops: Sequence[Op], kept: set[Var], work: Work, rows: Any = None, flat: bool = False
    ):
        self.b, self.work, self.rows, self.flat, self.kept = b, work, rows, flat, kept
        self.values: dict[Var, Any] = {}  # numbers
        self.places: dict[Var, Place] = {}  # arrays
        self.pending: dict[tuple[int, ...], list[tuple[Op, Instruction]]] = {}
        self.waits: dict[Var, tuple[int, ...]] = {}  # in which of them a variable is computed
        self.readers = Counter(v for op in ops for v in set(op.inputs()))
        self.base: dict[Var, Var] = {}  # what a view is a view of

    def run(self, ops: Sequence[Op]) -> None:
        for op in ops:
            found = instruction(op)
            if found is None:
                raise Refused(f"there is no machine code for {op!r}")
            self._do(op, found)
        for shape in list(self.pending):
            self._flush(shape)

    # -- one operation -------------------------------------------------------------------------------

    def _do(self, op: Op, found: Instruction) -> None:
        kind, what, args = found
        out: Any = op.out
        if kind == "each" and out.form.kind == "array":
            return self._wait(op, found)
        for a in args:
            self._stored(a)
        if kind == "each":
            self.values[out] = self._number(what, args)
        elif kind == "ask":
            answer = computed(self.b, what[0], [self.value(a) for a in args], "?")
            self.work.leave_if(self.b, self.b.not_(answer) if what[1] else answer)
        elif kind == "call":
            self.values[out] = self._called(what, args)
        elif kind == "item":
            self.values[out] = self._load(self.places[args[0]].view(what), None)
        elif kind == "view":
            self.places[out] = self.places[args[0]].view(what)
            self.readers[args[0]] += self.readers[out]  # the memory is needed as long as the view
            self.base[out] = args[0]
        else:
            getattr(self, f"_{kind}")(out, what, args)
        self._read(op)

    def _read(self, op: Op) -> None:
        """What nobody reads any more gives its memory back."""
        for v in set(op.inputs()):
            self.readers[v] -= 1
            while v in self.base:
                v = self.base[v]
                self.readers[v] -= 1
            if not self.readers[v] and v not in self.kept and v in self.places:
                self.work.free(self.places[v].pointer)

    def value(self, x: Any) -> Any:
        if isinstance(x, Var):
            return self.values[x]
        return constant("?" if type(x.value) is bool else "d", x.value)

    def _number(self, what: str, args: Sequence[Any]) -> Any:
        values = [self.value(a) for a in args]
        if what == "divide":
            values = [converted(self.b, v, "d") for v in values]
            if isinstance(args[1], Var):
                self.work.miss_if(self.b, self.b.fcmp_ordered("==", values[1], TYPES["d"](0.0)))
            elif not args[1].value:
                raise Refused("it divides by zero")
            what = "/"
        return computed(self.b, what, values, "d")

    def _called(self, name: str, args: Sequence[Any]) -> Any:
        if name == "pow":
            self.work.strict = True
        double = TYPES["d"]
        kind = ir.FunctionType(double, [double] * len(args))
        call = self.b.inttoptr(LONG(loops.of_math(name)), kind.as_pointer())
        return self.b.call(call, [converted(self.b, self.value(a), "d") for a in args])

    # -- memory --------------------------------------------------------------------------------------

    def _stored(self, x: Any) -> None:
        """Make sure that an operand is in memory."""
        if isinstance(x, Var) and x in self.waits:
            self._flush(self.waits[x])

    def _new(self, v: Var) -> Place:
        """Memory for a result."""
        if v not in self.places:
            self.places[v] = Place(self.work.buffer(v.form), char_of(v.form), v.form.shape)
        return self.places[v]

    def _at(self, place: Place, index: Any) -> Any:
        """The address of a place, and of what lies `index` bytes behind."""
        at = self.b.gep(place.pointer, [LONG(place.offset)]) if place.offset else place.pointer
        at = at if index is None else self.b.gep(at, [index])
        return self.b.bitcast(at, STORED[place.char].as_pointer())

    def _load(self, place: Place, index: Any) -> Any:
        value = self.b.load(self._at(place, index))
        return self.b.icmp_unsigned("!=", value, BYTE(0)) if place.char == "?" else value

    def _store(self, value: Any, place: Place, index: Any) -> None:
        value = converted(self.b, value, place.char)
        self.b.store(self.b.zext(value, BYTE) if place.char == "?" else value, self._at(place, index))

    def count(self, shape: tuple[int, ...]) -> Any:
        """How many elements there are in a block of this shape."""
        if self.rows is None:
            return LONG(math.prod(shape))
        return self.rows if self.flat else self.b.mul(self.rows, LONG(math.prod(shape[1:])))

    # -- loops of our own ----------------------------------------------------------------------------

    def _wait(self, op: Op, found: Instruction) -> None:
        out: Any = op.out
        shape = out.form.shape
        for a in found.args:
            if isinstance(a, Var) and self.waits.get(a, shape) != shape:
                self._stored(a)
        self.pending.setdefault(shape, []).append((op, found))
        self.waits[out] = shape

    def _flush(self, shape: tuple[int, ...]) -> None:
        """Write the loop over this shape."""
        todo: list[tuple[Any, Instruction]] = self.pending.pop(shape)
        self.work.loops += 1
        if self.work.loops > LOOPS:
            raise Refused(f"more than {LOOPS} loops take seconds to compile")
        inside = {op.out for op, _ in todo}
        within = Counter(v for op, _ in todo for v in set(op.inputs()))
        stored = [op.out for op, _ in todo if op.out in self.kept or self.readers[op.out] > within[op.out]]
        for v in inside:
            del self.waits[v]  # type: ignore[arg-type]
        read = {a: self.places[a] for _, f in todo for a in f.args if a in self.places and a not in inside}
        written: dict[Any, Place] = {v: self._new(v) for v in stored}  # type: ignore[arg-type]
        with self.over(shape, [*read.values(), *written.values()]) as at:
            known = {a: self._load(place, at(place)) for a, place in read.items()}
            for op, found in todo:
                out: Any = op.out
                char = out.form.dtype.char
                values = [self._element(a, char, found, known) for a in found.args]
                known[out] = computed(self.b, found.what, values, char)
                if out in written:
                    self._store(known[out], written[out], at(written[out]))
        for op, _ in todo:
            self._read(op)

    def _element(self, a: Any, char: str, found: Instruction, known: dict[Any, Any]) -> Any:
        """An operand in the loop, in the type that the operation computes in."""
        if isinstance(a, Var) and a in known:
            return known[a]
        types = {x.form.dtype.char for x in found.args if x.form.kind == "array"} - {"?"}
        if char == "?":
            char = "d" if "d" in types or not types else "f"
        value = self.value(a) if isinstance(a, Var) or type(a.value) is bool else constant(char, a.value)
        return value if found.what == "where" and a is found.args[0] else converted(self.b, value, char)

    @contextlib.contextmanager
    def over(self, shape: tuple[int, ...], places: Sequence[Place]) -> Iterator[Any]:
        """A loop over a shape; what it gives says where an element of a place is."""
        flat = all(not p.shape or (p.shape == shape and p.is_contiguous) for p in places)
        axes = [(self.count(shape), None)] if flat else [
            (self.rows if k == 0 and self.rows is not None else LONG(n), k)
            for k, n in enumerate(shape) if n > 1 or (k == 0 and self.rows is not None)
        ]  # fmt: skip
        with contextlib.ExitStack() as stack:
            indices = [(stack.enter_context(repeated(self.b, n)), k) for n, k in axes]

            def at(place: Place) -> Any:
                if not place.shape or not indices:
                    return None
                steps = place.steps(shape)
                found = None
                for index, k in indices:
                    step = place.itemsize if k is None else steps[k]
                    if step:
                        moved = self.b.mul(index, LONG(step))
                        found = moved if found is None else self.b.add(found, moved)
                return found

            yield at

    # -- what works on memory ------------------------------------------------------------------------

    def _call_loop(self, loop: loops.Loop, operands: Sequence[tuple[Any, int]], count: Any) -> None:
        """Call one of NumPy's loops, with addresses and steps."""
        self.work.note_flags(self.b)  # it may clear them
        places, steps, counts = self.work.slots(len(operands))
        for k, (pointer, step) in enumerate(operands):
            self.b.store(self.b.bitcast(pointer, _POINTER), self.b.gep(places, [INT(k)]))
            self.b.store(LONG(step), self.b.gep(steps, [INT(k)]))
        self.b.store(count, counts)
        call = self.b.inttoptr(LONG(loop.address), _LOOP.as_pointer())
        self.b.call(call, [places, counts, steps, self.b.inttoptr(LONG(loop.data), _POINTER)])

    def _loop(self, out: Var, ufunc: np.ufunc, args: Sequence[Any]) -> None:
        number = out.form.kind == "number"
        char = "d" if number else next(a.form.dtype.char for a in args if a.form.kind == "array")
        loop = loops.loop_of(ufunc, char * len(args) + (char if number else out.form.dtype.char))
        operands: list[tuple[Any, int]] = []
        for a in args:
            if a in self.places:
                place = self.places[a]
                if not place.is_contiguous:
                    raise Refused(f"{ufunc.__name__} of elements that do not lie side by side")
                operands.append((self._at(place, None), place.itemsize))
            else:
                slot = self.work.slot(char)
                self.b.store(converted(self.b, self.value(a), char), slot)
                operands.append((slot, 0))
        if number:
            slot = self.work.slot("d")
            self._call_loop(loop, [*operands, (slot, 8)], LONG(1))  # type: ignore[arg-type]
            self.values[out] = self.b.load(slot)
        else:
            place = self._new(out)
            operands.append((self._at(place, None), place.itemsize))
            self._call_loop(loop, operands, self.count(out.form.shape))  # type: ignore[arg-type]

    def _sum(self, out: Var, _what: Any, args: Sequence[Any]) -> None:
        place = self.places[args[0]]
        if not place.is_contiguous:
            raise Refused("a sum of elements that do not lie side by side")
        slot = self.work.slot("d")
        self.b.store(TYPES["d"](0.0), slot)
        operands = [(slot, 0), (self._at(place, None), 8), (slot, 0)]
        self._call_loop(loops.adder("d"), operands, self.count(args[0].form.shape))  # type: ignore[arg-type]
        self.values[out] = self.b.load(slot)

    def _scatter(self, out: Var, indices: Sequence[Any], args: Sequence[Any]) -> None:
        place = self._new(out)
        with self.over(place.shape, [place]) as at:
            self._store(constant(place.char, 0.0), place, at(place))
        for index, part in zip(indices, args, strict=True):
            target = place.view(index)
            source = self.places.get(part)
            with self.over(target.shape, [target] if source is None else [target, source]) as at:
                value = self.value(part) if source is None else self._load(source, at(source))
                value = converted(self.b, value, place.char)
                self._store(self.b.fadd(self._load(target, at(target)), value), target, at(target))

    def _mended(self, out: Var, what: Any, args: Sequence[Any]) -> None:
        """Slopes by the output; where one is small, by the input."""
        near, x, place = self.places[args[0]], self.places[args[1]], self._new(out)
        function = mending(self.b.module, what, place.char, self.work)
        self.work.note_flags(self.b)
        pointers = [self.b.bitcast(self._at(p, None), _POINTER) for p in (near, x, place)]
        self.work.add(self.b.call(function, [*pointers, self.count(out.form.shape)]))


def mending(module: Any, what: Any, char: str, work: Work) -> Any:
    """The function that mends slopes, written once for each module: what is small is computed one by one."""
    exact, lows = what
    name = f"mended_{id(exact)}_{char}"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(LONG, [_POINTER] * 3 + [LONG]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    space = b.bitcast(b.alloca(ir.ArrayType(BYTE, SMALL)), _POINTER)
    inside = work.another(b, space)
    near, x, out, count = function.args
    few = Builder()
    one = few.new(Form("array", (1,), np.dtype(char)))
    result = traced(few, exact, one)
    itemsize = np.dtype(char).itemsize
    low = constant(char, lows.get(itemsize, 4e-4))
    kind = TYPES[char].as_pointer()
    with repeated(b, count) as k:
        at = b.mul(k, LONG(itemsize))
        value = b.load(b.bitcast(b.gep(near, [at]), kind))
        b.store(value, b.bitcast(b.gep(out, [at]), kind))
    with repeated(b, count) as k:
        at = b.mul(k, LONG(itemsize))
        value = b.load(b.bitcast(b.gep(near, [at]), kind))
        with b.if_then(b.fcmp_ordered("<", value, low), likely=False):
            inner = Emitter(b, few.ops, {result}, inside)
            inner.places[one] = Place(b.gep(x, [at]), char, (1,))
            inner.places[result] = Place(b.gep(out, [at]), char, (1,))
            inner.run(few.ops)
    inside.end()
    if inside.size > SMALL:
        raise Refused("a slope of very many operations")
    return function


def traced(b: Builder, function: Any, x: Var) -> Var:
    """The operations of a function of one array."""
    from ...formulas import Symbol

    try:
        found = function(Symbol(b, x)).x
    except (TypeError, AttributeError) as error:
        raise Refused(f"{function!r} is not made of operations of single elements") from error
    if not isinstance(found, Var):
        raise Refused(f"{function!r} is constant")
    return found


@contextlib.contextmanager
def repeated(b: Any, count: Any) -> Iterator[Any]:
    """A loop of `count` rounds, at least one; what it gives is the number of the round."""
    before = b.block
    body, after = b.append_basic_block("loop"), b.append_basic_block("after")
    b.branch(body)
    b.position_at_end(body)
    index = b.phi(LONG)
    index.add_incoming(LONG(0), before)
    yield index
    following = b.add(index, LONG(1))
    index.add_incoming(following, b.block)
    b.cbranch(b.icmp_unsigned("<", following, count), body, after)
    b.position_at_end(after)
