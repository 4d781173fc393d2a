"""Arguments with structure: find the leaves, rebuild the whole around stand-ins, and back.

A leaf is a number or a numeric array. Tuples, lists, dicts, named tuples, dataclasses, objects with
attributes, closures and partial functions are branches, and are rebuilt in their own type. What holds
numbers and cannot be rebuilt is refused (:mod:`.unfit`). Everything else (strings, booleans, functions
without captured values) has no gradient and is handed through as it is.
"""

from __future__ import annotations

import collections
import enum
import functools
import operator
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..errors import MutationError, StructureError
from .families import family_of
from .holders import blank, contents, fields_of, is_filled, once_a_class, put, remove, slots
from .inplace import was_changed
from .primitive import Tracer
from .running import running
from .template import Branch, Leaf, Record
from .tracer import as_numpys, as_pythons
from .unfit import behind, check_number, is_numeric_array, is_stream, refusal, unbuildable

StandIn = Callable[[Any], Any]


class Splitter:
    """Rebuilds structures with a stand-in for every leaf.

    `stand_in` makes the replacement of a leaf. Without `is_leaf` the leaves are the numbers and
    numeric arrays, as in arguments, and what holds some but cannot be rebuilt is refused. With it
    they are what it says (traced values, in results), and are looked for in more places: in keys,
    sets and defaults of functions. Objects are copied without calling their constructor, and only
    where there is a leaf inside.
    """

    nothing_inside = frozenset({type(None), bool, str, np.ufunc, type})
    as_objects = False  # are classes that say how they are split taken as any other?

    def __init__(self, stand_in: StandIn, is_leaf: Callable[[Any], bool] | None = None):
        self.stand_in = stand_in
        self.arguments = is_leaf is None
        self.is_leaf = is_leaf or is_number_or_array
        self.count = 0
        self.within = 0  # how many objects and functions we are inside of
        self.depth = 0
        self.low = _FAR  # the depth of the outermost of `active` that was met again
        self.active: dict[int, tuple[int, Any]] = {}  # objects on the current path (cycle guard)
        self.copies: list[tuple[Any, Any, dict[Any, Any]]] = []  # (original, copy, as made)
        self.everywhere: set[tuple[int, str]] = set()  # attributes that :func:`assign` wrote, of originals

    def split(self, x: Any) -> tuple[Any, Any]:
        """(`x` rebuilt around stand-ins, template); the template is None if there is no leaf."""
        return self._split(x)

    def _split(self, x: Any) -> tuple[Any, Any]:
        kind = type(x)
        if kind in self.nothing_inside or (kind is types.FunctionType and self._holds_nothing(x)):
            return x, None
        if self.is_leaf(x):
            new = self.stand_in(x)
            leaf = Leaf(self.count, _finisher(x))
            self.count += 1
            return new, leaf
        taker = self._taker(kind)
        if taker is None:
            return x, None
        if id(x) in self.active:  # a circle: the copy that is being made
            depth, copy = self.active[id(x)]
            self.low = min(self.low, depth)
            return copy, None
        outer, self.low = self.low, _FAR
        self.depth += 1
        try:
            return taker(self, x)
        finally:
            self.active.pop(id(x), None)
            self.low = outer if self.low >= self.depth else min(self.low, outer)
            self.depth -= 1

    def _taker(self, kind: type) -> Taker | None:
        return _taker(kind)

    def _holds_nothing(self, x: types.FunctionType) -> bool:
        return x.__closure__ is None and (self.arguments or not (x.__defaults__ or x.__kwdefaults__))

    def _begin(self, x: Any, copy: Any) -> Any:
        """Whoever meets `x` again inside of itself gets `copy`."""
        self.active[id(x)] = (self.depth, copy)
        return copy

    def _unchanged(self, varies: bool) -> bool:
        """Is there nothing to rebuild: no leaf inside, and no way back to what is being rebuilt?"""
        return not varies and self.low >= self.depth

    def _as_it_is(self, x: Any, held: dict[Any, Any]) -> tuple[Any, Any]:
        """A holder without a leaf is no copy; what the function stores in it must become plain, too."""
        if self.arguments:
            self.copies.append((x, x, held))
        return x, None

    def _children(self, items: dict[Any, Any]) -> tuple[dict[Any, Any], dict[Any, Any], bool]:
        new, templates, varies = {}, {}, False
        split = self._split
        for key, value in items.items():
            new[key], template = split(value)
            templates[key] = template
            varies = varies or template is not None
        return new, templates, varies

    def _tuple(self, x: tuple) -> tuple[Any, Any]:
        kind = type(x)
        new, templates, varies = self._children(dict(enumerate(tuple.__iter__(x))))
        if self._unchanged(varies):
            return x, None
        if kind is tuple:
            return tuple(new.values()), Branch(templates, _tuple_of, "[{}]")
        rebuilt = tuple.__new__(kind, new.values())
        self._attributes(x, rebuilt)
        fields = getattr(x, "_fields", None)
        if fields is None:
            return rebuilt, Branch(templates, _tuple_of, "[{}]")
        named = dict(zip(fields, templates.values(), strict=True))
        return rebuilt, Branch(named, lambda d: tuple.__new__(kind, d.values()), ".{}")

    def _list(self, x: list | deque) -> tuple[Any, Any]:
        kind = type(x)
        base: Any = deque if isinstance(x, deque) else list
        copy: Any = [] if kind is list else base.__new__(kind)
        if base is deque:
            deque.__init__(copy, (), x.maxlen)  # type: ignore[union-attr]
        self._begin(x, copy)
        new, templates, varies = self._children(dict(enumerate(base.__iter__(x))))
        if self._unchanged(varies):
            return self._as_it_is(x, new)
        base.extend(copy, new.values())
        if kind is not base:
            self._attributes(x, copy)
        self.copies.append((x, copy, new))
        return copy, Branch(templates, _list_of, "[{}]")

    def _mapping(self, x: dict) -> tuple[Any, Any]:
        kind = type(x)
        copy: Any = self._begin(x, {} if kind is dict else _empty_like(x))
        items = x if kind is dict else dict(dict.items(x))
        new, templates, varies = self._children(items)
        if not self.arguments and any(isinstance(key, _MAYBE_TRACED) for key in items):
            keys = {key: self._split(key) for key in items}
            varies = varies or any(template is not None for _, template in keys.values())
            new = {keys[key][0]: value for key, value in new.items()}
        if self._unchanged(varies):
            return self._as_it_is(x, new)
        if kind is dict:
            copy.update(new)
        else:
            setitem: Any = OrderedDict.__setitem__ if isinstance(x, OrderedDict) else dict.__setitem__
            for key, value in new.items():
                setitem(copy, key, value)
            self._attributes(x, copy)
        self.copies.append((x, copy, new))
        return copy, Branch(templates, dict, "[{!r}]", keep_none=False)

    def _proxy(self, x: types.MappingProxyType) -> tuple[Any, Any]:
        new, template = self.split(dict(x))
        return (x, None) if self._unchanged(template is not None) else (types.MappingProxyType(new), template)

    def _attributes(self, x: Any, copy: Any) -> None:
        """The attributes that a subclass of list, tuple or dict has beside its members."""
        if getattr(x, "__dict__", None) is x:  # a dict whose attributes are its items
            copy.__dict__ = copy
            return
        fields = fields_of(x)
        if self.arguments:
            if any(_is_float(leaf) for leaf in take_apart(fields)[0]):
                raise StructureError(
                    f"{_name(type(x))} has numbers in attributes beside its members, and the gradient has no "
                    "place for them. Keep them as members, or in an object of their own."
                )
            new = fields
        else:
            new = self._children(fields)[0]
        for name, value in new.items():
            put(copy, name, value)
        if hasattr(x, "__dict__"):
            self.copies.append((vars(x), vars(copy), dict(vars(copy))))

    def _set(self, x: set | frozenset) -> tuple[Any, Any]:
        if self.arguments:
            self._refuse(x)
            return x, None
        new, _, varies = self._children(dict(enumerate(x)))
        return (type(x)(new.values()), Branch({}, dict, "")) if varies else (x, None)

    def _array(self, x: np.ndarray) -> tuple[Any, Any]:
        if not x.dtype.hasobject:
            if x.dtype.names and self.arguments:
                self._refuse(x)
            return x, None
        if type(x) is not np.ndarray or x.dtype.names:
            return self._opaque(x)
        new, templates, varies = self._children(dict(enumerate(x.ravel())))
        if self._unchanged(varies):
            return x, None

        def build(d: dict[Any, Any]) -> np.ndarray:
            out = np.empty(x.size, dtype=object)
            for k, value in enumerate(d.values()):
                out[k] = value
            return out.reshape(x.shape)

        return build(new), Branch(templates, build, "[{}]")

    def _function(self, x: types.FunctionType) -> tuple[Any, Any]:
        """A closure: its captured variables are its fields."""
        cells = dict(zip(x.__code__.co_freevars, x.__closure__ or (), strict=True))
        held = {k: c.cell_contents for k, c in cells.items() if is_filled(c) and k != "__class__"}
        fresh = {k: self._cell(cells[k]) for k, v in held.items() if type(v) not in self.nothing_inside}
        closure = tuple([fresh.get(k, c) for k, c in cells.items()])
        names = self._globals(x)
        copy = types.FunctionType(x.__code__, names, x.__name__, x.__defaults__, closure or None)
        self._begin(x, copy)
        self.within += 1
        new, templates, varies = self._children(held)
        varies = self._names(x, names) or varies
        copy.__kwdefaults__ = x.__kwdefaults__
        if not self.arguments:
            defaults = self._children({"d": x.__defaults__, "k": x.__kwdefaults__})
            copy.__defaults__, copy.__kwdefaults__ = defaults[0]["d"], defaults[0]["k"]
            varies = varies or defaults[2]
        self.within -= 1
        unchanged = self._unchanged(varies)
        for name, value in held.items():
            if unchanged or name not in fresh:
                self._as_it_is(cells[name], {"cell_contents": value})
        if unchanged:
            return x, None
        for name, cell in fresh.items():
            if not is_filled(cell):
                cell.cell_contents = new[name]
                self.copies.append((cells[name], cell, {"cell_contents": new[name]}))
        copy.__qualname__, copy.__doc__, copy.__module__ = x.__qualname__, x.__doc__, x.__module__
        copy.__dict__.update(x.__dict__ if self.arguments else self._split(x.__dict__)[0])
        self.copies.append((x.__dict__, copy.__dict__, dict(copy.__dict__)))
        return copy, Branch(templates, lambda d: Record(**d), ".{}") if varies else None

    def _cell(self, cell: types.CellType) -> types.CellType:
        return types.CellType()

    def _globals(self, x: types.FunctionType) -> dict[str, Any]:
        return x.__globals__

    def _names(self, x: types.FunctionType, names: dict[str, Any]) -> bool:
        """Were global names that the function uses replaced?"""
        return False

    def _method(self, x: types.MethodType) -> tuple[Any, Any]:
        owner, template = self.split(x.__self__)
        if self.arguments:
            function, varies = x.__func__, template is not None
        else:
            function, below = self.split(x.__func__)
            varies = template is not None or below is not None
        if self._unchanged(varies):
            return x, None
        return types.MethodType(function, owner), template if self.arguments else Branch({}, dict, "")

    def _builtin_method(self, x: Any) -> tuple[Any, Any]:
        """A method of a list, dict or array, as a value: ``d.get``."""
        owner = x.__self__
        if owner is None or isinstance(owner, (types.ModuleType, type)):
            return x, None
        new, template = self.split(owner)
        return (x, None) if self._unchanged(template is not None) else (getattr(new, x.__name__), template)

    def _cached(self, x: Any) -> tuple[Any, Any]:
        """A function behind functools.lru_cache: the copy has a cache of its own."""
        function, template = self.split(x.__wrapped__)
        if self._unchanged(template is not None):
            return x, None
        return functools.update_wrapper(
            functools.lru_cache(**x.cache_parameters())(function), x, updated=()
        ), template

    def _partial(self, x: functools.partial) -> tuple[Any, Any]:
        parts = {"func": x.func, "args": x.args, "keywords": x.keywords}
        new, templates, varies = self._children(parts)
        if self._unchanged(varies):
            return x, None
        rebuilt = functools.partial.__new__(type(x), new["func"], *new["args"], **new["keywords"])
        rebuilt.__dict__.update(x.__dict__)
        return rebuilt, Branch(templates, lambda d: Record(**d), ".{}")

    def _object(self, x: Any) -> tuple[Any, Any]:
        kind = type(x)
        special = getattr(kind, "__fluxbridge_split__", None)
        if special is not None and not self.as_objects:
            return special(x, self)
        fields = fields_of(x)
        made_of = self._class(kind)
        if not fields and made_of is kind:
            return self._opaque(x)
        try:
            copy = blank(made_of)
        except TypeError:  # made in C: nothing that we could rebuild
            return self._opaque(x)
        constants = getattr(kind, "__fluxbridge_constants__", ()) if self.arguments else ()
        self._begin(x, copy)
        varying = {k: v for k, v in fields.items() if k not in constants} if constants else fields
        self.within += 1
        new, templates, varies = self._children(varying)
        self.within -= 1
        if self._unchanged(varies):
            return self._as_it_is(x, fields)
        if constants:
            new = {k: new.get(k, v) for k, v in fields.items()}
            templates = {k: templates.get(k) for k in fields}
        if slots(kind):
            for name, value in new.items():
                object.__setattr__(copy, name, value)
        else:
            copy.__dict__.update(new)
        self.copies.append((x, copy, new))
        return copy, Branch(templates, lambda d: Record(**d), ".{}") if varies else None

    def _class(self, kind: type) -> type:
        return kind

    def _opaque(self, x: Any) -> tuple[Any, Any]:
        """What cannot be rebuilt: a constant, unless there are leaves inside."""
        if self.arguments:
            self._refuse(x)
        elif is_stream(type(x)) and any(self.is_leaf(part) for part in behind(x)):
            raise StructureError(
                f"a {type(x).__name__} that still holds traced values cannot leave the function; "
                "make a list of it"
            )
        return x, None

    def _refuse(self, x: Any) -> None:
        error = refusal(x, self.within > 0, lambda parts: take_apart(parts)[0])
        if error is not None:
            raise error

    # -- what the function changed ------------------------------------------------------------

    def changes(self) -> list[tuple[Any, Any, dict[Any, Any]]]:
        """Those of the copies that the function has changed."""
        return [entry for entry in self.copies if _differs(entry[1], entry[2])]

    def write_back(self, level: Any = None) -> None:
        """Hand what the function assigned on our copies (attributes, items, variables) to the originals.

        Values traced at `level` are stored as plain values.
        """
        if level is not None and level.memory.changed:  # an array changed in place counts as assigned
            for _, _, made in self.copies:
                made.update({key: object() for key, held in made.items() if was_changed(held)})
        changed = self.changes()
        if changed:
            value = self.originals(level)
            places = collections.Counter(id(x) for x, copy, _ in self.copies if copy is not x)
            for original, copy, made in changed:
                if places[id(original)] > 1 and not self._agree(original, copy, made):
                    raise MutationError(
                        f"the same {type(original).__name__} stands in several places of the arguments and "
                        "was changed; inside of a gradient each place has a copy of its own, so the others "
                        "would not see it. Pass it once, or a copy for each place."
                    )
                _write(original, contents(copy), made, value)

    def _agree(self, original: Any, copy: Any, made: dict[Any, Any]) -> bool:
        """Was all that changed assigned in every copy at once?"""
        now = contents(copy)
        changed = [name for name in {**made, **now} if now.get(name) is not made.get(name)]
        return all((id(original), name) in self.everywhere for name in changed)

    def originals(self, level: Any = None) -> Callable[[Any], Any]:
        """The function that puts the originals, and plain values, where copies and tracers of `level` are."""
        known: dict[int, Any] = {}
        for original, copy, made in self.copies:
            known[id(copy)] = original
            for key, held in contents(original).items():
                stand_in = made.get(key, held)
                if stand_in is not held:
                    known.setdefault(id(stand_in), held)

        def plainly(x: Any) -> Any:
            return known[id(x)] if id(x) in known else x._value  # noqa: SIM401

        def is_ours(x: Any) -> bool:
            return id(x) in known or (isinstance(x, Tracer) and x.level is level)

        return lambda x: Splitter(plainly, is_ours).split(x)[0]


