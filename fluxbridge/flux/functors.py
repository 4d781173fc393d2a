"""Models as trees: what an object is made of, how to map a function over its leaves, what is trained.

As in Functors.jl 0.5 everything with parts is a branch: tuples, lists, dicts, records, objects with
attributes, closures (their captured variables), partial functions. Numbers, numeric arrays, strings,
types, functions that capture nothing and ``None`` are leaves. No registration is needed; :func:`layer`
only adds a choice of what is trained, and how the object is printed.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer
from ..autodiff.structure import _fields_of, _is_filled, blank, once_a_class
from ..autodiff.template import Record
from .lazy import LazyLayer, wait_for_sizes

Rebuild = Callable[[Any], Any]

_LEAVES: tuple[type, ...] = (
    str, bytes, int, float, complex, bool, type, type(None), type(Ellipsis), range, slice, re.Pattern,
    re.Match, np.generic, np.dtype, np.random.Generator, np.random.BitGenerator, types.ModuleType,
    types.BuiltinFunctionType, np.ufunc, type(np.mean), Tracer,
)  # fmt: skip
_own_leaves: set[type] = {LazyLayer}  #: classes that were declared with `leaf`
_trainable: dict[type, tuple[str, ...]] = {}  #: classes with a choice of trained fields


class KeyPath(tuple):
    """The way from a model to one of its parts: attribute names, positions, keys.

    >>> KeyPath("layers", 0, "weight")
    KeyPath('layers', 0, 'weight')
    >>> getkeypath({"a": (1, 2)}, KeyPath("a", 1))
    2
    """

    def __new__(cls, *keys: Any) -> KeyPath:
        flat: list[Any] = []
        for key in keys:
            flat.extend(key if isinstance(key, KeyPath) else [key])
        return super().__new__(cls, flat)

    def __repr__(self) -> str:
        return f"KeyPath({', '.join(map(repr, self))})"


def leaf(kind: type) -> type:
    """Class decorator: objects of this class are leaves, whatever attributes they have.

    >>> @leaf
    ... class Table:
    ...     def __init__(self): self.rows = [1.0]
    >>> isleaf(Table())
    True
    """
    _own_leaves.add(kind)
    return kind


def isleaf(x: Any) -> bool:
    """Has `x` no parts?

    >>> isleaf(2), isleaf(np.ones(3)), isleaf((1,)), isleaf(())
    (True, True, False, True)
    """
    parts = functor(x)[0]
    return type(parts) is tuple and not parts


def children(x: Any) -> Any:
    """The parts of `x`: a tuple, list or dict as it is, a :class:`Record` of the attributes of an object.

    >>> from types import SimpleNamespace
    >>> children(SimpleNamespace(w=1.0, b=2.0))
    (w=1.0, b=2.0)
    >>> children(3.0)
    ()
    """
    return functor(x)[0]


def functor(x: Any) -> tuple[Any, Rebuild]:
    """The parts of `x`, and the function that makes another `x` of other parts.

    A class may define ``__functor__(self)`` that returns such a pair.

    >>> parts, rebuild = functor({"a": 1, "b": 2})
    >>> rebuild({k: v + 1 for k, v in parts.items()})
    {'a': 2, 'b': 3}
    """
    kind = type(x)
    if kind is np.ndarray:
        if not x.dtype.hasobject:
            return (), lambda _: x
        return list(x.ravel()), lambda parts: _object_array(parts, x.shape)
    if kind in _own_leaves or _is_leaf(kind):
        return (), lambda _: x
    own = getattr(kind, "__functor__", None)
    if own is not None:
        return own(x)
    if isinstance(x, Record):
        return x, lambda parts: Record(**dict(parts.items()))
    if isinstance(x, tuple):
        if hasattr(kind, "_fields"):
            return Record(**dict(zip(kind._fields, x, strict=True))), lambda parts: kind(*parts.values())
        return x, lambda parts: parts if kind is tuple else tuple.__new__(kind, parts)
    if isinstance(x, list):
        return x, lambda parts: parts if kind is list else kind(parts)
    if isinstance(x, dict):
        return x, lambda parts: parts if kind is dict else kind(parts)
    if isinstance(x, types.FunctionType):
        return _closure(x)
    if isinstance(x, types.MethodType):
        return Record(owner=x.__self__), lambda parts: types.MethodType(x.__func__, parts.owner)
    if isinstance(x, functools.partial):
        whole = Record(func=x.func, args=x.args, keywords=x.keywords)
        return whole, lambda p: functools.partial(p.func, *p.args, **p.keywords)
    fields = _fields_of(x)
    return (Record(**fields), lambda parts: _remake(x, parts)) if fields else ((), lambda _: x)


@once_a_class
def _is_leaf(kind: type) -> bool:
    return issubclass(kind, (*_LEAVES, np.ndarray))


def _object_array(parts: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    out = np.empty(len(parts), dtype=object)
    out[:] = parts
    return out.reshape(shape)


def _closure(x: types.FunctionType) -> tuple[Any, Rebuild]:
    cells = dict(zip(x.__code__.co_freevars, x.__closure__ or (), strict=True))
    held = {name: cell.cell_contents for name, cell in cells.items() if _is_filled(cell)}
    held = {name: value for name, value in held.items() if value is not x}  # a function that calls itself

    if not held:
        return (), lambda _: x

    def rebuild(parts: Record) -> types.FunctionType:
        closure = tuple(types.CellType(parts[n]) if n in held else cell for n, cell in cells.items())
        copy = types.FunctionType(x.__code__, x.__globals__, x.__name__, x.__defaults__, closure)
        copy.__kwdefaults__ = x.__kwdefaults__
        copy.__dict__.update(x.__dict__)
        copy.__qualname__, copy.__doc__ = x.__qualname__, x.__doc__
        return copy

    return Record(**held), rebuild


def _remake(x: Any, parts: Any) -> Any:
    """An object like `x` with other attributes, made without calling its constructor."""
    copy = blank(type(x))
    for name, value in parts.items():
        object.__setattr__(copy, name, value)
    return copy


def pairs(parts: Any) -> Iterator[tuple[Any, Any]]:
    """(key, part) for each of the parts that :func:`children` gave."""
    return iter(parts.items() if isinstance(parts, (Mapping, Record)) else enumerate(parts))


def _like(parts: Any, new: list[Any]) -> Any:
    """`new` in the container that `parts` is."""
    if isinstance(parts, Record):
        return Record(**dict(zip(parts.keys(), new, strict=True)))
    if isinstance(parts, dict):
        return dict(zip(parts, new, strict=True))
    return tuple(new) if isinstance(parts, tuple) else list(new)


def part(parts: Any, key: Any) -> Any:
    """The part named `key`; of an object the attribute of that name."""
    if isinstance(parts, (Mapping, Record, tuple, list)):
        return parts[key]
    return children(parts)[key]


def getkeypath(x: Any, path: KeyPath) -> Any:
    """The part of `x` at `path`."""
    for key in path:
        x = part(x, key)
    return x


def haskeypath(x: Any, path: KeyPath) -> bool:
    """Is there a part of `x` at `path`?"""
    try:
        getkeypath(x, path)
    except (KeyError, IndexError, AttributeError, TypeError):
        return False
    return True


_UNSET: Any = object()


def _is_shared(x: Any) -> bool:
    """Is `x` one thing when it occurs in two places? Arrays and objects are, numbers and tuples are not."""
    return not isinstance(x, (tuple, Record)) and not (isinstance(x, _LEAVES) and not isinstance(x, Tracer))


class Walk:
    """Goes through one tree, or several of the same shape together, and maps the leaves.

    What occurs in two places (an array or object that is shared) is mapped once; `prune` is what stands for
    it the second time, if not the same result again.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        exclude: Callable[..., bool],
        rebuild: bool = True,
        with_path: bool = False,
        cache: bool = True,
        prune: Any = _UNSET,
    ):
        self.f, self.exclude, self.rebuild, self.with_path, self.prune = f, exclude, rebuild, with_path, prune
        self.cache: dict[int, tuple[Any, Any]] | None = {} if cache else None

    def __call__(self, path: KeyPath, x: Any, *ys: Any) -> Any:
        shared = self.cache is not None and _is_shared(x)
        if shared and id(x) in self.cache:  # type: ignore[operator]
            return self.cache[id(x)][1] if self.prune is _UNSET else self.prune  # type: ignore[index]
        lead = (path,) if self.with_path else ()
        if self.exclude(*lead, x):
            new = self.f(*lead, x, *ys)
        else:
            parts, rebuild = functor(x)
            others = [children(y) for y in ys]
            new = _like(
                parts,
                [self(KeyPath(path, k), v, *[part(o, k) for o in others]) for k, v in pairs(parts)],
            )
            new = rebuild(new) if self.rebuild else new
        if shared:
            self.cache[id(x)] = (x, new)  # type: ignore[index] # x is kept, so that its id stays its own
        return new


