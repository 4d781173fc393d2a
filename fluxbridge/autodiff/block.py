"""Many directions at once: a block of tangents, or of cotangents, carried through one run.

A :class:`Block` is a level whose stand-ins (:class:`Directions`) look like one tangent or cotangent and hold
one for each direction, along a leading axis. The rules of the primitives see the shape of a single one. An
elementwise operation carries the leading axis by broadcasting, others by a rule of :mod:`.blockrules`, and
what has none is computed direction by direction.

No rule may ask for the value of such a stand-in, as the answers may differ between the directions:
:class:`Undecided` ends the run then, and the caller takes the directions one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from .blockrules import RULES, aligned, per_direction
from .inplace import Memory
from .primitive import Kind, Primitive, apply
from .tape import ORDER
from .tracer import TracedArray

ELEMENTS = 1 << 20  #: the most elements of one array of a block: 8 MiB of doubles


class Undecided(BaseException):
    """A value was asked for that may differ between the directions, so they are taken one by one."""


class TooLarge(BaseException):
    """An array of the block has more than :data:`ELEMENTS` elements; `size` directions would have fewer."""

    def __init__(self, size: int):
        self.size = size


class Shape:
    """What is behind a stand-in for `plain`: shape and dtype, and no value."""

    __slots__ = ("block",)

    def __init__(self, block: Any):
        self.block = block

    @property
    def shape(self) -> tuple[int, ...]:
        return self.block.array.shape[1:]

    @property
    def dtype(self) -> np.dtype:
        return self.block.array.dtype

    @property
    def ndim(self) -> int:
        return self.block.array.ndim - 1

    @property
    def size(self) -> int:
        array = self.block.array
        return array.size // array.shape[0]

    def __len__(self) -> int:
        return len(np.empty(self.shape, bool))

    def __array_function__(self, function: Any, types: Any, args: tuple, options: dict) -> Any:
        if function in _OF_THE_TYPE:
            return function(*[_like(a) for a in args], **options)
        undecided(self)

    def __getattr__(self, name: str) -> NoReturn:
        undecided(self)


def _like(x: Any) -> Any:
    """An array of the same type without a value of its own."""
    return np.broadcast_to(np.zeros((), x.dtype), x.shape) if isinstance(x, Shape) else x


def undecided(x: Shape, *_: Any, **__: Any) -> NoReturn:
    x.block.level.undecided = True  # in case that the function under study catches everything
    raise Undecided


_OF_THE_TYPE = {
    np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.result_type, np.zeros_like, np.ones_like,
    np.empty_like,
}  # fmt: skip
for _name in (
    *("array", "array_ufunc", "bool", "float", "int", "complex", "index", "iter", "getitem", "contains"),
    *("abs", "neg", "pos", "invert", "eq", "ne", "lt", "le", "gt", "ge", "divmod", "rdivmod"),
    *(
        "add",
        "radd",
        "sub",
        "rsub",
        "mul",
        "rmul",
        "truediv",
        "rtruediv",
        "floordiv",
        "rfloordiv",
        "mod",
        "rmod",
    ),
    *("pow", "rpow", "matmul", "rmatmul", "and", "rand", "or", "ror", "xor", "rxor", "lshift", "rshift"),
):
    setattr(Shape, f"__{_name}__", undecided)


class Directions(TracedArray, metaclass=Kind):
    """Stands in for one tangent or cotangent; `array` has one for each direction along its first axis.

    `weak` says that it stands for Python's numbers, which adapt to the precision of arrays.
    """

    __slots__ = ("array", "weak")
    state = ("array", "weak")
    _value = property(Shape)  # type: ignore[assignment]
    array: Any
    weak: bool

    @property
    def _everywhere(self) -> Any:
        return self.array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape[1:]

    @property
    def ndim(self) -> int:
        return self.array.ndim - 1

    @property
    def dtype(self) -> np.dtype:
        return self.array.dtype

    @property
    def size(self) -> int:
        return self.array.size // self.array.shape[0]


class Block:
    """One level: `size` directions at once."""

    __slots__ = ("memory", "order", "refused", "size", "undecided")
    over = False
    watches = False
    foreign = False

    def __init__(self, size: int):
        self.order = next(ORDER)
        self.memory = Memory()
        self.refused: Any = None
        self.size = size
        self.undecided = False

    def wrap(self, array: Any, weak: bool = False) -> Any:
        """The stand-in for an array with the directions along its first axis."""
        if isinstance(array, tuple):
            return tuple([self.wrap(part) for part in array])
        if array.size > ELEMENTS and self.size > 1:
            raise TooLarge(max(1, self.size * ELEMENTS // array.size))
        made: Any = object.__new__(Directions)
        made.level, made.array, made.weak = self, array, weak
        return made

    def mine(self, x: Any) -> bool:
        return type(x) is Directions and x.level is self

    def record(self, primitive: Primitive, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        original = primitive.original
        if original.formulas:
            array, weak = aligned(self, inputs)
            if weak:
                with np.errstate(all="ignore"):  # Python's own numbers, of which the sweep takes care
                    return self.wrap(apply(primitive, array, options), True)
            return self.wrap(apply(primitive, array, options))
        rule = RULES.get(original.name)
        made = None if rule is None else rule(self, primitive, inputs, options)
        return self.wrap(per_direction(self, primitive, inputs, options) if made is None else made)

    def constant(self, value: Any, _like: Any) -> Any:
        """An array of this level that is the same in all directions."""
        return self.wrap(np.repeat(np.asarray(value)[None], self.size, axis=0))
