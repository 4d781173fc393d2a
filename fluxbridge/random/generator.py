"""The functions of Julia's standard library Random, as methods of generators."""

from __future__ import annotations

import copy
import math
import operator
from typing import Any, TypeVar

import numpy as np

from ..autodiff.drawing import drawing
from ..errors import StructureError
from . import choices, orders
from .kinds import FLOAT64, UINT64, Kind, is_type, kind_of, plain
from .words import Source
from .ziggurat import Ziggurat, exponential, normal

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SQRT_HALF = math.sqrt(0.5)

Self = TypeVar("Self", bound="Generator")


class Generator(Source):
    """The methods that all generators have.

    They have the names of Julia's functions, with `_` for `!`. What to draw comes first (a type or a
    collection, float by default), then the size; without a size the result is one number. Matrices are filled
    by columns, as in Julia. Positions count from 0. Generators with the same state are equal.

    >>> from fluxbridge.random import Xoshiro
    >>> Xoshiro(1) == Xoshiro(1), isinstance(Xoshiro(1), Generator)
    (True, True)
    """

    state: Any
    has_state = True  #: `state` can be read and set, see autodiff/drawing.py

    def __eq__(self, other: object) -> bool:
        return self.state == other.state if isinstance(other, type(self)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __fluxbridge_split__(self, _splitter: Any) -> tuple[Any, None]:
        """Within a gradient: the generator itself, which has none."""
        return self, None

    def __functor__(self) -> tuple[tuple, Any]:
        """Within a model: a leaf."""
        return (), lambda _: self

    def copy(self: Self) -> Self:
        """A generator with the same state.

        >>> from fluxbridge.random import Xoshiro
        >>> g = Xoshiro(0)
        >>> g.copy().rand() == g.rand()
        True
        """
        return copy.copy(self)

    # Uniform numbers and elements.

    @drawing
    def rand(self, *what_and_size: Any) -> Any:
        """``rand([what], [size…])``: a random number or element, or an array of them.

        `what` is a type (floats in [0, 1), integers of the whole range of the type), or a collection to draw
        elements of: a range, an array, a list, a tuple or a string. A tuple that comes first is a collection.
        Raises StructureError for a type that Julia has no random numbers of, an empty collection, or a size
        that is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> g = Xoshiro(0)
        >>> g.rand(), g.rand(range(10)), g.rand("abc"), g.rand(bool)
        (0.4056994708920292, 0, 'c', False)
        >>> g.rand(np.float32, 2, 2)
        array([[0.30745035, 0.3368824 ],
               [0.6616127 , 0.11632735]], dtype=float32)
        """
        what, shape = _parse(what_and_size)
        if shape is None:
            if is_type(what):
                return plain(what, self._number(kind_of(what)))
            return choices.choose(self, what)
        if is_type(what):
            values = self._fill(kind_of(what), math.prod(shape))
        else:
            values = choices.choose_many(self, what, math.prod(shape))
        return values.reshape(shape, order="F")

    def rand_(self, array: np.ndarray, what: Any = None) -> np.ndarray:
        """Fill an array, which is returned, with random numbers of its dtype, or with those of `what`.

        Raises StructureError as :meth:`rand`, or if `array` is no array.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).rand_(np.zeros(2))
        array([0.40569947, 0.06854582])
        """
        own = _own_kind(array)
        if what is None or is_type(what):
            kind = own if what is None else kind_of(what)
            draw = self._fill if kind.dtype == array.dtype else self._sequence
            return _put(array, draw(kind, array.size))
        return _put(array, choices.choose_many(self, what, array.size))

    @drawing
    def bitrand(self, *shape: Any) -> np.ndarray:
        """A bool array, drawn as the bits of a BitArray: other values than those of ``rand(bool, …)``.

        Raises StructureError for a size that is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).bitrand(6)
        array([ True,  True,  True,  True, False, False])
        """
        sizes = _shape(shape)
        n = math.prod(sizes)
        octets = self._fill(UINT64, -(-n // 64)).astype("<u8", copy=False).view(np.uint8)
        return np.unpackbits(octets, bitorder="little")[:n].astype(bool).reshape(sizes, order="F")

    # Normal and exponential numbers.

    @drawing
    def randn(self, *type_and_size: Any) -> Any:
        """``randn([type], [size…])``: standard normal numbers, of any floating-point or complex type.

        Raises StructureError for another type, or a size that is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randn()
        0.942970533446119
        >>> Xoshiro(0).randn(np.float32, 2)
        array([0.9429705 , 0.13392276], dtype=float32)
        """
        return self._distributed("randn", normal(), type_and_size)

    def randn_(self, array: np.ndarray) -> np.ndarray:
        """Fill an array, which is returned, with standard normal numbers.

        Raises StructureError as :meth:`randn`.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randn_(np.zeros(2))
        array([0.94297053, 0.13392276])
        """
        return _put(array, self._draws("randn", normal(), _own_kind(array), array.size))

    @drawing
    def randexp(self, *type_and_size: Any) -> Any:
        """``randexp([type], [size…])``: exponential numbers of mean 1, of any floating-point type.

        Raises StructureError for another type, or a size that is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randexp()
        1.008901299262057
        """
        return self._distributed("randexp", exponential(), type_and_size)

    def randexp_(self, array: np.ndarray) -> np.ndarray:
        """Fill an array, which is returned, with exponential numbers.

        Raises StructureError as :meth:`randexp`.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randexp_(np.zeros(1))
        array([1.0089013])
        """
        return _put(array, self._draws("randexp", exponential(), _own_kind(array), array.size))

    def _distributed(self, name: str, ziggurat: Ziggurat, type_and_size: tuple) -> Any:
        if type_and_size and not is_type(type_and_size[0]):
            type_and_size = (float, *type_and_size)  # also where a tuple comes first
        type_, shape = _parse(type_and_size)
        kind = kind_of(type_)
        if shape is not None:
            return self._draws(name, ziggurat, kind, math.prod(shape)).reshape(shape, order="F")
        if kind == FLOAT64:
            return plain(type_, self._by_ziggurat(ziggurat))
        value = self._draws(name, ziggurat, kind, 1)[0]
        return value.item() if isinstance(type_, type) and type_ is complex else value

    def _draws(self, name: str, ziggurat: Ziggurat, kind: Kind, n: int) -> np.ndarray:
        if kind == FLOAT64:
            return self._ziggurat_fill(ziggurat, n)
        if kind.family == "float":
            return self._ziggurat_sequence(ziggurat, n).astype(kind.dtype)
        if kind.family == "complex" and ziggurat.signed:
            parts = self._ziggurat_sequence(ziggurat, 2 * n).astype(f"f{kind.bits // 8}")
            parts *= parts.dtype.type(SQRT_HALF)
            return parts.view(kind.dtype)
        raise StructureError(f"{name} gives floating numbers; Julia has none of the type {kind}.")

    # Orders.

    def shuffle(self, items: Any) -> Any:
        """The same elements in a random order: a list of a list, an array of a range or array.

        All elements of a matrix are shuffled, not only its rows. Raises StructureError for other things.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).shuffle(range(1, 11))
        array([ 9,  4, 10,  8,  6,  2,  5,  3,  1,  7])
        >>> Xoshiro(0).shuffle(["a", "b", "c"])
        ['b', 'a', 'c']
        """
        if isinstance(items, list):
            return self.shuffle_(list(items))
        if isinstance(items, (range, np.ndarray)):
            flat = choices.as_vector(items).tolist() if isinstance(items, range) else None
            return self.shuffle_(np.array(items) if flat is None else np.array(flat, np.int64))
        raise StructureError(
            f"shuffle takes a list, a range or an array, not {items!r}; list(...) makes one of other things."
        )

    def shuffle_(self, items: Any) -> Any:
        """Shuffle a list or an array in place, and return it. Raises StructureError for other things.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).shuffle_(["a", "b", "c"])
        ['b', 'a', 'c']
        """
        if isinstance(items, list):
            orders.shuffle(self, items)
            return items
        _own_kind(items)
        order = list(range(items.size))
        orders.shuffle(self, order)
        return _put(items, items.ravel(order="F")[order])

    @drawing
    def randperm(self, n: Any) -> np.ndarray:
        """A random permutation of 0 … n - 1: Julia's, less 1. int64, or of the dtype of n.

        Raises StructureError if n is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randperm(10)
        array([9, 5, 7, 8, 0, 6, 4, 2, 1, 3])
        """
        return np.array(orders.permutation(self, _size(n)), _integer_type(n))

    def randperm_(self, array: np.ndarray) -> np.ndarray:
        """Fill a vector of integers, which is returned, with a random permutation.

        Raises StructureError for other things.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randperm_(np.zeros(10, int))
        array([9, 5, 7, 8, 0, 6, 4, 2, 1, 3])
        """
        return _put(array, np.array(orders.permutation(self, _positions(array)), np.int64))

    @drawing
    def randcycle(self, n: Any) -> np.ndarray:
        """A random cyclic permutation of 0 … n - 1: Julia's, less 1. int64, or of the dtype of n.

        Raises StructureError if n is no integer from 0.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randcycle(10)
        array([9, 7, 5, 8, 3, 1, 4, 6, 0, 2])
        """
        return np.array(orders.cycle(self, _size(n)), _integer_type(n))

    def randcycle_(self, array: np.ndarray) -> np.ndarray:
        """Fill a vector of integers, which is returned, with a random cyclic permutation.

        StructureError for other things.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randcycle_(np.zeros(10, int))
        array([9, 7, 5, 8, 3, 1, 4, 6, 0, 2])
        """
        return _put(array, np.array(orders.cycle(self, _positions(array)), np.int64))

    def randsubseq(self, items: Any, probability: Any) -> Any:
        """Each element with this probability, in the order of the items: a list of a list, else an array.

        Raises StructureError if the probability is not in [0, 1], or for other things than a list, a range or
        an array.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randsubseq(range(1, 31), 0.2)
        array([ 2,  4,  6,  7, 10, 18, 21, 24])
        """
        if isinstance(items, list):
            return [items[i] for i in orders.subsequence(self, len(items), probability)]
        if not isinstance(items, (range, np.ndarray)):
            raise StructureError(f"randsubseq takes a list, a range or an array, not {items!r}.")
        vector = choices.as_vector(items)
        return vector[np.array(orders.subsequence(self, len(vector), probability), np.int64)]

    def randsubseq_(self, target: list, items: Any, probability: Any) -> list:
        """:meth:`randsubseq` into a list, which is returned; its elements are replaced.

        Raises as :meth:`randsubseq`.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(0).randsubseq_([], range(1, 31), 0.2)
        [2, 4, 6, 7, 10, 18, 21, 24]
        """
        if not isinstance(target, list):
            raise StructureError(f"randsubseq_ writes into a list, not into {target!r}.")
        members = items if isinstance(items, list) else choices.as_vector(items).tolist()
        target[:] = self.randsubseq(members, probability)
        return target

    # Text.

    def randstring(self, *alphabet_and_length: Any) -> str:
        """``randstring([alphabet], [length])``: a string, by default of 8 letters and digits.

        Raises StructureError for an empty alphabet, a length that is no integer from 0, or more arguments.

        >>> from fluxbridge.random import Xoshiro
        >>> Xoshiro(42).randstring(12), Xoshiro(42).randstring("ACGT", 5)
        ('dRThfAcfSIed', 'GCCGG')
        """
        alphabet, length = ALPHANUMERIC, 8
        rest = list(alphabet_and_length)
        if rest and not _is_size(rest[0]):
            alphabet = rest.pop(0)
        if rest:
            length = _size(rest.pop(0))
        if rest:
            raise StructureError("randstring takes an alphabet and a length, and both may be left out.")
        return "".join(choices.choose_many(self, alphabet, length).tolist())


def _is_size(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, np.ndarray)


def _size(value: Any) -> int:
    if not _is_size(value):
        raise StructureError(f"A size is an integer; this is {value!r}.")
    size = operator.index(value)
    if size < 0:
        raise StructureError(f"A size is not negative; this is {size}.")
    return size


def _integer_type(n: Any) -> Any:
    return n.dtype if isinstance(n, np.integer) else np.int64


def _shape(sizes: tuple) -> tuple[int, ...]:
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    for size in sizes:
        if not _is_size(size):
            raise StructureError(f"A size is an integer; this is {size!r}.")
    return tuple(_size(size) for size in sizes)


def _parse(arguments: tuple) -> tuple[Any, tuple[int, ...] | None]:
    """What to draw, and the shape of the array, None for one number."""
    if not arguments:
        return float, None
    if _is_size(arguments[0]) and not is_type(arguments[0]):
        return float, _shape(arguments)
    what, *sizes = arguments
    return what, _shape(tuple(sizes)) if sizes else None


def _own_kind(array: Any) -> Kind:
    if not isinstance(array, np.ndarray):
        raise StructureError(f"Only an array can be filled in place, not {array!r}.")
    return kind_of(array.dtype)


def _positions(array: Any) -> int:
    """The size of a vector of integers, which is filled with positions."""
    if _own_kind(array).family not in ("int", "uint") or array.ndim != 1:
        raise StructureError(
            f"Positions fill a vector of integers, not one of {array.dtype} and shape {array.shape}."
        )
    return array.size


def _put(array: np.ndarray, values: np.ndarray) -> np.ndarray:
    array[...] = values.reshape(array.shape, order="F")
    return array
