"""A kernel, compiled by Numba, which takes the arguments apart; the emitter writes what is computed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numba
from llvmlite import ir
from numba.extending import intrinsic

from ...passes.groups import is_total
from ...passes.kernels import Kernel
from ...places import Place, char_of
from ...program import Var
from . import loops
from .emit import Emitter, repeated
from .scalars import BYTE, LONG, STORED, TYPES, converted
from .work import LINE, MISSED, Refused, Work, clear, raised

LONGEST = 20_000  #: operations of a kernel, which LLVM compiles within some seconds
STACK = 1 << 14  #: bytes of work memory that lie on the stack
_POINTER = BYTE.as_pointer()
_count = itertools.count()


class Native(NamedTuple):
    """A compiled kernel: ``call(*inputs, *outputs, …)``, the work memory that it needs, and its sums."""

    call: Callable[..., Any]
    memory: int
    sums: list[Var]


def compiled(kernel: Kernel) -> Native:
    """The machine code of a kernel."""
    flags = loops.flags()
    if flags is None:
        raise Refused("this processor does not say what was divided by zero")
    if len(kernel.body) > LONGEST:
        raise Refused(f"it is longer than {LONGEST:,} operations")
    made = _Function(kernel, flags)
    kinds = made.kinds()
    names = ", ".join(f"a{k}" for k in range(len(kinds)))
    space: dict[str, Any] = {"made": made, "numba": numba}
    exec(  # with as many arguments as there are
        f"def body(context, {names}):\n    return made.typed([{names}])\n"
        f"def kernel({names}):\n    return body({names})\n",
        space,
    )
    space["body"] = intrinsic(space["body"])
    dispatcher = numba.njit(tuple(kinds), nogil=kernel.group is not None, error_model="numpy")(
        space["kernel"]
    )
    (found,) = dispatcher.overloads.values()
    return Native(found.entry_point, made.memory, made.sums)


class _Function:
    """What Numba needs to know of a kernel."""

    def __init__(self, kernel: Kernel, flags: loops.Flags):
        self.kernel, self.flags = kernel, flags
        self.arrays = [v for v in (*kernel.args, *kernel.arrays) if v.form.kind == "array"]
        self.numbers = [v for v in kernel.args if v.form.kind == "number"]
        self.sums: list[Any] = [op.out for op in kernel.body if is_total(op)] if kernel.group else []
        self.outside = _bound(kernel) > STACK  # does work memory come from outside?
        self.memory = 0
        self.strict = False

    def kinds(self) -> list[Any]:
        """The types of the arguments: inputs, outputs, work memory; of a group, sums and a range."""
        types = numba.types
        found: list[Any] = [
            types.float64 if v.form.kind == "number"
            else types.Array(numba.from_dtype(v.form.dtype), len(v.form.shape), "C")
            for v in (*self.kernel.args, *self.kernel.arrays)
        ]  # fmt: skip
        if self.outside:
            found.append(types.Array(types.uint8, 1, "C"))
        if self.kernel.group:
            found += [types.Array(types.float64, 1, "C")] * len(self.sums)
            found += [types.int64] * 2
        return found

    def typed(self, args: list[Any]) -> tuple[Any, Callable[..., Any]]:
        types = numba.types
        status = [types.int64, *[types.float64] * len(self.kernel.numbers)]
        result = types.Tuple(status) if self.kernel.numbers else types.int64
        return result(*args), self.write

    # -- the function that Python calls ----------------------------------------------------------------

    def write(self, context: Any, b: Any, signature: Any, args: Any) -> Any:
        """Clear the flags, call the program, ask the flags."""
        count = len(self.kernel.args) + len(self.kernel.arrays)
        given: dict[Var, Any] = {}
        status: Any = LONG(0)
        for v, kind, value in zip(
            (*self.kernel.args, *self.kernel.arrays), signature.args[:count], args[:count], strict=True
        ):
            given[v] = value if v.form.kind == "number" else self._data(context, b, kind, value)
            if v.form.kind == "array" and v.form.dtype.itemsize > 1:
                odd = b.and_(b.ptrtoint(given[v], LONG), LONG(v.form.dtype.itemsize - 1))
                status = b.or_(status, b.select(b.icmp_unsigned("!=", odd, LONG(0)), LONG(MISSED), LONG(0)))
        rest = list(zip(signature.args[count:], args[count:], strict=True))
        memories = [self._data(context, b, k, a) for k, a in rest if isinstance(k, numba.types.Array)]
        span = [a for k, a in rest if not isinstance(k, numba.types.Array)]
        results = b.alloca(ir.ArrayType(TYPES["d"], max(1, len(self.kernel.numbers))))
        program, memory = self._program(b.module)
        if self.outside:
            self.memory = max(memory, LINE)
        else:
            with b.goto_entry_block():
                stack = b.alloca(ir.ArrayType(BYTE, max(memory, LINE)))
                stack.align = LINE
                memories.insert(0, b.bitcast(stack, _POINTER))
        clear(b, self.flags)
        state = b.alloca(LONG)
        b.store(status, state)
        with b.if_then(b.icmp_unsigned("==", status, LONG(0)), likely=True):
            arrays = [given[v] for v in self.arrays]
            numbers = [given[v] for v in self.numbers]
            operands = [*numbers, *arrays, *memories, b.bitcast(results, _POINTER), *span]
            b.store(b.or_(b.call(program, operands), raised(b, self.flags)), state)
        found = b.load(state)
        if self.strict:
            low = b.icmp_unsigned("!=", b.and_(found, LONG(self.flags.underflow)), LONG(0))
            found = b.or_(found, b.select(low, LONG(MISSED), LONG(0)))
        if not self.kernel.numbers:
            return found
        values = [
            b.load(b.gep(results, [ir.IntType(32)(0), ir.IntType(32)(k)]))
            for k in range(len(self.kernel.numbers))
        ]
        return context.make_tuple(b, signature.return_type, [found, *values])

    @staticmethod
    def _data(context: Any, b: Any, kind: Any, value: Any) -> Any:
        return b.bitcast(context.make_array(kind)(context, b, value=value).data, _POINTER)

    # -- the function with the program -----------------------------------------------------------------

    def _program(self, module: Any) -> tuple[Any, int]:
        """A function of its own, into which nothing is moved and nothing out of it; and its work memory."""
        kernel, group = self.kernel, self.kernel.group
        extra = [LONG, LONG] if group else []
        kinds = [
            *[TYPES["d"]] * len(self.numbers),
            *[_POINTER] * (len(self.arrays) + len(self.sums) + 2),
            *extra,
        ]
        program = ir.Function(module, ir.FunctionType(LONG, kinds), f"fluxbridge_kernel_{next(_count)}")
        program.linkage = "internal"
        program.attributes.add("noinline")
        for argument, kind in zip(program.args, kinds, strict=True):
            if kind is _POINTER:
                argument.add_attribute("noalias")
        b = ir.IRBuilder(program.append_basic_block("entry"))
        args = iter(program.args)
        numbers = {v: next(args) for v in self.numbers}
        arrays = {v: next(args) for v in self.arrays}
        base = next(args)
        sums: dict[Var, Any] = {v: next(args) for v in self.sums}
        results = next(args)
        b.asm(
            ir.FunctionType(ir.VoidType(), []), "", "~{memory}", [], True
        )  # it has effects: it is not moved
        work = Work(b, base, self.flags, kernel.block)
        if group:
            first, last = args
            self._blocks(b, work, arrays, sums, first, last)
        else:
            emitter = Emitter(b, kernel.body, {*kernel.arrays, *kernel.numbers}, work)
            emitter.values.update(numbers)
            for v, pointer in arrays.items():
                emitter.places[v] = Place(pointer, char_of(v.form), v.form.shape)
            emitter.run(kernel.body)
            for k, v in enumerate(kernel.numbers):
                at = b.bitcast(b.gep(results, [LONG(8 * k)]), TYPES["d"].as_pointer())
                b.store(converted(b, emitter.values[v], "d"), at)
        work.end()
        self.strict = work.strict
        return program, work.size

    def _blocks(
        self, b: Any, work: Work, arrays: dict[Var, Any], sums: dict[Var, Any], first: Any, last: Any
    ) -> None:
        """A loop over blocks, those from `first` to `last`; the sums of each block are stored."""
        group: Any = self.kernel.group
        shape, rows = group.shape, group.rows
        length = math.prod(shape) if group.flat else shape[0]
        row = 1 if group.flat else math.prod(shape[1:])
        with repeated(b, b.sub(last, first)) as k:
            block = b.add(first, k)
            begin = b.mul(block, LONG(rows))
            left = b.sub(LONG(length), begin)
            count = b.select(b.icmp_signed("<", left, LONG(rows)), left, LONG(rows))
            kept: set[Any] = {*self.kernel.arrays, *self.sums}
            emitter = Emitter(b, self.kernel.body, kept, work, count, group.flat)
            emitter.values.update(zip(self.numbers, b.function.args, strict=False))
            for v, pointer in arrays.items():
                moves = v.form.shape == shape
                step = LONG(row * v.form.dtype.itemsize)
                at = b.gep(pointer, [b.mul(begin, step)]) if moves else pointer
                emitter.places[v] = Place(at, char_of(v.form), v.form.shape)
            emitter.run(self.kernel.body)
            for v, pointer in sums.items():
                at = b.gep(pointer, [b.mul(block, LONG(8))])
                b.store(emitter.values[v], b.bitcast(at, STORED["d"].as_pointer()))


def _bound(kernel: Kernel) -> int:
    """Bytes of work memory that are enough."""
    found = 0
    for op in kernel.body:
        if op.out is not None and op.out.form.kind == "array" and not (op.shares and not op.elementwise):
            count = op.out.form.size if kernel.block is None else kernel.block
            found += count * op.out.form.dtype.itemsize + LINE
    return found
