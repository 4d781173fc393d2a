"""What is in a model: its state as plain data, loading it into another model, the layers inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.template import Record
from ..errors import ArgumentError, DimensionMismatch
from .functors import KeyPath, children, fcollect, fmapstructure, isleaf, pairs

__all__ = ["loadmodel_", "modules", "state"]

#: Fields of Flux, as in a state from Julia, whose names are normalised otherwise in Python.
_IN_PYTHON = {"σ²": "σ2", "ϵ": "ε"}

Problem = tuple[KeyPath, str, bool]  #: path, text, and whether only sizes differ


def state(model: Any) -> Any:
    """The parameters and settings of a model, in records, tuples, lists and dicts.

    They are arrays, numbers, texts and None. Functions and other things without parameters are ``()``. The
    arrays are the model's own, not copies.

    >>> from fluxbridge.flux import Dense
    >>> state(Dense(np.ones((1, 2)), np.zeros(1), np.tanh))
    (weight=array([[1., 1.]]), bias=array([0.]), σ=())
    """
    return fmapstructure(_kept, model)


def _kept(x: Any) -> Any:
    if x is None or isinstance(x, (np.ndarray, str, bool, int, float, complex, np.generic)):
        return x
    return np.asarray(x) if type(x).__name__ == "OneHotArray" else ()


def loadmodel_(dst: Any, src: Any, *, filter: Callable[[Any], bool] = lambda _: True) -> Any:
    """Copy the parameters of `src`, a model or the :func:`state` of one, into those of `dst`, in place.

    Returns `dst`. `src` must have the parts of `dst`; arrays are cast to the dtypes of `dst`. Numbers,
    functions and settings of `dst` stay. A False in `src` (no bias) fills an array with zeros, and any bias
    of `src` is dropped where `dst` has none. Only parts for which ``filter(part)`` is true count.

    Nothing is copied unless everything fits: otherwise DimensionMismatch (only sizes differ) or ArgumentError
    (structure, dtypes, arrays that cannot be written to) lists all that differs.

    >>> from fluxbridge.flux import Dense
    >>> m = loadmodel_(Dense((2, 1)), {"weight": np.ones((1, 2)), "bias": np.zeros(1), "σ": ()})
    >>> m.weight
    array([[1., 1.]], dtype=float32)
    """
    copies: dict[int, tuple[np.ndarray, Any]] = {}
    problems: list[Problem] = []
    if isleaf(dst):
        _match_leaf(dst, src, KeyPath(), copies, problems)
    else:
        _match(dst, src, KeyPath(), filter, copies, problems)
    if problems:
        raise _difference(problems)
    converted = [(array, value.astype(array.dtype)) for array, value in copies.values()]
    for array, value in converted:  # all of this succeeds
        array[...] = value
    return dst


def _match(dst: Any, src: Any, path: KeyPath, filter: Any, copies: Any, problems: list[Problem]) -> None:
    mine, theirs = _parts(dst, filter), _parts(src, filter)
    if set(mine) != set(theirs) or (not isinstance(dst, dict) and list(mine) != list(theirs)):
        problems.append((path, f"has {_names(mine)}, not {_names(theirs)}", False))
        return
    for key, part in mine.items():
        at = KeyPath(path, key)
        if isleaf(part):
            _match_leaf(part, theirs[key], at, copies, problems)
        else:
            _match(part, theirs[key], at, filter, copies, problems)


def _parts(x: Any, filter: Any) -> dict[Any, Any]:
    """The parts that `filter` picks; those of a tuple or list are numbered anew."""
    picked = [(k, v) for k, v in pairs(children(x)) if filter(v)]
    named = all(isinstance(k, str) for k, _ in picked)
    return {_IN_PYTHON.get(k, k): v for k, v in picked} if named else dict(enumerate(v for _, v in picked))


def _match_leaf(dst: Any, src: Any, path: KeyPath, copies: Any, problems: list[Problem]) -> None:
    """Note the copy to make, or the problem."""
    to, given = _is_array(dst), _is_array(src)
    if not to:
        if given and (dst is True or not isinstance(dst, (bool, np.bool_))):
            problems.append((path, f"is {_describe(dst)}, which an array cannot be loaded into", False))
        return
    known = copies.get(id(dst))
    if isinstance(src, (bool, np.bool_)):
        if src:
            problems.append((path, "is an array, which True cannot be loaded into", False))
            return
        src = np.zeros_like(dst)
    elif not given:
        problems.append((path, f"is an array, which {_describe(src)} cannot be loaded into", False))
        return
    src = np.asarray(src)
    if dst.shape != src.shape:
        problems.append((path, f"is an array of shape {dst.shape}, not of shape {src.shape}", True))
    elif known is not None and not np.array_equal(known[1], src):
        problems.append((path, "is tied to another parameter, but what is loaded there differs", False))
    elif src.dtype.kind == "c" and dst.dtype.kind != "c":
        problems.append((path, "is real, but what is loaded is complex", False))
    elif src.dtype.kind not in "biufc":
        problems.append((path, f"is of {dst.dtype}, but what is loaded is of {src.dtype}", False))
    elif not dst.flags.writeable:
        problems.append((path, "cannot be written to", False))
    else:
        copies[id(dst)] = (dst, src)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) and not x.dtype.hasobject


def _names(parts: dict[Any, Any]) -> str:
    if all(isinstance(k, int) for k in parts):
        return f"{len(parts)} parts"
    return f"the parts {', '.join(map(str, parts))}" if parts else "no parts"


def _describe(x: Any) -> str:
    return "nothing" if x is None or (isinstance(x, tuple) and not x) else repr(x)


def _difference(problems: list[Problem]) -> Exception:
    lines = [f"{_where(path)} {what}" for path, what, _ in problems[:20]]
    if len(problems) > 20:
        lines.append(f"and {len(problems) - 20} more")
    kind = DimensionMismatch if all(sizes for *_, sizes in problems) else ArgumentError
    return kind("nothing was loaded, because the model and what should be loaded differ: " + "; ".join(lines))


def _where(path: KeyPath) -> str:
    return ".".join(map(str, path)) or "the model"


def modules(model: Any) -> list[Any]:
    """The model and every part of it that has parts itself, from the top down, each shared one once.

    >>> from fluxbridge.flux import Chain, Dense
    >>> [type(m).__name__ for m in modules(Chain(Dense((2, 2)), np.tanh))]
    ['Chain', 'tuple', 'Dense']
    """
    return [m for m in fcollect(model) if not _is_leaflike(m)]


def _is_leaflike(x: Any) -> bool:
    if isinstance(x, tuple) and not isinstance(x, Record):
        return all(isinstance(v, (int, float, complex, np.generic)) for v in x) or all(map(_is_array, x))
    return isleaf(x)
