"""The command line: ``fluxbridge tutorial``, ``fluxbridge check`` and the others."""

from __future__ import annotations

import argparse
import sys
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
    check = commands.add_parser(
        "check",
        help="compare the gradient of a function with those of other engines",
        description="Asks the native engine, Zygote (where there is a Julia), finite differences and others.",
        epilog="Exit status: 0 if all agree, 1 if not, 2 for a wrong call.",
    )
    check.add_argument("function", help="module:function")
    check.add_argument("--args", default="", help="the arguments, as Python: '[1.0, 2.0], 3'")
    check.add_argument("--of", default="gradient", help="gradient, jacobian, hessian or second")
    check.add_argument("--engine", action="append", help="whom to ask beside the native engine (repeatable)")
    check.add_argument("--rtol", type=float, help="allowed relative difference")
    check.add_argument("--atol", type=float, help="allowed absolute difference")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    check.set_defaults(run=_check)
    gradient = commands.add_parser(
        "gradient",
        help="print the gradient of an expression: fluxbridge gradient 'lambda x: 3*x**2' 5",
        epilog="The function is Python ('lambda x: 3*x**2', NumPy is np) or, where there is a Julia, Julia "
        "source ('x -> 3x^2'). Exit status: 0, or 2 if there is no gradient.",
    )
    gradient.add_argument("function", help="a Python expression or Julia source")
    gradient.add_argument("points", nargs="+", help="the arguments, as Python; after -- if one is negative")
    gradient.add_argument("--value", action="store_true", help="print the value as well")
    gradient.set_defaults(run=_gradient)
    primitives = commands.add_parser(
        "primitives", help="print every primitive and what each reader knows of it, as Markdown"
    )
    primitives.set_defaults(run=_primitives)
    spellings = commands.add_parser(
        "spellings", help="print how each primitive is written in Julia, as Markdown"
    )
    spellings.set_defaults(run=_spellings)
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
        "--as",
        dest="form",
        default="text",
        choices=["text", "html", "markdown", "latex", "mermaid", "dot", "svg", "json"],
    )
    explain.set_defaults(run=_explain)
    port = commands.add_parser("port", add_help=False, help="translate a Flux tutorial in Julia to Python")
    port.set_defaults(run=_port)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["port"]:
        return _port(given[1:])
    options = parser.parse_args(given)
    return options.run(options)


def _port(arguments: Sequence[str]) -> int:
    """``fluxbridge port``, whose options stand beside it."""
    from .port import command

    options = command.parser().parse_args(arguments)
    return command.main(options)


def _tutorial(options: argparse.Namespace) -> int:
    from . import tutorial

    return 0 if tutorial.show(live=options.julia) else 1


def _doctor(options: argparse.Namespace) -> int:
    from .julia import doctor

    return doctor.run(options.start, options.json)


def _functions(options: argparse.Namespace) -> int:
    from .tables import functions

    print(functions.markdown(), end="")
    return 0


def _check(options: argparse.Namespace) -> int:
    from .check import command

    return command.check(options)


def _gradient(options: argparse.Namespace) -> int:
    from .check import command

    return command.gradient(options)


def _spellings(options: argparse.Namespace) -> int:
    from .tables import spellings

    print(spellings.markdown(), end="")
    return 0


def _primitives(options: argparse.Namespace) -> int:
    from .tables import primitives

    print(primitives.markdown(), end="")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from .explain.command import run

    return run(options)
