"""Walks: the ways to traverse a tree as objects, to be composed and extended.

A walk is called with `recurse`, a node, and the nodes at the same place of other trees; it calls ``recurse``
with the children of its choice. ``execute(walk, x)`` begins at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .keypath import part
from .trees import children, collected, functor, is_shared, isleaf, pairs

__all__ = [
    "AbstractWalk",
    "CachedWalk",
    "CollectWalk",
    "DefaultWalk",
    "ExcludeWalk",
    "IterateWalk",
    "StructuralWalk",
    "execute",
    "fleaves",
]

Recurse = Callable[..., Any]
_UNSET: Any = object()


class AbstractWalk:
    """The base class of walks; subclasses define ``__call__(self, recurse, x, *ys)``.

    Raises NotImplementedError if they do not.

    >>> class Leaves(AbstractWalk):
    ...     def __call__(self, recurse, x):
    ...         return 1 if isleaf(x) else sum(recurse(v) for _, v in pairs(children(x)))
    >>> execute(Leaves(), (1, {"a": 2, "b": [3]}))
    3
    """

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        raise NotImplementedError


def execute(walk: AbstractWalk, x: Any, *ys: Any) -> Any:
    """Traverse `x`, and other trees along with it, by a walk. Raises what the walk raises.

    >>> import numpy as np
    >>> class Depth(AbstractWalk):
    ...     def __call__(self, recurse, x):
    ...         return 1 + max([recurse(v) for _, v in pairs(children(x))], default=0)
    >>> execute(Depth(), {"a": (np.ones(2), [1.0])})
    4
    """

    def recurse(*nodes: Any) -> Any:
        return walk(recurse, *nodes)

    return recurse(x, *ys)


def _mapped(recurse: Recurse, x: Any, parts: Any, ys: tuple[Any, ...]) -> Any:
    others = [children(y) for y in ys]
    return collected(parts, [recurse(v, *[part(o, k) for o in others]) for k, v in pairs(parts)])


class DefaultWalk(AbstractWalk):
    """To all children; the results become an object of the same kind.

    >>> execute(ExcludeWalk(DefaultWalk(), lambda v: -v, isleaf), [1, (2, 3)])
    [-1, (-2, -3)]
    """

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        parts, rebuild = functor(x)
        return rebuild(_mapped(recurse, x, parts, ys))


class StructuralWalk(AbstractWalk):
    """To all children; the results stay a tuple, list, dict or record.

    >>> from types import SimpleNamespace
    >>> execute(ExcludeWalk(StructuralWalk(), lambda v: -v, isleaf), SimpleNamespace(a=1, b=[2]))
    (a=-1, b=[-2])
    """

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        return _mapped(recurse, x, children(x), ys)


class ExcludeWalk(AbstractWalk):
    """Another walk, but ``f(x, *ys)`` where ``exclude(x)`` is true.

    >>> execute(ExcludeWalk(DefaultWalk(), sum, lambda v: isinstance(v, list)), {"a": [1, 2], "b": ([3],)})
    {'a': 3, 'b': (3,)}
    """

    def __init__(self, walk: AbstractWalk, f: Callable[..., Any], exclude: Callable[[Any], bool]):
        self.walk, self.f, self.exclude = walk, f, exclude

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        return self.f(x, *ys) if self.exclude(x) else self.walk(recurse, x, *ys)


class CachedWalk(AbstractWalk):
    """Another walk that visits what is shared once; the second time its result is given again, or `prune`.

    >>> shared, seen = [1], []
    >>> execute(CachedWalk(ExcludeWalk(DefaultWalk(), seen.append, isleaf), prune="again"), (shared, shared))
    ([None], 'again')
    """

    def __init__(self, walk: AbstractWalk, *, prune: Any = _UNSET):
        self.walk, self.prune = walk, prune
        self.cache: dict[int, tuple[Any, Any]] = {}  # the objects are kept, as ids are reused

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        if not is_shared(x):
            return self.walk(recurse, x, *ys)
        if id(x) in self.cache:
            return self.cache[id(x)][1] if self.prune is _UNSET else self.prune
        made = self.walk(recurse, x, *ys)
        self.cache[id(x)] = x, made
        return made


class CollectWalk(AbstractWalk):
    """Collects every node from the top down, each shared one once.

    >>> shared = [1]
    >>> execute(CollectWalk(), (shared, shared))
    [([1], [1]), [1], 1]
    """

    def __init__(self) -> None:
        self.output: list[Any] = []
        self._seen: dict[int, Any] = {}

    def __call__(self, recurse: Recurse, x: Any, *_ys: Any) -> list[Any]:
        if is_shared(x):
            if id(x) in self._seen:
                return self.output
            self._seen[id(x)] = x
        self.output.append(x)
        for _, child in pairs(children(x)):
            recurse(child)
        return self.output


class IterateWalk(AbstractWalk):
    """To all children; their results, which are iterable, one after another.

    >>> squares = ExcludeWalk(IterateWalk(), lambda v: [v**2], isleaf)
    >>> list(execute(squares, (1, {"a": 2, "b": [3]})))
    [1, 4, 9]
    """

    def __call__(self, recurse: Recurse, x: Any, *ys: Any) -> Any:
        others = [children(y) for y in ys]
        for key, child in pairs(children(x)):
            yield from recurse(child, *[part(o, key) for o in others])


def fleaves(x: Any, exclude: Callable[[Any], bool] = isleaf) -> list[Any]:
    """The leaves of a tree in a list, or the parts that `exclude` picks.

    >>> fleaves({"a": (1, 2), "b": [3]})
    [1, 2, 3]
    """
    return list(execute(ExcludeWalk(IterateWalk(), lambda leaf: [leaf], exclude), x))
