"""The command line: ``fluxbridge tutorial``, ``fluxbridge check`` and the others."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from . import __version__


class _Parser(argparse.ArgumentParser):
    """Its help keeps the lines of its last paragraph, which are examples."""

    def __init__(self, *args: Any, **options: Any):
        options["formatter_class"] = argparse.RawDescriptionHelpFormatter
        super().__init__(*args, **options)


_STATUS = "Exit status: 0, or 2 for a wrong call or a refusal."


def _epilog(status: str, *examples: str) -> str:
    return "\n".join([textwrap.fill(status, 79), "", "examples:", *(f"  {e}" for e in examples)])


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = _Parser(
        prog="fluxbridge",
        description="The gradient function of Julia's Flux, for Python.",
        epilog=_epilog(
            "Each command has its own --help. Exit status: 0; 1 if the answer is no (engines disagree, "
            "Julia cannot be used); 2 for a wrong call or a refusal; 3 if a check had nothing to compare.",
            "fluxbridge tutorial",
            "fluxbridge gradient 'lambda x: 3*x**2 + 2*x + 1' 5",
        ),
    )
    top.add_argument("--version", action="version", version=f"fluxbridge {__version__}")
    commands = top.add_subparsers(dest="command", required=True, parser_class=_Parser)

    tutorial = commands.add_parser(
        "tutorial",
        help="run the tutorial 'gradient in Flux' and compare with what Flux printed",
        description="Every gradient of the tutorial, computed here and printed beside what Flux answered.",
        epilog=_epilog(
            "Exit status: 0 if all agree, 1 if not, 2 if there is no Julia to ask.",
            "fluxbridge tutorial",
            "fluxbridge tutorial --julia",
        ),
    )
    tutorial.add_argument("--julia", action="store_true", help="ask the real Flux as well; starts Julia")
    tutorial.set_defaults(run=_tutorial)

    doctor = commands.add_parser(
        "doctor",
        help="say what there is of Julia, what is wrong with it, and the next step",
        description="Looks for Julia, its project and packages without starting or downloading anything.",
        epilog=_epilog(
            "Exit status: 0 if Julia can be used now, 1 if there are problems, 2 for a wrong call.",
            "fluxbridge doctor",
            "fluxbridge doctor --start",
        ),
    )
    doctor.add_argument("--start", action="store_true", help="start Julia (with downloads) and ask it")
    doctor.add_argument("--json", action="store_true", help="print the report as JSON")
    doctor.set_defaults(run=_doctor)

    check = commands.add_parser(
        "check",
        help="compare the gradient of a function with those of other engines",
        description="Asks the native engine, Zygote (where there is a Julia), finite differences and others.",
        epilog=_epilog(
            "Exit status: 0 if all agree, 1 if not, 2 for a wrong call, or if an engine that --engine names "
            "is absent, 3 if nothing could be compared.",
            "fluxbridge check mymodule:loss --args '[1.0, 2.0], 3.0'",
            "fluxbridge check numpy:linalg.det --args 'np.eye(2)' --engine 'finite differences'",
        ),
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
        description="The function is Python (np is NumPy) or, where there is a Julia, Julia source.",
        epilog=_epilog(
            _STATUS,
            "fluxbridge gradient 'lambda x, y: np.sum((x - y)**2)' '[2.0, 1.0]' '[2.0, 0.0]'",
            "fluxbridge gradient 'x -> 3x^2' --value -- -5",
        ),
    )
    gradient.add_argument("function", help="a Python expression or Julia source")
    gradient.add_argument("points", nargs="+", help="the arguments, as Python; after -- if one is negative")
    gradient.add_argument("--value", action="store_true", help="print the value as well")
    gradient.set_defaults(run=_gradient)

    explain = commands.add_parser(
        "explain",
        help="show the steps of a function's derivative",
        description="Every step of the function and of its derivative, as text or in another form.",
        epilog=_epilog(
            _STATUS,
            "fluxbridge explain 'lambda w, x: np.tanh(w @ x)' '[1.0, 2.0]' '[0.5, 0.5]' --as latex",
            "fluxbridge explain 'lambda x: abs(x) + np.maximum(x, 0)' 0.0 --open",
        ),
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
    explain.add_argument("--open", action="store_true", help="show the page with all steps in a browser")
    explain.add_argument(
        "--save", metavar="FILE", help="write a file: .html for the page, .svg, .png, .gif and others"
    )
    explain.set_defaults(run=_explain)

    for name, run, says in (
        ("functions", _functions, "print which functions of NumPy and SciPy are differentiated, and how"),
        ("primitives", _primitives, "print every primitive and what each reader knows of it"),
        ("spellings", _spellings, "print how each primitive is written in Julia"),
    ):
        table = commands.add_parser(
            name,
            help=f"{says}, as Markdown",
            description=f"Says it as Markdown: {says.removeprefix('print ')}.",
            epilog=_epilog(_STATUS, f"fluxbridge {name}", f"fluxbridge {name} | less"),
        )
        table.set_defaults(run=run)
    port = commands.add_parser("port", add_help=False, help="translate a Flux tutorial in Julia to Python")
    port.set_defaults(run=_port)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; the result is the exit status."""
    from .shell import guarded

    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["port"]:
        return guarded(_port, given[1:])
    options = parser().parse_args(given)
    return guarded(options.run, options)


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
    from .explanation.command import run

    return run(options)
