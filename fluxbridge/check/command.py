"""The commands ``fluxbridge check`` and ``fluxbridge gradient``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import api
from ..adtypes import AutoZygote
from ..errors import FluxbridgeError
from .cross import cross_check

GOOD, MISMATCH, WRONG_CALL, NOTHING = 0, 1, 2, 3


def check(options: argparse.Namespace) -> int:
    """Print the report; 0 if all agree, 1 if not, 2 for a wrong call, 3 if nothing was compared."""
    try:
        f = locate(options.function)
        xs = arguments([options.args] if options.args else [])
        tolerances = {"rtol": options.rtol, "atol": options.atol}
        report = cross_check(f, *xs, engines=options.engine, of=options.of, **tolerances)
    except (WrongCall, FluxbridgeError, TypeError, ValueError) as error:
        return _refused(error)
    print(report.to_json() if options.json else report)
    return MISMATCH if not report else GOOD if report.compared else NOTHING


def gradient(options: argparse.Namespace) -> int:
    """Print the gradient of a Python expression, or of Julia source, at a point."""
    try:
        xs = arguments(options.points)
        if "->" in options.function and "lambda" not in options.function:
            value, grads = api.withgradient(options.function, AutoZygote(), *xs)
        else:
            value, grads = api.withgradient(evaluate(options.function), *xs)
    except (WrongCall, FluxbridgeError, TypeError, ValueError) as error:
        return _refused(error)
    if options.value:
        print(f"(val={value!r}, grad={grads!r})")
    else:
        print(grads)
    return GOOD


class WrongCall(Exception):
    """The command line names no function, or an argument is no expression."""


def _refused(error: Exception) -> int:
    print(f"fluxbridge: {error}", file=sys.stderr)
    return WRONG_CALL


def evaluate(text: str) -> Any:
    """The value of a Python expression, with NumPy as np."""
    try:
        return eval(text, {"np": np, "numpy": np})  # the command line is Python
    except Exception as error:
        raise WrongCall(f"{text!r} is not a Python expression that can be evaluated: {error}") from error


def arguments(texts: Sequence[str]) -> tuple[Any, ...]:
    """The values of the arguments on the command line, lists of numbers as arrays.

    >>> arguments(["3", "[1.0, 2.0], {'a': 1}"])
    (3, array([1., 2.]), {'a': 1})
    """
    values: list[Any] = []
    for text in texts:
        value = evaluate(f"({text},)")
        values += [np.array(v) if isinstance(v, list) else v for v in value]
    return tuple(values)


def locate(name: str) -> Callable[..., Any]:
    """The function that ``module:function`` names; modules of the current folder are found."""
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise WrongCall(f"{name!r} does not name a function; write module:function, for example mymodel:loss")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        target: Any = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
    except (ImportError, AttributeError) as error:
        raise WrongCall(f"{name!r} was not found: {error}") from error
    if not callable(target):
        raise WrongCall(f"{name!r} is not a function but {type(target).__name__}")
    return target
