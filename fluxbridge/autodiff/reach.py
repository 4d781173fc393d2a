"""The way to arrays that a function finds by itself: which objects lead there, and their copies.

The search looks at what the function could use: its closure, the globals that its code names, and so
on through functions, objects, containers, classes and modules. Functions of NumPy, of Python's
library and of fluxbridge itself are not followed into their globals, which hold no parameters. Only
what lies on a way to a parameter is rebuilt.
"""

from __future__ import annotations

import dis
import functools
import itertools
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .holders import contents, fields_of, is_filled, once_a_class
from .structure import Splitter
from .template import Branch
from .unfit import behind, is_stream

#: Packages whose functions and classes use no arrays of the user's by a global name.
_PACKAGES = """numpy scipy pandas matplotlib torch jax tensorflow sklearn tqdm pytest _pytest hypothesis
IPython ipykernel juliacall"""
LIBRARIES = {*_PACKAGES.split(), __name__.partition(".")[0], *sys.stdlib_module_names} - {"__main__"}
_PROGRAMS = {f"{__name__.partition('.')[0]}.tutorial"}  #: modules of theirs that are written as users write
_PLAIN = frozenset(
    {float, int, complex, bool, str, bytes, type(None), np.ufunc, range, slice}
    | {np.float64, np.float32, np.int64, np.int32, np.bool_, types.CodeType}
)
_LONG = 256  # members, from which on a list is looked at as a whole, and last


@functools.lru_cache(maxsize=1024)
def of_library(name: Any) -> bool:
    """Does the module belong to one of these packages?"""
    return isinstance(name, str) and name.partition(".")[0] in LIBRARIES and name not in _PROGRAMS


def is_library(f: types.FunctionType) -> bool:
    """Is this a function of such a package? What was typed (a doctest, a cell, a prompt) is the user's."""
    return of_library(f.__globals__.get("__name__")) and not f.__code__.co_filename.startswith("<")


