"""What a function finds outside of its arguments: how it is loaded, and guarded.

The way goes through closures, the globals that code names, attributes, default values and containers. Arrays
of floats are inputs (those of whole numbers if `integers` says so); numbers, text, None and the like are
guarded by value, all else by identity.
"""

from __future__ import annotations

import builtins
import collections
import enum
import functools
import re
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.drawing import is_generator
from ..autodiff.holders import fields_of, is_filled
from ..autodiff.primitive import Tracer
from ..autodiff.reach import is_library, of_library
from .lines import BY_VALUE, Lines
from .names import global_names, names_in, of_users, tells_stand_ins
from .refusals import CannotCompile

_SMALL = 1 << 16  #: bytes up to which an array that is no input is guarded by its content


class Found(Lines):
    """Writes the lines for a function."""

    def __init__(
        self,
        name: Callable[[Any], str],
        ran: set[Any] | None = None,
        by_content: bool = False,
        integers: bool = False,
    ):
        super().__init__(name)
        self.ran = ran  # the code that ran; None: not known yet
        self.by_content = by_content  # arrays outside count as constants
        self.integers = integers  # arrays of integers and booleans are inputs, and one-hot ones
        self.in_arguments = False
        self.within = False  # is an array among the arguments that has no gradient an input?
        self.objects: list[Any] = []  #: one-hot arrays that are inputs
        self.generators: list[Any] = []  #: of random numbers

    def _outside(self, x: Any, at: str, path: str, root: bool = False) -> None:
        self._counted()
        kind = type(x)
        if isinstance(x, Tracer):
            raise CannotCompile("")
        if x is None or isinstance(x, BY_VALUE):
            return self._by_value(x, at)
        if isinstance(x, np.ndarray):
            return self._array(x, at, path)
        if isinstance(x, np.generic):
            name = self._bind(at)
            return self._miss(f"not same({name}, {self.name(x)})")
        if is_generator(x):
            return self._generator(x, at, path)
        if isinstance(x, np.random.RandomState) or kind.__module__ == "random":
            raise CannotCompile(f"it could draw random numbers from {path}")
        if isinstance(x, weakref.ref):
            raise CannotCompile(f"{path} is a weak reference")
        if isinstance(x, functools._lru_cache_wrapper):
            raise CannotCompile(f"{path} remembers what it gave")
        owner = getattr(x, "__self__", None) if isinstance(x, _OF_OWNER) else None
        if owner is not None and not isinstance(owner, (types.ModuleType, type, np.ufunc)):
            if isinstance(owner, np.ndarray):
                raise CannotCompile(f"{path} is a method of an array")
            name = self._bind(at)
            self._miss(f"type({name}) is not {self.name(kind)} or {name}.__name__ != {x.__name__!r}")
            return self._outside(owner, f"{name}.__self__", f"{path}.__self__")
        if hasattr(kind, "__next__"):
            raise CannotCompile(f"it could use up {path}, a {kind.__name__}")
        known = self.known.get(id(x))
        if known is not None:
            return self._miss(f"{at} is not {known}")
        if isinstance(
            x, (type, types.ModuleType, np.ufunc, types.BuiltinFunctionType, types.MethodWrapperType)
        ):
            return self._identity(x, at, path)
        if kind is types.FunctionType:
            return self._function(x, at, path, root)
        if isinstance(x, types.MethodType):
            name = self._bind(at)
            self._miss(f"type({name}) is not {self.name(kind)}")
            self._outside(x.__self__, f"{name}.__self__", f"{path}.__self__")
            return self._outside(x.__func__, f"{name}.__func__", path)
        if isinstance(x, (functools.partial, set, frozenset)) and kind.__module__ not in (
            "functools",
            "builtins",
        ):
            raise CannotCompile(f"{path} is a {kind.__name__}, which can have attributes")
        if isinstance(x, functools.partial):
            name = self._bind(at)
            if x.__dict__:
                raise CannotCompile(f"{path} is a partial function with attributes")
            self._miss(f"type({name}) is not {self.name(kind)}")
            for part in ("func", "args", "keywords"):
                self._outside(getattr(x, part), f"{name}.{part}", f"{path}.{part}")
            return None
        if kind in (tuple, list, dict):
            return self._container(x, at, path)
        if isinstance(x, (set, frozenset)):
            name = self._bind(at)
            self.holders.append((x, set(x)))
            return self._miss(f"not same({name}, {self.name(kind(x))})")
        if isinstance(x, (range, slice, np.dtype)):
            name = self._bind(at)
            return self._miss(f"not same({name}, {self.name(x)})")
        if isinstance(x, enum.Enum):
            self._identity(x, at, path)
            return self._outside(x._value_, f"{self.name(x)}._value_", f"{path}.value")
        if isinstance(x, _CONSTANT) or kind.__module__ in _HARMLESS:
            return self._identity(x, at, path)
        return self._object(x, at, path)

    def _generator(self, x: Any, at: str, path: str) -> None:
        """One of random numbers: any of its kind will do, as the program draws from the one that it meets."""
        if not _OF_STATES.isdisjoint(self._names_that_ran):
            raise CannotCompile(f"it could look into {path}, a generator of random numbers")
        known = self.known.get(id(x))
        if known is not None:
            return self._miss(f"{at} is not {known}")
        name = self._bind(at)
        self._know(x, name)
        self.generators.append(x)
        return self._miss(f"type({name}) is not {self.name(type(x))}")

    def _identity(self, x: Any, at: str, path: str) -> None:
        name = self._bind(at)
        if not isinstance(x, types.ModuleType):
            self._know(x, name)
        elif id(x) not in self.modules_seen and not of_library(x.__name__):
            raise CannotCompile(f"it could read anything in the module {x.__name__}")
        self._miss(f"{name} is not {self.name(x)}")
        if isinstance(x, type) and not of_library(x.__module__):
            self._class(x)

    def _class(self, kind: type) -> None:
        """What those methods of a class that ran find outside; and the values that it has as attributes."""
        if not of_library(type(kind).__module__) and not issubclass(type(kind), type(enum.Enum)):
            raise CannotCompile(f"{kind.__name__} has a metaclass of its own")
        for base in kind.__mro__[:-1]:
            if of_library(base.__module__) or id(base) in self.classes_seen:
                continue
            self.classes_seen.add(id(base))
            name = self.name(base)
            self._know(base, name)
            self._miss(f"list({name}.__dict__) != {self.name(list(vars(base)))}")
            for key, value in list(vars(base).items()):
                if key.startswith("__") and key.endswith("__") and not isinstance(value, types.FunctionType):
                    continue
                at = whole = f"{name}.__dict__[{key!r}]"
                method = value
                if isinstance(value, (classmethod, staticmethod)):
                    value, at = value.__func__, f"{at}.__func__"
                elif isinstance(value, property):
                    value, at = value.fget, f"{at}.fget"
                if isinstance(value, types.FunctionType):
                    if self.ran is None or value.__code__ in self.ran:
                        self._outside(value, at, key)
                    elif key in self._names_that_ran:  # it was looked at
                        self._miss(f"{whole} is not {self.name(method)}")
                elif not isinstance(value, _DESCRIPTORS):
                    self._outside(value, at, f"{base.__name__}.{key}")

    def _object(self, x: Any, at: str, path: str) -> None:
        kind = type(x)
        name = self._bind(at)
        self._know(x, name)
        self._miss(f"type({name}) is not {self.name(kind)}")
        if self.integers and hasattr(kind, "observed"):
            self.objects.append(x)
            return self._miss(f"{name}.form != {self.name(x.form)}")
        if _hides(kind):  # type: ignore[arg-type]
            raise CannotCompile(f"it could read {path}, a {kind.__name__}, which cannot be looked into")
        fields = fields_of(x)
        self.holders.append((x, fields))
        if isinstance(x, tuple):
            for k, value in enumerate(tuple.__iter__(x)):
                self._outside(value, f"{name}[{k}]", f"{path}[{k}]")
        elif isinstance(x, (list, dict)):
            raise CannotCompile(f"{path} is a {kind.__name__}, which is no plain {kind.__mro__[-2].__name__}")
        if not fields and not isinstance(x, tuple):
            if kind is not object and not hasattr(x, "__dict__"):
                raise CannotCompile(f"it could read {path}, a {kind.__name__}, which cannot be looked into")
            self._miss(f"{name} is not {self.name(x)}")
        if isinstance(getattr(x, "__dict__", None), dict):
            self._miss(f"list({name}.__dict__) != {self.name(list(x.__dict__))}")
        for key, value in fields.items():
            self._outside(value, f"{name}.{key}", f"{path}.{key}")
        return self._class(kind)

    def _container(self, x: Any, at: str, path: str) -> None:
        kind = type(x)
        name = self._bind(at)
        self._know(x, name)
        self._hold(x)
        members = list(x.values()) if kind is dict else x
        if len(x) > 8 and all(type(v) in _PLAIN for v in members):
            return self._miss(
                f"type({name}) is not {kind.__name__} or not same({name}, {self.name(kind(x))})"
            )
        self._miss(f"type({name}) is not {kind.__name__} or len({name}) != {len(x)}")
        if kind is dict:
            self._miss(self._other_keys(name, x))
            for key, value in x.items():
                self._outside(value, f"{name}[{self._key(key)}]", f"{path}[{key!r}]")
        else:
            for k, value in enumerate(x):
                self._outside(value, f"{name}[{k}]", f"{path}[{k}]")
        return None

    def _function(self, x: types.FunctionType, at: str, path: str, root: bool) -> None:
        name = self._bind(at)
        self._know(x, name)
        code = x.__code__
        library = is_library(x)
        ran = self.ran is None or code in self.ran or root
        whole = (library and not x.__closure__) or not ran
        self._miss(f"{name} is not {self.name(x)}" if whole else f"{name}.__code__ is not {self.name(code)}")
        if not library:
            self.holders.append((x.__dict__, dict(x.__dict__)))
            if x.__dict__:
                self._outside(x.__dict__, f"{name}.__dict__", path)
            else:
                self._miss(f"{name}.__dict__")
            for attribute in _OF_FUNCTIONS & self._names_that_ran.keys():
                self._outside(getattr(x, attribute), f"{name}.{attribute}", f"{path}.{attribute}")
        if whole:
            return None
        if x.__defaults__ is not None or x.__kwdefaults__:
            self._outside(x.__defaults__, f"{name}.__defaults__", f"{path}.__defaults__")
            self._outside(x.__kwdefaults__, f"{name}.__kwdefaults__", f"{path}.__kwdefaults__")
        for k, (variable, cell) in enumerate(zip(code.co_freevars, x.__closure__ or (), strict=True)):
            if variable == "__class__":
                continue
            if not is_filled(cell):
                raise CannotCompile(f"the variable {variable} has no value yet")
            self.holders.append((cell, {"cell_contents": cell.cell_contents}))
            self._module(cell.cell_contents, code)
            self._outside(cell.cell_contents, f"{name}.__closure__[{k}].cell_contents", variable)
        if library:
            return None
        names = x.__globals__
        table = self.known.get(id(names))
        if table is None:
            table = self._fresh()
            self.lines.append(f"{table} = {name}.__globals__")
            self._know(names, table)
            self._miss(f"{table} is not {self.name(names)}") if not root else None
        else:
            self._miss(f"{name}.__globals__ is not {table}")
        used = global_names(code)
        for variable in used:
            if (id(names), variable) in self.globals_seen:
                continue
            self.globals_seen.add((id(names), variable))
            if variable in names:
                value = names[variable]
                self._module(value, code)
                self._outside(value, f"{table}[{variable!r}]", variable)
            elif not hasattr(builtins, variable):
                raise CannotCompile(f"the global {variable} has no value")
            else:
                self._builtin(variable, table)
        return None

    def _builtin(self, name: str, table: str) -> None:
        """A name that is none of the globals."""
        self._miss(f"{name!r} in {table}")
        value, at = getattr(builtins, name), f"{self.name(vars(builtins))}[{name!r}]"
        if isinstance(value, types.FunctionType):
            self._outside(value, at, name)
        else:
            self._miss(f"{at} is not {self.name(value)}")

    @property
    def tells_stand_ins(self) -> bool:
        """Does the user's code that ran ask for the type of things?"""
        return any(map(tells_stand_ins, of_users(self.ran or ())))

    @functools.cached_property
    def globals_seen(self) -> set[tuple[int, str]]:
        return set()

    @functools.cached_property
    def classes_seen(self) -> set[int]:
        return set()

    @functools.cached_property
    def modules_seen(self) -> set[int]:
        return set()

    def _names(self, code: types.CodeType) -> dict[str, None]:
        """The names in the code, and in all that ran, for it may be given to any of it."""
        return self._names_that_ran if self.ran is not None else dict.fromkeys(names_in(code))

    @functools.cached_property
    def _names_that_ran(self) -> dict[str, None]:
        found: dict[str, None] = {}
        for code in of_users(self.ran or ()):
            found.update(dict.fromkeys(names_in(code)))
        return found

    def _module(self, module: Any, code: types.CodeType) -> None:
        """If this is a module: its attributes that the code names."""
        if not isinstance(module, types.ModuleType):
            return
        held, library = vars(module), of_library(module.__name__)
        self.modules_seen.add(id(module))
        names = self._names(code)
        if module is sys and "modules" in names:
            raise CannotCompile("it looks for modules by name")
        if not library and not _BY_NAME.isdisjoint(names):
            raise CannotCompile(f"it could read anything in the module {module.__name__} by name")
        for attribute in names:
            if library and attribute.startswith("__"):
                continue
            if attribute in held and (id(held), attribute) not in self.globals_seen:
                self.globals_seen.add((id(held), attribute))
                value, at = held[attribute], f"{self.name(module)}.__dict__[{attribute!r}]"
                self._module(value, code)
                if library:  # what a library has of its own does not change, but can be replaced
                    self._miss(f"{at} is not {self.name(value)}")
                else:
                    self._outside(value, at, f"{module.__name__}.{attribute}")

    def _array(self, x: np.ndarray, at: str, path: str) -> None:
        kinds = "fcbiu" if self.integers else "fc"
        if x.dtype.kind in kinds and type(x) is np.ndarray and not self.by_content:
            known = self.known.get(id(x))
            if known is not None:
                return self._miss(f"{at} is not {known}")
            leaf = self._leaf(x, at, path, self.outside)
            self.within |= self.in_arguments
            self._know(x, leaf.name)
            return None
        name = self._place(x, at)
        if type(x) is np.ndarray and not x.dtype.hasobject:
            self.holders.append((x, x.copy()))
        if type(x) is not np.ndarray or x.dtype.hasobject or x.nbytes > _SMALL:
            if self.ran is not None or self.by_content:
                raise CannotCompile(f"the array {path} is too large to be compared at every call")
            return None
        return self._miss(f"not same({name}, {self.name(x.copy())})")