def assign(x: Any, **values: Any) -> None:
    """Set attributes of an object in all places where it stands among the arguments of running functions."""
    copies = [x]
    for level in running.levels:
        splitter = level.memory.rebuilt
        for original, copy, _ in splitter.copies if splitter is not None else ():
            if copy is x and original is not x:
                copies = [twin for other, twin, _ in splitter.copies if other is original]
                splitter.everywhere.update((id(original), name) for name in values)
    for copy in copies:
        for name, value in values.items():
            setattr(copy, name, value)


def _differs(holder: Any, made: dict[Any, Any]) -> bool:
    kind = type(holder)
    if kind is list:
        return len(holder) != len(made) or not all(map(operator.is_, holder, made.values()))
    if kind is dict:
        now = holder
    elif slots(kind) or isinstance(holder, (dict, list, deque)) or not hasattr(holder, "__dict__"):
        now = contents(holder)
    else:
        now = vars(holder)
    if len(now) != len(made):
        return True
    if all(map(operator.is_, now.values(), made.values())) and all(map(operator.is_, now, made)):
        return False
    return any(key not in made or value is not made[key] for key, value in now.items())


def _write(original: Any, now: dict[Any, Any], made: dict[Any, Any], value: Callable[[Any], Any]) -> None:
    if isinstance(original, (list, deque)):
        members = [value(v) for v in now.values()]
        if _differs(original, dict(enumerate(members))):
            original.clear()
            original.extend(members)
        return
    for name in made:
        if name not in now:
            remove(original, name)
    for name, v in now.items():
        if name not in made or made[name] is not v:
            new = value(v)
            if new is not v or contents(original).get(name) is not v:
                put(original, name, new)


