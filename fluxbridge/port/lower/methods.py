"""Methods of a program's types for functions of Flux and MLUtils: what is trained, what is an observation."""

from __future__ import annotations

from typing import Any

from ..syntax import Expr, Name, Node, Quoted
from .scope import python_name
from .structs import Structs

#: Functions of packages that a program may have methods of, and the special method that each is here.
SPECIAL = {"numobs": "__len__", "getobs": "__getitem__"}
OWN_METHODS = frozenset(["trainable", *SPECIAL])


class Methods(Structs):
    """``Flux.trainable(a::Affine) = …``, ``MLUtils.numobs(d::Images) = …``."""

    def package_method(
        self, text: str, parameters: list[Node], wheres: list[Node], body: Node, node: Expr
    ) -> list[str]:
        """A method of one of OWN_METHODS for a struct of the program."""
        first = parameters[0] if parameters else None
        kind: Any = first.args[-1] if isinstance(first, Expr) and first.head == "::" else None
        while isinstance(kind, Expr) and kind.head == "curly":
            kind = kind.args[0]
        own = self.lookup(kind.text) if isinstance(kind, Name) else None
        if own is None or own.struct is None:
            self.refuse(f"a method of {text} for a type that the program does not define", node)
        self.check_missing(own.name, node)
        if text == "trainable":
            fields = self._fields_of(first, body)
            if fields is None:
                self.refuse("a method of trainable that is not a named tuple of fields", node)
            names = "".join(f"{python_name(f)!r}, " for f in fields)
            return [f"{self.flux('layer')}(trainable=({names.rstrip()}))({own.python})"]
        python = f"{text}_{own.python.lower()}"
        made = self.function(python, parameters, wheres, body, node, dispatch=False, key=node.at)
        value = f"{self.jl('counted')}({python})" if text == "getobs" else python
        return [*made, f"{own.python}.{SPECIAL[text]} = {value}"]

    def _fields_of(self, parameter: Any, body: Any) -> list[str] | None:
        """The fields in ``(; w = x.w, b = x.b)`` or ``(w = x.w,)``."""
        name = getattr(parameter.args[0], "text", "")
        while isinstance(body, Expr) and body.head in ("block", "return") and len(body.args) == 1:
            body = body.args[0]
        if not isinstance(body, Expr) or body.head != "tuple":
            return None
        entries: list[Any] = [
            e for a in body.args for e in (a.args if isinstance(a, Expr) and a.head == "parameters" else [a])
        ]
        fields = []
        for entry in entries:
            value = entry.args[1] if isinstance(entry, Expr) and entry.head in ("=", "kw") else entry
            if not (
                isinstance(value, Expr)
                and value.head == "."
                and getattr(value.args[0], "text", None) == name
                and isinstance(value.args[1], Quoted)
            ):
                return None
            field: Any = value.args[1].value
            if entry is not value and getattr(entry.args[0], "text", "") != field.text:
                return None
            fields.append(field.text)
        return fields


__all__ = ["OWN_METHODS", "Methods"]