class Way:
    """What leads from a function to some arrays; it remembers which long lists led nowhere."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[int, list[Any], dict[int, int]]] = {}

    def to(self, targets: dict[int, Any], root: Any) -> set[int]:
        """The ids of everything that must be rebuilt for `root` to meet stand-ins of `targets`."""
        search = _Search(targets)
        search.run([root])
        large = search.postponed
        while large:  # what is large may lead to more of the kind
            search.postponed = []
            for x in large:
                self._look(search, x, root)
            large = search.postponed
        return search.with_shared_globals()

    def _look(self, search: _Search, x: Any, root: Any) -> None:
        counts = search.references(root)
        sample = _sample(x)
        known = self.known.get(id(x))
        if known is not None and known[0] == len(x) and known[2] == counts and _same(known[1], sample):
            return
        before = len(search.hits), len(search.seen)
        search.members(x)
        if counts and before == (len(search.hits), len(search.seen)):
            if len(self.known) >= 16:
                self.known.clear()
            self.known[id(x)] = (len(x), sample, search.references(root))
        else:
            self.known.pop(id(x), None)


def _sample(x: Any) -> list[Any]:
    """Some members of a list, tuple or dict."""
    if type(x) is dict:
        return list(itertools.islice(x.values(), 16))
    return [x[k] for k in range(0, len(x), max(1, len(x) // 16))]


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(p is q for p, q in zip(a, b, strict=True))


class _Search:
    def __init__(self, targets: dict[int, Any]):
        self.targets = targets
        self.seen: dict[int, Any] = {}  # everything that was looked into, kept alive
        self.above: dict[int, list[int]] = {}  # id -> the ids of what refers to it
        self.hits: list[int] = []  # the ids of what refers to a target
        self.waiting: list[Any] = []
        self.postponed: list[Any] = []

    def run(self, roots: Iterable[Any]) -> None:
        for root in roots:
            self.seen[id(root)] = root
            self.waiting.append(root)
        while self.waiting:
            x = self.waiting.pop()
            if type(x) in (list, tuple, dict) and len(x) >= _LONG:
                self.postponed.append(x)
            else:
                self.enter(x, children(x))
                if type(x) is types.FunctionType and not is_library(x):
                    self.modules(x, used_names(x))

    def enter(self, x: Any, members: Iterable[Any]) -> None:
        here, targets, seen, above = id(x), self.targets, self.seen, self.above
        for child in members:
            key = id(child)
            if key in targets:
                self.hits.append(here)
                continue
            kind = type(child)
            if kind in _PLAIN or (kind is np.ndarray and not child.dtype.hasobject):
                continue
            above.setdefault(key, []).append(here)
            if key not in seen:
                seen[key] = child
                self.waiting.append(child)

    def modules(self, x: types.FunctionType, used: Iterable[str]) -> None:
        """Enter those attributes of modules that the code of a function names."""
        names = x.__globals__
        values = [
            *[names.get(name, sys.modules.get(name)) for name in used],
            *(captured(x) if x.__closure__ else ()),
        ]
        waiting = [v for v in values if type(v) is types.ModuleType and not of_library(v.__name__)]
        entered = set()
        while waiting:
            module = waiting.pop()
            if id(module) in entered or of_library(module.__name__):
                continue
            entered.add(id(module))
            names = vars(module)
            named = [names[name] for name in used if name in names]
            self.enter(module, named)
            waiting += [v for v in named if type(v) is types.ModuleType]

    def members(self, x: Any) -> None:
        """Look into a long list: as a whole, if it holds numbers, arrays, or pairs of them."""
        owner, x = x, list(x.values()) if type(x) is dict else x
        kinds = set(map(type, x))
        if kinds <= _PLAIN:
            return
        parts: Any = x
        if kinds <= {tuple, list}:
            parts = list(itertools.chain.from_iterable(x))
            kinds = set(map(type, parts))
        if (
            kinds <= _PLAIN | {np.ndarray}
            and self.targets.keys().isdisjoint(map(id, parts))
            and not any(part.dtype.hasobject for part in parts if type(part) is np.ndarray)
            and (parts is x or self.seen.keys().isdisjoint(map(id, x)))
        ):
            return
        self.enter(owner, x)
        self.run(())

    def on_the_way(self, waiting: list[int]) -> set[int]:
        """The ids of these, and of all that leads to them."""
        reached: set[int] = set()
        while waiting:
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting += self.above.get(key, ())
        return reached

    def with_shared_globals(self) -> set[int]:
        """What is on the way, and the functions that share a global name with one there that assigns it."""
        while True:
            way = self.on_the_way(list(self.hits))
            assigned = set()
            for key in way:
                f = self.seen[key]
                if type(f) is types.FunctionType and not is_library(f):
                    assigned.update([(id(f.__globals__), name) for name in assigned_names(f.__code__)])
            if not assigned:
                return way
            functions = [f for f in self.seen.values() if type(f) is types.FunctionType]
            more = [
                id(f)
                for f in functions
                if id(f) not in way and any((id(f.__globals__), name) in assigned for name in used_names(f))
            ]
            if not more:
                return way
            self.hits += more

    def references(self, root: Any) -> dict[int, int]:
        """How often the targets, and what is known to lead to them, are referred to.

        A long list that led nowhere is not looked at again while these numbers, and a sample of its
        members, stay the same: a new way is one reference more to one of them, to a variable of a
        closure or to the globals of a function.
        """
        count = getattr(sys, "getrefcount", None)
        if count is None:
            return {}
        watched = dict(self.targets)
        for key in self.on_the_way(list(self.hits)):
            x = self.seen[key]
            if x is not root:
                watched[key] = x
            if type(x) is types.FunctionType:
                watched.update({id(part): part for part in (x.__globals__, *(x.__closure__ or ()))})
            else:
                names = getattr(x, "__dict__", None)
                if type(names) is dict:
                    watched[id(names)] = names
        return {key: count(x) for key, x in watched.items()}


def children(x: Any) -> Iterable[Any]:
    """What an object, function, container, class or module refers to, as far as it is looked into."""
    kind = type(x)
    if kind is types.FunctionType:
        return _of_function(x)
    if kind is dict:
        return x.values()
    if kind is list or kind is tuple:
        return x
    if issubclass(kind, (dict, list, deque)):
        held = contents(x).values()
        return held if kind in (dict, list, deque) else itertools.chain(held, fields_of(x).values())
    if issubclass(kind, tuple):
        return itertools.chain(tuple.__iter__(x), fields_of(x).values()) if kind is not tuple else x
    if issubclass(kind, types.MethodType):
        return (x.__self__, x.__func__)
    if issubclass(kind, functools.partial):
        return (x.func, x.args, x.keywords, x.__dict__)
    if kind is _CACHED:
        return (x.__wrapped__,)
    if issubclass(kind, (staticmethod, classmethod)):
        return (x.__func__,)
    if issubclass(kind, property):
        return (x.fget, x.fset, x.fdel)
    if issubclass(kind, types.MappingProxyType):
        return x.values()
    if issubclass(kind, np.ndarray):
        return x.ravel().tolist() if x.dtype.hasobject else ()
    if issubclass(kind, type):
        return () if of_library(x.__module__) else (*vars(x).values(), *x.__mro__[1:-1])
    if issubclass(kind, types.ModuleType):
        return ()  # only what the code names: see _of_function
    if issubclass(kind, (types.BuiltinFunctionType, types.MethodWrapperType)):
        owner = x.__self__
        return () if isinstance(owner, (types.ModuleType, type)) else (owner,)
    if is_stream(kind):
        return behind(x)
    fields = fields_of(x).values()
    return fields if of_library(kind.__module__) else (*fields, kind)


def captured(x: types.FunctionType) -> list[Any]:
    """What the variables of a closure hold; the class that `super` means is no such variable."""
    cells = zip(x.__code__.co_freevars, x.__closure__ or (), strict=True)
    return [cell.cell_contents for name, cell in cells if name != "__class__" and is_filled(cell)]


def _of_function(x: types.FunctionType) -> Iterator[Any]:
    if x.__closure__:
        yield from captured(x)
    if x.__defaults__:
        yield x.__defaults__
    if x.__kwdefaults__:
        yield x.__kwdefaults__
    if x.__dict__:
        yield x.__dict__
    if is_library(x):
        return
    names = x.__globals__
    for name in used_names(x):
        if name in names:
            yield names[name]
        elif type(sys.modules.get(name)) is types.ModuleType:  # it may be imported inside of the function
            yield sys.modules[name]


def used_names(x: types.FunctionType) -> Iterable[str]:
    """The global names that a function may use; all that its module has made, if it asks by text."""
    used = global_names(x.__code__)
    if _BY_TEXT.isdisjoint(used):
        return used
    own = x.__globals__.get("__name__")
    made = [
        name
        for name, value in x.__globals__.items()
        if getattr(value, "__module__", own) == own and type(value) is not types.ModuleType
    ]
    return (*used, *made)


_BY_TEXT = frozenset({"eval", "exec", "globals", "vars"})
_CACHED = type(functools.lru_cache(len))
#: What is known of code objects, which it keeps alive; two threads that look at one code find the same.
_NAMES: dict[int, tuple[types.CodeType, tuple[str, ...], tuple[str, ...]]] = {}
_ASSIGNING = {dis.opmap["STORE_GLOBAL"], dis.opmap["DELETE_GLOBAL"]}


def global_names(code: types.CodeType) -> tuple[str, ...]:
    """The global names that a code object, or a function inside of it, uses (and names of attributes)."""
    return _names_of(code)[1]


def assigned_names(code: types.CodeType) -> tuple[str, ...]:
    """The global names that it assigns."""
    return _names_of(code)[2]


def _names_of(code: types.CodeType) -> tuple[types.CodeType, tuple[str, ...], tuple[str, ...]]:
    known = _NAMES.get(id(code))
    if known is None:
        used = dict.fromkeys(code.co_names)
        assigned: dict[str, None] = {}
        if not _ASSIGNING.isdisjoint(code.co_code[::2]):
            assigned.update({i.argval: None for i in dis.get_instructions(code) if i.opcode in _ASSIGNING})
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                _, more, stored = _names_of(constant)
                used.update(dict.fromkeys(more))
                assigned.update(dict.fromkeys(stored))
        if len(_NAMES) > 4096:
            _NAMES.clear()
        known = _NAMES[id(code)] = (code, tuple(used), tuple(assigned))
    return known


class Overlay(dict):
    """The globals of rebuilt functions: the replaced names, and the module's own behind them."""

    def __init__(self, names: dict[str, Any]):
        super().__init__(__builtins__=names.get("__builtins__", __builtins__))
        self.names = names
        self.made: dict[str, Any] = dict(self)

    def __missing__(self, name: str) -> Any:
        return self.names[name]