def take_apart(x: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], Any]:
    """The leaves of a structure in order, and its template (None if there is no leaf)."""
    leaves: list[Any] = []

    def collect(leaf: Any) -> Any:
        leaves.append(leaf)
        return leaf

    return leaves, Splitter(collect, is_leaf).split(x)[1]


def put_together(x: Any, leaves: Iterable[Any]) -> Any:
    """`x` with other leaves, given in the order of :func:`take_apart`."""
    feed = iter(leaves)
    return Splitter(lambda _: next(feed)).split(x)[0]


def _tuple_of(parts: dict[Any, Any]) -> tuple:
    return tuple(parts.values())


def _list_of(parts: dict[Any, Any]) -> list:
    return list(parts.values())


def _empty_like(x: dict) -> dict:
    """A dict of the same class, whose constructor was not called."""
    kind = type(x)
    base: Any = next(c for c in kind.__mro__ if not c.__flags__ & _HEAP_TYPE)
    copy = base.__new__(kind)
    if isinstance(x, defaultdict):
        copy.default_factory = x.default_factory
    return copy


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def is_number_or_array(x: Any) -> bool:
    """Has `x` a gradient of its own?"""
    kind = type(x)
    if kind is float or kind is int:
        return True
    if issubclass(kind, np.ndarray):
        return is_numeric_array(x)
    if _is_number(kind):
        return True
    family = family_of(x)
    return family is not None and family.is_leaf(x)