def fmap(
    f: Callable[..., Any],
    x: Any,
    *ys: Any,
    exclude: Callable[[Any], bool] = isleaf,
    cache: bool = True,
    prune: Any = _UNSET,
) -> Any:
    """`x` with `f` applied to its leaves, or to the parts that `exclude` picks; other trees may go along.

    What is shared in `x` stays shared in the result.

    >>> double = fmap(lambda v: 2 * v if isinstance(v, np.ndarray) else v, {"w": np.ones(2), "name": "a"})
    >>> double
    {'w': array([2., 2.]), 'name': 'a'}
    >>> fmap(lambda a, b: a + b, (1, {"k": 2}), (10, {"k": 20}))
    (11, {'k': 22})
    """
    return Walk(f, exclude, cache=cache, prune=prune)(KeyPath(), x, *ys)


def fmapstructure(f: Callable[..., Any], x: Any, *ys: Any, exclude: Callable[[Any], bool] = isleaf) -> Any:
    """The same, but objects become records of their parts.

    >>> from types import SimpleNamespace
    >>> fmapstructure(lambda v: v + 1, SimpleNamespace(w=1, b=(2, 3)))
    (w=2, b=(3, 4))
    """
    return Walk(f, exclude, rebuild=False)(KeyPath(), x, *ys)