class Rebuilder(Splitter):
    """Rebuilds what lies on a way to the targets. What is shared stays shared, and each is rebuilt once."""

    nothing_inside = frozenset({type(None), bool, str, np.ufunc})
    as_objects = True

    def __init__(self, stand_ins: dict[int, Any], wanted: set[int]):
        super().__init__(lambda x: stand_ins[id(x)], lambda x: id(x) in stand_ins)
        self.stand_ins = stand_ins
        self.wanted = wanted
        self.made: dict[int, tuple[Any, Any]] = {}
        self.cells: dict[int, types.CellType] = {}
        self.overlays: dict[int, Overlay] = {}

    def _split(self, x: Any) -> tuple[Any, Any]:
        key = id(x)
        if key not in self.wanted and key not in self.stand_ins:
            return x, None
        if key not in self.made:
            result = super()._split(x)
            if key in self.active:  # the copy of a circle that is not closed yet
                return result
            self.made.setdefault(key, result)
        return self.made[key]

    def _taker(self, kind: type) -> Any:
        for kinds, taker in _TAKERS:
            if issubclass(kind, kinds):
                return taker
        return super()._taker(kind)

    def _unchanged(self, varies: bool) -> bool:
        return False

    def _holds_nothing(self, x: types.FunctionType) -> bool:
        return False

    def _opaque(self, x: Any) -> tuple[Any, Any]:
        raise StructureError(
            f"a parameter lies behind a {type(x).__module__}.{type(x).__qualname__}, which cannot be rebuilt "
            "around a traced array. Pass the parameter as an argument instead: gradient(lambda w: …, w)."
        )

    def _cell(self, cell: types.CellType) -> types.CellType:
        held = id(cell.cell_contents)
        if held not in self.wanted and held not in self.stand_ins:
            return cell
        return self.cells.setdefault(id(cell), types.CellType())

    def _globals(self, x: types.FunctionType) -> dict[str, Any]:
        names = x.__globals__
        if is_library(x):
            return names
        if id(names) not in self.overlays:
            self.overlays[id(names)] = Overlay(names)
        return self.overlays[id(names)]

    def _names(self, x: types.FunctionType, names: dict[str, Any]) -> bool:
        if isinstance(names, Overlay):
            for name in used_names(x):
                if name not in names.names and id(sys.modules.get(name)) in self.wanted:
                    raise StructureError(
                        f"a parameter lies in the module {name}, which {x.__qualname__} imports by itself. "
                        "Import it at the top of the file, or pass the parameter as an argument: "
                        "gradient(lambda w: …, w)."
                    )
                if name in names.names and name not in names.made:
                    value = names.names[name]
                    new = self._split(value)[0]
                    if new is not value:
                        names[name] = names.made[name] = new
        return True

    def _module(self, x: types.ModuleType) -> tuple[Any, Any]:
        copy: Any = self._begin(x, types.ModuleType(x.__name__, x.__doc__))
        vars(copy).update(vars(x))
        return copy, self._replace(x, copy)

    def _type(self, x: type) -> tuple[Any, Any]:
        """A class on the way: a subclass that stands for it, with its functions and attributes rebuilt."""
        if getattr(x.__init_subclass__, "__func__", None) is not None:
            raise self._no_class(x)
        bases = [self._split(base)[0] for base in x.__mro__[1:-1] if id(base) in self.wanted]
        body = {"__slots__": (), "__module__": x.__module__, "__qualname__": x.__qualname__, "stands_for": x}
        try:
            copy: Any = type.__new__(_standing(type(x)), x.__name__, (x, *bases), body)
        except TypeError:
            raise self._no_class(x) from None
        return self._begin(x, copy), self._replace(x, copy)

    @staticmethod
    def _no_class(x: type) -> StructureError:
        return StructureError(
            f"the class {x.__qualname__} holds or uses a parameter, and no class can stand for it. Keep the "
            "parameter in the object, or pass it as an argument: gradient(lambda w: …, w)."
        )

    def _replace(self, x: Any, copy: Any) -> Any:
        for name, value in list(vars(x).items()):
            new = self._split(value)[0]
            if new is not value:
                setattr(copy, name, new)
        self.copies.append((x, copy, contents(copy)))
        return _FOUND

    def _class(self, kind: type) -> type:
        return self._split(kind)[0]

    def _wrapped(self, x: Any) -> tuple[Any, Any]:
        return type(x)(self._split(x.__func__)[0]), _FOUND

    def _property(self, x: property) -> tuple[Any, Any]:
        fget, fset, fdel = [self._split(part)[0] for part in (x.fget, x.fset, x.fdel)]
        return property(fget, fset, fdel, x.__doc__), _FOUND

    def write_back(self, level: Any = None) -> None:
        super().write_back(level)
        value = None
        for names in self.overlays.values():
            for name, new in names.items():
                if name not in names.made or names.made[name] is not new:
                    value = value or self.originals(level)
                    names.names[name] = value(new)
        self.made.clear()


_FOUND = Branch({}, dict, "")
_TAKERS: list[tuple[Any, Callable[[Rebuilder, Any], tuple[Any, Any]]]] = [
    (type, Rebuilder._type),
    (types.ModuleType, Rebuilder._module),
    ((staticmethod, classmethod), Rebuilder._wrapped),
    (property, Rebuilder._property),
]


@once_a_class
def _standing(meta: type) -> type:
    """The metaclass of classes that stand for others of metaclass `meta`: they have the same instances."""

    def instancecheck(cls: Any, x: Any) -> bool:
        return (
            isinstance(x, cls.__dict__["stands_for"])
            if "stands_for" in cls.__dict__
            else type.__instancecheck__(cls, x)
        )

    def subclasscheck(cls: Any, kind: type) -> bool:
        return (
            issubclass(kind, cls.__dict__["stands_for"])
            if "stands_for" in cls.__dict__
            else type.__subclasscheck__(cls, kind)
        )

    return type("Standing", (meta,), {"__instancecheck__": instancecheck, "__subclasscheck__": subclasscheck})
