"""From the steps of a recording to operations: what the engine computes on the way forward."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.drawing import SHARED
from ..autodiff.primitive import PRIMITIVES, UFUNCS, Primitive, Spec
from ..autodiff.tape import NUMBERS
from ..recording import Choice, Step
from . import calls, written
from .draws import draw
from .formulas import is_real
from .program import OTHER, Builder, Const, Form, Var, form_of
from .refusals import CannotCompile
from .trace import ANSWERS, DRAW, FOLLOWED, OBJECT, Trace, line_of, the_value


def number(x: Any) -> Any:
    """What the engine keeps for the result of a step: NumPy's double precision numbers as Python's."""
    kind = type(x)
    if kind is np.ndarray and x.ndim == 0:
        x = x[()]
        kind = type(x)
    return x.item() if kind is np.float64 or kind is np.int64 else x


total = np.add.reduce


def kept(x: Any) -> Any:
    """The same where an array without axes stays one."""
    kind = type(x)
    return x.item() if kind is np.float64 or kind is np.int64 else x


#: How operations on numbers are written.
OPERATIONS = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}",
    "negative": "-{0}", "positive": "+{0}", "absolute": "abs({0})",
}  # fmt: skip
COMPARISONS = {
    operator.lt: "{0} < {1}", operator.le: "{0} <= {1}", operator.gt: "{0} > {1}", operator.ge: "{0} >= {1}",
    operator.eq: "{0} == {1}", operator.ne: "{0} != {1}",
}  # fmt: skip
_UFUNC_OF = {p.name: ufunc for ufunc, p in UFUNCS.items() if ufunc.signature is None}
_REAL = (float, int)


def is_number(x: Any) -> bool:
    """Is this operand a real number, as the engine's short way takes them?"""
    if isinstance(x, Var):
        return x.form.kind == "number" and x.form.dtype in _REAL
    return type(x.value) in NUMBERS


#: What a program notes its effects in.
DOINGS = Var(Form("other"), "doings")


