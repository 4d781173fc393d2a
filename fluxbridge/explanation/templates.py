"""The templates of a primitive: of its operation and of its derivatives."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from typing import Any

import numpy as np

from ..autodiff.primitive import Primitive, entry
from ..recording import Step
from .shown import SHOWN
from .writing import is_complex

#: Operations that are written with an operator; all others are written as calls.
OPERATIONS = {
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b",
    "negative": "-x",
    "positive": "x",
    "power": "a ** b",
    "literal_power": "x ** p",
    "matmul": "a @ b",
    "dot": "a @ b",
    "getitem": "x[index]",
    "square": "x ** 2",
    "absolute": "absolute(x)",
    "sqrt": "sqrt(x)",
    "transpose": "transposed(x)",
    "inv": "inv(a)",
    "affine": "w @ x + b",
}


def input_names(primitive: Primitive, count: int) -> list[str]:
    """The names of the inputs in the rules of a primitive; those of a list are numbered from 0."""
    rules = [primitive.joint] if primitive.vjps is None else [r for r in primitive.vjps if r]
    names: list[str] = []
    if rules and rules[0] is not None:
        for parameter in list(_parameters(rules[0]).values())[2:]:
            if parameter.kind is parameter.VAR_POSITIONAL:
                names += [f"{parameter.name.lstrip('_')}{k}" for k in range(count - len(names))]
            elif len(names) < count:
                names.append(parameter.name.lstrip("_"))
    return names + [f"x{k}" for k in range(len(names), count)]


def defaults(primitive: Primitive) -> dict[str, Any]:
    """The options of a primitive that have default values."""
    rules = [primitive.joint] if primitive.vjps is None else [r for r in primitive.vjps if r]
    if not rules or rules[0] is None:
        return {}
    parameters = _parameters(rules[0])
    return {n: p.default for n, p in parameters.items() if p.default is not p.empty}


@cache
def _parameters(rule: Any) -> Any:
    return inspect.signature(rule).parameters


def slope_template(step: Step, k: int, cotangent: Any) -> str:
    """The template for input k: the local derivative, or with ``dy`` in it the whole contribution."""
    primitive = step.primitive
    formula = primitive.formulas[k] if primitive.formulas else None
    shown = entry(SHOWN, primitive)
    real = not is_complex((*step.values, step.value))
    if isinstance(formula, str) and (real or shown is None):
        return formula
    if callable(shown):
        template = shown(k, cotangent, step.value, *step.values, **step.options)
    else:
        template = shown[k] if shown is not None and k < len(shown) else None
    if template is None and is_elementwise(primitive, step):
        names = input_names(primitive, len(step.inputs))
        template = f"partial(primitive, {k}, y, {', '.join(names)})"
    return template or f"pullback(primitive, {k}, dy, known, options)"


def is_elementwise(primitive: Primitive, step: Step) -> bool:
    """A function of single elements, without options and with one result."""
    known = bool(primitive.formulas) or primitive.area == "special"
    return known and primitive.vjps is not None and not step.options and not isinstance(step.value, tuple)


#: Options that change how something is computed, and not the result.
QUIET = {"known", "optimize", "copy", "out", "subok"}


@cache
def inputs_of(template: str) -> list[str]:
    """The names in a template, in the order of the inputs."""
    names = {n.id for n in ast.walk(ast.parse(template)) if isinstance(n, ast.Name)}
    return [name for name in ("a", "w", "x", "b", "p") if name in names]


def same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and not isinstance(a, np.ndarray) and bool(a == b)
