"""Arrays of other libraries: what is one, and how the engine works with it.

A family is the arrays of one library. They follow NumPy's protocols (``__array_ufunc__`` and
``__array_function__``), so a primitive that calls NumPy's functions runs in the library by itself. What does
not go by itself stands here: how arrays like another are made, when a value is needed, how primitives are
computed whose code is made for ndarray. NumPy's own arrays are of no family.

>>> family_of(np.zeros(2)) is None
True
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .holders import once_a_class
from .tracing import Spec, Tracer, plain

#: Primitives by name -> how their value is computed by NumPy's functions alone.
FORMULAS: dict[str, Callable[..., Any]] = {
    "sum": lambda x, axis=None, where=True, **options: np.sum(
        x if where is True else np.where(where, x, 0), axis=axis, **options
    ),
    "reshape": lambda x, shape, order="C", copy=None: reshaped(x, shape, order),
    "max": np.max,
    "min": np.min,
    "astype": lambda x, dtype=None: x.astype(dtype),
    "ldexp": np.ldexp,
}
#: Primitives by name -> reverse rules, one an input, that take arrays of any family, and the family first.
RULES: dict[str, Sequence[Callable[..., Any] | None]] = {}


def reshaped(x: Any, shape: Any, order: str = "C") -> Any:
    """np.reshape for libraries that know one order only, and shapes that are tuples."""
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    return np.reshape(x, shape) if order != "F" else np.transpose(np.reshape(np.transpose(x), shape[::-1]))


class FamilySpec(Spec):
    """Shape and dtype of an array of another library, with what is needed to make another like it."""

    family: Family
    like: Any


class Family:
    """The arrays of one library, which are computed at once and may be changed in place, as CuPy's are."""

    lazy = False

    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return f"<family {self.name}>"

    # -- arrays ---------------------------------------------------------------------------------

    def is_leaf(self, x: Any) -> bool:
        """Has this array a gradient?"""
        return np.dtype(x.dtype).kind in "iufc"

    def own(self, x: Any) -> Any:
        """`x` as it is now, whatever is done to it later."""
        return x.copy()

    def spec(self, x: Any) -> FamilySpec:
        dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
        made = tuple.__new__(FamilySpec, (tuple(x.shape), dtype))
        made.family, made.like = self, self.like(x)
        return made

    def spec_of(self, spec: Spec, x: Any) -> FamilySpec:
        """The spec of an array of the library where `x` is, in the place of one of NumPy's."""
        made = tuple.__new__(FamilySpec, spec)
        made.family, made.like = self, self.like(x)
        return made

    def like(self, x: Any) -> Any:
        """What :meth:`full` needs to know of `x`; not its elements."""
        return np.empty_like(x, shape=(0,))

    def full(self, spec: FamilySpec, value: Any) -> Any:
        """An array like that of `spec` with one number everywhere."""
        return np.full_like(spec.like, value, dtype=spec.dtype, shape=spec.shape)

    def spread(self, ct: Any, spec: FamilySpec) -> Any:
        """`ct`, an array that broadcasts to the shape of `spec`, in that shape."""
        return np.broadcast_to(ct, spec.shape)

    def fitted(self, ct: Any, spec: FamilySpec) -> Any:
        """A cotangent of the right shape and type as an array of the library."""
        return np.asarray(ct, like=spec.like) if family_of(ct) is None else ct

    def scattered(self, parts: Sequence[Any], indices: Sequence[Any], spec: FamilySpec) -> Any:
        """Zeros with every part added at its index."""
        out = self.full(spec, 0)
        for index, part in zip(indices, parts, strict=True):
            if _names_once(index):
                out[index] = out[index] + part
            else:
                np.add.at(out, index, part)
        return out

    def positions(self, x: Any, axis: int) -> Any:
        """The position of every element of `x` along an axis."""
        return np.cumsum(np.ones_like(x, dtype=np.intp), axis=axis) - 1

    def number(self, ct: Any, kind: Any) -> Any:
        """The cotangent of a Python number."""
        return kind(ct)

    def finished(self, ct: Any) -> Any:
        """A gradient that belongs to nobody else."""
        return ct.copy()

    # -- values ---------------------------------------------------------------------------------

    def computed(self, xs: Sequence[Any]) -> Sequence[Any]:
        """The values of several lazy arrays."""
        return xs

    def value(self, x: Any) -> Any:
        """What a branch looks at."""
        return x

    def check(self, function: Any) -> None:
        """Raise for a function of NumPy, written with others, that does not work on these arrays."""

    def check_constant(self, function: Any) -> None:
        """Raise for a function of NumPy without derivative that the library does not have."""

    def answer(self, outcome: Any, comparison: Callable[..., Any], operands: Sequence[Any]) -> Any:
        """The outcome of a comparison, as the function gets it."""
        return outcome

    # -- primitives -----------------------------------------------------------------------------

    def compute(self, primitive: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
        """The value of a primitive."""
        return formula_of(primitive)(*values, **options)

    def pull(self, primitive: Any, k: int, ct: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
        """The cotangent of input k."""
        special = RULES.get(primitive.name)
        if special is not None and (type(values[1 + k]) is FamilySpec or family_of(values[1 + k]) is self):
            return special[k](self, ct, *values, **options)  # type: ignore[misc]
        return primitive.vjps[k](ct, *values, **options)


def formula_of(primitive: Any) -> Callable[..., Any]:
    """What computes a primitive with NumPy's functions; its own code where there is nothing else."""
    return FORMULAS.get(primitive.original.name, primitive.compute)


def _names_once(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(map(_names_once, index))
    return index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice))


# -- which class is of which family ----------------------------------------------------------------------

#: Where a family is described in a file of its own, which imports the library: module of the class -> file.
_FILES = {"dask.array": "daskarrays"}
_registered: dict[type, Family] = {}


def register_family(kind: type, family: Family | None = None) -> Family:
    """Let arrays of class `kind` be arguments and constants of differentiated functions.

    Classes that have NumPy's two protocols, a shape and a dtype are known without it; `family` is for those
    that need another :class:`Family` than they get. Returns the family. Raises TypeError for a class without
    the protocols, and for NumPy's own.

    >>> register_family(np.ndarray)
    Traceback (most recent call last):
    TypeError: numpy.ndarray is NumPy's own, and of no family
    """
    name = f"{kind.__module__}.{kind.__qualname__}"
    if issubclass(kind, (np.ndarray, np.generic)):
        raise TypeError(f"{name} is NumPy's own, and of no family")
    if not _follows(kind):
        raise TypeError(
            f"{name} does not follow NumPy's protocols: define __array_ufunc__ and __array_function__, shape "
            "and dtype"
        )
    _registered[kind] = family = family or Family(name)
    _family.cache_clear()  # type: ignore[attr-defined]
    return family


def _follows(kind: type) -> bool:
    protocols = all(getattr(kind, p, None) is not None for p in ("__array_ufunc__", "__array_function__"))
    return protocols and hasattr(kind, "shape") and hasattr(kind, "dtype")


@once_a_class
def _family(kind: type) -> Family | None:
    for base in kind.__mro__:
        if base in _registered:
            return _registered[base]
    if issubclass(kind, (Tracer, np.ndarray, np.generic)) or not _follows(kind):
        return None
    for base in kind.__mro__:
        module = ".".join(base.__module__.split(".")[:2])
        if base.__name__ == "Array" and module in _FILES:
            return importlib.import_module(f"{__package__}.{_FILES[module]}").FAMILY
    package = kind.__module__.partition(".")[0]
    return None if package == "fluxbridge" else Family("CuPy" if package == "cupy" else package)


#: What is met most often, and is of no family.
_NONE = {
    float, int, complex, bool, str, tuple, list, type(None), slice, np.ndarray, np.float64, np.bool_, Spec,
}  # fmt: skip


def family_of(x: Any) -> Family | None:
    """The family of an array, or None."""
    kind = type(x)
    return None if kind in _NONE else _family(kind)


def family_among(values: Iterable[Any]) -> Family | None:
    """The family that computes with these: one whose arrays are lazy before others."""
    found = None
    for x in values:
        family = family_of(x)
        if family is not None and (found is None or family.lazy):
            found = family
    return found


def meet() -> None:
    """Load the descriptions of the libraries that the program has loaded.

    Called before a function runs, as Dask meets traced values before a family is asked for.
    """
    for library, file in _FILES.items():
        if library in sys.modules and f"{__package__}.{file}" not in sys.modules:
            importlib.import_module(f"{__package__}.{file}")


def computed(primitive: Any, values: Sequence[Any], options: dict[str, Any]) -> Any:
    """The value of a primitive, by the family of its inputs if they have one."""
    family = family_among(values)
    if family is None:
        return primitive.compute(*values, **options)
    return family.compute(primitive, values, options)


def is_real(value: Any) -> bool:
    """Are these numbers, of whatever library, real?"""
    return np.isrealobj(value) if family_of(value) is None else value.dtype.kind != "c"


def known(x: Any) -> Any:
    """The plain value behind `x`, for a branch: computed, where it is lazy."""
    value = plain(x)
    family = family_of(value)
    return value if family is None else family.value(value)
