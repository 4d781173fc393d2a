"""The commands ``fluxbridge check`` and ``fluxbridge gradient``."""

from __future__ import annotations

import argparse

from .. import api
from ..adtypes import AutoZygote
from ..shell import GOOD, NO, NOTHING, WrongCall, arguments, function
from .cross import cross_check


def check(options: argparse.Namespace) -> int:
    """Print the report; 0 if all agree, 1 if not, 2 for a wrong call, 3 if nothing was compared."""
    xs = arguments(options.arguments)
    f = function(options.function, len(xs))
    report = cross_check(f, *xs, engines=options.engine, of=options.of, rtol=options.rtol, atol=options.atol)
    missing = [engine for engine in options.engine or () if engine in report.absent]
    if missing:
        raise WrongCall("; ".join(report.remarks_about(missing)))
    print(report.to_json() if options.json else report)
    return GOOD if report else NO if report.mismatches else NOTHING


def gradient(options: argparse.Namespace) -> int:
    """Print the gradient of a Python expression, or of Julia source, at a point."""
    xs = arguments(options.arguments)
    if "->" in options.function and "lambda" not in options.function:
        value, grads = api.withgradient(options.function, AutoZygote(), *xs)  # type: ignore[arg-type]
    else:
        value, grads = api.withgradient(function(options.function, len(xs)), *xs)
    print(f"(val={value!r}, grad={grads!r})" if options.value else grads)
    return GOOD
