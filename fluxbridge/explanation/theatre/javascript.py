"""How each primitive is written in JavaScript: one line a primitive, by its name.

A line of ``ELEMENTWISE`` is the value of one element and the derivative by each input, in the words ``x`` (or
``a`` and ``b``), ``y``, the value, and those of page/words.js; a line of ``GROUPS`` is an expression of
page/operations.js, and the axis that is meant if none is given. What is linear, or bilinear, needs no line:
it is written as its coefficients. A primitive that is neither has no counterpart, and a page that needs it
says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...autodiff.primitive import PRIMITIVES
from ...nonsmooth.table import kinks_of

ELEMENTWISE: dict[str, tuple[str, ...]] = {
    # -- activations --------------------------------------------------------------------------------
    "celu": (
        "a > 0 ? a : b * expm1(a / b)",
        "a > 0 ? 1 : exp(a / b)",
        "a > 0 ? 0 : expm1(a / b) - a / b * exp(a / b)",
    ),
    "elu": ("a > 0 ? a : b * expm1(a)", "y >= 0 ? 1 : b * exp(a)", "a < 0 ? expm1(a) : 0"),
    "hardsigmoid": ("min(max((x + 3) / 6, 0), 1)", "y > 0 && y < 1 ? 1 / 6 : 0"),
    "hardswish": ("x * min(max((x + 3) / 6, 0), 1)", "x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5"),
    "hardtanh": ("min(max(x, -1), 1)", "y > -1 && y < 1 ? 1 : 0"),
    "leakyrelu": ("a > 0 ? a : a * b", "y > 0 ? 1 : b", "a <= 0 ? a : 0"),
    "lisht": ("x * tanh(x)", "tanh(x) + x * sech2(x)"),
    "logcosh": ("abs(x) + log1p(exp(-2 * abs(x))) - log(2)", "tanh(x)"),
    "logsigmoid": ("-softplus(-x)", "sigmoid(-x)"),
    "mish": ("x * tanh(softplus(x))", "tanh(softplus(x)) + x * sech2(softplus(x)) * sigmoid(x)"),
    "relu": ("max(x, 0)", "y > 0 ? 1 : 0"),
    "relu6": ("min(max(x, 0), 6)", "y > 0 && y < 6 ? 1 : 0"),
    "selu": (
        "x > 0 ? 1.0507009873554805 * x : 1.7580993408473766 * expm1(x)",
        "y > 0 ? 1.0507009873554805 : 1.7580993408473766 * exp(x)",
    ),
    "sigmoid": ("sigmoid(x)", "sigmoid(x) * sigmoid(-x)"),
    "softplus": ("softplus(x)", "sigmoid(x)"),
    "softsign": ("x / (1 + abs(x))", "1 / (1 + abs(x)) ** 2"),
    "swish": ("x * sigmoid(x)", "sigmoid(x) * (1 + x * sigmoid(-x))"),
    "tanh_fast": ("tanh(x)", "sech2(x)"),
    "tanhshrink": ("x - tanh(x)", "tanh(x) ** 2"),
    # -- arithmetic ---------------------------------------------------------------------------------
    "absolute": ("abs(x)", "sign(x)"),
    "add": ("a + b", "1", "1"),
    "arctan2": ("atan2(a, b)", "b / (a * a + b * b)", "-a / (a * a + b * b)"),
    "divide": ("a / b", "1 / b", "-y / b"),
    "fabs": ("abs(x)", "sign(x)"),
    "fmod": ("a % b", "1", "-trunc(a / b)"),
    "hypot": ("hypot(a, b)", "y === 0 ? 0 : a / y", "y === 0 ? 0 : b / y"),
    "literal_power": ("power(a, b)", "b === 0 ? 0 : b * power(a, b - 1)", "0"),
    "maximum": ("max(a, b)", "a > b ? 1 : 0", "a > b ? 0 : 1"),
    "minimum": ("min(a, b)", "a > b ? 0 : 1", "a > b ? 1 : 0"),
    "multiply": ("a * b", "b", "a"),
    "negative": ("-x", "-1"),
    "positive": ("x", "1"),
    "power": ("power(a, b)", "b === 0 ? 0 : b * power(a, b - 1)", "a === 0 && b !== 0 ? 0 : y * log(a)"),
    "reciprocal": ("1 / x", "-y * y"),
    "remainder": ("(a % b + b) % b", "1", "-floor(a / b)"),
    "sign": ("sign(x)", "0"),
    "square": ("x * x", "2 * x"),
    "subtract": ("a - b", "1", "-1"),
    # -- transcendental -----------------------------------------------------------------------------
    "arccos": ("acos(x)", "-1 / sqrt((1 - x) * (1 + x))"),
    "arccosh": ("acosh(x)", "1 / (sqrt(x - 1) * sqrt(x + 1))"),
    "arcsin": ("asin(x)", "1 / sqrt((1 - x) * (1 + x))"),
    "arcsinh": ("asinh(x)", "1 / hypot(1, x)"),
    "arctan": ("atan(x)", "1 / (1 + x * x)"),
    "arctanh": ("atanh(x)", "1 / ((1 - x) * (1 + x))"),
    "cbrt": ("cbrt(x)", "1 / (3 * y * y)"),
    "cos": ("cos(x)", "-sin(x)"),
    "cosh": ("cosh(x)", "sinh(x)"),
    "deg2rad": ("x * PI / 180", "PI / 180"),
    "degrees": ("x * 180 / PI", "180 / PI"),
    "exp": ("exp(x)", "y"),
    "exp2": ("2 ** x", "y * log(2)"),
    "expm1": ("expm1(x)", "exp(x)"),
    "log": ("log(x)", "1 / x"),
    "log10": ("log10(x)", "1 / (x * log(10))"),
    "log1p": ("log1p(x)", "1 / (1 + x)"),
    "log2": ("log2(x)", "1 / (x * log(2))"),
    "logaddexp": ("max(a, b) + log1p(exp(-abs(a - b)))", "sigmoid(a - b)", "sigmoid(b - a)"),
    "rad2deg": ("x * 180 / PI", "180 / PI"),
    "radians": ("x * PI / 180", "PI / 180"),
    "sech2": ("sech2(x)", "-2 * sech2(x) * tanh(x)"),
    "sin": ("sin(x)", "cos(x)"),
    "sinh": ("sinh(x)", "cosh(x)"),
    "sqrt": ("sqrt(x)", "1 / (2 * y)"),
    "tan": ("tan(x)", "1 + y * y"),
    "tanh": ("tanh(x)", "sech2(x)"),
}

#: Functions of some elements together: of all along an axis, or along the `axis` that has a default.
GROUPS: dict[str, tuple[str, Any]] = {
    "logsoftmax": ("along(logsoftmax, (d, y) => d.map((v, k) => v - exp(y[k]) * total(d)))", 0),
    "logsumexp": ("reduction(logsumexp, (xs) => softmax(xs))", 0),
    "max": ("reduction((xs) => max(...xs), (xs) => xs.map((_, k) => (k === argmax(xs) ? 1 : 0)))", None),
    "min": ("reduction((xs) => min(...xs), (xs) => xs.map((_, k) => (k === argmin(xs) ? 1 : 0)))", None),
    "norm2": ("reduction((xs) => hypot(...xs), (xs, y) => xs.map((x) => (y === 0 ? 0 : x / y)))", None),
    "prod": ("reduction((xs) => without(xs, -1), (xs) => xs.map((_, k) => without(xs, k)))", None),
    "softmax": ("along(softmax, (d, y) => y.map((v, k) => v * (d[k] - inner(d, y))))", 0),
    "var": ("reduction(variance, (xs) => center(xs).map((x) => (2 * x) / xs.length))", None),
}  # fmt: skip

#: Linear in the inputs that vary, beside those of which the registry says so.
LINEAR = {"sum", "where"}

#: Where a primitive has a kink: a question about its inputs, or about a group of elements, for each of those
#: that nonsmooth/table.py has, in the same order.
_LARGEST = "xs.filter((x) => near(x, {}(...xs))).length > 1"
_AT_ENDS = ("near(x, 1) || near(x, -1)",)
KINKS: dict[str, tuple[str, ...]] = {
    "absolute": ("near(x, 0)",), "fabs": ("near(x, 0)",), "sign": ("near(x, 0)",), "relu": ("near(x, 0)",),
    "selu": ("near(x, 0)",), "leakyrelu": ("near(a, 0)",), "elu": ("b !== 1 && near(a, 0)",),
    "hardsigmoid": ("near(x, -3)", "near(x, 3)"), "hardswish": ("near(x, -3)", "near(x, 3)"),
    "hardtanh": ("near(x, -1)", "near(x, 1)"), "relu6": ("near(x, 0)", "near(x, 6)"),
    "maximum": ("near(a, b)",), "minimum": ("near(a, b)",), "hypot": ("near(a, 0) && near(b, 0)",),
    "remainder": ("near(a / b, round(a / b))",),
    "fmod": ("round(a / b) !== 0 && near(a / b, round(a / b))",), "arctan2": ("b <= 0 && near(a, 0)",),
    "sqrt": ("near(x, 0)",), "cbrt": ("near(x, 0)",), "arcsin": _AT_ENDS, "arccos": _AT_ENDS,
    "arccosh": ("near(x, 1)",), "power": ("b < 1 && b !== 0 && near(a, 0)",),
    "literal_power": ("b < 1 && b !== 0 && near(a, 0)",),
    "max": (_LARGEST.format("max"),), "min": (_LARGEST.format("min"),),
    "norm2": ("xs.every((x) => near(x, 0))",),
}  # fmt: skip

#: Questions that a program asks, and their answers.
QUESTIONS = {
    "lt": "a < b", "less": "a < b", "le": "a <= b", "less_equal": "a <= b", "gt": "a > b", "greater": "a > b",
    "ge": "a >= b", "greater_equal": "a >= b", "eq": "a === b", "equal": "a === b", "ne": "a !== b",
    "not_equal": "a !== b", "bool": "x !== 0", "int": "trunc(x)", "floor": "floor(x)", "trunc": "trunc(x)",
    "sign": "sign(x)", "isnan": "Number.isNaN(x)", "isfinite": "Number.isFinite(x)",
}  # fmt: skip


def names_of(count: int) -> str:
    return "x" if count == 1 else "a, b"


def written(name: str) -> str | None:
    """The operation as an expression of page/operations.js, or None if the primitive has no line."""
    if name in ELEMENTWISE:
        value, *slopes = ELEMENTWISE[name]
        inputs = names_of(len(slopes))
        pulls = ", ".join(f"({inputs}, y) => {slope}" for slope in slopes)
        return f"elementwise(({inputs}) => {value}, [{pulls}])"
    return GROUPS[name][0] if name in GROUPS else {"linear": "linear", "bilinear": "bilinear"}.get(name)


def script(operations: Iterable[str], questions: Iterable[str]) -> str:
    """What a program needs: the tables ``OPERATIONS``, ``KINKS`` and ``QUESTIONS`` of the page."""
    operations = list(dict.fromkeys(operations))
    lines = ["const OPERATIONS = {"]
    lines += [f'  "{name}": {written(name)},' for name in operations]
    lines += ["};", "const KINKS = {"]
    for name in operations:
        if name in KINKS:
            inputs = "xs" if name in GROUPS else names_of(len(ELEMENTWISE[name]) - 1)
            pairs = zip(kinks_of(PRIMITIVES[name]), KINKS[name], strict=False)  # more are of complex numbers
            made = (f"[{json.dumps(kink.word)}, ({inputs}) => {tie}]" for kink, tie in pairs)
            lines.append(f'  "{name}": [{", ".join(made)}],')
    lines += ["};", "const QUESTIONS = {"]
    for name in dict.fromkeys(questions):
        inputs = "x" if re.search(r"\bx\b", QUESTIONS[name]) else "a, b"
        lines.append(f'  "{name}": ({inputs}) => {QUESTIONS[name]},')
    return "\n".join([*lines, "};"])


def groups_of(name: str, shape: tuple[int, ...], options: dict[str, Any]) -> list[list[int]]:
    """Which elements, counted in order, belong together."""
    axis = options.get("axis", GROUPS[name][1])
    index = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    if axis is None:
        return [index.ravel().tolist()]
    axes = tuple(np.atleast_1d(axis) % max(len(shape), 1))
    kept = [d for d in range(len(shape)) if d not in axes]
    size = int(np.prod([shape[d] for d in axes], dtype=int))
    return index.transpose(*kept, *axes).reshape(-1, size).tolist()


def coefficients(compute: Callable[..., Any], values: list[Any], place: int) -> list[list[float]]:
    """``[row, column, weight]`` of a function that is linear in the input at `place`."""
    found = []
    x = np.asarray(values[place], float)
    for k in range(x.size):
        unit = np.zeros(x.size)
        unit[k] = 1.0
        xs = [*values]
        xs[place] = unit.reshape(x.shape) if np.ndim(values[place]) else 1.0
        y = np.ravel(compute(*xs))
        found += [[int(row), k, y[row].item()] for row in np.flatnonzero(y)]
    return found
