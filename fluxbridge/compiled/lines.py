"""Lines that load the inputs of a program and check all else, and the variables in them."""

from __future__ import annotations

import enum
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .refusals import CannotCompile
from .sameness import distinct

BY_VALUE = (bool, int, float, complex, str, bytes, np.bool_)  #: what is guarded by its value
_LIMIT = 4000  #: things that are looked at, before a function is too much entangled to be guarded


class Leaf:
    """An input of the program: a number or array, where it stands, and the variable that holds it."""

    __slots__ = ("name", "path", "value")

    def __init__(self, value: Any, path: str, name: str):
        self.value, self.path, self.name = value, path, name


class Lines:
    """The lines, and what is known of the things that they are about."""

    def __init__(self, name: Callable[[Any], str]):
        self.name = name  # gives a constant a name in the code
        self.lines: list[str] = []
        self.arguments: list[Leaf] = []
        self.outside: list[Leaf] = []
        self.holders: list[tuple[Any, Any]] = []  #: what could be changed outside, with its contents
        self.known: dict[int, str] = {}
        self.places: dict[int, str] = {}  #: of lists, dicts and arrays that are not known, by id
        self.apart: list[str] = []  #: variables of things of which no two may be the same
        self.kept: list[Any] = []
        self.count = 0
        self.seen = 0

    def keep_apart(self) -> None:
        """Guard that no two of the things that are known became the same."""
        if len(self.apart) > 1:
            self._miss(f"not {self.name(distinct)}({', '.join(self.apart)})")

    def _leaf(self, x: Any, at: str, path: str, leaves: list[Leaf]) -> Leaf:
        direct = path.isidentifier() and leaves is self.arguments
        name = path if direct else self._fresh("a" if leaves is self.arguments else "c")
        self.lines.append(f"{name} = {at}" + ("" if direct else f"  # {path}"))
        kind = type(x)
        if kind is np.ndarray and not x.dtype.isnative:
            raise CannotCompile(f"the bytes of {path} stand in another order", call=leaves is self.arguments)
        if kind is np.ndarray and not x.ndim:
            raise CannotCompile(f"{path} is an array without axes", call=leaves is self.arguments)
        if issubclass(kind, np.inexact) and kind is not np.float64:
            raise CannotCompile(f"{path} is a {kind.__name__}", call=leaves is self.arguments)
        if kind is float or kind is int or kind is complex:
            self._miss(f"type({name}) is not {kind.__name__}")
        elif kind is np.ndarray:
            self._miss(
                f"type({name}) is not ndarray or {name}.shape != {x.shape} or {name}.dtype is not "
                f"{self.name(x.dtype)} or {name}.strides != {x.strides}"
            )
        elif kind is np.float64 or kind is np.int64:
            self._miss(f"type({name}) is not {self.name(kind)}")
            self.lines.append(f"{name} = {name}.item()")
        else:
            raise CannotCompile(f"{path} is a {kind.__name__}")
        leaf = Leaf(x, path, name)
        leaves.append(leaf)
        return leaf

    def _by_value(self, x: Any, at: str) -> None:
        if x is None or x is True or x is False:
            return self._miss(f"{at} is not {x}")
        if isinstance(x, enum.Enum):
            return self._miss(f"{at} is not {self.name(x)}")
        if hasattr(x, "__dict__"):
            raise CannotCompile(f"{at} is a {type(x).__name__}, which can have attributes")
        name = self._bind(at)
        if isinstance(x, complex) or (isinstance(x, float) and (x != x or x == 0)):
            return self._miss(f"not same({name}, {self.name(x)})")
        return self._miss(f"type({name}) is not {self.name(type(x))} or {name} != {self.name(x)}")

    def _bind(self, at: str) -> str:
        if at.isidentifier():
            return at
        name = self._fresh()
        self.lines.append(f"{name} = {at}")
        return name

    def _place(self, x: Any, at: str) -> str:
        """The variable of something that may be returned as it is."""
        name = self.places[id(x)] = self._bind(at)
        self.kept.append(x)
        return name

    def _miss(self, condition: str) -> None:
        self.lines.append(f"if {condition}: return MISS")

    def _fresh(self, prefix: str = "h") -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def _hold(self, x: Any) -> None:
        """Remember what a list or dict has in it, in case the function changes it."""
        if type(x) is not tuple:
            self.holders.append((x, type(x)(x)))

    def _know(self, x: Any, name: str) -> None:
        """From here on `name` is what `x` is compared with, wherever else it is found."""
        if not isinstance(x, (types.FunctionType, type)) and name.isidentifier() and name[0] in "hc":
            self.apart.append(name)
        self.known[id(x)] = name
        self.kept.append(x)

    def _other_keys(self, name: str, x: dict[Any, Any]) -> str:
        """The question whether a dict has other keys than `x`."""
        keys = list(x)
        if all(type(key) is str for key in keys):
            return f"list({name}) != {self.name(keys)}"
        return f"not same(list({name}), {self.name(keys)})"  # as 1 == 1.0 == True

    def _key(self, key: Any) -> str:
        return repr(key) if type(key) in (str, int) else self.name(key)

    def _counted(self) -> None:
        self.seen += 1
        if self.seen > _LIMIT:
            raise CannotCompile("it reads too much from outside to be guarded")
