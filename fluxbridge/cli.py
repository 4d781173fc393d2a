"""The command line: ``fluxbridge tutorial``, ``fluxbridge doctor``."""

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
    tutorial.add_argument("--julia", action="store_true", help="ask the real Flux as well; starts Julia")
    tutorial.set_defaults(run=_tutorial)
    doctor = commands.add_parser(
        "doctor",
        help="say what there is of Julia, what is wrong with it, and the next step",
        description="Looks for Julia, its project and packages without starting or downloading anything.",
        epilog="Exit status: 0 if Julia can be used now, 1 if there are problems, 2 for a wrong call.",
    )
    doctor.add_argument("--start", action="store_true", help="start Julia (with downloads) and ask it")
    doctor.add_argument("--json", action="store_true", help="print the report as JSON")
    doctor.set_defaults(run=_doctor)
    functions = commands.add_parser(
        "functions", help="print which functions of NumPy and SciPy are differentiated, and how, as Markdown"
    )
    functions.set_defaults(run=_functions)
    explain = commands.add_parser(
        "explain",
        help="show the steps of a function's derivative",
        description="Example: fluxbridge explain 'lambda x: 3*x**2' 5",
    )
    explain.add_argument("function", help="a Python expression for the function; np is NumPy")
    explain.add_argument("arguments", nargs="+", help="Python expressions for the arguments")
    explain.add_argument("--forward", action="store_true", help="dual numbers, for a function of one number")
    explain.add_argument("--all", action="store_true", help="fold nothing")
    explain.add_argument(
        "--as", dest="form", default="text",
        choices=["text", "html", "markdown", "latex", "mermaid", "dot", "svg", "json"],
    )  # fmt: skip
    explain.set_defaults(run=_explain)
    options = parser.parse_args(arguments)
    return options.run(options)


def _tutorial(options: argparse.Namespace) -> int:
    from . import tutorial

    return 0 if tutorial.show(live=options.julia) else 1


def _doctor(options: argparse.Namespace) -> int:
    from .julia import doctor

    return doctor.run(options.start, options.json)


def _functions(options: argparse.Namespace) -> int:
    from .autodiff import coverage

    print(coverage.markdown(), end="")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from .explain.command import run

    return run(options)
