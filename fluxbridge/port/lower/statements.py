"""Statements: assignments, loops, conditions, ``try``, ``let``; where their values go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NONE,
    NUMBERS,
    REALS,
    STR,
    Kind,
    arr,
    join,
)
from ..syntax import Expr, Literal, Name, Node, Quoted
from .calls import Calls
from .core import Refused, Value
from .operators import COMPARISONS
from .scope import Scope, is_definition, python_name, scan, targets
from .words import EXCEPTIONS

Sink = Callable[[str, Kind], list[str]] | None


class Statements(Calls):
    """Statements as lines of Python."""

    statement_level = False
    broadcasting = False
    result_kinds: list[Kind] | None = None

    def block(self, nodes: list[Node], sink: Sink = None, start: int = -1, end: int = -1) -> list[str]:
        """The lines of several statements; the value of the last one goes to ``sink``."""
        lines: list[str] = []
        here = start
        for i, node in enumerate(nodes):
            at = getattr(node, "at", -1)
            if here >= 0 and at >= 0:
                lines += self.comment_lines(here, at)
            stop = getattr(node, "end", -1)
            lines += self.statement(node, sink if i == len(nodes) - 1 else None)
            if at >= 0:
                trailing = self.trailing_comment(max(at, stop))
                if trailing and lines:
                    lines.append(f"'#>{trailing}'")
                here = max(stop, at + 1, here)
        if here >= 0 and end >= 0:
            lines += self.comment_lines(here, end)
        if not nodes and sink is not None:
            lines += sink("None", NONE)
        return lines

    def comment_lines(self, start: int, end: int) -> list[str]:
        """The comments of their own lines between two places, as markers."""
        return [
            f"'#!{quote(c.text)}'"
            for c in self.comments
            if start <= c.at < end and not c.trailing and not c.text.startswith("#=")
        ]

    def trailing_comment(self, at: int) -> str:
        """The comment behind the statement that ends here."""
        line_end = self.text.find("\n", at)
        line_end = len(self.text) if line_end < 0 else line_end
        for c in self.comments:
            if c.trailing and at <= c.at <= line_end and not c.text.startswith("#="):
                return quote(c.text)
        return ""

    def statement(self, node: Node, sink: Sink = None) -> list[str]:
        """The lines of one statement."""
        with self.hoisting() as hoisted:
            lines = self._statement(node, sink)
        return hoisted + lines

    def _statement(self, node: Node, sink: Sink) -> list[str]:
        if isinstance(node, Expr):
            if is_definition(node):
                lines = self.definition(node)
                return lines + (sink(self.defined_name(node), Kind("function")) if sink else [])
            method = getattr(self, "_s_" + HEADS.get(node.head, node.head), None)
            if method is not None:
                return method(node, sink)
            if node.head.endswith("=") and node.head not in ("==", "!=", "<=", ">="):
                return self.assignment(node, sink)
        level, self.statement_level = self.statement_level, sink is None
        try:
            code, kind = self.expr(node)
        finally:
            self.statement_level = level
        return sink(code, kind) if sink is not None else [code]

    # Values that need statements.

    def block_value(self, node: Expr) -> Value:
        """The value of a block, loop or condition: its statements stand before, the value has a name."""
        if self.closed:
            raise Refused("statements inside of a condition or a comprehension", node.at)
        name = self.fresh("value")
        kinds: list[Kind] = []

        def keep(code: str, kind: Kind) -> list[str]:
            kinds.append(kind)
            return [f"{name} = {code}"]

        lines = self.statement(node, keep)
        self.before.extend(lines)
        result = BOTTOM
        for kind in kinds:
            result = join(result, kind)
        return name, result

    def assignment_value(self, node: Expr) -> Value:
        """An assignment as a value: ``a = b = 3``."""
        if self.closed:
            raise Refused("an assignment inside of a condition or a comprehension", node.at)
        if node.head == "=" and isinstance(node.args[0], Name):
            self.before.extend(self.statement(node))
            return self.name(node.args[0])
        if node.head == "=" and isinstance(node.args[0], Expr) and node.args[0].head in ("ref", "."):
            value, kind = self.expr(node.args[1])
            name = self.fresh("value")
            self.before.append(f"{name} = {value}")
            self.before.extend(self.store(node.args[0], name, kind))
            return name, kind
        self.before.extend(self.statement(node))
        if isinstance(node.args[0], Name):
            return self.name(node.args[0])
        return self.expr(node.args[0])

    # Assignments.

    def assignment(self, node: Expr, sink: Sink) -> list[str]:
        """``x = …``, ``x[i] = …``, ``x += …``, ``x .= …``."""
        left, right = node.args
        if node.head == "=":
            return self._assign(left, right, sink)
        if node.head == ".=":
            return self._assign_elements(left, right, sink)
        if node.head == ":=" or node.head == "$=":
            self.refuse(f"the assignment {node.head}", node)
        op = node.head[:-1]
        if op.startswith("."):
            updated = Expr("call", [Name(op), left, right], node.at, node.end)
            return self._assign_elements(left, updated, sink)
        if isinstance(left, Name):
            return self._update(left, op, right, sink)
        return self._update_place(left, op, right, sink, node)

    def _update(self, left: Name, op: str, right: Node, sink: Sink) -> list[str]:
        value = self.name(left)
        other = self.reader(right)
        if op == "&&" or op == "||":
            self.refuse(f"the assignment {op}=", left)
        code, kind = self.binary(op, value, other)
        python = self.store_name(left.text, kind)
        if (
            op in "*+"
            and kind == INT
            and self.in_loop()
            and (op == "*" or (isinstance(right, Name) and self.loop_carried(right.text)))
        ):
            return [f"{python} = {self.jl('wrap')}({value[0]} {op} {other[0]})"] + (
                sink(python, kind) if sink else []
            )
        sign = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**", "÷": "//", "%": "%"}.get(op)
        plain = f"({value[0]} {sign} {other[0]})" if sign else None
        if plain == code and kind in REALS | {F32, STR, BOTTOM} and python == value[0]:
            lines = [f"{python} {sign}= {other[0]}"]
        else:
            lines = [f"{python} = {code}"]
        return lines + (sink(python, kind) if sink else [])

    def _update_place(self, left: Node, op: str, right: Node, sink: Sink, node: Expr) -> list[str]:
        if isinstance(left, Expr) and left.head == "ref":
            base, kind = self.expr(left.args[0])
            held = base
            positions: list[Value] = []
            for place, i in enumerate(left.args[1:]):
                self.index_stack.append((held, kind, place, len(left.args) - 1))
                code, ik = self.expr(i)
                self.index_stack.pop()
                if (
                    not (
                        code.isidentifier()
                        or self.literal_int(code) is not None
                        or (isinstance(i, Name) and i.text == "end")
                    )
                    and "(" in code
                ):
                    name = self.fresh("i")
                    self.before.append(f"{name} = {code}")
                    code = name
                positions.append((code, ik))
            value = (
                self.indexed(held, kind, positions, left.args[1:]) if positions else (f"{held}.value", ANY)
            )
            code, result = self.binary(op, value, self.reader(right))
            lines = self.store_at(held, kind, positions, left.args[1:], code, result)
            return lines + (sink(value[0], result) if sink else [])
        if isinstance(left, Expr) and left.head == ".":
            value = self.expr(left)
            code, result = self.binary(op, value, self.reader(right))
            lines = self.store(left, code, result)
            return lines + (sink(value[0], result) if sink else [])
        self.refuse("this assignment", node)

    def _assign(self, left: Node, right: Node, sink: Sink) -> list[str]:
        grown = isinstance(left, Name) and left.text in self.grown
        if (
            isinstance(right, Expr)
            and (right.head in BLOCKS or (right.head == "block" and len(right.args) != 1))
            and isinstance(left, (Name,))
        ) and not (right.head == "if" and self._simple_if(right)):
            kinds: list[Kind] = []

            def put(code: str, kind: Kind) -> list[str]:
                kinds.append(kind)
                return [f"{self.store_name(left.text, kind)} = {code}"]

            lines = self.statement(right, put)
            return lines + (sink(*self.name(left)) if sink else [])
        if (
            isinstance(right, Expr)
            and right.head == "="
            and isinstance(right.args[0], Name)
            and isinstance(left, Name)
        ):
            lines = self.statement(right)
            code, kind = self.name(right.args[0])
            python = self.store_name(left.text, kind)
            return [*lines, f"{python} = {code}"] + (sink(python, kind) if sink else [])
        if (
            isinstance(left, Expr)
            and left.head == "tuple"
            and isinstance(right, Expr)
            and right.head == "tuple"
            and sink is None
        ):
            return self._assign_tuple(left, right)
        if isinstance(right, Expr) and right.head == "->":
            code, kind = self.named_lambda(left, right)
            if code is None:
                return kind  # type: ignore[return-value]
        else:
            code, kind = self.expr(right, "list" if grown else None)
            if (
                grown
                and not (kind.tag == "arr" and kind.stored == "list")
                and kind.tag in ("arr", "range", "bottom", "any")
            ):
                if kind.tag in ("arr", "range"):
                    code, kind = (
                        f"{self.builtin('list')}({self.jl('iterate')}({code}))",
                        arr(kind.element if kind.element != NAT else INT, 1, "list"),
                    )
                elif kind == ANY:
                    code, kind = f"{self.jl('grown')}({code})", ANY
        if kind == INT and isinstance(left, Name) and self.in_loop() and self._multiplies(right, left.text):
            code = f"{self.jl('wrap')}({code})"
        lines = self.store(left, code, kind)
        if sink is None:
            return lines
        if isinstance(left, Name):
            return lines + sink(*self.name(left))
        name = self.fresh("value")
        return [f"{name} = {code}", *self.store(left, name, kind), *sink(name, kind)]

    def named_lambda(self, left: Node, right: Expr) -> Any:
        """``f = x -> …``."""
        code, kind = self.lambda_value(
            right, None, bind=self.scope, name=left.text if isinstance(left, Name) else None
        )
        return code, kind

    def _simple_if(self, node: Expr) -> bool:
        def simple(n: Node) -> bool:
            if isinstance(n, Expr) and n.head == "block":
                return len(n.args) == 1 and simple(n.args[0])
            return not (
                isinstance(n, Expr)
                and (
                    (n.head in BLOCKS and not (n.head == "if" and self._simple_if(n)))
                    or n.head in ("=", "return", "break", "continue")
                )
            )

        return (
            len(node.args) == 3
            and all(simple(a) for a in node.args[1:])
            and not any(isinstance(a, Expr) and a.head in ("elseif",) for a in node.args)
            and self.line_of(node.at) == self.line_of(node.end)
        )

    def _assign_tuple(self, left: Expr, right: Expr) -> list[str]:
        if len(left.args) != len(right.args) or any(
            isinstance(a, Expr) and a.head in ("...", "parameters") for a in [*left.args, *right.args]
        ):
            code, kind = self.expr(right)
            return self.store(left, code, kind)
        values = [self.passed(a) for a in right.args]
        if all(isinstance(a, Name) for a in left.args):
            codes = []
            names_set = {a.text for a in left.args if isinstance(a, Name)}
            for a, r, (c, k) in zip(left.args, right.args, values, strict=False):
                if (
                    k == INT
                    and self.in_loop()
                    and isinstance(r, Expr)
                    and sum(self._uses(r, [n]) for n in names_set) > 1
                ):
                    c = f"{self.jl('wrap')}({c})"
                if isinstance(a, Name) and a.text in self.grown and k == ANY:
                    c = f"{self.jl('grown')}({c})"
                if isinstance(a, Name) and a.text in self.grown and k.tag == "arr" and k.stored != "list":
                    c, k = f"{self.builtin('list')}({c})", arr(k.element, 1, "list")
                codes.append((c, k))
            names = [
                self.store_name(a.text, k)
                for a, (_, k) in zip(left.args, codes, strict=False)
                if isinstance(a, Name)
            ]
            return [f"{', '.join(names)} = {', '.join(c for c, _ in codes)}"]
        held = [self.fresh("value") for _ in values]
        lines = [f"{', '.join(held)} = {', '.join(c for c, _ in values)}"]
        for a, name, (_, k) in zip(left.args, held, values, strict=False):
            lines += self.store(a, name, k)
        return lines

    def in_loop(self) -> bool:
        """Whether this is inside of a loop of the same function."""
        scope: Any = self.scope
        while scope is not None and scope.kind == "block":
            if scope.key[0] == "loop":
                return True
            scope = scope.parent
        return False

    def loop_carried(self, name: str) -> bool:
        """Whether a variable is a plain one, that loops may make larger and larger."""
        variable = self.lookup(name)
        return variable is not None and not variable.loop and (variable.scope.key, name) in self.growing

    growing: frozenset = frozenset()

    def _multiplies(self, node: Node, name: str) -> bool:
        """Whether a value is a product with this variable."""
        if not isinstance(node, Expr):
            return False
        if (
            node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text in ("*", "^", "<<")
            and any(self._uses(a, [name]) for a in node.args[1:])
        ):
            return True
        return node.head in ("call", "if", "block") and any(self._multiplies(a, name) for a in node.args)

    def store_name(self, name: str, kind: Kind) -> str:
        """The Python name for an assignment to a variable, which is declared where it must be."""
        if name == "_":
            return "_"
        variable = self.lookup(name)
        home = self.scope.home
        if name in self.missing and self.scope.kind == "file":
            del self.missing[name]
        if variable is None:
            variable = home.add(name)
        elif variable.functions or variable.struct:
            if variable.scope is home and home.kind == "file":
                self.refuse(f"{name} is a function and a variable")
            variable = home.add(name)
        elif variable.scope.home is not home:
            if variable.scope.home.kind == "file":
                if name not in home.globals:
                    variable = home.add(name)
            else:
                home.nonlocals.add(name)
        self.learn(variable, kind)
        return variable.python

    def store(self, left: Node, code: str, kind: Kind) -> list[str]:
        """Lines that put a value somewhere."""
        if isinstance(left, Name):
            return [f"{self.store_name(left.text, kind)} = {code}"]
        if not isinstance(left, Expr):
            self.refuse("this assignment", left)
        if left.head == "::":
            if len(left.args) == 2 and isinstance(left.args[1], Name):
                target = (
                    self.jl(left.args[1].text)
                    if left.args[1].text in ("Float64", "Int", "Int64", "Float32")
                    else None
                )
                if target and kind not in (INT, NAT, FLOAT, F32):
                    code = f"{target}({code})"
                elif target and left.args[1].text == "Float64" and kind in INTS:
                    code, kind = f"{self.builtin('float')}({code})", FLOAT
            return self.store(left.args[0], code, kind)
        if left.head == "tuple":
            return self._unpack(left, code, kind)
        if left.head == "ref":
            if self.element_of_type(left.args[0]) is not None:
                self.refuse("this assignment", left)
            base, bk = self.expr(left.args[0])
            positions = []
            for place, i in enumerate(left.args[1:]):
                self.index_stack.append((base, bk, place, len(left.args) - 1))
                positions.append(self.expr(i))
                self.index_stack.pop()
            return self.store_at(base, bk, positions, left.args[1:], code, kind)
        if left.head == "." and len(left.args) == 2 and isinstance(left.args[1], Quoted):
            base, bk = self.expr(left.args[0])
            name: Any = left.args[1].value
            return [f"{base}.{python_name(name.text)} = {code}"]
        self.refuse("this assignment", left)

    def _unpack(self, left: Expr, code: str, kind: Kind) -> list[str]:
        if left.args and isinstance(left.args[0], Expr) and left.args[0].head == "parameters":
            held = (
                code if code.isidentifier() or code.replace(".", "").isidentifier() else self.fresh("value")
            )
            lines = [] if held == code else [f"{held} = {code}"]
            names, fields = [], []
            for a in left.args[0].args:
                inner = a.args[0] if isinstance(a, Expr) and a.head == "::" else a
                if not isinstance(inner, Name):
                    self.refuse("this destructuring", left)
                own = ANY
                if kind.tag == "record":
                    own = dict(kind.args).get(python_name(inner.text), ANY)
                elif kind.tag == "struct":
                    own = self.field_kind(kind.args[0], python_name(inner.text))
                names.append(self.store_name(inner.text, BOTTOM if kind == BOTTOM else own))
                fields.append(f"{held}.{python_name(inner.text)}")
            return [*lines, f"{', '.join(names)} = {', '.join(fields)}"]
        parts = []
        after: list[str] = []
        count = len(left.args)
        for i, a in enumerate(left.args):
            own = (
                BOTTOM
                if kind == BOTTOM
                else kind.args[i]
                if kind.tag == "tuple" and i < len(kind.args)
                else kind.element
                if kind.tag == "arr"
                else ANY
            )
            if isinstance(a, Name):
                parts.append(self.store_name(a.text, own))
            elif (
                isinstance(a, Expr)
                and a.head == "tuple"
                and not (a.args and isinstance(a.args[0], Expr) and a.args[0].head == "parameters")
            ):
                held = self.fresh("value")
                parts.append(held)
                after += self._unpack(a, held, own)
            elif isinstance(a, Expr) and a.head == "..." and i == count - 1 and isinstance(a.args[0], Name):
                parts.append(
                    self.store_name(
                        a.args[0].text,
                        BOTTOM
                        if kind == BOTTOM
                        else arr(kind.element, 1, kind.stored)
                        if kind.tag == "arr"
                        else ANY,
                    )
                )
                return [f"{', '.join(parts)} = {self.jl('unpack_rest')}({code}, {count - 1})", *after]
            elif isinstance(a, Expr) and a.head == "...":
                self.refuse("a destructuring with ... in the middle", left)
            else:
                held = self.fresh("value")
                parts.append(held)
                after += self.store(a, held, own)
        source = code
        if kind.tag not in ("tuple",) or (kind.tag == "tuple" and kind.args and len(kind.args) != count):
            if kind.tag in ("tuple", "arr") and not (kind.tag == "arr" and kind.rank != 1):
                source = f"{code}[:{count}]"
            elif kind == ANY or kind.tag in ("iter", "gradients", "struct", "record", "layers", "range"):
                source = f"{self.jl('unpack')}({code}, {count})"
        return [f"{', '.join(parts)}{',' if count == 1 else ''} = {source}", *after]

    def store_at(
        self, base: str, kind: Kind, positions: list[Value], nodes: list[Node], code: str, value: Kind
    ) -> list[str]:
        """``x[i, j] = value``."""
        if not positions:
            return (
                [f"{base}.value = {code}"] if kind.tag == "ref" else [f"{self.jl('setat')}({base}, {code})"]
            )
        if kind.tag == "dict" and len(positions) == 1:
            self.learn_item(nodes, base, positions[0][1], value)
            return [f"{base}[{positions[0][0]}] = {code}"]
        whole = all(k in INTS for _, k in positions)
        fits = kind.tag == "arr" and (
            (kind.element == FLOAT and value in REALS) or (kind.element == INT and value in INTS | {BOOL}) or (kind.element == BOOL and value == BOOL)  # noqa: E501
            or (kind.element == F32 and value in REALS | {F32}) or (kind.stored == "list" and kind.element == value)  # noqa: E501
        )  # fmt: skip
        if (
            whole
            and fits
            and not self.in_try
            and (kind.rank == len(positions) and kind.stored in ("nd", "list"))
        ):
            parts: list[str] = []
            for place, ((position, ik), node) in enumerate(zip(positions, nodes, strict=False)):
                end = self._from_end(position, base, place)
                literal = self.literal_int(position)
                if (literal is not None and literal < 1) or (
                    end is None and literal is None and ik != NAT and not isinstance(node, Name)
                ):
                    parts = []
                    break
                parts.append(end if end is not None else self.minus_one(position))
            if parts:
                return [f"{base}[{', '.join(parts)}] = {code}"]
        return [f"{self.jl('setat')}({base}, {code}, {', '.join(c for c, _ in positions)})"]

    def learn_item(self, nodes: list[Node], base: str, key: Kind, value: Kind) -> None:
        """What is put into a dictionary widens its kind."""
        for scope in self._scopes():
            for variable in scope.names.values():
                if variable.python == base and self.kind_of(variable).tag == "dict":
                    self.learn(variable, Kind("dict", (key, value)))
                    return

    def learn_push(self, target: Node, kind: Kind, value: Kind) -> None:
        """What is pushed widens the kind of the vector."""
        if isinstance(target, Name) and kind.tag == "arr":
            variable = self.lookup(target.text)
            if variable is not None and kind.element not in (FLOAT, F32):
                self.learn(
                    variable,
                    arr(
                        join(kind.element if kind.element != ANY else BOTTOM, value)
                        if kind.element != ANY
                        else ANY,
                        1,
                        "list",
                    ),
                )

    def pushed(self, kind: Kind, code: str, value: Kind) -> str:
        """A value as the vector stores it."""
        if kind.element == FLOAT and value != FLOAT:
            return f"{self.builtin('float')}({code})" if value in REALS else f"{self.jl('Float64')}({code})"
        if kind.element == F32 and value != F32:
            return f"{self.jl('Float32')}({code})"
        return code

    def _scopes(self) -> list[Scope]:
        found, scope = [], self.scope
        while scope is not None:
            found.append(scope)
            scope = scope.parent  # type: ignore[assignment]
        return found

    def _assign_elements(self, left: Node, right: Node, sink: Sink) -> list[str]:
        """``x .= …``."""
        value, vk = self.reader(right)
        if isinstance(left, Expr) and left.head == "ref":
            base, kind = self.expr(left.args[0])
            found: list[Value] = []
            for place, i in enumerate(left.args[1:]):
                self.index_stack.append((base, kind, place, len(left.args) - 1))
                found.append(self.expr(i))
                self.index_stack.pop()
            positions = [c for c, _ in found]
            plain = self._plain_store(base, kind, found, left.args[1:], vk)
            if plain is not None:
                return [f"{plain} = {value}"] + (sink(base, kind) if sink else [])
            lines = [f"{self.jl('assign')}({base}, {', '.join([value, *positions])})"]
            return lines + (sink(base, kind) if sink else [])
        base, kind = self.expr(left)
        element = vk.element if vk.tag == "arr" else vk
        if (
            kind.tag == "arr"
            and kind.stored == "nd"
            and kind.element == FLOAT
            and element in REALS
            and (vk in REALS or (vk.tag == "arr" and vk.stored == "nd" and vk.rank == kind.rank))
        ):
            lines = [f"{base}[...] = {value}"]
        else:
            lines = [f"{self.jl('assign')}({base}, {value})"]
        return lines + (sink(base, kind) if sink else [])

    def _plain_store(
        self, base: str, kind: Kind, positions: list[Value], nodes: list[Node], value: Kind
    ) -> str | None:
        """``A[:, -1]`` for a number that fits the elements of an array."""
        fits = (
            (kind.element == FLOAT and value in REALS)
            or (kind.element == INT and value in INTS)
            or (kind.element == F32 and value in REALS | {F32})
        )
        if not (fits and kind.tag == "arr" and kind.stored == "nd" and kind.rank == len(positions)) or all(
            k in INTS for _, k in positions
        ):
            return None
        before, self.reading = self.reading, True
        try:
            if len(positions) == 1:
                made = self._vector_index(base, kind, positions[0], nodes[0])
            else:
                made = self._array_index(base, kind, positions, nodes)
        finally:
            self.reading = before
        return made[0] if made is not None else None

    # Control flow.

    def _s_block(self, node: Expr, sink: Sink) -> list[str]:
        return self.block(node.args, sink, node.at, node.end)

    def _s_if(self, node: Expr, sink: Sink) -> list[str]:
        if sink is not None and self._simple_if(node):
            code, kind = self.expr(node)
            return sink(code, kind)
        test = node.args[0]
        if isinstance(test, Expr) and test.head == "block":
            test = test.args[-1]
        code = "__name__ == '__main__'" if is_main(test) else self.condition(test)
        lines = [f"if {code}:", *self.indent(self.branch(node.args[1], sink))]
        if len(node.args) > 2:
            other = node.args[2]
            if isinstance(other, Expr) and other.head == "elseif":
                with self.hoisting() as hoisted:
                    rest = self._s_if(other, sink)
                if hoisted:
                    lines += ["else:", *self.indent(hoisted + rest)]
                else:
                    lines += ["el" + rest[0], *rest[1:]]
            else:
                lines += ["else:", *self.indent(self.branch(other, sink))]
        elif sink is not None:
            lines += ["else:", *self.indent(sink("None", NONE))]
        return lines

    _s_elseif = _s_if

    def branch(self, node: Node, sink: Sink) -> list[str]:
        """The lines of a branch."""
        if isinstance(node, Expr) and node.head == "block":
            return self.block(node.args, sink, node.at, node.end)
        return self.statement(node, sink)

    def _s_and(self, node: Expr, sink: Sink) -> list[str]:
        return self._short(node, sink, "")

    def _s_or(self, node: Expr, sink: Sink) -> list[str]:
        return self._short(node, sink, "not ")

    def _short(self, node: Expr, sink: Sink, negation: str) -> list[str]:
        if sink is not None:
            right: Any = node.args[1]
            needs = isinstance(right, Expr) and (
                right.head in BLOCKS | {"return", "break", "continue", "block"}
                or (right.head.endswith("=") and right.head not in ("==", "!=", "<=", ">="))
            )
            if not needs:
                with self.hoisting() as hoisted:
                    try:
                        code, kind = self.expr(node)
                        needs = False
                    except Refused:
                        needs = True
                if not needs:
                    self.before.extend(hoisted)
                    return sink(code, kind)
            test = self.condition(node.args[0])
            return [f"if {negation}{test}:", *self.indent(self.branch(node.args[1], sink)), "else:",
                    *self.indent(sink("True" if negation else "False", BOOL))]  # fmt: skip
        if self.scope.kind == "file" and self._is_question(node.args[1]):
            return [self.expr(node)[0]]
        test = self.condition(node.args[0])
        return [f"if {negation}{test}:", *self.indent(self.branch(node.args[1], None))]

    def _is_question(self, node: Node) -> bool:
        """Whether a value is asked for, not something done: ``isempty(v)``, ``a < b``."""
        if isinstance(node, Expr) and node.head in ("&&", "||"):
            return all(self._is_question(a) for a in node.args)
        if isinstance(node, Expr) and node.head == "call" and isinstance(node.args[0], Name):
            name = node.args[0].text
            return (
                name in COMPARISONS or name in ("!", "≈", "===", "∈", "in") or name.startswith(("is", "has"))
            )
        return isinstance(node, (Name, Literal)) or (isinstance(node, Expr) and node.head == "comparison")

    def _s_while(self, node: Expr, sink: Sink) -> list[str]:
        scope = self.loop_scope(node, node.args[1])
        with self.inside(scope):
            with self.hoisting() as hoisted:
                test = self.condition(node.args[0])
            body = self.branch(node.args[1], None)
            if hoisted:
                lines = ["while True:", *self.indent([*hoisted, f"if not {test}:", "    break", *body])]
            else:
                lines = [f"while {test}:", *self.indent(body)]
        return lines + (sink("None", NONE) if sink else [])

    def loop_scope(self, node: Expr, body: Node) -> Scope:
        """The scope of a loop; in a script, globals that it assigns without ``global`` are new variables."""
        scope = Scope("block", ("loop", node.at), self.scope)
        found = scan([body])
        for name in found.locals:
            if self.scope.find(name) is not None:
                scope.add(name, python_name(name) + "_")
        if self.scope.kind == "file" and not self.soft:
            for name in [*found.plain, *found.looped]:
                variable = self.scope.find(name)
                if (
                    variable is not None
                    and name not in found.globals
                    and name in self.settled
                    and not variable.functions
                ):
                    scope.add(name, python_name(name) + "_")
        return scope

    settled: frozenset[str] | set[str] = frozenset()

    def _s_for(self, node: Expr, sink: Sink) -> list[str]:
        head = node.args[0]
        ranges = head.args if isinstance(head, Expr) and head.head == "block" else [head]
        if len(ranges) > 1 and self._breaks(node.args[1]):
            lines = self._product_loop(node, ranges)
        else:
            lines = self._nested(node, list(ranges), node.args[1])
        return lines + (sink("None", NONE) if sink else [])

    def _breaks(self, body: Node) -> bool:
        if not isinstance(body, Expr) or body.head in ("for", "while", "->", "function", "comprehension"):
            return False
        return body.head == "break" or any(self._breaks(a) for a in body.args)

    def _product_loop(self, node: Expr, ranges: Any) -> list[str]:
        self.refuse("break in a loop over several ranges", node)

    def _nested(self, node: Expr, ranges: list[Any], body: Node) -> list[str]:
        one = ranges[0]
        source, kind = self.loop_source(one.args[1])
        scope = (
            self.loop_scope(node, body)
            if len(ranges) == 1
            else Scope("block", ("loop", node.at, one.at), self.scope)
        )
        with self.inside(scope):
            target_node = one.args[0]
            before: list[str] = []
            if (
                isinstance(target_node, Expr)
                and target_node.head == "tuple"
                and target_node.args
                and isinstance(target_node.args[0], Expr)
                and target_node.args[0].head == "parameters"
            ):
                target = self.fresh("item")
                names = [a for a in target_node.args[0].args if isinstance(a, Name)]
                parts = [self.loop_target(a, self._field_kind(kind, a.text), scope) for a in names]
                before = [
                    f"{', '.join(parts)} = {', '.join(f'{target}.{python_name(a.text)}' for a in names)}"
                ]
            else:
                target = self.loop_target(target_node, kind, scope)
            target = target[1:-1] if target.startswith("(") and not target.endswith(",)") else target
            inner = self._nested(node, ranges[1:], body) if len(ranges) > 1 else self.branch(body, None)
            return [f"for {target} in {source}:", *self.indent(before + inner)]

    def _field_kind(self, kind: Kind, name: str) -> Kind:
        if kind.tag == "record":
            return dict(kind.args).get(python_name(name), ANY)
        return ANY

    def loop_source(self, node: Node) -> Value:
        """What a loop goes over, and the kind of what it gives."""
        code, kind = self.expr(node)
        return self.iterable(code, kind), self.iterated_kind(node, kind)

    def _s_break(self, node: Expr, sink: Sink) -> list[str]:
        return ["break"]

    def _s_continue(self, node: Expr, sink: Sink) -> list[str]:
        return ["continue"]

    def _s_return(self, node: Expr, sink: Sink) -> list[str]:
        if self.result_kinds is None:
            self.refuse("return outside of a function", node)
        return self.statement(node.args[0], self.returning)

    def returning(self, code: str, kind: Kind) -> list[str]:
        """The sink of ``return``."""
        assert self.result_kinds is not None
        self.result_kinds.append(kind)
        return [f"return {code}"]

    def _s_try(self, node: Expr, sink: Sink) -> list[str]:
        block, caught, handler = node.args[:3]
        final = node.args[3] if len(node.args) > 3 else None
        otherwise = node.args[4] if len(node.args) > 4 else None
        self.in_try += 1
        try:
            lines = ["try:", *self.indent(self.branch(block, sink))]
        finally:
            self.in_try -= 1
        if isinstance(handler, Expr):
            name = caught.text if isinstance(caught, Name) else None
            scope = Scope("block", ("catch", node.at), self.scope)
            if name is not None:
                taken = self.scope.find(name)
                variable = scope.add(
                    name, python_name(name) + ("_" if taken is not None else ""), fixed=Kind("error")
                )
                lines.append(f"except Exception as {variable.python}:")
            else:
                lines.append("except Exception:")
            with self.inside(scope):
                lines += self.indent(self.branch(handler, sink))
        if isinstance(otherwise, Expr):
            lines += ["else:", *self.indent(self.branch(otherwise, sink))]
        if isinstance(final, Expr):
            lines += ["finally:", *self.indent(self.branch(final, None))]
        return lines

    def _s_let(self, node: Expr, sink: Sink) -> list[str]:
        head, body = node.args
        bindings = head.args if isinstance(head, Expr) and head.head == "block" else [head]
        name = "_" + self.fresh("let")
        scope = Scope("function", ("let", node.at), self.scope)
        outer_kinds, self.result_kinds = self.result_kinds, []
        lines: list[str] = []
        try:
            with self.inside(scope):
                for one in bindings:
                    if isinstance(one, Expr) and one.head == "=":
                        grown = isinstance(one.args[0], Name) and one.args[0].text in self.grown
                        outside: Any = scope.parent if self._self_bound(one) else scope
                        with self.inside(outside), self.hoisting() as hoisted:
                            code, kind = self.expr(one.args[1], "list" if grown else None)
                        for n in targets(one.args[0]):
                            if n not in scope.names:
                                scope.add(n)
                        if self._self_bound(one):
                            inner = self.fresh("outer")
                            lines_before = [f"{inner} = {code}"]
                            self.before.extend(hoisted + lines_before)
                            code, hoisted = inner, []
                        lines += hoisted + self.store(one.args[0], code, kind)
                    elif isinstance(one, Name):
                        scope.add(one.text)
                self.declare(scope, body.args if isinstance(body, Expr) else [body])
                inner_lines = self.block(body.args if isinstance(body, Expr) else [body], self.returning)
                result = BOTTOM
                for kind in self.result_kinds:
                    result = join(result, kind)
            self.declared_lines(scope, lines)
            made = [f"def {name}():", *self.indent(self.declarations(scope) + lines + inner_lines)]
        finally:
            self.result_kinds = outer_kinds
        if sink is None:
            return [*made, f"{name}()"]
        return made + sink(f"{name}()", result)

    def _self_bound(self, one: Expr) -> bool:
        names = set(targets(one.args[0]))
        return bool(names) and any(self._uses(one.args[1], [n]) for n in names)

    def declared_lines(self, scope: Scope, lines: list[str]) -> None:
        """Nothing yet: declarations are made by :meth:`declarations`."""

    def declare(self, scope: Scope, nodes: list[Node]) -> None:
        """Enter the variables of a body into its scope."""
        found = scan(nodes)
        scope.globals |= found.globals
        for name in (*found.plain, *found.looped):
            if name in found.globals or name in scope.names:
                continue
            outer = scope.parent.find(name) if scope.parent is not None else None
            if outer is not None and outer.scope.home.kind != "file" and name not in found.locals:
                scope.nonlocals.add(name)
            elif (
                name not in found.looped
                or outer is None
                or name in found.plain
                or name in found.locals
                or outer.scope.home.kind == "file"
            ):
                scope.add(name)
        for name in found.locals:
            if name not in scope.names:
                scope.add(name)
        for name, definitions in found.functions.items():
            if name not in scope.names:
                scope.add(name, functions=definitions)

    def declarations(self, scope: Scope) -> list[str]:
        """``nonlocal`` and ``global`` lines of a function."""
        lines = []
        assigned = sorted(scope.nonlocals)
        names = [v.python for n in assigned if (v := scope.find(n)) is not None and v.scope is not scope]
        if names:
            lines.append(f"nonlocal {', '.join(names)}")
        if scope.globals:
            lines.append(f"global {', '.join(sorted(python_name(n) for n in scope.globals))}")
        return lines

    def _s_global(self, node: Expr, sink: Sink) -> list[str]:
        home = self.scope.home
        lines: list[str] = []
        for a in node.args:
            names = targets(a if not (isinstance(a, Expr) and a.head.endswith("=")) else a.args[0])
            for name in names:
                if home.kind != "file":
                    home.globals.add(name)
                elif self.scope.kind == "block":
                    self.scope.names.pop(name, None)
            if isinstance(a, Expr) and a.head.endswith("="):
                lines += self.statement(a, sink)
        return lines

    def _s_local(self, node: Expr, sink: Sink) -> list[str]:
        lines: list[str] = []
        for a in node.args:
            for name in targets(a if not (isinstance(a, Expr) and a.head.endswith("=")) else a.args[0]):
                if name not in self.scope.names:
                    taken = self.scope.find(name)
                    self.scope.add(name, python_name(name) + ("_" if taken is not None else ""))
            if isinstance(a, Expr) and a.head.endswith("="):
                lines += self.statement(a, sink)
        return lines

    def _s_const(self, node: Expr, sink: Sink) -> list[str]:
        return self.statement(node.args[0], sink)

    # In the parts below.

    def definition(self, node: Expr) -> list[str]: ...  # type: ignore[empty-body]
    def defined_name(self, node: Expr) -> str: ...  # type: ignore[empty-body]


def is_main(test: Node) -> bool:
    """``abspath(PROGRAM_FILE) == @__FILE__``: whether the file is run as a program."""
    if not (
        isinstance(test, Expr)
        and test.head == "call"
        and isinstance(test.args[0], Name)
        and test.args[0].text == "=="
    ):
        return False
    macros = [
        a
        for a in test.args[1:]
        if isinstance(a, Expr) and a.head == "macrocall" and getattr(a.args[0], "text", "") == "@__FILE__"
    ]
    return len(macros) == 1


def quote(text: str) -> str:
    """A comment inside of a marker."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


HEADS = {"&&": "and", "||": "or"}
BLOCKS = frozenset(["if", "elseif", "for", "while", "try", "let"])
__all__ = ["BLOCKS", "CHAR", "EXCEPTIONS", "NUMBERS", "Literal", "Sink", "Statements"]
