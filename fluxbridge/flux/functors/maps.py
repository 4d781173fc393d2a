"""Functions mapped over the leaves of a model: fmap and its kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .keypath import KeyPath, part
from .trees import children, collected, functor, is_shared, isleaf, pairs
from .walks import _UNSET, AbstractWalk, CachedWalk, CollectWalk, ExcludeWalk, execute

__all__ = ["fcollect", "fmap", "fmap_with_path", "fmapstructure", "fmapstructure_with_path"]


class Walk:
    """Traverses one tree, or several of the same structure together, and maps the leaves.

    It is the CachedWalk of an ExcludeWalk of a DefaultWalk in one, with paths, and one call a node in place
    of four.
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
        shared = self.cache is not None and is_shared(x)
        if shared and id(x) in self.cache:  # type: ignore[operator]
            return self.cache[id(x)][1] if self.prune is _UNSET else self.prune  # type: ignore[index]
        lead = (path,) if self.with_path else ()
        if self.exclude(*lead, x):
            new = self.f(*lead, x, *ys)
        else:
            parts, rebuild = functor(x)
            others = [children(y) for y in ys]
            new = collected(
                parts,
                [self(KeyPath(path, k), v, *[part(o, k) for o in others]) for k, v in pairs(parts)],
            )
            new = rebuild(new) if self.rebuild else new
        if shared:
            self.cache[id(x)] = (x, new)  # type: ignore[index] # x is kept, as ids are reused
        return new


def fmap(
    f: Callable[..., Any],
    x: Any,
    *ys: Any,
    exclude: Callable[[Any], bool] = isleaf,
    cache: bool = True,
    prune: Any = _UNSET,
    walk: AbstractWalk | None = None,
) -> Any:
    """`x` with `f` applied to its leaves, or to the parts for which ``exclude(part)`` is true.

    Other trees of the same structure may go along: ``f(leaf, leaf of the second, …)``. What is shared in `x`
    is mapped once and stays shared in the result, unless `cache` is False; `prune` is what stands for it
    after the first time. `walk` is another way to traverse `x` (see ``fluxbridge.flux.functors.walks``).

    Raises KeyError, IndexError or TypeError if another tree lacks a part of `x`, and what `f` raises.

    >>> import numpy as np
    >>> double = fmap(lambda v: 2 * v if isinstance(v, np.ndarray) else v, {"w": np.ones(2), "name": "a"})
    >>> double
    {'w': array([2., 2.]), 'name': 'a'}
    >>> fmap(lambda a, b: a + b, (1, {"k": 2}), (10, {"k": 20}))
    (11, {'k': 22})
    """
    if walk is not None:
        chosen: AbstractWalk = ExcludeWalk(walk, f, exclude)
        return execute(CachedWalk(chosen, prune=prune) if cache else chosen, x, *ys)
    return Walk(f, exclude, cache=cache, prune=prune)(KeyPath(), x, *ys)


def fmapstructure(f: Callable[..., Any], x: Any, *ys: Any, exclude: Callable[[Any], bool] = isleaf) -> Any:
    """:func:`fmap` without rebuilding objects: each becomes a record of its mapped parts.

    Raises as :func:`fmap`.

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
    """:func:`fmap`, with the :class:`KeyPath` of each part as first argument of `f` and `exclude`.

    Raises as :func:`fmap`.

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
    """:func:`fmapstructure`, with the path of each part as first argument of `f` and `exclude`.

    Raises as :func:`fmap`.

    >>> fmapstructure_with_path(lambda path, v: len(path), {"a": 1, "b": (2,)})
    {'a': 1, 'b': (2,)}
    """
    return Walk(f, exclude, rebuild=False, with_path=True)(KeyPath(), x, *ys)


def fcollect(x: Any, exclude: Callable[[Any], bool] = lambda _: False) -> list[Any]:
    """Every part of `x` from the top down, each shared one once, without those that `exclude` picks.

    >>> fcollect({"a": (1, 2)})
    [{'a': (1, 2)}, (1, 2), 1, 2]
    """
    walk = CollectWalk()
    execute(ExcludeWalk(walk, lambda _: None, exclude), x)
    return walk.output
