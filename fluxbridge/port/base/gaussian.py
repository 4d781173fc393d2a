"""Complex numbers with whole parts, and arrays of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np


class ComplexInteger(complex):
    """A ``Complex{Int64}``: a complex number with whole parts, until it meets a float.

    >>> ComplexInteger(2, 3) * 2 + 1, ComplexInteger(0, 1) * 0.5
    ((5+6j), 0.5j)
    """

    __slots__ = ()
    __array_ufunc__ = None

    def _with(self, other: Any, function: Callable[[Any, Any], Any], swapped: bool = False) -> Any:
        if isinstance(other, np.ndarray):
            own = np.array(complex(self)).view(ComplexIntegers)
            return function(other, own) if swapped else function(own, other)
        other = complex(other) if isinstance(other, np.generic) else other
        made = function(other, complex(self)) if swapped else function(complex(self), other)
        return ComplexInteger(made) if isinstance(other, (int, ComplexInteger)) else made

    def __neg__(self) -> ComplexInteger:
        return ComplexInteger(-complex(self))

    def __pow__(self, n: Any, modulo: Any = None) -> Any:
        if not (isinstance(n, int) and n >= 0):
            return complex(self) ** n
        made: Any = ComplexInteger(1, 0)
        for _ in range(n):
            made = made * self
        return made

    def conjugate(self) -> ComplexInteger:
        return ComplexInteger(complex(self).conjugate())


class Imaginary(ComplexInteger):
    """``im`` itself, which prints as its name."""

    __slots__ = ()


def _operators(name: str) -> tuple[Callable, Callable]:
    function = getattr(operator, name)
    return (
        lambda self, other: self._with(other, function),
        lambda self, other: self._with(other, function, True),
    )


for _name in ("add", "sub", "mul"):
    for _prefix, _method in zip(("", "r"), _operators(_name), strict=True):
        setattr(ComplexInteger, f"__{_prefix}{_name}__", _method)


class ComplexIntegers(np.ndarray):
    """An array of complex numbers with whole parts: sums and products of whole numbers stay so.

    >>> z = np.array([1 + 2j]).view(ComplexIntegers)
    >>> type(z * 2).__name__, type(z * 0.5).__name__, z[0], z.real
    ('ComplexIntegers', 'ndarray', (1+2j), array([1]))
    """

    _KEEPING = (np.add, np.subtract, np.multiply, np.negative, np.conjugate, np.matmul)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        whole = all(isinstance(x, (ComplexIntegers, int)) or _is_whole(x) for x in inputs)
        plain = [x.view(np.ndarray) if isinstance(x, ComplexIntegers) else x for x in inputs]
        made = getattr(ufunc, method)(*plain, **options)
        if not (whole and ufunc in self._KEEPING):
            return made
        return made.view(ComplexIntegers) if isinstance(made, np.ndarray) else ComplexInteger(made)

    def __getitem__(self, index: Any) -> Any:
        found = self.view(np.ndarray)[index]
        return found.view(ComplexIntegers) if isinstance(found, np.ndarray) else ComplexInteger(found)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    @property  # type: ignore[misc]
    def real(self) -> Any:  # type: ignore[override]
        return self.view(np.ndarray).real.astype(int)

    @property  # type: ignore[misc]
    def imag(self) -> Any:  # type: ignore[override]
        return self.view(np.ndarray).imag.astype(int)


def _is_whole(x: Any) -> bool:
    return getattr(getattr(x, "dtype", None), "kind", "") in ("b", "i", "u")


def complex_of(re: Any, im: Any = 0) -> Any:
    """``complex(re, im)``."""
    whole = all(isinstance(v, (int, np.integer, ComplexInteger)) for v in (re, im))
    return ComplexInteger(re, im) if whole else complex(re, im)


def complex_array(values: list) -> Any:
    """A vector of complex numbers; of such with whole parts if all have them."""
    made = np.array([complex(v) for v in values])
    return made.view(ComplexIntegers) if all(isinstance(v, (int, ComplexInteger)) for v in values) else made
