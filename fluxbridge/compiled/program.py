"""A program as plain data: operations in order, each with its inputs, and what they give.

>>> import numpy as np
>>> b = Builder()
>>> x = b.new(Form("array", (3,), np.dtype(float)), "x")
>>> y = b.emit(np.sin, [x], Form("array", (3,), np.dtype(float)), ufunc=np.sin)
>>> _ = b.emit(np.multiply, [y, Const(2.0)], y.form, ufunc=np.multiply)
>>> print(show(b.ops))
v1 = sin(x)
v2 = multiply(v1, 2.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np


class Form(NamedTuple):
    """What a variable holds: a "number" (Python's), "scalar" (NumPy's), "array", "tuple" or "other"."""

    kind: str
    shape: tuple[int, ...] = ()
    dtype: Any = None

    @property
    def size(self) -> int:
        n = 1
        for k in self.shape:
            n *= k
        return n

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize if self.kind == "array" else 0


FLOAT = Form("number", (), float)
OTHER = Form("other")


def form_of(x: Any) -> Form:
    kind = type(x)
    if kind is np.ndarray:
        return Form("array", x.shape, x.dtype)
    if kind in (float, int, complex):
        return Form("number", (), kind)
    if isinstance(x, np.generic):
        return Form("scalar", (), x.dtype)
    return Form("tuple") if isinstance(x, tuple) else OTHER


class Var:
    """A variable, assigned once. `name` is how it is written."""

    __slots__ = ("form", "name", "op")

    def __init__(self, form: Form, name: str):
        self.form = form
        self.name = name
        self.op: Op | None = None

    def __repr__(self) -> str:
        return self.name


class Const:
    """A value that is the same in every run."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value

    @property
    def form(self) -> Form:
        return form_of(self.value)

    def __repr__(self) -> str:
        value = self.value
        if isinstance(value, np.ndarray):
            return f"<{value.dtype} array of shape {value.shape}>"
        return repr(value)


class Op:
    """One operation: ``out = call(*args, **options)``, written as `text` where that is shorter.

    `ufunc` is the NumPy function of single elements that it is, if it is one; `blockwise` says that `call`
    takes arrays element by element all the same, and can be given blocks of them. `shares` says that the
    result may be an argument, or a view of one. `check` marks a question: nothing is assigned, and the
    program does not apply where the answer is not `wanted`. `code` are statements that say the same as
    `call`, where a function call would take longer than what it does. `into` is an operand whose memory the
    result may take.
    """

    __slots__ = (
        "args", "blockwise", "call", "check", "code", "into", "line", "options", "out", "shares", "text",
        "ufunc", "wanted",
    )  # fmt: skip

    def __init__(
        self, call: Callable[..., Any], args: Sequence[Any], out: Var | None, options: dict[str, Any],
        text: str, ufunc: Any, blockwise: bool, shares: bool, line: str,
    ):  # fmt: skip
        self.call, self.args, self.out, self.options, self.text = call, list(args), out, options, text
        self.ufunc, self.blockwise, self.shares, self.line = ufunc, blockwise, shares, line
        self.check = False
        self.wanted: Any = None
        self.code: tuple[str, ...] = ()
        self.into: Var | None = None

    @property
    def name(self) -> str:
        found = getattr(self.call, "__name__", "") or type(self.call).__name__
        return found if found.isidentifier() else "rule"

    @property
    def elementwise(self) -> bool:
        return self.ufunc is not None or self.blockwise

    def inputs(self) -> Iterable[Var]:
        """The variables among the arguments, and in tuples of them."""
        return variables(self.args)

    def __repr__(self) -> str:
        args = [repr(a) for a in self.args]
        if self.text:
            right = self.text.format(*args, f=self.name)
        else:
            options = [f"{k}={Const(v)!r}" for k, v in self.options.items()]
            right = f"{self.name}({', '.join([*args, *options])})"
        return f"ask {right} is {self.wanted!r}" if self.check else f"{self.out} = {right}"


def variables(args: Iterable[Any]) -> Iterable[Var]:
    for a in args:
        if isinstance(a, Var):
            yield a
        elif isinstance(a, (list, tuple)):
            yield from variables(a)


def every(x: Any) -> Iterator[Var]:
    """The variables in a result: in tuples, lists and dicts, too."""
    if isinstance(x, dict):
        x = list(x.values())
    for v in x if isinstance(x, (list, tuple)) else ():
        yield from every(v)
    if isinstance(x, Var):
        yield x


class Builder:
    """Collects operations, in order."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.count = 0
        self.line = ""

    def new(self, form: Form, name: str = "") -> Var:
        if not name:
            self.count += 1
            name = f"v{self.count}"
        return Var(form, name)

    def emit(
        self, call: Callable[..., Any], args: Sequence[Any], form: Form, text: str = "",
        options: dict[str, Any] | None = None, ufunc: Any = None, blockwise: bool = False,
        shares: bool = False,
    ) -> Var:  # fmt: skip
        out = self.new(form)
        out.op = Op(call, args, out, options or {}, text, ufunc, blockwise, shares, self.line)
        self.ops.append(out.op)
        return out

    def ask(self, call: Callable[..., Any], args: Sequence[Any], wanted: Any, text: str = "",
            options: dict[str, Any] | None = None) -> None:  # fmt: skip
        """A question whose answer must be `wanted`."""
        op = Op(call, args, None, options or {}, text, None, False, False, self.line)
        op.check, op.wanted = True, wanted
        self.ops.append(op)


class Program(NamedTuple):
    """Operations, the inputs that they use, and the results, as a structure of variables and constants."""

    ops: list[Op]
    inputs: list[Var]
    results: list[Any]


def show(ops: Iterable[Op]) -> str:
    """The operations as text, one a line."""
    return "\n".join(map(repr, ops))
