"""The parts of a record: steps, the questions that were asked, and where in the code both were written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..autodiff.primitive import Primitive
from ..autodiff.tape import LEAF


class Call(NamedTuple):
    """One entry of the stack: the code that ran, its line, and the instruction inside of it."""

    code: Any
    line: int
    instruction: int
    owner: Any  #: the object whose method this is, None for a function


class Step:
    """One elementary step: ``value = primitive(*inputs, **options)``.

    An input that was computed, or is an argument, is the Step that it came from; any other input is
    a constant. For an argument `path` says where it stands among the arguments (``[0].weight``).
    `calls` is the stack from the function's own body inwards to the line of this step.
    """

    __slots__ = ("calls", "inputs", "options", "path", "position", "primitive", "value")

    def __init__(
        self,
        position: int,
        primitive: Primitive,
        inputs: tuple[Any, ...],
        options: dict[str, Any],
        value: Any,
        calls: tuple[Call, ...] = (),
        path: str = "",
    ):
        self.position = position
        self.primitive = primitive
        self.inputs = inputs
        self.options = options
        self.value = value
        self.calls = calls
        self.path = path

    @property
    def is_argument(self) -> bool:
        return self.primitive is LEAF

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the inputs."""
        return tuple([x.value if isinstance(x, Step) else x for x in self.inputs])

    def __repr__(self) -> str:
        inputs = [f"v{x.position}" if isinstance(x, Step) else repr(x) for x in self.inputs]
        return f"v{self.position} = {self.path or self.primitive.name}({', '.join(inputs)})"


class Choice(NamedTuple):
    """A question that the function asked about a traced value, and the answer.

    `function` is what was asked (``operator.lt``, ``np.greater``, ``bool``, ``int`` …), `inputs` are
    steps and constants, `at` is the number of steps before it. Where the `outcome` is an array that is an
    input or an option of a later step (a mask in ``np.where``), it is the same object there, unless the
    function wrote into it.
    """

    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    options: dict[str, Any]
    outcome: Any
    at: int
    calls: tuple[Call, ...]
