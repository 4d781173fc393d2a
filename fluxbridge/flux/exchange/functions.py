"""Functions in models, by the names that they have in Julia: the tables for the exchange of models.

In Julia ``tanh(x)`` of an array is another thing than ``tanh.(x)``; here functions go by elements. So a
function has a name for each of its two places: as an activation, which a layer applies by elements, and
anywhere else, where it gets whole arrays.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import nnlib
from ..layers.normalise import broadcast
from ..layers.shapes import abs2, flatten, hcat, identity, normalise, vcat

#: Julia's functions of numbers.
OF_NUMBERS: dict[str, Callable[..., Any]] = {
    "identity": identity, "tanh": np.tanh, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "cbrt": np.cbrt, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh,
    "cosh": np.cosh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "abs": np.abs,
    "abs2": abs2, "sign": np.sign, "inv": np.reciprocal, "real": np.real, "conj": np.conjugate,
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "max": np.maximum,
    "min": np.minimum, "^": np.power,
}  # fmt: skip

#: Julia's functions of whole arrays.
OF_ARRAYS: dict[str, Callable[..., Any]] = {
    "identity": identity, "flatten": flatten, "normalise": normalise, "softmax": nnlib.softmax,
    "logsoftmax": nnlib.logsoftmax, "logsumexp": nnlib.logsumexp, "vcat": vcat, "hcat": hcat,
    "tuple": tuple, "+": operator.add, "-": operator.sub, "*": operator.matmul, "sum": np.sum,
    "maximum": np.max, "minimum": np.min, "mean": np.mean, "broadcast": broadcast,
    "batched_mul": nnlib.batched_mul, "batched_transpose": nnlib.batched_transpose,
    "batched_adjoint": nnlib.batched_adjoint, "batched_vec": nnlib.batched_vec,
}  # fmt: skip

#: NNlib's activations take numbers and arrays alike.
ACTIVATIONS: dict[str, Callable[..., Any]] = {
    **{f.__name__: f for f in nnlib.ACTIVATIONS},
    **{name: getattr(nnlib, name) for name in ("σ", "hardσ", "logσ")},
}

#: Other functions of Python with the same meaning.
_ALSO: dict[Any, tuple[str, str]] = {
    operator.mul: ("elementwise", "*"), operator.truediv: ("elementwise", "/"), abs: ("elementwise", "abs"),
    np.square: ("elementwise", "abs2"), np.matmul: ("function", "*"), sum: ("function", "sum"),
    max: ("function", "maximum"), min: ("function", "minimum"),
}  # fmt: skip


def _outward(activation: bool) -> dict[Any, tuple[str, str]]:
    found: dict[Any, tuple[str, str]] = dict(_ALSO)
    kind = "function" if activation else "elementwise"
    found.update({f: (kind, name) for name, f in OF_NUMBERS.items()})
    if activation:
        found.update({f: ("function", name) for f, (kind, name) in _ALSO.items() if kind == "elementwise"})
        found = {f: node for f, node in found.items() if node[1] in OF_NUMBERS}
    else:
        found.update({f: ("function", name) for name, f in OF_ARRAYS.items()})
    found.update({f: ("function", name) for name, f in ACTIVATIONS.items()})
    return found


_TO_JULIA = {activation: _outward(activation) for activation in (False, True)}


def to_name(f: Any, activation: bool) -> tuple[str, str] | None:
    """The node of a function, ("function", name) or ("elementwise", name); None for one without a name.

    >>> to_name(np.tanh, True), to_name(np.tanh, False)
    (('function', 'tanh'), ('elementwise', 'tanh'))
    """
    try:
        return _TO_JULIA[activation].get(f)
    except TypeError:
        return None


def from_name(kind: str, name: str, activation: bool) -> Any:
    """The function of a node; None if there is none.

    >>> from_name("elementwise", "tanh", False), from_name("function", "vcat", False).__name__
    (<ufunc 'tanh'>, 'vcat')
    """
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    numbers = activation or kind == "elementwise"
    return (OF_NUMBERS if numbers else OF_ARRAYS).get(name)
