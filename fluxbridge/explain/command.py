"""``fluxbridge explain 'lambda x: 3*x**2' 5``."""

from __future__ import annotations

import argparse
import linecache
import sys

import numpy as np

from ..errors import FluxbridgeError
from .explanation import explain, terminal_has_color


def run(options: argparse.Namespace) -> int:
    """Print the explanation; 1 if the function raises, 2 if an expression is invalid."""
    words: dict[str, object] = {"np": np}
    try:
        f, *xs = (_value(text, words) for text in (options.function, *options.arguments))
        if not callable(f):
            raise TypeError(f"{options.function!r} is no function")
    except Exception as error:
        print(f"fluxbridge explain: {error}", file=sys.stderr)
        return 2
    try:
        explanation = explain(f, *xs, forward=options.forward)
    except FluxbridgeError as error:
        print(f"fluxbridge explain: {error}", file=sys.stderr)
        return 1
    if options.all:
        explanation = explanation.unfold()
    if options.form == "text":
        print(explanation.text(color=terminal_has_color()))
    else:
        print(getattr(explanation, options.form)())
    return 0


def _value(text: str, words: dict[str, object]) -> object:
    """The value of an expression, whose text is entered in linecache, for the explanation to quote."""
    name = f"<{text}>"
    linecache.cache[name] = (len(text), None, [text + "\n"], name)
    return eval(compile(text, name, "eval"), words)  # the command line is Python
