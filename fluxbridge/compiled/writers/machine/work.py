"""What a function of machine code has beside its program: work memory, a status, and the way out."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from ...program import Form
from . import loops
from .scalars import BYTE, INT, LONG, STORED

MISSED = 1 << 20  #: the status where a question had another answer, or a number was divided by zero
LINE = 64  #: bytes between the starts of work arrays


class Refused(Exception):
    """Machine code is not for this program."""


class Work:
    """The work memory of a function, which begins at `base`; and its status, in bits.

    `block` says how many elements of the whole arrays a work array holds; None: all of them.
    """

    def __init__(self, b: Any, base: Any, flags: loops.Flags, block: int | None = None):
        self.b, self.base, self.flags, self.block = b, base, flags, block
        self.size = 0
        self.loops = 0
        self.strict = False  #: an underflow is an error of Python's
        self.unused: dict[int, list[Any]] = {}
        self.owned: dict[int, tuple[Any, int]] = {}
        self.slots_of: dict[str, list[Any]] = {}
        self.turn = 0
        self.status = self._alloca(LONG)
        b.store(LONG(0), self.status)
        self.exit = b.append_basic_block("missed")
        start = b.append_basic_block("start")
        b.branch(start)
        b.position_at_end(start)

    def another(self, b: Any, base: Any) -> Work:
        """That of another function, which is called by this one."""
        return Work(b, base, self.flags)

    # -- memory --------------------------------------------------------------------------------------

    def buffer(self, form: Form) -> Any:
        """The address of memory for an array, which stays until it is freed."""
        count = form.size if self.block is None else self.block
        size = -(-count * form.dtype.itemsize // LINE) * LINE
        free = self.unused.get(size)
        if free:
            pointer = free.pop()
        else:
            with self.b.goto_entry_block():
                pointer = self.b.gep(self.base, [LONG(self.size)])
            self.size += size
        self.owned[id(pointer)] = (pointer, size)
        return pointer

    def free(self, pointer: Any) -> None:
        found = self.owned.pop(id(pointer), None)
        if found is not None:
            self.unused.setdefault(found[1], []).append(pointer)

    def slot(self, char: str) -> Any:
        """The address of one number, good for the next call."""
        slots = self.slots_of.setdefault(char, [])
        if len(slots) < 4:
            slots.append(self._alloca(STORED[char]))
            return slots[-1]
        self.turn += 1
        return slots[self.turn % 4]

    def slots(self, count: int) -> tuple[Any, Any, Any]:
        """Memory for addresses, steps and a count."""
        if "tables" not in self.slots_of:
            pointers, steps = ir.ArrayType(BYTE.as_pointer(), 8), ir.ArrayType(LONG, 8)
            self.slots_of["tables"] = [self._alloca(pointers), self._alloca(steps), self._alloca(LONG)]
        if count > 8:
            raise Refused("a function of more than seven arrays")
        places, steps, counts = self.slots_of["tables"]
        zero = INT(0)
        return self.b.gep(places, [zero, zero]), self.b.gep(steps, [zero, zero]), counts

    def _alloca(self, kind: Any) -> Any:
        with self.b.goto_entry_block():
            return self.b.alloca(kind)

    # -- status --------------------------------------------------------------------------------------

    def add(self, bits: Any) -> None:
        self.b.store(self.b.or_(self.b.load(self.status), bits), self.status)

    def note_flags(self, b: Any) -> None:
        """Keep what was raised up to here."""
        self.add(raised(b, self.flags))

    def miss_if(self, b: Any, condition: Any) -> None:
        self.add(b.select(condition, LONG(MISSED), LONG(0)))

    def leave_if(self, b: Any, condition: Any) -> None:
        """Stop where a condition holds."""
        after = b.append_basic_block("go_on")
        b.cbranch(condition, self.exit, after)
        b.position_at_end(after)

    def end(self) -> None:
        """Return the status."""
        self.b.ret(self.b.load(self.status))
        self.b.position_at_end(self.exit)
        self.b.ret(self.b.or_(self.b.load(self.status), LONG(MISSED)))


def _of_fenv(b: Any, name: str, bits: int) -> Any:
    kind = ir.FunctionType(INT, [INT])
    return b.call(b.inttoptr(LONG(loops.symbol(name)), kind.as_pointer()), [INT(bits)])


def raised(b: Any, flags: loops.Flags) -> Any:
    """The bits that the processor has set."""
    return b.zext(_of_fenv(b, "fetestexcept", flags.grave | flags.underflow), LONG)


def clear(b: Any, flags: loops.Flags) -> None:
    """Let no bit be set."""
    with b.if_then(b.icmp_unsigned("!=", raised(b, flags), LONG(0)), likely=False):
        _of_fenv(b, "feclearexcept", flags.grave | flags.underflow)