@once_a_class
def _is_number(kind: type) -> bool:
    return issubclass(kind, Tracer) or check_number(kind)


def _is_float(x: Any) -> bool:
    return not isinstance(x, (int, np.integer)) and not (isinstance(x, np.ndarray) and x.dtype.kind in "iu")


def _finisher(x: Any) -> Callable[[Any], Any] | None:
    """The last step for one gradient: the type of a NumPy scalar, or of the traced number that `x` is."""
    if isinstance(x, Tracer):
        kind = x.__class__
        return as_numpys if kind is np.float64 else as_pythons if kind is float or kind is int else None
    kind = type(x)
    if not issubclass(kind, np.floating):
        return None
    return lambda ct: (
        as_numpys(ct) if isinstance(ct, Tracer) else ct if family_of(ct) is not None else kind(ct)
    )


Taker = Callable[[Splitter, Any], tuple[Any, Any]]

_FAR = 1 << 30
_HEAP_TYPE = 1 << 9  # the flag of classes that were made by a class statement
_MAYBE_TRACED = (Tracer, tuple, frozenset)
_OPAQUE = (
    str,
    bytes,
    bytearray,
    bool,
    np.bool_,
    type,
    types.ModuleType,
    type(None),
    enum.Enum,
    range,
    np.ufunc,
)
#: Objects of Python's library whose numbers are their own business.
_TOOLS = {
    "random.Random", "logging.Filterer", "threading.Thread", "_io._IOBase", "io.IOBase", "subprocess.Popen",
    "concurrent.futures._base.Executor", "tempfile._TemporaryFileWrapper", "argparse.ArgumentParser",
}  # fmt: skip
_TAKERS: list[tuple[Any, Taker]] = [
    (dict, Splitter._mapping),
    (tuple, Splitter._tuple),
    ((list, deque), Splitter._list),
    (types.MappingProxyType, Splitter._proxy),
    ((set, frozenset), Splitter._set),
    (np.ndarray, Splitter._array),
    (types.FunctionType, Splitter._function),
    (types.MethodType, Splitter._method),
    ((types.BuiltinFunctionType, types.MethodWrapperType), Splitter._builtin_method),
    (type(functools.lru_cache(len)), Splitter._cached),
    (functools.partial, Splitter._partial),
]


@once_a_class
def _taker(kind: type) -> Taker | None:
    """How objects of this class are taken apart; None for those with nothing inside."""
    if issubclass(kind, _OPAQUE) or any(_name(base) in _TOOLS for base in kind.__mro__):
        return None
    if unbuildable(kind):
        return Splitter._opaque
    return next((taker for kinds, taker in _TAKERS if issubclass(kind, kinds)), Splitter._object)
