"""``fluxbridge explain 'lambda x: 3*x**2' 5``."""

from __future__ import annotations

import argparse

from ..shell import GOOD, arguments, evaluate_function
from .explanation import explain, terminal_has_color


def run(options: argparse.Namespace) -> int:
    """Print the explanation, in the form that is asked for."""
    xs = arguments(options.arguments)
    explanation = explain(evaluate_function(options.function, len(xs)), *xs, forward=options.forward)
    if options.all:
        explanation = explanation.unfold()
    if options.form == "text":
        print(explanation.text(color=terminal_has_color()))
    else:
        print(getattr(explanation, options.form)())
    return GOOD
