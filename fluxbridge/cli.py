"""The command line: ``fluxbridge tutorial``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from . import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; the result is the exit status."""
    parser = argparse.ArgumentParser(
        prog="fluxbridge", description="The gradient function of Julia's Flux, for Python."
    )
    parser.add_argument("--version", action="version", version=f"fluxbridge {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    tutorial = commands.add_parser(
        "tutorial", help="run the tutorial 'gradient in Flux' and compare with what Flux printed"
    )
    tutorial.set_defaults(run=_tutorial)
    options = parser.parse_args(arguments)
    return options.run(options)


def _tutorial(options: argparse.Namespace) -> int:
    from . import tutorial

    return 0 if tutorial.show() else 1
