"""What a function reads, as code: arguments and what it finds outside, loaded and guarded at every call.

:class:`Outline` walks what is given to a function, and what the function could find (its closure, the globals
that its code names, and so on through functions, objects and containers), and writes a line for each thing:
numbers and arrays of the arguments, and arrays of floats outside, are loaded as inputs of the
program and guarded by type, shape and dtype; numbers outside, text, None and the like are guarded by value;
all else by identity. Where a guard does not hold, the program is not for this call.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autodiff.holders import fields_of, slots
from ..autodiff.primitive import Tracer
from ..autodiff.structure import is_number_or_array
from ..autodiff.template import Record
from .found import Found
from .lines import BY_VALUE
from .refusals import CannotCompile


class Outline(Found):
    """The lines that load the inputs of a function and check everything else that it reads."""

    # -- the two roots -------------------------------------------------------------------------------

    def take_arguments(self, xs: Sequence[Any], names: Sequence[str]) -> None:
        self.in_arguments = True
        for k, x in enumerate(xs):
            self._argument(x, f"xs[{k}]", names[k])
        self.in_arguments = False

    def take_function(self, f: Any) -> None:
        self._outside(f, "f", "f", root=True)
        self.keep_apart()

    def same_objects(self, objects: Sequence[Any]) -> None:
        """Guard those of the objects that are found outside by identity."""
        for x in objects:
            if id(x) in self.known:
                self._miss(f"{self.known[id(x)]} is not {self.name(x)}")

    # -- arguments -----------------------------------------------------------------------------------

    def _argument(self, x: Any, at: str, path: str) -> None:
        self._counted()
        kind = type(x)
        if isinstance(x, Tracer):
            raise CannotCompile("")
        if kind is not bool and is_number_or_array(x) and not isinstance(x, (str, np.bool_)):
            self._leaf(x, at, path, self.arguments)
        elif kind is tuple or kind is list:
            name = self._place(x, at)
            self._hold(x)
            self._miss(f"type({name}) is not {kind.__name__} or len({name}) != {len(x)}")
            for k, value in enumerate(x):
                self._argument(value, f"{name}[{k}]", f"{path}[{k}]")
        elif kind is dict:
            name = self._place(x, at)
            self._hold(x)
            self._miss(f"type({name}) is not dict or {self._other_keys(name, x)}")
            for key, value in x.items():
                self._argument(value, f"{name}[{self._key(key)}]", f"{path}[{key!r}]")
        elif x is None or isinstance(x, BY_VALUE):
            self._by_value(x, at)
        elif kind is Record:
            name = self._bind(at)
            self._miss(f"type({name}) is not {self.name(Record)}")
            fields = self._bind(f"{name}._fields")
            self._miss(f"list({fields}) != {self.name(list(x._fields))}")
            for key, value in x._fields.items():
                self._argument(value, f"{fields}[{self._key(key)}]", f"{path}.{key}")
        elif isinstance(x, tuple) and hasattr(x, "_fields") and kind.__slots__ == ():  # type: ignore[attr-defined]
            name = self._bind(at)
            self._miss(f"type({name}) is not {self.name(kind)}")
            for k, (field, value) in enumerate(zip(x._fields, x, strict=True)):
                self._argument(value, f"{name}[{k}]", f"{path}.{field}")
        elif self._is_plain_object(x):
            self._fields(x, at, path)
        else:
            self._outside(x, at, path)

    def _is_plain_object(self, x: Any) -> bool:
        kind = type(x)
        return (
            not isinstance(
                x, (type, types.ModuleType, np.ufunc, Record, *_FUNCTIONS, tuple, list, dict, set, frozenset)
            )
            and not hasattr(kind, "__fluxbridge_split__")
            and (hasattr(x, "__dict__") or bool(slots(kind)))
            and not isinstance(x, np.random.Generator)
            and kind.__module__ not in ("builtins", "random")
        )

    def _fields(self, x: Any, at: str, path: str) -> None:
        kind = type(x)
        name = self._bind(at)
        known = self.known.get(id(x))
        if known is not None:
            self._miss(f"{name} is not {known}")
            raise CannotCompile(f"the same {kind.__name__} stands twice in the arguments")
        self._know(x, name)
        constants = getattr(kind, "__fluxbridge_constants__", ())
        self._miss(f"type({name}) is not {self.name(kind)}")
        fields = fields_of(x)
        self.holders.append((x, fields))
        if slots(kind):
            for key, value in fields.items():
                self._field(value, f"{name}.{key}", f"{path}.{key}", key in constants)
        else:
            names = self._fresh()
            self.lines.append(f"{names} = {name}.__dict__")
            self._miss(f"list({names}) != {self.name(list(fields))}")
            for key, value in fields.items():
                self._field(value, f"{names}[{key!r}]", f"{path}.{key}", key in constants)
        self._class(kind)

    def _field(self, value: Any, at: str, path: str, constant: bool) -> None:
        if constant:
            self._outside(value, at, path)
        else:
            self._argument(value, at, path)


_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
