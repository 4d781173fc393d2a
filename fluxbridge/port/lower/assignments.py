"""Assignments: to variables, places, fields, several at once; in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    REALS,
    STR,
    Kind,
    arr,
    join,
)
from ..syntax import Expr, Name, Node, Quoted
from .calls import Calls
from .core import Refused, Value
from .scope import Scope, python_name

Sink = Callable[[str, Kind], list[str]] | None

HEADS = {"&&": "and", "||": "or"}
BLOCKS = frozenset(["if", "elseif", "for", "while", "try", "let"])


class Assignments(Calls):
    """``x = …``, ``x[i] += …``, ``a, b = …``, ``x .= …``."""

    statement_level = False
    broadcasting = False
    result_kinds: list[Kind] | None = None

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
            lines = self._assign_elements(left, updated, sink)
            return self._in_place(left, op[1:], lines)
        if isinstance(left, Name):
            return self._update(left, op, right, sink)
        return self._update_place(left, op, right, sink, node)

    def _in_place(self, left: Node, op: str, lines: list[str]) -> list[str]:
        """``x[...] = x - y`` as ``x -= y`` for a variable of this function."""
        if len(lines) != 1 or not isinstance(left, Name) or op not in ("+", "-", "*", "/"):
            return lines
        variable = self.lookup(left.text)
        if variable is None or variable.scope.home is not self.scope.home:
            return lines
        start = f"{variable.python}[...] = ({variable.python} {op} "
        if lines[0].startswith(start) and lines[0].endswith(")"):
            return [f"{variable.python} {op}= {lines[0][len(start) : -1]}"]
        return lines

    def _update(self, left: Name, op: str, right: Node, sink: Sink) -> list[str]:
        value = self.name(left)
        other = self.reader(right)
        if op == "&&" or op == "||":
            self.refuse(f"the assignment {op}=", left)
        code, kind = self.binary(op, value, other)
        python = self.store_name(left.text, kind)
        doubles = op == "+" and self._uses(right, [left.text])
        if (op == "*" or doubles) and kind == INT and self.in_loop():
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
            code, kind = (
                self.tracked(right, "list" if grown else None)
                if isinstance(left, Name)
                else self.expr(right, "list" if grown else None)
            )
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
        if isinstance(right, Expr) and right.head in ("generator", "flatten"):
            code = f"{self.jl('Generator')}(lambda: {code})"  # it can be gone through again
        if kind == INT and isinstance(left, Name) and self.in_loop() and self._multiplies(right, left.text):
            code = f"{self.jl('wrap')}({code})"
        if isinstance(left, Name) and isinstance(right, Expr):
            self.check_shared(left, right)
        lines = self.store(left, code, kind)
        if sink is None:
            return lines
        if isinstance(left, Name):
            return lines + sink(*self.name(left))
        name = self.fresh("value")
        return [f"{name} = {code}", *self.store(left, name, kind), *sink(name, kind)]

    #: Variables whose contents are changed, and the last place where.
    changes: ClassVar[dict[str, int]] = {}
    assignments: ClassVar[dict[str, list[int]]] = {}
    loops: ClassVar[dict[int, int]] = {}
    definitions_at: ClassVar[list[Expr]] = []

    def check_shared(self, left: Name, right: Expr) -> None:
        """Refuse ``v = vec(A)`` of a matrix where one of both is changed later: in Julia they share memory,
        and arrays that lie row by row cannot."""
        if right.head != "call" or len(right.args) < 2 or not isinstance(right.args[1], Name):
            return
        called = getattr(right.args[0], "text", "")
        if called not in ("vec", "reshape", "flatten"):
            return
        source = right.args[1]
        last = max(self.changes.get(left.text, -1), self.changes.get(source.text, -1))
        if last < right.at and not self.in_loop():
            return
        if last < 0:
            return
        _, kind = self.expr(source)
        if kind.tag in ("range", "bottom") or (kind.tag == "arr" and kind.rank == 1):
            return
        try:
            self.refuse(f"{called} of a matrix that is changed later: the memory is shared in Julia", right)
        except Refused as refusal:
            refusal.shared = (source.text,)  # type: ignore[attr-defined]
            raise

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
        plain = [a.text for a in left.args if isinstance(a, Name)]
        if any(isinstance(a, Expr) and a.head == "ref" and self._uses(a, plain) for a in left.args):
            self.refuse("a place that depends on a variable which the same assignment changes", left)
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
                positions.append(self.argument(i))
                self.index_stack.pop()
            return self.store_at(base, bk, positions, left.args[1:], code, kind)
        if left.head == "." and len(left.args) == 2 and isinstance(left.args[1], Quoted):
            base, bk = self.expr(left.args[0])
            name: Any = left.args[1].value
            code = self.set_field(bk, name.text, code, kind)
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
        if len(positions) == 1 and self.has_slot(kind, "__setitem__"):
            return [f"{base}[{positions[0][0]}] = {code}"]
        if kind.tag == "dict" and len(positions) == 1:
            self.keyed(positions[0][1])
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
        if not self.in_try and value.tag == "arr":
            plain = self._plain_store(base, kind, positions, nodes, value)
            if plain is not None:
                return [f"{plain} = {code}"]
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
        if kind.element == INT and value.tag in ("float", "real", "f32", "num", "bool"):
            return f"{self.jl('Int64')}({code})"
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
        fits = (
            (kind.element == FLOAT and element in REALS | {F32})
            or (kind.element == F32 and element in REALS | {F32})
            or (kind.element == INT and element in INTS)
        )
        shaped = vk in REALS | {F32} or (vk.tag == "arr" and vk.stored == "nd" and vk.rank == kind.rank)
        if kind.tag == "arr" and kind.stored == "nd" and fits and shaped:
            lines = [f"{base}[...] = {value}"]
        else:
            lines = [f"{self.jl('assign')}({base}, {value})"]
        return lines + (sink(base, kind) if sink else [])

    def _plain_store(
        self, base: str, kind: Kind, positions: list[Value], nodes: list[Node], value: Kind
    ) -> str | None:
        """``A[:, -1]`` for a number that fits the elements of an array."""
        whole = value.tag == "arr" and value.stored == "nd"
        if whole and value.rank != sum(k not in INTS for _, k in positions):
            return None
        element = value.element if whole else value
        fits = (
            (kind.element == FLOAT and element in REALS)
            or (kind.element == INT and element in INTS)
            or (kind.element == F32 and element in REALS | {F32})
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
