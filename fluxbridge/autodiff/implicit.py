"""Implicit parameters: gradients with respect to arrays that a function finds by itself.

Zygote deprecated this form in favour of explicit arguments; old tutorials use it.
"""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .native import Trace
from .reach import Rebuilder, Way
from .tape import Tape
from .template import Leaf
from .tracing import Tracer


class Params:
    """An ordered set of arrays, told apart by identity (not by their contents).

    >>> import numpy as np
    >>> from fluxbridge import Params, gradient
    >>> w, b = np.array([1.0, 2.0]), np.array([3.0])
    >>> g = gradient(lambda: np.sum(w * w), Params([w, b]))
    >>> g[w], g[b], w in g
    (array([2., 4.]), None, True)
    """

    def __init__(self, arrays: Iterable[Any] = ()):
        self._arrays: dict[int, Any] = {}  # traced ones for params(model) inside of a loss
        self.way = Way()  # what is known about the way from functions to the arrays
        for array in arrays:
            self.add(array)

    def add(self, array: Any) -> None:
        """Add an array, or all arrays in a list or tuple. Raises StructureError for anything else."""
        if isinstance(array, (list, tuple, Params)):
            for member in array:
                self.add(member)
        elif isinstance(array, (np.ndarray, Tracer)):
            self._arrays.setdefault(id(array), array)
            self.way = Way()
        else:
            raise StructureError(
                f"implicit parameters are arrays, told apart by identity; {array!r} is not one. "
                "Pass numbers to gradient explicitly."
            )

    def push_(self, *arrays: Any) -> Params:
        """Julia's ``push!``: add each of these, and return the set. Raises StructureError as :meth:`add`."""
        for array in arrays:
            self.add(array)
        return self

    def delete(self, array: Any) -> Params:
        """Take an array out (this one, not an equal one) and return the set; others stay as they are.

        It is Julia's ``delete!``, and ``delete_`` is another name of it.
        """
        if self._arrays.pop(id(array), None) is not None:
            self.way = Way()
        return self

    delete_ = delete

    def __getitem__(self, position: Any) -> Any:
        """The array at a position, or those in a slice as a list. Raises StructureError if there is none."""
        try:
            return list(self._arrays.values())[position]
        except (IndexError, TypeError):
            raise StructureError(
                f"there are {len(self)} parameters, at positions from 0; {position!r} is none of them"
            ) from None

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(self._arrays.values())

    def __len__(self) -> int:
        return len(self._arrays)

    def __contains__(self, array: object) -> bool:
        return id(array) in self._arrays

    def __repr__(self) -> str:
        return f"Params({list(self)!r})"


class Grads:
    """The gradients of implicit parameters: ``g[x]`` for a parameter x, None if it was not reached."""

    def __init__(self, params: Params, values: Iterable[Any]):
        self.params = params
        self._arrays = dict(params._arrays)  # params may grow and shrink later
        self._values = dict(zip(self._arrays, values, strict=True))

    def __getitem__(self, array: Any) -> Any:
        if id(array) not in self._values:
            raise KeyError(
                "no gradient is kept for this object: it is not one of the parameters "
                "(an equal copy of a parameter is another object)"
            )
        return self._values[id(array)]

    def __contains__(self, array: object) -> bool:
        return id(array) in self._values

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(self._arrays.values())

    def __len__(self) -> int:
        return len(self._arrays)

    @property
    def grads(self) -> Grads:
        """Zygote's field with the dictionary from parameters to gradients, which this is itself."""
        return self

    def keys(self) -> list[np.ndarray]:
        return list(self._arrays.values())

    def values(self) -> list[Any]:
        return list(self._values.values())

    def items(self) -> list[tuple[np.ndarray, Any]]:
        return list(zip(self._arrays.values(), self._values.values(), strict=True))

    def map(self, f: Callable[..., Any], *others: Grads) -> Grads:
        """``f`` of the gradients of every parameter; None if any of them is None."""
        for other in others:
            if [*other._arrays] != [*self._arrays]:
                raise StructureError("these gradients belong to different parameters")
        rows = zip(self._values.values(), *(o._values.values() for o in others), strict=True)
        made = copy.copy(self)
        values = [None if any(g is None for g in row) else f(*row) for row in rows]
        made._values = dict(zip(self._arrays, values, strict=True))
        return made

    def _combine(self, other: Any, f: Callable[[Any, Any], Any]) -> Grads:
        if isinstance(other, Grads):
            return self.map(f, other)
        return self.map(lambda g: f(g, other))

    def __add__(self, other: Any) -> Grads:
        return self._combine(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Grads:
        return self._combine(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Grads:
        return self._combine(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Grads:
        return self._combine(other, lambda a, b: a / b)

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self) -> str:
        return f"Grads({self.values()!r})"


class ImplicitTrace(Trace):
    """A run of a function without arguments, rebuilt so that it meets tracers for the parameters."""

    __slots__ = ()

    def __init__(self, f: Callable[[], Any], params: Params):
        root = f if isinstance(f, _CALLABLES) else f.__call__  # type: ignore[operator]
        targets = params._arrays
        wanted = params.way.to(targets, root)
        self.tape = tape = Tape()
        stand_ins = {key: tape.leaf(array) for key, array in targets.items()}
        self.templates = [Leaf(k) for k in range(len(params))]
        self.leaves = len(tape)
        self.splitter = splitter = Rebuilder(stand_ins, wanted)
        self.run(splitter.split(root)[0], ())


#: An object is looked through as the owner of its method.
_CALLABLES = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
