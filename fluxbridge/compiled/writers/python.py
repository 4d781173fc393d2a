"""Writer 1: a program as Python source, with Python's numbers and NumPy's functions."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..lower import total
from ..passes.groups import Group
from ..passes.kernels import Kernel
from ..program import Const, Op, Var
from ..sameness import same
from ..written import STATEMENTS
from . import blocks, calls

_OPERATORS = {
    np.add: "{0} + {1}", np.subtract: "{0} - {1}", np.multiply: "{0} * {1}", np.true_divide: "{0} / {1}",
    np.negative: "-{0}",
}  # fmt: skip


class Miss:
    """What a program returns that does not apply."""

    def __repr__(self) -> str:
        return "MISS"


MISS = Miss()


class Writer:
    """Collects source lines, and the names of the constants and functions in them."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"MISS": MISS, "same": same, "ndarray": np.ndarray, **STATEMENTS}
        self.of: dict[int, str] = {}
        self.kept: list[Any] = []
        self.functions: list[str] = []  #: beside the program
        self.machine: dict[Kernel, Any] = {}  #: the machine code of kernels
        self.numbers: dict[str, np.ndarray] = {}
        self.threads = 1
        self.planned = 0  #: bytes of work arrays
        self.into: dict[Var, str] = {}  #: arrays that are written into memory which is there already
        self.over: dict[int, list[Var]] = {}  #: what is read for the last time, by the id of the operation
        self.reserved: set[str] = set()  #: names that variables have

    def name(self, x: Any, wish: str = "") -> str:
        """A name for an object in the code."""
        known = self.of.get(id(x))
        if known is not None:
            return known
        if not wish:
            wish = x.__name__ if isinstance(x, type) or (callable(x) and hasattr(x, "__name__")) else "k"
            wish = wish.rpartition(".")[2]
        if not wish.isidentifier() or keyword.iskeyword(wish):
            wish = "rule" if callable(x) else "k"
        wish = {"float": "float", "int": "int", "k": "k"}.get(wish, wish + "_" if wish in _TAKEN else wish)
        name, n = wish, 0
        if wish == "k":
            name = "k0"
        while name in self.reserved or (name in self.names and self.names[name] is not x):
            n += 1
            name = f"{wish}{n}"
        self.names[name] = x
        self.of[id(x)] = name
        self.kept.append(x)
        return name

    def define(self, wish: str, names: list[str], lines: list[str]) -> str:
        """The name of a function with these lines, which is written beside the program."""
        name, n = wish, 0
        while name in self.reserved or name in self.names:
            n += 1
            name = f"{wish}{n}"
        self.reserved.add(name)
        self.functions.append(
            f"\ndef {name}({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in lines)
        )
        return name

    def operand(self, x: Any) -> str:
        if isinstance(x, Var):
            return x.name
        if isinstance(x, Const):
            value = x.value
            kind = type(value)
            if value is None or kind is bool:
                return repr(value)
            if kind is int or (kind is float and math.isfinite(value)):
                text = repr(value)
                return f"({text})" if text[0] == "-" else text
            return self.name(value)
        if isinstance(x, tuple):
            return "(" + "".join(f"{self.operand(v)}, " for v in x) + ")"
        return self.name(x)

    def operands(self, op: Op) -> list[str]:
        """The arguments of an operation. Beside arrays, numbers are arrays without axes: NumPy is quicker."""
        if op.ufunc is None or not _of_doubles(op):
            return [self.operand(a) for a in op.args]
        return [self.zero_d(a.value) if isinstance(a, Const) and _is_number(a.value) else self.operand(a)
                for a in op.args]  # fmt: skip

    def zero_d(self, value: float) -> str:
        """The name of a number as an array without axes."""
        text = repr(float(value))
        if text not in self.numbers:
            made = np.array(float(value))
            made.flags.writeable = False
            self.numbers[text] = made
        wish = "n" + text.removesuffix(".0").replace("-", "_").replace(".", "_").replace("+", "")
        return self.name(self.numbers[text], wish)

    def writing(self, op: Op, args: list[str], name: str) -> str:
        """A ufunc that writes into an array; NumPy is quicker if it does not have to read `out=`."""
        out = (
            f"out={name}" if op.ufunc in (np.maximum, np.minimum) else name
        )  # which are to have two arguments
        return f"{self.name(op.call)}({', '.join([*args, out])})"

    def expression(self, op: Op) -> str:
        args = self.operands(op)
        if op.call is total and len(op.args[0].form.shape) == 1:
            return f"{self.name(op.call)}({args[0]}).item()"
        if op.into is not None:
            return self.writing(op, args, op.into.name)
        if op.text:
            return op.text.format(*args, f=self.name(op.call))
        if op.ufunc in _OPERATORS:
            return _OPERATORS[op.ufunc].format(*args)
        options = [f"{k}={self.operand(Const(v))}" for k, v in op.options.items()]
        return f"{self.name(op.call)}({', '.join([*args, *options])})"

    def lines(self, ops: Iterable[Op]) -> list[str]:
        found = []
        line = ""
        for op in ops:
            if isinstance(op, Kernel):
                found += calls.lines(op, self.machine[op], self)
                line = ""
                continue
            if isinstance(op, Group):
                found += blocks.lines(op, self, len(self.names))
                found += self.ended(op)
                line = ""
                continue
            if op.line != line:
                line = op.line
                if line:
                    found.append(f"# {line}")
            found += self.statement(op)
            found += self.ended(op)
        return found

    def ended(self, op: Op) -> list[str]:
        """A line that lets go of what is read for the last time here."""
        names = [v.name for v in self.over.get(id(op), ())]
        return [f"del {', '.join(names)}"] if names else []

    def statement(self, op: Op) -> list[str]:
        if op.code:
            args = [self.operand(a) for a in op.args]
            known = {
                k: self.operand(Const(v)) if not callable(v) else self.name(v) for k, v in op.options.items()
            }
            return [text.format(*args, out=op.out, **known) for text in op.code]
        if op.out in self.into:
            args = [self.operand(a) for a in op.args]
            options = [f"{k}={self.operand(Const(v))}" for k, v in op.options.items()]
            return [
                f"{op.out} = {self.name(op.call)}({', '.join([*args, *options])}, out={self.into[op.out]})"
            ]
        if not op.check:
            return [f"{op.out} = {self.expression(op)}"]
        if op.call.__name__ == "the_value":
            return [f"if not same({self.operand(op.args[0])}, {self.operand(Const(op.wanted))}): return MISS"]
        right = self.expression(op)
        if op.text and op.wanted is True:
            return [f"if not ({right}): return MISS"]
        if op.text and op.wanted is False:
            return [f"if {right}: return MISS"]
        if type(op.wanted) is bool:
            return [f"if {right} is not {op.wanted}: return MISS"]
        return [f"if not same({right}, {self.operand(Const(op.wanted))}): return MISS"]


def _is_number(x: Any) -> bool:
    return type(x) is float or (type(x) is int and abs(x) <= 2**53)


def _of_doubles(op: Op) -> bool:
    """Are all arrays among the operands, of which one has axes, of double precision?"""
    arrays = [a.form for a in op.args if a.form.kind == "array"]
    return all(f.dtype == np.float64 for f in arrays) and any(f.shape for f in arrays)


#: Names that variables of the code have.
_TAKEN = {"f", "xs", "x", "run"}
