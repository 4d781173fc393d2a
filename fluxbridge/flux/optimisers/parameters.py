"""The arrays of a model that are trained: which they are, as a list, and as one flat vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer, asked, plain
from ...errors import DimensionMismatch
from ..functors import KeyPath, fmap, functor, pairs, trainable

__all__ = ["Restructure", "destructure", "isnumeric", "trainables"]


def isnumeric(x: Any) -> bool:
    """Is this an array that an optimiser changes: with axes, of a real or complex floating-point dtype?

    Numbers by themselves, and arrays of integers, are settings and not parameters.

    >>> isnumeric(np.ones(2)), isnumeric(np.arange(2)), isnumeric(1.0)
    (True, False, False)
    """
    x = plain(x) if isinstance(x, Tracer) else x
    return isinstance(x, np.ndarray) and x.ndim > 0 and x.dtype.kind in "fc"


def parts_of(x: Any) -> Iterator[tuple[Any, Any, bool]]:
    """(key, part, is it trained?) for the parts of `x`."""
    parts, trained = functor(x)[0], trainable(x)
    if trained is parts or not hasattr(trained, "keys") or len(trained) == len(parts):
        for key, value in pairs(parts):
            yield key, value, True
        return
    names = set(trained.keys())
    for key, value in pairs(parts):
        yield key, value, key in names


def is_trained(x: Any, key: Any) -> bool:
    """Is the part of `x` named `key` trained?"""
    return any(trained for name, _, trained in parts_of(x) if name == key)


def parameters(x: Any, path: KeyPath, seen: dict[int, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """(path, array) of every trained array, without those that were `seen`; each tied one once."""
    value = plain(x) if isinstance(x, Tracer) else x
    if isnumeric(x):
        if id(value) not in seen:
            seen[id(value)] = x  # kept, as ids are reused
            yield path, x
        else:
            asked(are_one, (seen[id(value)], x), {}, True)
        return
    shared = hasattr(x, "__dict__")
    if shared:
        if id(x) in seen:
            return
        seen[id(x)] = x
    for key, part, trained in parts_of(x):
        if trained:
            yield from parameters(part, KeyPath(path, key), seen)


def are_one(x: np.ndarray, y: np.ndarray) -> bool:
    """Are these the same array?"""
    return x is y


def are_different(*arrays: np.ndarray) -> bool:
    """Is no array among these twice?"""
    return len(set(map(id, arrays))) == len(arrays)


def trainables(x: Any, *, path: bool = False) -> list[Any]:
    """The trained arrays of a model in a list, each tied one once; with ``path=True`` of (KeyPath, array).

    Differentiable, so a penalty can be written with it:

    >>> from fluxbridge import gradient
    >>> model = {"w": np.array([1.0, 2.0]), "n": 3, "rest": (np.array([3.0]), np.tanh)}
    >>> trainables(model)
    [array([1., 2.]), array([3.])]
    >>> trainables(model, path=True)[1]
    (KeyPath('rest', 0), array([3.]))
    >>> gradient(lambda m: sum(np.sum(p**2) for p in trainables(m)), model)[0]["w"]
    array([2., 4.])
    """
    found = list(parameters(x, KeyPath(), {}))
    arrays = [array for _, array in found]
    asked(are_different, arrays, {}, True)
    return found if path else arrays


def destructure(model: Any) -> tuple[Any, Restructure]:
    """All trained arrays in one flat vector, and a ``Restructure`` that makes a model of such a vector.

    Arrays are laid out by columns, as in Julia; tied ones occur once. The vector has the promoted dtype of
    the arrays, float32 without any; the function restores the dtypes. Both ways are differentiable.

    >>> flat, re = destructure({"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([5.0])})
    >>> flat
    array([1., 3., 2., 4., 5.])
    >>> re(10 * flat)["w"]
    array([[10., 20.],
           [30., 40.]])
    """
    arrays = trainables(model)
    re = Restructure(model)
    if not arrays:
        return np.zeros(0, np.float32), re
    dtype = np.result_type(*[plain(a).dtype for a in arrays])
    columns = [np.ravel(np.transpose(a)) for a in arrays]
    return np.concatenate([c if plain(c).dtype == dtype else c.astype(dtype) for c in columns]), re


class Restructure:
    """Makes a model of a flat vector: ``re(flat)``; ``re(x, flat)`` calls the model with x.

    Raises DimensionMismatch if the vector has another length than :func:`destructure` gave it, TypeError for
    another number of arguments.

    >>> re = Restructure({"w": np.zeros((1, 2))})
    >>> re(np.array([1.0, 2.0])), len(re)
    ({'w': array([[1., 2.]])}, 2)
    """

    def __init__(self, model: Any):
        self.model = model
        self.places: dict[int, tuple[int, Any]] = {}
        self.length = 0
        for array in trainables(model):
            array = plain(array)
            self.places[id(array)] = (self.length, array)
            self.length += array.size

    def __call__(self, *args: Any) -> Any:
        if len(args) == 2:
            return self(args[1])(args[0])
        if len(args) != 1:
            raise TypeError(f"re(flat) or re(x, flat) take one or two arguments; got {len(args)}")
        flat: Any = args[0] if isinstance(args[0], Tracer) else np.asarray(args[0])
        if np.shape(flat) != (self.length,):
            got = np.shape(flat)[0] if np.ndim(flat) == 1 else f"an array of shape {np.shape(flat)}"
            raise DimensionMismatch(f"Rebuild expected a vector of length {self.length}, got {got}")

        def piece(x: Any) -> Any:
            place = self.places.get(id(plain(x))) if isnumeric(x) else None
            if place is None:
                return x
            start, old = place
            new = np.transpose(np.reshape(flat[start : start + old.size], old.shape[::-1]))
            return new if plain(new).dtype == old.dtype else new.astype(old.dtype)

        return fmap(piece, self.model)

    def __len__(self) -> int:
        return self.length

    def __repr__(self) -> str:
        return f"Restructure({type(self.model).__name__}, ..., {self.length})"
