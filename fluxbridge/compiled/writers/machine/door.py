"""The way from Python into machine code: a function of Numba's for each combination of types of arguments.

It takes numbers and arrays apart, clears the processor's flags, calls the program whose address it is given,
and asks the flags. There is one for all programs with the same types, as Numba keeps what it compiled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numba
from llvmlite import ir
from numba.extending import intrinsic

from .loops import Flags
from .scalars import BYTE, LONG, TYPES
from .work import LINE, MISSED, clear, raised

STACK = 1 << 14  #: bytes of work memory that lie on the stack
_POINTER = BYTE.as_pointer()


class Kinds(NamedTuple):
    """The arguments: "number", "whole", or the type and the number of axes of an array; and what comes back.

    With `stack` the program gets work memory on the stack; with `strict` an underflow counts as an error.
    """

    args: tuple[Any, ...]
    numbers: int
    stack: bool
    strict: bool
    free: bool  #: let other threads of Python run meanwhile

    @property
    def function(self) -> ir.FunctionType:
        """What a program is: all arguments, work memory, and where numbers go; it gives a status."""
        kinds = {"number": TYPES["d"], "whole": LONG}
        found = [kinds[k] if isinstance(k, str) else _POINTER for k in self.args]
        return ir.FunctionType(LONG, [*found, *([_POINTER] if self.stack else []), _POINTER])


@functools.cache
def door(kinds: Kinds, flags: Flags) -> Callable[..., Any]:
    """The function ``(address, *args)`` that calls programs; it gives the status, and numbers behind it."""
    types = numba.types
    known = {"number": types.float64, "whole": types.int64}
    signature = [types.int64] + [
        known[k] if isinstance(k, str) else types.Array(_ELEMENTS[k[0]], k[1], "C") for k in kinds.args
    ]
    status = types.Tuple([types.int64, *[types.float64] * kinds.numbers]) if kinds.numbers else types.int64
    write = functools.partial(_write, kinds, flags)
    names = ", ".join(f"a{k}" for k in range(len(signature)))
    space: dict[str, Any] = {"status": status, "write": write}
    exec(  # with as many arguments as there are
        f"def body(context, {names}):\n    return status({names}), write\n"
        f"def kernel({names}):\n    return body({names})\n",
        space,
    )
    space["body"] = intrinsic(space["body"])
    made = numba.njit(tuple(signature), nogil=kinds.free, error_model="numpy")(space["kernel"])
    (found,) = made.overloads.values()
    return found.entry_point  # type: ignore[attr-defined, no-any-return]


_ELEMENTS = {
    "d": numba.types.float64, "f": numba.types.float32, "?": numba.types.boolean, "B": numba.types.uint8,
}  # fmt: skip


def _write(kinds: Kinds, flags: Flags, context: Any, b: Any, signature: Any, args: Any) -> Any:
    address, *rest = args
    status: Any = LONG(0)
    operands: list[Any] = []
    for kind, known, value in zip(kinds.args, signature.args[1:], rest, strict=True):
        if isinstance(kind, str):
            operands.append(value)
            continue
        pointer = b.bitcast(context.make_array(known)(context, b, value=value).data, _POINTER)
        operands.append(pointer)
        size = known.dtype.bitwidth // 8 if kind[0] in "df" else 1
        odd = b.and_(b.ptrtoint(pointer, LONG), LONG(size - 1))
        status = b.or_(status, b.select(b.icmp_unsigned("!=", odd, LONG(0)), LONG(MISSED), LONG(0)))
    with b.goto_entry_block():
        results = b.alloca(ir.ArrayType(TYPES["d"], max(1, kinds.numbers)))
        state = b.alloca(LONG)
        if kinds.stack:
            stack = b.alloca(ir.ArrayType(BYTE, STACK))
            stack.align = LINE
            operands.append(b.bitcast(stack, _POINTER))
    operands.append(b.bitcast(results, _POINTER))
    b.store(status, state)
    clear(b, flags)
    with b.if_then(b.icmp_unsigned("==", status, LONG(0)), likely=True):
        program = b.inttoptr(address, kinds.function.as_pointer())
        b.store(b.or_(b.call(program, operands), raised(b, flags)), state)
    found = b.load(state)
    if kinds.strict:
        low = b.icmp_unsigned("!=", b.and_(found, LONG(flags.underflow)), LONG(0))
        found = b.or_(found, b.select(low, LONG(MISSED), LONG(0)))
    if not kinds.numbers:
        return found
    zero = ir.IntType(32)(0)
    numbers = [b.load(b.gep(results, [zero, ir.IntType(32)(k)])) for k in range(kinds.numbers)]
    return context.make_tuple(b, signature.return_type, [found, *numbers])