#: Attributes of functions that code may read without calling them.
_OF_FUNCTIONS = frozenset({
    "__annotations__", "__closure__", "__code__", "__defaults__", "__doc__", "__kwdefaults__", "__name__",
    "__qualname__",
})  # fmt: skip
_OF_STATES = frozenset({"bit_generator", "spawn"})
#: Names by which code reads attributes whose names are not in it.
_BY_NAME = frozenset({"getattr", "vars", "__dict__", "attrgetter", "hasattr"})
_PLAIN = frozenset({float, int, bool, str, complex, type(None)})
#: Objects that do not change, of which identity says enough.
_CONSTANT = (
    type(np.sum), enum.Enum, re.Pattern, types.CodeType, types.GenericAlias, np.ufunc, type(Ellipsis),
    type(NotImplemented),
)  # fmt: skip
_HARMLESS = frozenset({"operator", "typing", "pathlib", "datetime", "fractions", "decimal", "abc"})
_OF_OWNER = (types.BuiltinFunctionType, types.MethodWrapperType)
_FIELD_OF_TUPLE = type(collections.namedtuple("Pair", "left").left)  # type: ignore[attr-defined]
_DESCRIPTORS = (
    types.MemberDescriptorType, types.GetSetDescriptorType, property, classmethod, staticmethod,
    functools.cached_property, _FIELD_OF_TUPLE,
)  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _hides(kind: type) -> bool:
    """Has an object of this class, by a base that is written in C, something besides its attributes?"""
    made = (vars(base).get("__new__") for base in kind.__mro__ if base not in _OPEN)
    return any(isinstance(new, types.BuiltinFunctionType) for new in made)


#: Classes written in C of whose objects everything is looked at.
_OPEN = (object, tuple, list, dict, types.SimpleNamespace, threading.local)