class Lowering:
    """Writes the steps of a trace as operations; `of` is the variable of every step."""

    def __init__(self, trace: Trace):
        self.trace = trace
        self.b = Builder()
        self.of: dict[int, Var] = {}
        self.asked = 0
        self.questions: list[Choice] = []
        self.names: dict[int, str] = {}  #: of the objects that the program can find, by id
        self.places: dict[int, str] = {}  #: of everything that may be returned as it is, by id
        self.returned: set[int] = set()  #: lists and dicts that were met in the result, by id
        self.made: dict[int, Var] = {}  #: what steps that are calls give
        self.drawn: list[Var] = []  #: random numbers, drawn whether anybody needs them or not

    def inputs(self) -> list[Var]:
        """Variables for the leaves."""
        found = []
        for step in self.trace.steps:
            if step.is_argument:
                var = self.of[step.position] = self.b.new(form_of(step.value))
                found.append(var)
        return found

    def forward(self) -> None:
        for step in self.trace.steps:
            self._questions(step.position)
            if not step.is_argument:
                self.b.line = line_of(step.calls)
                self.of[step.position] = self.step(step)
        self._questions(len(self.trace.steps))
        self.b.line = ""

    def operand(self, x: Any) -> Any:
        return self.of[x.position] if isinstance(x, Step) else Const(x)

    # -- questions -----------------------------------------------------------------------------------

    def _questions(self, position: int) -> None:
        choices = self.trace.choices
        while self.asked < len(choices) and choices[self.asked].at <= position:
            choice = choices[self.asked]
            self.asked += 1
            self.b.line = line_of(choice.calls)
            self._ask(choice)

    def _ask(self, choice: Choice) -> None:
        args = [self.operand(x) for x in choice.inputs]
        self.questions.append(choice)
        wanted = choice.outcome
        if any(isinstance(v, Step) for v in choice.options.values()):
            raise CannotCompile("a question has a traced option", line_of(choice.calls))
        if choice.function is the_value:
            self.b.ask(the_value, args, wanted)
            return
        text = ""
        plain = all(is_number(a) for a in args)
        if choice.function in COMPARISONS and plain and isinstance(wanted, (bool, np.bool_)):
            text, wanted = COMPARISONS[choice.function], bool(wanted)
        self.b.ask(choice.function, args, wanted, text, choice.options)

    # -- steps ---------------------------------------------------------------------------------------

    def step(self, step: Step) -> Var:
        primitive, original = step.primitive, step.primitive.original
        if original is DRAW:
            return self._draw(step)
        if original is OBJECT:
            return self._object(step)
        if step.position in self.trace.calls:
            return self._call(step)
        if step.position in self.trace.bare:
            whole, index = self.operand(step.inputs[0]), step.options["index"]
            text = f"{{0}}[{index}]"
            return self.b.emit(operator.getitem, [whole, Const(index)], OTHER, text, shares=True)
        value = step.value
        form = form_of(value)
        if original.compute is _no_recomputation() or original.again is not None:
            raise CannotCompile(f"{original.name} has a rule of its own", line_of(step.calls))
        if isinstance(value, np.integer):
            raise CannotCompile("whole numbers of NumPy's, which wrap round", line_of(step.calls))
        if isinstance(value, bool):
            return self.b.emit(
                primitive.compute, [self.operand(x) for x in step.inputs], form, options=step.options
            )
        if form.kind == "other" and not hasattr(value, "observed"):
            raise CannotCompile(f"{original.name} gives a {type(value).__name__}", line_of(step.calls))
        args = [self.operand(x) for x in step.inputs]
        source = step.inputs[0] if step.inputs else None
        if original is PRIMITIVES["getitem"] and isinstance(source, Step) and isinstance(source.value, tuple):
            index = step.options["index"]
            form_there = form if form.kind == "array" else Form("other")
            there = self.b.emit(
                operator.getitem, [args[0], Const(index)], form_there, f"{{0}}[{index}]", shares=True
            )
            return there if form.kind == "array" else self.b.emit(kept, [there], form, shares=True)
        if form.kind == "number":
            return self._number(step, primitive, args, form)
        strong = self.trace.strong.get(step.position, ())
        args = [self._strong(a, k < len(strong) and strong[k], args) for k, a in enumerate(args)]
        if form.kind == "array":
            return self._array(step, primitive, args, form)
        call = kept if original.keeps_arrays else number
        raw = self.b.emit(
            primitive.compute, args, Form("other"), options=step.options, shares=original.shares
        )
        if form.kind == "tuple":
            return raw
        return self.b.emit(call, [raw], form, shares=True)

    def _call(self, step: Step) -> Var:
        """A function that is called with its derivative."""
        flags = self.trace.strong[step.position]
        args = [self.operand(x) for x in step.inputs]
        for k, (a, flag) in enumerate(zip(args, flags, strict=True)):
            if flag and isinstance(a, Var) and a.form.kind == "number":
                kind: Any = np.float64 if a.form.dtype is float else np.int64
                args[k] = self.b.emit(kind, [a], Form("scalar", (), np.dtype(kind)), "{f}({0})")
        call = self.trace.calls[step.position]
        made = self.made[step.position] = self.b.emit(call, args, Form("tuple"), shares=True)
        self.b.ask(calls.form, [made], call.wanted)
        form = form_of(step.value)
        there = form if form.kind in ("array", "tuple") else OTHER
        out = self.b.emit(operator.getitem, [made, Const(0)], there, "{0}[0]", shares=True)
        return out if there is form else self.b.emit(kept, [out], form, shares=True)

    def _object(self, step: Step) -> Var:
        """What the program finds under a name."""
        name = self.names.get(id(step.value))
        if name is None:
            raise CannotCompile("a one-hot array on a way that is not followed")
        return Var(OTHER, name)

    def _draw(self, step: Step) -> Var:
        """Random numbers, which are other ones in every run."""
        generator = self.trace.drawn[step.position]
        name = self.names.get(id(generator))
        if name is None and not any(generator is g for g in SHARED):
            raise CannotCompile(
                "it draws random numbers from a generator that is not followed", line_of(step.calls)
            )
        found: Any = Const(generator) if name is None else Var(Form("other"), name)
        args = [Const(step.options["make"]), Const(len(self.drawn)), found]
        form = form_of(step.value)
        args += map(Const, step.options["args"])
        drawn = self.b.emit(
            draw, [DOINGS, *args], form if form.kind == "array" else Form("other"), shares=True
        )
        self.drawn.append(drawn)
        return drawn if form.kind == "array" else self.b.emit(number, [drawn], form)

    def _strong(self, x: Any, strong: bool, args: list[Any]) -> Any:
        """A number of NumPy's beside arrays of other types than float64 does not adapt to them."""
        if not strong or not isinstance(x, Var) or x.form.kind != "number":
            return x
        others = [a.form for a in args if a is not x]
        if x.form.dtype is float and others and all(
            f.kind == "array" and f.dtype == np.float64 for f in others
        ):  # fmt: skip
            return x
        kind: Any = np.float64 if x.form.dtype is float else np.int64
        return self.b.emit(kind, [x], Form("scalar", (), np.dtype(kind)), "{f}({0})")

    def _number(self, step: Step, primitive: Primitive, args: list[Any], form: Form) -> Var:
        name = primitive.original.name
        flags = self.trace.strong.get(step.position, ())
        numbers = all(map(is_number, args))
        if numbers and not (form.dtype is int and any(flags)):  # which wrap round
            args = [a if isinstance(a, Var) else Const(NUMBERS[type(a.value)](a.value)) for a in args]
            if name in OPERATIONS and form.dtype in _REAL:
                return self.b.emit(primitive.compute, args, form, OPERATIONS[name])
            if name in ("literal_power", "power") and len(args) == 2:
                return self._power(args, form, step)
            if isinstance(primitive.compute, np.ufunc) and form.dtype is float and not step.options:
                names = ", ".join(f"{{{k}}}" for k in range(len(args)))
                call = primitive.compute
                return self.b.emit(call, args, form, f"{{f}}({names}).item()")
        elif form.dtype is float and len(args) == 1 and isinstance(args[0], Var):
            source = args[0].form
            index = step.options.get("index")
            vector = source.kind == "array" and len(source.shape) == 1 and source.dtype == np.float64
            if name == "getitem" and type(index) is int and vector:
                return self.b.emit(primitive.compute, args, form, f"{{0}}.item({index})")
            if name == "sum" and source.kind == "array" and source.dtype == np.float64 and (
                not step.options or (set(step.options) == {"axis"} and step.options["axis"] is None)
            ):  # fmt: skip
                return self.b.emit(total, args, form, "{f}({0}, None).item()")
        strong = [k < len(flags) and flags[k] for k in range(len(args))]
        args = [self._strong(a, s, args) for a, s in zip(args, strong, strict=True)]
        raw = self.b.emit(primitive.compute, args, Form("other"), options=step.options)
        return self.b.emit(number, [raw], form)

    def _power(self, args: list[Any], form: Form, step: Step) -> Var:
        """Of Python's numbers; a complex result (a negative number to a broken power) is refused."""
        if isinstance(step.primitive.compute, np.ufunc) and form.dtype is float:
            return self.b.emit(step.primitive.compute, args, form, "{f}({0}, {1}).item()")
        p = args[1].value if isinstance(args[1], Const) else None
        whole = type(p) is int or (type(p) is float and p.is_integer())
        if form.dtype is float and whole and not (type(p) is int and abs(p) > 2**53):
            base = args[0]
            if isinstance(base, Var) and base.form.dtype is float:
                return self.b.emit(operator.pow, args, form, "{0} ** {1}")
        if form.dtype is float and all(
            (a.form.dtype if isinstance(a, Var) else type(a.value)) is float for a in args
        ):
            return self.b.emit(math.pow, args, form, "{f}({0}, {1})")
        if form.dtype is int and whole and p is not None and p >= 0:
            return self.b.emit(operator.pow, args, form, "{0} ** {1}")
        raise CannotCompile("a power of numbers of these types", line_of(step.calls))

    def _array(self, step: Step, primitive: Primitive, args: list[Any], form: Form) -> Var:
        original = primitive.original
        compute: Callable[..., Any] = primitive.compute
        ufunc: Any = original.compute if original in ANSWERS else _UFUNC_OF.get(original.name)
        if ufunc is not None and ufunc.nin == len(args) and not step.options and ufunc.nout == 1:
            return self.b.emit(ufunc, args, form, ufunc=ufunc)
        p = args[1].value if original.name == "literal_power" and isinstance(args[1], Const) else None
        if compute is operator.pow and type(p) in _REAL and p == 2 and form.dtype.kind == "f":
            return self.b.emit(np.square, args[:1], form, ufunc=np.square)
        options = step.options
        if original is PRIMITIVES["scatter"] and all(map(is_real, args)):
            return written.scatter(self.b, args, options["indices"], form, Spec(form.shape, form.dtype))
        index = options.get("index")
        if original is PRIMITIVES["getitem"] and written.spelled_index(index) and isinstance(args[0], Var):
            text = f"{{0}}[{written.spelled_index(index)}]"
            return self.b.emit(compute, args, form, text, shares=True)
        blockwise = original.compute in FOLLOWED or (
            original.name in ("literal_power", "power", "where") and not options
        )
        made = self.b.emit(compute, args, form, options=options, shares=original.shares, blockwise=blockwise)
        return made


def _no_recomputation() -> Any:
    from ..autodiff.tools import no_recomputation

    return no_recomputation
