"""A kernel as machine code: the emitter writes it, LLVM compiles it, and it is freed with its program."""

from __future__ import annotations

import functools
import itertools
import math
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import binding, ir

from ...passes.groups import is_total
from ...passes.kernels import Kernel
from ...places import Place, char_of
from ...program import Var
from . import loops
from .door import STACK, Kinds, door
from .emit import Emitter, repeated
from .scalars import LONG, STORED, TYPES, converted
from .work import LINE, Refused, Work

LONGEST = 20_000  #: operations of a kernel, which LLVM compiles within some seconds
KERNELS = 500  #: in one process: LLVM keeps about 0.2 MB of what it needed to compile each


class Native(NamedTuple):
    """A compiled kernel: ``call(code, *inputs, *outputs, …)``, the work memory that it needs, and its sums.

    The code is good as long as `engine` lives.
    """

    call: Callable[..., Any]
    code: int
    memory: int
    sums: list[Var]
    engine: Any


def compiled(kernel: Kernel) -> Native:
    """The machine code of a kernel."""
    flags = loops.flags()
    if flags is None:
        raise Refused("this processor does not say what was divided by zero")
    if len(kernel.body) > LONGEST:
        raise Refused(f"it is longer than {LONGEST:,} operations")
    if next(_count) >= KERNELS:
        raise Refused(f"{KERNELS} parts of programs have been compiled in this process, which is the bound")
    made = _Program(kernel, flags)
    engine = _engine(str(made.module))
    code = engine.get_function_address("program")
    memory = max(made.size, LINE) if made.outside else 0
    return Native(door(made.kinds, flags), code, memory, made.sums, engine)


def _machine() -> Any:
    """LLVM's description of this processor."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features, opt=3, jit=True, codemodel="jitdefault"
    )


@functools.cache
def _passes() -> tuple[Any, ...]:
    """What makes LLVM's passes, kept as it is never freed; and what it refers to."""
    machine = _machine()
    tuning = binding.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_unrolling = True
    builder = binding.create_pass_builder(machine, tuning)
    return builder, tuning, machine


def _engine(text: str) -> Any:
    """Machine code of a module, for this processor."""
    module = binding.parse_assembly(text)
    module.verify()
    with _lock:
        builder, *_ = _passes()
        builder.getModulePassManager().run(module, builder)
    engine = binding.create_mcjit_compiler(module, _machine())
    engine.finalize_object()
    return engine


_lock = threading.Lock()
_count = itertools.count()


class _Program:
    """The module with one function, and what there is to know of it."""

    def __init__(self, kernel: Kernel, flags: loops.Flags):
        self.kernel, self.flags = kernel, flags
        self.numbers = [v for v in kernel.args if v.form.kind == "number"]
        self.sums: list[Any] = [op.out for op in kernel.body if is_total(op)] if kernel.group else []
        self.outside = _bound(kernel) > STACK  # does work memory come from outside?
        self.module = ir.Module("fluxbridge")
        self.module.triple = binding.get_process_triple()
        self.size, strict = self._write()
        self.kinds = self._kinds(strict)

    def _kinds(self, strict: bool) -> Kinds:
        """Arguments: inputs, outputs, work memory; of a group, sums and a range."""
        found: list[Any] = [
            "number" if v.form.kind == "number" else (str(v.form.dtype.char), len(v.form.shape))
            for v in (*self.kernel.args, *self.kernel.arrays)
        ]
        found += [("B", 1)] if self.outside else []
        group = self.kernel.group is not None
        found += [*[("d", 1)] * len(self.sums), "whole", "whole"] if group else []
        return Kinds(tuple(found), len(self.kernel.numbers), not self.outside, strict, group)

    def _write(self) -> tuple[int, bool]:
        """Write the function; its work memory, and whether an underflow is an error."""
        kernel, group = self.kernel, self.kernel.group
        kind = self._kinds(False).function
        program = ir.Function(self.module, kind, "program")
        for argument in program.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        b = ir.IRBuilder(program.append_basic_block("entry"))
        args = iter(program.args)
        given = {v: next(args) for v in (*kernel.args, *kernel.arrays)}
        numbers = {v: a for v, a in given.items() if v.form.kind == "number"}
        arrays = {v: a for v, a in given.items() if v.form.kind == "array"}
        base = next(args) if self.outside else program.args[-2]
        sums: dict[Var, Any] = {v: next(args) for v in self.sums}
        results = program.args[-1]
        work = Work(b, base, self.flags, kernel.block)
        if group:
            self._blocks(b, work, numbers, arrays, sums, next(args), next(args))
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
        return work.size, work.strict

    def _blocks(
        self, b: Any, work: Work, numbers: dict[Var, Any], arrays: dict[Var, Any], sums: dict[Var, Any],
        first: Any, last: Any,
    ) -> None:  # fmt: skip
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
            emitter.values.update(numbers)
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
