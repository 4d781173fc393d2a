"""What stands in brackets: arguments, tuples, arrays, matrices, comprehensions, indices."""

from __future__ import annotations

from .expressions import Expressions
from .operators import PAIR
from .tree import Expr, Literal, Name, Node, Quoted


class Brackets(Expressions):
    """The rules of the parser for everything between brackets."""

    def call_arguments(self) -> list[Node]:
        """The arguments of a call, with ``kw`` and ``parameters``."""
        return self.arguments(")", keywords=True)

    def call_arguments_or_block(self) -> tuple[list[Node], bool]:
        """Arguments in brackets, and whether they are a list (a comma or a semicolon, or none at all)."""
        start = self.position
        args = self.arguments(")", keywords=True)
        end = self.position
        depth, commas = 0, len(args) != 1
        for token in self.tokens[start:end]:
            if token.kind in ("(", "[", "{"):
                depth += 1
            elif token.kind in (")", "]", "}"):
                depth -= 1
            elif depth == 1 and token.kind == ",":
                commas = True
        if len(args) == 1 and isinstance(args[0], Expr) and args[0].head in ("...", "kw"):
            commas = True
        return args, commas

    def arguments(self, close: str, keywords: bool) -> list[Node]:
        """A list between brackets: values, then after ``;`` parameters (which Julia puts first)."""
        self.next()
        args: list[Node] = []
        parameters: list[list[Node]] = []
        current = args
        with self.enclosed():
            while True:
                token = self.peek()
                if token.kind == close:
                    self.next()
                    break
                if token.kind == ";":
                    self.next()
                    current = []
                    parameters.append(current)
                    continue
                if token.kind == "end of text":
                    self.fail(f"{close!r} is missing")
                value = self.assignment()
                if self.keyword("for"):
                    value = self.generator(value)
                if keywords and isinstance(value, Expr) and value.head == "=":
                    value = Expr("kw", self._keyword(value), value.at, value.end)
                current.append(value)
                token = self.peek()
                if token.kind == ",":
                    self.next()
                elif token.kind not in (close, ";"):
                    self.fail(f"',' or {close!r} was expected, not {self.shown(token)}")
        nested: list[Node] = []
        for group in reversed(parameters):
            nested = [Expr("parameters", [*nested, *group])]
        return [*nested, *args]

    @staticmethod
    def _keyword(value: Expr) -> list[Node]:
        left, right = value.args
        if (
            isinstance(left, Expr)
            and left.head == "call"
            and isinstance(right, Expr)
            and right.head == "block"
        ):
            return [left, right]
        return [left, right]

    def generator(self, value: Node) -> Node:
        """``value for x in xs if …``: the tree of Julia, flattened for several ``for``."""
        at = getattr(value, "at", -1)
        groups: list[list[Node]] = []
        condition: list[Node | None] = []
        while self.keyword("for"):
            self.next()
            ranges = [self.iteration()]
            while self.peek().kind == ",":
                self.next()
                ranges.append(self.iteration())
            groups.append(ranges)
            condition.append(None)
            if self.keyword("if"):
                self.next()
                with self.state(ranges=True):
                    condition[-1] = self.pair()
        result = value
        for number, (ranges, test) in enumerate(reversed(list(zip(groups, condition, strict=False)))):
            parts: list[Node] = [Expr("filter", [test, *ranges])] if test is not None else ranges
            result = Expr("generator", [result, *parts], at, self.last().end)
            if number:
                result = Expr("flatten", [result], at, self.last().end)
        return result

    def iteration(self) -> Node:
        """``x in xs``, ``x = xs``, ``(i, x) ∈ xs``."""
        self.skip_newlines()
        at = self.peek().at
        outer = self.peek().kind == "id" and self.peek().text == "outer" and self.second().kind == "id"
        if outer:
            self.next()
        with self.state(ranges=True):
            left = self._iterator_name()
            if self.op("in", "∈", "="):
                self.next()
                self.skip_newlines()
                right = self.pair()
            else:
                self.fail(f"'in' or '=' was expected in the loop, not {self.shown(self.peek())}")
        if outer:
            left = Expr("outer", [left])
        return Expr("=", [left, right], at, self.last().end)

    def _iterator_name(self) -> Node:
        at = self.peek().at
        return self.declared_after(self.postfix_expression(), at)

    def round_brackets(self) -> Node:
        """``(x)``, a tuple, a block ``(a; b)``, a generator, named tuples."""
        token = self.peek()
        at = token.at
        self.next()
        with self.enclosed():
            first = self.peek()
            if first.kind == ")":
                self.next()
                return Expr("tuple", [], at, self.last().end)
            if first.kind == ";":
                return self._named(at)
            if first.kind == "op" and self.tokens[self.position + 1].kind == ")":
                name = self.operator_atom(first)
                self.take(")")
                return name
            value = self.assignment()
            if self.keyword("for"):
                value = self.generator(value)
                self.take(")")
                return value
            following = self.peek()
            if following.kind == ")":
                self.next()
                return value
            if following.kind == ",":
                return self._tuple([value], at)
            if following.kind == ";":
                return self._block(value, at)
        return self.fail(f"')' was expected, not {self.shown(self.peek())}")

    def _named(self, at: int) -> Node:
        parameters: list[list[Node]] = []
        while self.peek().kind == ";":
            self.next()
            group: list[Node] = []
            parameters.append(group)
            while self.peek().kind not in (")", ";"):
                group.append(self._parameter())
                if self.peek().kind == ",":
                    self.next()
                elif self.peek().kind not in (")", ";"):
                    self.fail(f"')' was expected, not {self.shown(self.peek())}")
        self.take(")")
        nested: list[Node] = []
        for group in reversed(parameters):
            nested = [Expr("parameters", [*nested, *group])]
        return Expr("tuple", nested, at, self.last().end)

    def _parameter(self) -> Node:
        value = self.assignment()
        if self.keyword("for"):
            value = self.generator(value)
        if isinstance(value, Expr) and value.head == "=":
            return Expr("kw", value.args, value.at, value.end)
        return value

    def _tuple(self, args: list[Node], at: int) -> Node:
        parameters: list[Node] = []
        while self.peek().kind == ",":
            self.next()
            if self.peek().kind in (")", ";"):
                break
            value = self.assignment()
            args.append(self.generator(value) if self.keyword("for") else value)
        if self.peek().kind == ";":
            self.next()
            group: list[Node] = []
            while self.peek().kind != ")":
                group.append(self._parameter())
                if self.peek().kind == ",":
                    self.next()
                elif self.peek().kind != ")":
                    self.fail(f"')' was expected, not {self.shown(self.peek())}")
            parameters = [Expr("parameters", group)]
        self.take(")")
        return Expr("tuple", [*parameters, *args], at, self.last().end)

    def _block(self, value: Node, at: int) -> Node:
        values, commas = [value], False
        while self.peek().kind in (";", ","):
            commas = commas or self.peek().kind == ","
            self.next()
            if self.peek().kind in (")", ";"):
                continue
            values.append(self.assignment())
        self.take(")")
        if commas or any(isinstance(v, Expr) and v.head == "..." for v in values):
            rest = [
                Expr("kw", v.args, v.at, v.end) if isinstance(v, Expr) and v.head == "=" else v
                for v in values[1:]
            ]
            return Expr("tuple", [Expr("parameters", rest), value], at, self.last().end)
        return Expr("block", values, at, self.last().end)

    def curly_brackets(self) -> Node:
        """``{A, B}``."""
        at = self.peek().at
        return Expr("braces", self.arguments("}", keywords=False), at, self.last().end)

    def indexed(self, value: Node, at: int) -> Node:
        """``x[i]``, ``T[…]``, ``T[a b; c d]``, ``T[f(x) for x in xs]``."""
        inner = self.square_brackets(index=True)
        assert isinstance(inner, Expr)
        heads = {
            "vect": "ref",
            "hcat": "typed_hcat",
            "vcat": "typed_vcat",
            "comprehension": "typed_comprehension",
        }
        if inner.head in ("ncat", "nrow"):
            return Expr("typed_ncat", [value, *inner.args], at, self.last().end)
        return Expr(heads[inner.head], [value, *inner.args], at, self.last().end)

    def square_brackets(self, index: bool = False) -> Node:
        """``[…]``: a vector, a matrix or a comprehension."""
        at = self.peek().at
        self.next()
        with self.state(newlines=True, spaces=True, ranges=True, index=index or self.index, brackets=True):
            self.skip_newlines()
            if self.peek().kind == "]":
                self.next()
                return Expr("vect", [], at, self.last().end)
            if self.peek().kind == ";":
                count = self._semicolons()
                self.skip_newlines()
                self.take("]")
                return Expr(
                    "ncat",
                    [
                        Literal("Int64", count),
                    ],
                    at,
                    self.last().end,
                )
            first = self.assignment()
            if self.keyword("for") or (self.peek().kind == "newline" and self._for_follows()):
                self.skip_newlines()
                with self.state(newlines=False):
                    result = self.generator(first)
                    self.take("]")
                return Expr("comprehension", [result], at, self.last().end)
            self._newlines_before(",]")
            if self.peek().kind in (",", "]"):
                return self._vector(first, at)
            return self._matrix(first, at)

    def _for_follows(self) -> bool:
        here = self.position
        while self.tokens[here].kind == "newline":
            here += 1
        return self.tokens[here].kind == "keyword" and self.tokens[here].text == "for"

    def _newlines_before(self, kinds: str) -> None:
        here = self.position
        while self.tokens[here].kind == "newline":
            here += 1
        if self.tokens[here].kind in kinds:
            self.position = here

    def _vector(self, first: Node, at: int) -> Node:
        args = [first]
        parameters: list[Node] = []
        with self.state(newlines=False, spaces=False):
            while self.peek().kind == ",":
                self.next()
                if self.peek().kind in ("]", ";"):
                    break
                args.append(self.assignment())
            if self.peek().kind == ";":
                self.next()
                group: list[Node] = []
                while self.peek().kind != "]":
                    value = self.assignment()
                    group.append(
                        Expr("kw", value.args) if isinstance(value, Expr) and value.head == "=" else value
                    )
                    if self.peek().kind == ",":
                        self.next()
                parameters = [Expr("parameters", group)]
            self.take("]")
        return Expr("vect", [*parameters, *args], at, self.last().end)

    def _semicolons(self) -> int:
        count = 0
        while self.tokens[self.position].kind == ";" and (
            count == 0 or not self.tokens[self.position].spaced
        ):
            self.position += 1
            count += 1
        return count

    def _matrix(self, first: Node, at: int) -> Node:
        """Elements separated by spaces, line breaks and semicolons, gathered by their separators.

        A separator has a number: 0 for a space (columns), 1 for ``;`` or a line break (rows), n for n
        semicolons. Groups with the lowest number are put together first, except that rows are made of
        columns.
        """
        items: list[Node] = [first]
        separators: list[int] = []
        end_count = 0
        while True:
            token = self.tokens[self.position]
            if token.kind == "]":
                self.next()
                break
            if token.kind == "newline":
                self.skip_newlines()
                following = self.tokens[self.position]
                if following.kind == "]":
                    continue
                if following.kind == ";":
                    continue
                count = 1
            elif token.kind == ";":
                count = self._semicolons()
                had_newline = self.tokens[self.position].kind == "newline"
                self.skip_newlines()
                if self.tokens[self.position].kind == "]":
                    end_count = count
                    continue
                if count == 2 and had_newline and 0 in separators:
                    count = 0
            elif token.kind == "end of text":
                self.fail("']' is missing")
            elif token.spaced:
                count = 0
            else:
                self.fail(f"{self.shown(token)} does not belong into this array; a comma or space is missing")
            separators.append(count)
            items.append(self.assignment())
        highest = max([*separators, end_count])
        if highest == 0:
            return Expr("hcat", items, at, self.last().end)
        if highest == 1:
            rows = self._split(items, separators, 1)
            args = [row[0][0] if len(row[0]) == 1 else Expr("row", row[0]) for row in rows]
            return Expr("vcat", args, at, self.last().end)
        row_first = 0 in separators
        return Expr(
            "ncat",
            [Literal("Int64", highest), *self._deep(items, separators, highest, row_first)],
            at,
            self.last().end,
        )

    @staticmethod
    def _split(items: list[Node], separators: list[int], level: int) -> list[tuple[list[Node], list[int]]]:
        groups: list[tuple[list[Node], list[int]]] = [([items[0]], [])]
        for separator, item in zip(separators, items[1:], strict=False):
            if separator == level:
                groups.append(([item], []))
            else:
                groups[-1][0].append(item)
                groups[-1][1].append(separator)
        return groups

    def _deep(self, items: list[Node], separators: list[int], level: int, row_first: bool) -> list[Node]:
        """The arguments of an ``ncat`` or ``nrow`` of this dimension."""
        result: list[Node] = []
        for group, inner in self._split(items, separators, level):
            if len(group) == 1:
                result.append(group[0])
            elif inner and set(inner) == {0}:
                result.append(Expr("row", group))
            else:
                below = max(inner)
                if below == 0:
                    result.append(Expr("row", group))
                else:
                    result.append(
                        Expr("nrow", [Literal("Int64", below), *self._deep(group, inner, below, row_first)])
                    )
        return result


__all__ = ["PAIR", "Brackets", "Name", "Quoted"]
