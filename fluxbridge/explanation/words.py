"""The names that a formula may use: NumPy's functions, primitives, and the helpers of rules that stand here.

A formula is text for people, and evaluates to what the rule gave. A helper's docstring says what it computes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..autodiff.elementwise import ARRAY_WORDS
from ..autodiff.forward import push
from ..autodiff.primitive import PRIMITIVES
from ..autodiff.rules.arithmetic import unit
from ..autodiff.rules.cumulative import sum_of_later
from ..autodiff.rules.decompositions import (
    _diagonal,
    _half_triangle,
    _inverse_gaps,
    from_triangle,
    onto_triangle,
)
from ..autodiff.rules.fft import _weights
from ..autodiff.rules.products import adjoint, column
from ..autodiff.rules.reductions import first_extremum


def transposed(x: Any) -> Any:
    """The transpose of a matrix, without conjugation."""
    return np.swapaxes(x, -1, -2)


def spread(dy: Any, axis: Any, shape: tuple[int, ...], keepdims: bool = False) -> Any:
    """`dy` repeated along the axes that a reduction folded."""
    if axis is not None and not keepdims and np.ndim(dy) < len(shape):
        axes = axis if isinstance(axis, tuple) else (axis,)
        dy = np.expand_dims(dy, tuple(a % len(shape) for a in axes))
    return np.broadcast_to(dy, shape)


def put(dy: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with `dy` added at `index`."""
    out = np.zeros(shape, np.result_type(dy, np.float32) if np.ndim(dy) else np.result_type(type(dy)))
    np.add.at(out, index, dy)
    return out


def inverse_adjoint(a: Any) -> Any:
    return adjoint(np.linalg.inv(a))


def each(x: Any) -> Any:
    """Numbers, one for each matrix of a stack, in the shape of the matrices."""
    return np.reshape(x, (*np.shape(x), 1, 1))


def first_max(x: Any, axis: Any = None) -> np.ndarray:
    """True at the largest element; of several at the first."""
    return first_extremum(x, axis, None, True, True)


def first_min(x: Any, axis: Any = None) -> np.ndarray:
    """True at the smallest element; of several at the first."""
    return first_extremum(x, axis, None, True, False)


def unsort(dy: Any, x: Any, axis: int) -> Any:
    """`dy`, which is in the order of the sorted x, in the order of x."""
    return np.take_along_axis(dy, np.argsort(np.argsort(x, axis, kind="stable"), axis), axis)


def hermitian(a: Any) -> Any:
    """The Hermitian matrix of which the upper triangle of `a` is half given: triu(a) + its adjoint."""
    return from_triangle(a, "U")


def half_lower(a: Any) -> Any:
    """The lower triangle with half the diagonal."""
    return a * _half_triangle(np.shape(a)[-1], "L")


def onto_lower(g: Any) -> Any:
    """The cotangent of a Hermitian matrix of which only the lower triangle is read."""
    return onto_triangle(g, "L")


def onto_upper(g: Any) -> Any:
    """The same in the upper triangle."""
    return onto_triangle(g, "U")


def partial(primitive: Any, k: int, y: Any, *values: Any) -> Any:
    """The partial derivative of an elementwise primitive by its input number k (from 0)."""
    return np.conjugate(primitive.vjps[k](1.0, y, *values))


def pullback(primitive: Any, k: int, dy: Any, known: list[Any], options: dict[str, Any]) -> Any:
    """What a primitive's own rule contributes to input number k."""
    if primitive.vjps is None:
        return primitive.joint(dy, *known, **options)[k]
    return primitive.vjps[k](dy, *known, **options)


def pushed(
    primitive: Any, _k: int, _dx: Any, y: Any, inputs: tuple[Any, ...], tangents: list, options: dict
) -> Any:
    """What the tangent of one input makes of a step, by the primitive's own rule."""
    return push(primitive, y, list(inputs), tangents, options)


def _of_scipy(name: str) -> Callable[..., Any]:
    """A function of scipy.special, imported when a formula that names it is evaluated: SciPy is optional."""

    def function(*args: Any, **options: Any) -> Any:
        from scipy import special

        return getattr(special, name)(*args, **options)

    return function


OWN: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        adjoint,
        column,
        each,
        first_max,
        first_min,
        half_lower,
        hermitian,
        inverse_adjoint,
        onto_lower,
        onto_upper,
        partial,
        pullback,
        pushed,
        put,
        spread,
        sum_of_later,
        transposed,
        unit,
        unsort,
    )
}
OWN |= {name: _of_scipy(name) for name in ("spherical_in", "spherical_jn", "spherical_kn", "spherical_yn")}
OWN |= {"diagonal_matrix": _diagonal, "half_weights": _weights, "inverse_gaps": _inverse_gaps}


def word(name: str) -> Any:
    """The function that a name in a formula stands for; raises NameError if there is none."""
    if name in OWN:
        return OWN[name]
    if name in ARRAY_WORDS:
        return ARRAY_WORDS[name]
    for place in (np, np.linalg, np.fft):
        if callable(getattr(place, name, None)):
            return getattr(place, name)
    if name in PRIMITIVES:
        return PRIMITIVES[name]
    raise NameError(f"a formula uses the unknown word {name!r}")


def evaluate(tree: ast.expr, symbols: Mapping[str, Any]) -> Any:
    """The value of an expression in these words and in symbols, which have a `value`."""
    code = compile(ast.fix_missing_locations(ast.Expression(tree)), "<formula>", "eval")
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    words = {name: word(name) for name in used if name not in symbols}
    with np.errstate(all="ignore"):
        # evaluated as text, so that the formula that is shown is the one that the tests check
        return eval(code, words, {k: s.value for k, s in symbols.items()})
