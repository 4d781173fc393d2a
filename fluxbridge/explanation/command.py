"""``fluxbridge explain 'lambda x: 3*x**2' 5``."""

from __future__ import annotations

import argparse

from ..shell import GOOD, WrongCall, arguments, function
from .interface import explain, terminal_has_color
from .theatre.page import document
from .theatre.shown import open_in_browser


def run(options: argparse.Namespace) -> int:
    """Print the explanation in the form that is asked for, or write it to a file, or open it."""
    xs = arguments(options.arguments)
    explanation = explain(function(options.function, len(xs)), *xs, forward=options.forward)
    if options.all:
        explanation = explanation.unfold()
    if options.save:
        try:
            print(explanation.save(options.save))
        except (ValueError, OSError) as error:  # another ending, no folder, no library for it
            raise WrongCall(str(error)) from error
    if options.open:
        print(open_in_browser(document(explanation)))
    if options.save or options.open:
        return GOOD
    if options.form == "text":
        print(explanation.text(color=terminal_has_color()))
    else:
        print(getattr(explanation, options.form)())
    return GOOD