def fmap_with_path(
    f: Callable[..., Any],
    x: Any,
    *ys: Any,
    exclude: Callable[[KeyPath, Any], bool] = lambda _path, x: isleaf(x),
    cache: bool = True,
    prune: Any = _UNSET,
) -> Any:
    """As :func:`fmap`; `f` and `exclude` are also told where they are, ``f(path, leaf)``.

    >>> fmap_with_path(lambda path, v: f"{path[0]}={v}", {"a": 1, "b": 2})
    {'a': 'a=1', 'b': 'b=2'}
    """
    return Walk(f, exclude, with_path=True, cache=cache, prune=prune)(KeyPath(), x, *ys)


def fmapstructure_with_path(
    f: Callable[..., Any],
    x: Any,
    *ys: Any,
    exclude: Callable[[KeyPath, Any], bool] = lambda _path, x: isleaf(x),
) -> Any:
    """As :func:`fmapstructure`, with the path as first argument."""
    return Walk(f, exclude, rebuild=False, with_path=True)(KeyPath(), x, *ys)


def fcollect(x: Any, exclude: Callable[[Any], bool] = lambda _: False) -> list[Any]:
    """Every part of `x` from the top down, each shared one once; without those that `exclude` picks.

    >>> fcollect({"a": (1, 2)})
    [{'a': (1, 2)}, (1, 2), 1, 2]
    """
    seen: dict[int, Any] = {}
    found: list[Any] = []

    def visit(node: Any) -> None:
        if exclude(node):
            return
        if _is_shared(node):
            if id(node) in seen:
                return
            seen[id(node)] = node
        found.append(node)
        for _, child in pairs(children(node)):
            visit(child)

    visit(x)
    return found


# ---------------------------------------------------------------------------------------------
# Layers
# ---------------------------------------------------------------------------------------------


def layer(
    cls: type | None = None, *, trainable: tuple[str, ...] | str | None = None, show: str = "expand"
) -> Any:
    """Class decorator: objects of this class are layers.

    `trainable` names the fields that are trained (all of them otherwise). `show` is how ``str(model)``
    looks: ``"expand"`` (one line for each layer inside), ``"noexpand"`` (in one line), or ``"ignore"`` (as
    without the decorator).

    >>> @layer(trainable=("weight",))
    ... class Scaled:
    ...     def __init__(self, weight, factor): self.weight, self.factor = weight, factor
    ...     def __call__(self, x): return self.factor * (self.weight @ x)
    >>> from fluxbridge.flux.functors import trainable
    >>> trainable(Scaled(np.ones((1, 2)), 2.0))
    (weight=array([[1., 1.]]))
    """
    if show not in ("expand", "noexpand", "ignore"):
        raise ValueError(f'show is "expand", "noexpand" or "ignore", not {show!r}')

    def mark(kind: type) -> type:
        if trainable is not None:
            _trainable[kind] = (trainable,) if isinstance(trainable, str) else tuple(trainable)
        kind.__flux_show__ = show  # type: ignore[attr-defined]
        if kind.__repr__ is object.__repr__:
            kind.__repr__ = _one_line  # type: ignore[method-assign, assignment]
        if kind.__str__ is object.__str__ and show != "ignore":
            kind.__str__ = _in_lines  # type: ignore[method-assign, assignment]
            kind._repr_pretty_ = lambda self, printer, _cycle: printer.text(str(self))  # type: ignore[attr-defined]
        wait_for_sizes(kind)
        return kind

    return mark if cls is None else mark(cls)


def _one_line(self: Any) -> str:
    from .show import default_repr

    return default_repr(self)


def _in_lines(self: Any) -> str:
    from .show import plain_text

    return plain_text(self)


def trainable(x: Any) -> Any:
    """The parts of `x` that are trained: all :func:`children`, or those its class chose.

    >>> trainable((1.0, 2.0))
    (1.0, 2.0)
    """
    for kind in type(x).__mro__:
        chosen = _trainable.get(kind)
        if chosen is not None:
            return Record(**{name: getattr(x, name) for name in chosen})
    return children(x)
