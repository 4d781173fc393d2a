"""Functors: models as trees."""

from ..absent import explain
from ..lazy import LazyLayer as LazyLayer
from .keypath import KeyPath, getkeypath, haskeypath, part, setkeypath_
from .maps import fcollect, fmap, fmap_with_path, fmapstructure, fmapstructure_with_path
from .trained import trainable
from .trees import _is_shared as _is_shared
from .trees import _like as _like
from .trees import children, functor, isleaf, leaf, pairs
from .walks import (
    AbstractWalk,
    CachedWalk,
    CollectWalk,
    DefaultWalk,
    ExcludeWalk,
    IterateWalk,
    StructuralWalk,
    execute,
    fleaves,
)

__all__ = [
    "AbstractWalk", "CachedWalk", "CollectWalk", "DefaultWalk", "ExcludeWalk", "IterateWalk", "KeyPath",
    "StructuralWalk", "children", "execute", "fcollect", "fleaves", "fmap", "fmap_with_path",
    "fmapstructure", "fmapstructure_with_path", "functor", "getkeypath", "haskeypath", "isleaf",
    "leaf", "pairs", "part", "setkeypath_", "trainable",
]  # fmt: skip

__getattr__ = explain("Functors")
