"""The public operators: gradient, pullback, jacobian, hessian and their kin."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar, overload

import numpy as np

from .adtypes import ADType, AutoNative
from .autodiff.implicit import Grads, Params
from .autodiff.primitive import plain
from .autodiff.structure import take_apart
from .autodiff.template import Record
from .calling import checked, choice
from .errors import ArgumentError, StructureError

NATIVE = AutoNative()

Array: TypeAlias = np.ndarray[Any, Any]

# What type checkers know: the gradient by a number is a number or None, that by an array an array or None.
# Other arguments have gradients of their own structure, which Python's types cannot say.
X = TypeVar("X", float, complex, Array)
Y = TypeVar("Y", float, complex, Array)
Z = TypeVar("Z", float, complex, Array)
Value = TypeVar("Value")
Gradient = TypeVar("Gradient")
Function = TypeVar("Function", bound=Callable[..., Any])

if TYPE_CHECKING:

    class ValueAndGradient(tuple[Value, Gradient], Generic[Value, Gradient]):
        """The class below, with types (a NamedTuple is not generic before Python 3.11)."""

        def __new__(cls, val: Value, grad: Gradient) -> ValueAndGradient[Value, Gradient]: ...
        @property
        def val(self) -> Value: ...
        @property
        def grad(self) -> Gradient: ...

else:

    class ValueAndGradient(NamedTuple):
        """What :func:`withgradient` and :func:`withjacobian` return: a tuple, with names."""

        val: Any
        grad: Any

        def __repr__(self) -> str:
            return f"(val={self.val!r}, grad={self.grad!r})"


def _asked(
    name: str, f: Any, xs: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[ADType, tuple[Any, ...]]:
    """The AD type, if the first argument is one, and the rest. Raises ArgumentError for a wrong call."""
    engine: ADType = NATIVE
    if xs and isinstance(xs[0], ADType):
        engine, xs = xs[0], xs[1:]
    checked(name, f, xs, keywords, engine.takes_source)
    return engine, xs


def _one_argument(
    name: str, f: Any, xs: tuple[Any, ...], order: str, keywords: dict[str, Any]
) -> tuple[ADType, Any]:
    """The engine, and the one argument of an operator that takes no more."""
    engine, xs = _asked(name, f, xs, keywords)
    choice("order", order, ("C", "F"))
    if len(xs) == 1:
        return engine, xs[0]
    raise ArgumentError(
        f"{name} takes one number or one array after the function, but {len(xs)} were given. Put them "
        f"together: {name}(lambda p: f(p[0], p[1]), np.array([x, y])) for numbers x and y; of arrays, join "
        "them with np.concatenate and take them apart in the function."
    )


@overload
def gradient(f: Callable[[], Any], ps: Params, /) -> Grads: ...
@overload
def gradient(f: Callable[..., Any], x: X, /) -> tuple[X | None]: ...
@overload
def gradient(f: Callable[..., Any], engine: ADType, x: X, /) -> tuple[X | None]: ...
@overload
def gradient(f: Callable[..., Any], x: X, y: Y, /) -> tuple[X | None, Y | None]: ...
@overload
def gradient(f: Callable[..., Any], engine: ADType, x: X, y: Y, /) -> tuple[X | None, Y | None]: ...
@overload
def gradient(f: Callable[..., Any], x: X, y: Y, z: Z, /) -> tuple[X | None, Y | None, Z | None]: ...
@overload
def gradient(
    f: Callable[..., Any], engine: ADType, x: X, y: Y, z: Z, /
) -> tuple[X | None, Y | None, Z | None]: ...
@overload
def gradient(f: Callable[..., Any], /, *xs: Any) -> tuple[Any, ...]: ...
def gradient(f: Callable[..., Any], /, *xs: Any, **keywords: Any) -> Any:
    """The gradient of a function that returns a real number: a tuple, one entry an argument.

    An entry has the structure, shape and (floating) dtype of its argument; integers become floats.
    None means that the result does not depend on the argument. Tuples, lists, dicts, dataclasses,
    objects and closures are arguments too; objects come back as records of their fields.

    An AD type may stand before the arguments (``gradient(f, AutoFiniteDifferences(), x)``). With
    :class:`Params` as the only argument, f takes no arguments and the result is a :class:`Grads`
    (deprecated in Zygote; prefer explicit arguments).

    >>> import numpy as np
    >>> from fluxbridge import gradient
    >>> gradient(lambda x: 3 * x**2 + 2 * x + 1, 3)
    (20.0,)
    >>> gradient(lambda x, y: np.sum((x - y) ** 2), np.array([2.0, 1.0]), np.array([2.0, 0.0]))
    (array([0., 2.]), array([-0., -2.]))
    >>> gradient(lambda p: p["w"] * p["x"], {"w": 2.0, "x": 3.0, "name": "line"})
    ({'w': 3.0, 'x': 2.0},)

    Raises NotScalarError if f returns anything but one real number, MutationError if it changes an
    array in place, NoRuleError for functions that cannot be differentiated.
    """
    return _withgradient("gradient", f, xs, keywords)[1]


@overload
def withgradient(f: Callable[[], Value], ps: Params, /) -> ValueAndGradient[Value, Grads]: ...
@overload
def withgradient(f: Callable[..., Value], x: X, /) -> ValueAndGradient[Value, tuple[X | None]]: ...
@overload
def withgradient(
    f: Callable[..., Value], engine: ADType, x: X, /
) -> ValueAndGradient[Value, tuple[X | None]]: ...
@overload
def withgradient(
    f: Callable[..., Value], x: X, y: Y, /
) -> ValueAndGradient[Value, tuple[X | None, Y | None]]: ...
@overload
def withgradient(
    f: Callable[..., Value], engine: ADType, x: X, y: Y, /
) -> ValueAndGradient[Value, tuple[X | None, Y | None]]: ...
@overload
def withgradient(
    f: Callable[..., Value], x: X, y: Y, z: Z, /
) -> ValueAndGradient[Value, tuple[X | None, Y | None, Z | None]]: ...
@overload
def withgradient(
    f: Callable[..., Value], engine: ADType, x: X, y: Y, z: Z, /
) -> ValueAndGradient[Value, tuple[X | None, Y | None, Z | None]]: ...
@overload
def withgradient(f: Callable[..., Value], /, *xs: Any) -> ValueAndGradient[Value, tuple[Any, ...]]: ...
def withgradient(f: Callable[..., Any], /, *xs: Any, **keywords: Any) -> Any:
    """The value of f and its gradient, as ``(val=…, grad=…)``.

    f may return a tuple or a dict whose first entry is the number to differentiate; the others are
    handed through in `val`.

    >>> from fluxbridge import withgradient
    >>> withgradient(lambda x, y: x / y, 1, 2)
    (val=0.5, grad=(0.5, -0.25))
    >>> withgradient(lambda x: (x**2, "extra"), 3.0)
    (val=(9.0, 'extra'), grad=(6.0,))
    """
    return ValueAndGradient(*_withgradient("withgradient", f, xs, keywords))


def _withgradient(
    name: str, f: Callable[..., Any], xs: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[Any, Any]:
    engine, xs = _asked(name, f, xs, keywords)
    aux = name == "withgradient"
    if len(xs) == 1 and isinstance(xs[0], Params):
        value, grads = engine.implicit_withgradient(f, xs[0], aux)
        return value, Grads(xs[0], grads)
    return engine.withgradient(f, xs, aux)


@overload
def pullback(f: Callable[[], Value], ps: Params, /) -> tuple[Value, Callable[[Any], Grads]]: ...
@overload
def pullback(f: Callable[..., Value], x: X, /) -> tuple[Value, Callable[[Any], tuple[X | None]]]: ...
@overload
def pullback(f: Callable[..., Value], /, *xs: Any) -> tuple[Value, Callable[[Any], tuple[Any, ...]]]: ...
def pullback(f: Callable[..., Any], /, *xs: Any, **keywords: Any) -> Any:
    """The value of f, of any structure, and the function that pulls cotangents back.

    The latter takes a cotangent with the structure of the value (None where there is none) and
    returns a tuple with one entry an argument. It can be called repeatedly.

    >>> import numpy as np
    >>> from fluxbridge import pullback
    >>> y, back = pullback(lambda x: (x**2, np.sin(x)), 0.0)
    >>> y, back((1.0, None)), back((None, 1.0))
    ((0.0, 0.0), (0.0,), (1.0,))
    """
    engine, xs = _asked("pullback", f, xs, keywords)
    if len(xs) == 1 and isinstance(xs[0], Params):
        y, back = engine.implicit_pullback(f, xs[0])
        return y, lambda seed: Grads(xs[0], back(seed))
    return engine.pullback(f, xs)


@overload
def pushforward(f: Callable[..., Any], x: X, /) -> Callable[[X], Any]: ...
@overload
def pushforward(f: Callable[..., Any], /, *xs: Any) -> Callable[..., Any]: ...
def pushforward(f: Callable[..., Any], /, *xs: Any, **keywords: Any) -> Callable[..., Any]:
    """The function that takes tangents of the arguments to the tangent of the result.

    A tangent has the structure, and its parts the shapes, of its argument; None stands for no change. Each
    call runs f once, in forward mode. An AD type may stand before the arguments: AutoFiniteDifferences takes
    differences along the line, AutoZygote and other types with a pullback compute one of them for every
    element of the result, and Julia's other packages the Jacobian, for numbers and arrays only.

    Raises ArgumentError for another number of tangents than arguments, StructureError for a tangent that
    does not fit.

    >>> from fluxbridge import AutoFiniteDifferences, pushforward
    >>> pushforward(lambda x, y: x * y, 2.0, 3.0)(1.0, 10.0)
    23.0
    >>> round(pushforward(lambda x, y: x * y, AutoFiniteDifferences(), 2.0, 3.0)(1.0, 10.0), 9)
    23.0
    """
    engine, xs = _asked("pushforward", f, xs, keywords)

    def push(*dxs: Any) -> Any:
        if len(dxs) != len(xs):
            raise ArgumentError(f"one tangent an argument: {len(xs)} expected, {len(dxs)} given")
        return engine.pushforward(f, xs, dxs)[1]

    return push


@overload
def jacobian(f: Callable[..., Any], x: X, /, *, order: str = "C") -> tuple[Array | None]: ...
@overload
def jacobian(f: Callable[..., Any], /, *xs: Any, order: str = "C") -> tuple[Any, ...]: ...
def jacobian(f: Callable[..., Any], /, *xs: Any, order: str = "C", **keywords: Any) -> tuple[Any, ...]:
    """The Jacobian by every argument that is an array or a number; None for others.

    The matrix has one row for each element of the output and one column for each element of the
    argument; a number has a vector. Arrays are flattened in C order, as ``x.ravel()`` does, or in
    Julia's with ``order="F"``. Raises StructureError for complex output.

    >>> import numpy as np
    >>> from fluxbridge import jacobian
    >>> jacobian(lambda a, s: s * a**2, np.array([1.0, 2.0]), 3.0)
    (array([[ 6.,  0.],
           [ 0., 12.]]), array([1., 4.]))
    """
    return _withjacobian("jacobian", f, xs, order, keywords)[1]


@overload
def withjacobian(
    f: Callable[..., Value], x: X, /, *, order: str = "C"
) -> ValueAndGradient[Value, tuple[Array | None]]: ...
@overload
def withjacobian(
    f: Callable[..., Value], /, *xs: Any, order: str = "C"
) -> ValueAndGradient[Value, tuple[Any, ...]]: ...
def withjacobian(f: Callable[..., Any], /, *xs: Any, order: str = "C", **keywords: Any) -> Any:
    """The value of f and its :func:`jacobian`, as ``(val=…, grad=…)``."""
    return ValueAndGradient(*_withjacobian("withjacobian", f, xs, order, keywords))


def _withjacobian(
    name: str, f: Callable[..., Any], xs: tuple[Any, ...], order: str, keywords: dict[str, Any]
) -> tuple[Any, Any]:
    engine, xs = _asked(name, f, xs, keywords)
    choice("order", order, ("C", "F"))
    return engine.withjacobian(f, xs, order)


@overload
def hessian(f: Callable[..., Any], x: X, /, *, order: str = "C") -> X: ...
@overload
def hessian(f: Callable[..., Any], /, *x: Any, order: str = "C") -> Any: ...
def hessian(f: Callable[..., Any], /, *x: Any, order: str = "C", **keywords: Any) -> Any:
    """The matrix of second derivatives of f by one array, or the second derivative by one number.

    Forward mode over reverse mode. Rows and columns count the elements of `x` in C order, or in
    Julia's with ``order="F"``.

    >>> import numpy as np
    >>> from fluxbridge import hessian
    >>> hessian(lambda x: x[0] * x[1], np.array([5.0, 7.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    engine, x_ = _one_argument("hessian", f, x, order, keywords)
    return engine.hessian(f, x_, order)


@overload
def hessian_reverse(f: Callable[..., Any], x: X, /, *, order: str = "C") -> X: ...
@overload
def hessian_reverse(f: Callable[..., Any], /, *x: Any, order: str = "C") -> Any: ...
def hessian_reverse(f: Callable[..., Any], /, *x: Any, order: str = "C", **keywords: Any) -> Any:
    """:func:`hessian`, in reverse mode over reverse mode: the Jacobian of the gradient."""
    engine, x_ = _one_argument("hessian_reverse", f, x, order, keywords)
    return engine.hessian_reverse(f, x_, order)


@overload
def diaghessian(f: Callable[..., Any], x: X, /) -> tuple[X]: ...
@overload
def diaghessian(f: Callable[..., Any], /, *xs: Any) -> tuple[Any, ...]: ...
def diaghessian(f: Callable[..., Any], /, *xs: Any, **keywords: Any) -> tuple[Any, ...]:
    """The diagonal of the Hessian by every argument, in the shape of the argument.

    >>> import numpy as np
    >>> from fluxbridge import diaghessian
    >>> diaghessian(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
    (array([ 6., 12.]),)
    """
    engine, xs = _asked("diaghessian", f, xs, keywords)
    return engine.diaghessian(f, xs)


# ---------------------------------------------------------------------------------------------
# Small words of the tutorials
# ---------------------------------------------------------------------------------------------


def pipe(x: Any, *functions: Callable[[Any], Any]) -> Any:
    """``x |> f |> g`` of Julia.

    >>> from fluxbridge import pipe
    >>> pipe(-3, abs, str)
    '3'
    """
    for f in functions:
        x = f(x)
    return x


@dataclass(frozen=True, eq=False)
class ComposedFunction:
    """``outer ∘ inner``, with Julia's fields, so that a gradient has them as well."""

    outer: Callable[[Any], Any]
    inner: Callable[..., Any]

    def __call__(self, *xs: Any) -> Any:
        return self.outer(self.inner(*xs))


@overload
def compose(f: Function, /) -> Function: ...
@overload
def compose(
    f: Callable[..., Any], g: Callable[..., Any], /, *more: Callable[..., Any]
) -> ComposedFunction: ...
def compose(*functions: Callable[..., Any]) -> Callable[..., Any]:
    """``f ∘ g`` of Julia: the last function is applied first.

    The result has the fields ``outer`` and ``inner``; as in Julia, ``compose(f, g, h)`` is
    ``compose(compose(f, g), h)``.

    >>> from fluxbridge import compose
    >>> compose(str, abs)(-3)
    '3'
    >>> compose(str, abs, len).inner
    <built-in function len>
    """
    return functools.reduce(ComposedFunction, functions)


def fill_none(grad: Any, like: Any) -> Any:
    """`grad` with zeros in the shapes of `like` wherever it says None.

    >>> import numpy as np
    >>> from fluxbridge import fill_none
    >>> fill_none((None, {"a": 1.0}), (np.ones(2), {"a": 3.0, "b": 4.0}))
    (array([0., 0.]), {'a': 1.0, 'b': 0.0})

    Raises StructureError if a part of `grad` has another structure or shape than that of `like`.
    """
    leaves, template = take_apart(like)
    if template is None:
        return grad
    values: list[Any] = [_zero(v) for v in leaves]
    for index, value, path in template.match(grad, ""):
        if isinstance(value, (tuple, list, dict)) or np.shape(value) != np.shape(leaves[index]):
            raise StructureError(
                f"the gradient has {value!r} at {path or 'the top'}, where `like` has {leaves[index]!r}; "
                "give both with the same structure: fill_none(gradient(f, x), (x,))"
            )
        values[index] = value
    return template.fill(values)


def _zero(x: Any) -> Any:
    x = plain(x)
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, x.dtype if x.dtype.kind in "fc" else float)
    return 0.0 if isinstance(x, int) else type(x)(0)


# formatted by hand: several names a line
__all__ = [
    "Record", "ValueAndGradient", "compose", "diaghessian", "fill_none", "gradient", "hessian",
    "hessian_reverse", "jacobian", "pipe", "pullback", "pushforward", "withgradient", "withjacobian",
]  # fmt: skip
