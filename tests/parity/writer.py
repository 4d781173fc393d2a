"""Random programs: small Python functions with branches, containers, changes in place and exceptions.

A program is the text of ``def f(x, n, v, m, s)``, of a float, an int, a vector, a matrix and a structure.
What it may use beside NumPy stands in :mod:`kit`. Every program returns a number.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from parity.statements import TEMPLATES

#: What a variable can be: a number, a vector of 3, a matrix of 2 x 3.
NUMBER, VECTOR, MATRIX = "number", "vector", "matrix"


class Writer:
    """Writes one program; `choose` is a random.Random, or what hypothesis gives in its place."""

    def __init__(self, choose: random.Random, statements: int = 6):
        self.choose = choose
        self.lines: list[str] = []
        self.depth = 1
        self.count = 0
        self.known: dict[str, list[str]] = {NUMBER: ["x", "s['a']"], VECTOR: ["v"], MATRIX: ["m"]}
        for _ in range(choose.randint(2, statements)):
            self.statement()
        self.write(f"return {self.total()}")

    @property
    def text(self) -> str:
        return "\n".join(["def f(x, n, v, m, s):", *self.lines, ""])

    # -- words -----------------------------------------------------------------------------------------

    def write(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def one_of(self, *items: str) -> str:
        return self.choose.choice(items)

    def constant(self) -> str:
        return self.one_of("0.5", "1.5", "2", "-0.75", "3", "0.25")

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind[0]}{self.count}"

    def keep(self, kind: str, name: str) -> None:
        self.known[kind].append(name)

    def number(self, deep: int = 2) -> str:
        """The text of a number."""
        if deep == 0 or self.choose.random() < 0.25:
            return self.choose.choice(self.known[NUMBER])
        a = self.number(deep - 1)
        return self.one_of(
            f"({a} + {self.number(deep - 1)})",
            f"({a} * {self.constant()})",
            f"({a} - {self.number(0)})",
            f"np.sin({a})",
            f"np.tanh({a})",
            f"abs({a})",
            f"({a}) ** 2",
            f"-{a}",
            f"({a} / {self.constant()})",
            f"np.sum({self.vector(1)})",
            f"{self.vector(0)}[{self.one_of('0', '1', '-1', 'n - 2')}]",
            f"{self.vector(0)} @ {self.vector(0)}",
            f"np.mean({self.matrix(1)})",
            f"np.max({self.vector(0)})",
            f"{self.matrix(0)}[0, {self.one_of('1', 'n')}]",
            f"np.exp(-({a}) ** 2)",
            f"float_or_same({a})",
            f"recursive({a}, n)",
            f"kind({a})",
            f"matched({a})",
            f"dispatched({a})",
            f"Box({a}).doubled()",
            f"(Box({a}) + Box({self.number(0)})).value",
            f"max({a}, {self.number(0)})",
            f"s['b'][n - 1] * {a}",
            f"sum([{a}, {self.number(0)}])",
            f"np.linalg.norm({self.vector(0)})",
            f"halved({a}, {self.constant()})",
            f"np.where({a} > 0.3, {self.number(0)}, {self.constant()})",
        )

    def vector(self, deep: int = 2) -> str:
        """The text of a vector of 3."""
        if deep == 0 or self.choose.random() < 0.25:
            return self.choose.choice(self.known[VECTOR])
        a = self.vector(deep - 1)
        return self.one_of(
            f"({a} + {self.vector(deep - 1)})",
            f"({a} * {self.number(deep - 1)})",
            f"np.cos({a})",
            f"({a} ** 2)",
            f"({a} - {self.constant()})",
            f"{self.matrix(0)}[{self.one_of('0', '1', '-1', 'n - 2')}]",
            f"{a}[::-1]",
            f"np.cumsum({a})",
            f"np.sort({a})",
            f"np.where({a} > 0.4, {a}, {self.number(0)})",
            f"{a}.copy()",
            f"np.concatenate([{a}[:2], {self.vector(0)}[2:]])",
            f"np.sum({self.matrix(deep - 1)}, axis=0)",
            f"np.stack([{self.number(0)}, {self.number(0)}, {self.constant()}])",
            f"{a}[[2, 0, 1]]",
            f"np.array([{self.number(0)}, {self.number(0)}, {self.constant()}])",
            f"np.asarray({a})",
            f"np.maximum({a}, {self.constant()})",
            f"kind({a})",
            f"matched({a})",
            f"dispatched({a})",
            f"softmax({a})",
            f"np.tanh({a})",
            f"Box({a}).doubled()",
            f"np.roll({a}, n)",
        )

    def matrix(self, deep: int = 2) -> str:
        """The text of a matrix of 2 x 3."""
        if deep == 0 or self.choose.random() < 0.25:
            return self.choose.choice(self.known[MATRIX])
        a = self.matrix(deep - 1)
        return self.one_of(
            f"({a} + {self.vector(0)})",
            f"({a} * {self.constant()})",
            f"np.tanh({a})",
            f"np.stack([{self.vector(0)}, {self.vector(0)}])",
            f"({a} * {self.number(0)})",
            f"np.reshape({a}.T, (2, 3))",
            f"{a}.copy()",
            f"np.outer([1.0, 0.5], {self.vector(0)})",
            f"{a}[::-1]",
            f"np.array([{self.vector(0)}, {self.vector(0)}])",
        )

    def value(self, kind: str, deep: int = 2) -> str:
        return {NUMBER: self.number, VECTOR: self.vector, MATRIX: self.matrix}[kind](deep)

    def total(self) -> str:
        """A number that depends on what the program made."""
        numbers = self.known[NUMBER][-3:]
        arrays = [f"np.sum({a} * np.cos({a}))" for a in self.known[VECTOR][-3:] + self.known[MATRIX][-2:]]
        return " + ".join(numbers + arrays)

    # -- statements --------------------------------------------------------------------------------------

    def statement(self) -> None:
        kinds: list[Callable[[], None]] = [
            self.assign,
            self.assign,
            self.in_place,
            self.in_place,
            self.alias,
            self.view,
            self.branch,
            self.attempt,
            self.loop,
            self.container,
            self.rows,
            self.changed_by_a_function,
            self.counter,
            *[self.template] * 8,
        ]
        self.choose.choice(kinds)()

    def template(self) -> None:
        result, new = self.new(NUMBER), self.new("t")
        text = self.choose.choice(TEMPLATES).format(
            r=result,
            t=new,
            a=self.number(1),
            b=self.number(0),
            c=self.number(0),
            v=self.vector(1),
            w=self.vector(0),
            m=self.matrix(0),
            k=self.constant(),
        )
        for line in text.split("\n"):
            self.write(line)
        self.keep(NUMBER, result)

    def a_kind(self) -> str:
        return self.one_of(NUMBER, VECTOR, VECTOR, MATRIX)

    def an_array(self) -> tuple[str, str]:
        kind = self.one_of(VECTOR, VECTOR, MATRIX)
        return kind, self.choose.choice(self.known[kind])

    def assign(self) -> None:
        kind = self.a_kind()
        value = self.value(kind)
        name = self.new(kind)
        self.write(f"{name} = {value}")
        self.keep(kind, name)

    def own(self, kind: str) -> str:
        """A variable that is no argument."""
        name = self.new(kind)
        self.write(f"{name} = {self.value(kind, 1)} * 1.25")
        self.keep(kind, name)
        return name

    def in_place(self) -> None:
        kind = self.a_kind()
        name = self.own(kind)
        if self.choose.random() < 0.5:
            other = self.new(kind)
            self.write(f"{other} = {name}")
            self.keep(kind, other)
        right = self.number(1) if kind == NUMBER or self.choose.random() < 0.5 else self.value(kind, 1)
        self.write(f"{name} {self.one_of('+=', '-=', '*=')} {right}")

    def alias(self) -> None:
        kind = self.a_kind()
        name = self.new(kind)
        self.write(f"{name} = {self.choose.choice(self.known[kind])}")
        self.keep(kind, name)

    def view(self) -> None:
        base = self.own(VECTOR)
        part = self.new("w")
        self.write(f"{part} = {base}[{self.one_of('1:', ':2', '::2', '::-1', ':')}]")
        changed = self.one_of(part, base)
        self.write(f"{changed} {self.one_of('+=', '*=')} {self.number(1)}")
        name = self.new(NUMBER)
        self.write(f"{name} = np.sum({part} * 1.5)")
        self.keep(NUMBER, name)

    def rows(self) -> None:
        base = self.own(MATRIX)
        self.write(f"for row in {base}:")
        self.write(f"    row {self.one_of('+=', '*=')} {self.one_of(self.number(0), self.vector(0))}")

    def changed_by_a_function(self) -> None:
        kind = self.one_of(VECTOR, MATRIX)
        name = self.own(kind)
        self.write(f"{self.one_of('scale_', 'shift_', 'normalise_')}({name})")

    def branch(self) -> None:
        kind = self.a_kind()
        subject = self.choose.choice(self.known[kind])
        question = self.one_of(
            f"isinstance({subject}, float)",
            f"isinstance({subject}, (int, float))",
            f"isinstance({subject}, np.ndarray)",
            f"isinstance({subject}, numbers.Real)",
            f"np.isscalar({subject})",
            f"np.ndim({subject}) == 0",
            f"np.sum({subject}) > 0.4",
            f"hasattr({subject}, '__len__')",
            f"callable({subject})",
            f"isinstance({subject}, int)",
            f"isinstance({subject}, (list, tuple))",
            f"np.iscomplexobj({subject})",
            f"isinstance({subject}, Iterable)",
        )
        result = self.a_kind()
        name = self.new(result)
        yes, no = self.value(result), self.value(result)
        if self.choose.random() < 0.5:
            self.write(f"{name} = {yes} if {question} else {no}")
        else:
            self.write(f"if {question}:")
            self.write(f"    {name} = {yes}")
            self.write("else:")
            self.write(f"    {name} = {no}")
        self.keep(result, name)

    def attempt(self) -> None:
        name = self.new(NUMBER)
        risky, error = self.choose.choice(
            [
                (f"{self.number(1)} / float({self.number(0)})", "(TypeError, ValueError)"),
                (f"math.sin({self.number(0)}) + x", "Exception"),
                (f"dict(k={self.number(0)})[{self.one_of(repr('k'), repr('q'))}]", "KeyError"),
                (f"[{self.number(0)}, {self.number(0)}][{self.one_of('1', '5')}]", "IndexError"),
                (f"checked({self.number(1)})", "ValueError"),
                (f"1 / (x - {self.one_of('x', '9.0')})", "ZeroDivisionError"),
                (f"{self.vector(0)} @ {self.matrix(0)}", "ValueError"),
                (f"{self.number(0)}.upper()", "AttributeError"),
            ]
        )
        self.write("try:")
        self.write(f"    {name} = {risky}")
        self.write(f"except {error}:")
        self.write(f"    {name} = {self.number(1)}")
        self.keep(NUMBER, name)

    def loop(self) -> None:
        name = self.own(self.one_of(NUMBER, VECTOR))
        self.write(f"for k in range({self.one_of('n', '2', 'n + 1')}):")
        self.depth += 1
        self.write(f"{name} = {self.one_of(f'np.sin({name}) + k * 0.1', f'{name} * 0.5 + {self.number(0)}')}")
        if self.choose.random() < 0.4:
            self.write(f"if np.sum({name}) > {self.constant()}:")
            self.write(f"    {self.one_of('break', 'continue')}")
        self.write(f"{name} {self.one_of('+=', '*=')} 0.75")
        self.depth -= 1

    def container(self) -> None:
        box = self.new("c")
        a, b, c = self.number(1), self.number(0), self.number(0)
        name = self.new(NUMBER)
        made, used = self.choose.choice(
            [
                (f"[{a}, {b}]", f"sum({box}) + len({box})"),
                (f"{{'p': {a}, 'q': {b}}}", f"{box}.get('p') * {box}['q'] + {box}.get('z', 0.5)"),
                (f"({a}, {b})", f"{box}[0] - {box}[-1]"),
                (f"Pair({a}, {b})", f"{box}.left * {box}.right"),
                (f"deque([{a}, {b}])", f"{box}.pop() + {box}.popleft()"),
                (f"[u * {b} for u in ({a}, {c})]", f"max({box}) - min({box})"),
                (f"{{i: u for i, u in enumerate([{a}, {b}])}}", f"sum({box}.values())"),
                (f"sorted([{a}, {b}, {c}])", f"{box}[0] + 2 * {box}[-1]"),
                ("Counter(a=2, b=3)", f"sum({box}.values()) * {a}"),
                (f"np.array([{a}, {b}])", f"np.sum({box}.real) + np.sum({box}.imag)"),
                (f"np.array([{a}, {b}])", f"np.var({box}) + np.linalg.norm({box})"),
                (f"dict(zip('ab', [{a}, {b}]))", f"{box}['a'] + {box}['b'] ** 2"),
                ("{0.25, 0.5}", f"(2.0 if {b} in {box} else 0.5) * {a}"),
            ]
        )
        self.write(f"{box} = {made}")
        if made.startswith("[") and self.choose.random() < 0.3:
            self.write(f"{box}.append({c})")
        self.write(f"{name} = {used}")
        self.keep(NUMBER, name)

    def counter(self) -> None:
        """A closure that changes a variable of the function around it."""
        total, add = self.new(NUMBER), self.new("add")
        self.write(f"{total} = 0.0")
        self.write(f"def {add}(u):")
        self.write(f"    nonlocal {total}")
        self.write(f"    {total} += u * {self.constant()}")
        self.write(f"for u in ({self.number(0)}, {self.number(0)}):")
        self.write(f"    {add}(u)")
        self.keep(NUMBER, total)
