"""The command line: ``fluxbridge tutorial``, ``fluxbridge check`` and the others."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from . import __version__
from .shell import Parser, guarded

_STATUS = "Exit status: 0, or 2 for a wrong call or a refusal."
_FUNCTION = "a Python expression, in which np is NumPy and math is known, or module:function"
_ARGUMENTS = "the arguments, as Python; after -- if an expression begins with a minus"


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = Parser(
        prog="fluxbridge",
        description="The gradient function of Julia's Flux, for Python.",
        status="Each command has its own --help. Exit status: 0; 1 if the answer is no (engines disagree, "
        "Julia cannot be used); 2 for a wrong call or a refusal; 3 if a check had nothing to compare.",
        examples=["fluxbridge tutorial", "fluxbridge gradient 'lambda x: 3*x**2 + 2*x + 1' 5"],
    )
    top.add_argument("--version", action="version", version=f"fluxbridge {__version__}")
    commands = top.add_subparsers(dest="command", required=True, parser_class=Parser, metavar="command")

    tutorial = commands.add_parser(
        "tutorial",
        help="run the tutorial 'gradient in Flux' and compare with what Flux printed",
        description="Every gradient of the tutorial, computed here and printed beside what Flux answered.",
        status="Exit status: 0 if all agree, 1 if not, 2 if there is no Julia to ask.",
        examples=["fluxbridge tutorial", "fluxbridge tutorial --julia"],
    )
    tutorial.add_argument("--julia", action="store_true", help="ask the real Flux as well; starts Julia")
    tutorial.set_defaults(run=_tutorial)

    doctor = commands.add_parser(
        "doctor",
        help="say what there is of Julia, what is wrong with it, and the next step",
        description="Looks for Julia, its project and packages without starting or downloading anything.",
        status="Exit status: 0 if Julia can be used now, 1 if there are problems, 2 for a wrong call.",
        examples=["fluxbridge doctor", "fluxbridge doctor --start"],
    )
    doctor.add_argument("--start", action="store_true", help="start Julia (with downloads) and ask it")
    doctor.add_argument("--json", action="store_true", help="print the report as JSON")
    doctor.set_defaults(run=_doctor)

    check = commands.add_parser(
        "check",
        help="compare the gradient of a function with those of other engines",
        description="Asks the native engine, Zygote (where there is a Julia), finite differences and others.",
        status="Exit status: 0 if all agree, 1 if not, 2 for a wrong call, or if an engine that --engine "
        "names is absent, 3 if nothing could be compared.",
        examples=[
            "fluxbridge check mymodule:loss '[1.0, 2.0]' 3.0",
            "fluxbridge check np.linalg.det 'np.eye(2)' --engine 'finite differences'",
        ],
    )
    check.add_argument("function", help=_FUNCTION)
    check.add_argument("arguments", nargs="+", help=_ARGUMENTS)
    check.add_argument("--of", default="gradient", help="gradient, jacobian, hessian or second")
    check.add_argument("--engine", action="append", help="whom to ask beside the native engine (repeatable)")
    check.add_argument("--rtol", type=float, help="allowed relative difference")
    check.add_argument("--atol", type=float, help="allowed absolute difference")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    check.set_defaults(run=_check)

    gradient = commands.add_parser(
        "gradient",
        help="print the gradient of a function at a point",
        description="The function is Python (np is NumPy) or, where there is a Julia, Julia source.",
        status=_STATUS,
        examples=[
            "fluxbridge gradient 'lambda x, y: np.sum(x * y)' '[2.0, 1.0]' '[2.0, 0.0]'",
            "fluxbridge gradient 'x -> 3x^2' --value -- -5",
        ],
    )
    gradient.add_argument("function", help=f"{_FUNCTION}, or Julia source")
    gradient.add_argument("arguments", nargs="+", help=_ARGUMENTS)
    gradient.add_argument("--value", action="store_true", help="print the value as well")
    gradient.set_defaults(run=_gradient)

    explain = commands.add_parser(
        "explain",
        help="show the steps of a function's derivative",
        description="Every step of the function and of its derivative, as text or in another form.",
        status=_STATUS,
        examples=[
            "fluxbridge explain 'lambda x: np.tanh(3 * x)' 0.5 --as latex",
            "fluxbridge explain 'lambda x: abs(x) + np.maximum(x, 0)' 0.0 --open",
        ],
    )
    explain.add_argument("function", help=_FUNCTION)
    explain.add_argument("arguments", nargs="+", help=_ARGUMENTS)
    explain.add_argument("--forward", action="store_true", help="dual numbers, for a function of one number")
    explain.add_argument("--all", action="store_true", help="fold nothing")
    explain.add_argument(
        "--as",
        dest="form",
        default="text",
        metavar="FORM",
        help="how: text, html, markdown, latex, mermaid, dot, svg or json",
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
            status=_STATUS,
            examples=[f"fluxbridge {name}", f"fluxbridge {name} | less"],
        )
        table.set_defaults(run=run)
    port = commands.add_parser("port", add_help=False, help="translate a Flux tutorial in Julia to Python")
    port.set_defaults(run=_port)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; the result is the exit status."""
    if arguments is None:
        _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["port"]:
        return guarded(_port, given[1:])
    options = parser().parse_args(given)
    return guarded(options.run, options)


def _speak_utf8() -> None:
    """What goes to a file or a pipe is UTF-8; a terminal shows ? for a character that it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


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
