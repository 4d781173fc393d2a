"""What the commands share: expressions and functions of the command line, and errors in one sentence."""

from __future__ import annotations

import argparse
import importlib
import linecache
import math
import os
import re
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from .errors import FluxbridgeError

#: Exit statuses, which docs/shell.md lists: the answer is yes; it is no; the call is wrong, or what it asks
#: for is refused; there was nothing to compare.
GOOD, NO, WRONG_CALL, NOTHING = 0, 1, 2, 3

#: Of the lines that an error passed, those that are not the user's.
_NOT_THE_USERS = ("site-packages", "<frozen", f"{os.sep}importlib{os.sep}")

WIDTH = 80  #: columns that what people read has at most; documents, data and code have theirs

_FIXED = "\N{NO-BREAK SPACE}"  #: where no line ends

_PACKAGE = os.path.dirname(__file__) + os.sep


class WrongCall(Exception):
    """The command line names no function, or an argument is no expression."""


class Parser(argparse.ArgumentParser):
    """The options of a command; its help ends with the exit statuses and examples, and fits WIDTH."""

    def __init__(self, *args: Any, status: str = "", examples: Sequence[str] = (), **options: Any):
        if status:
            options["epilog"] = "\n".join([wrapped(status), "", "examples:", *(f"  {e}" for e in examples)])
        options["description"] = wrapped(options.get("description") or "")
        options["formatter_class"] = _help_format
        super().__init__(*args, **options)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(WRONG_CALL, wrapped(f"{self.prog}: error: {message}") + "\n")


def _help_format(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, width=min(WIDTH, _columns()) - 2)


def _columns() -> int:
    return max(40, shutil.get_terminal_size().columns)


def wrapped(text: str, rest: str = "", label: str = "") -> str:
    """Text in lines of at most WIDTH characters; those that go on begin with what the line did, and `rest`.

    The `label` stands before the first word, however long that is.

    >>> print(wrapped("  - " + "word " * 20, rest="  "))
      - word word word word word word word word word word word word word word word
        word word word word word
    """
    told = []
    text = label.replace(" ", _FIXED) + text
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())] + rest
        told.append(
            textwrap.fill(
                line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )
        )
    return "\n".join(told).replace(_FIXED, " ")


def say(text: str) -> None:
    """Tell the user, on stderr."""
    print(wrapped(text, label="fluxbridge: "), file=sys.stderr)


def guarded(command: Callable[[Any], int], options: Any) -> int:
    """The exit status of a command; an error becomes one sentence on stderr, and the status 2."""
    try:
        return command(options)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except (WrongCall, FluxbridgeError) as error:
        text = str(error)
    except ModuleNotFoundError as error:
        text = str(error)
    except Exception as error:
        if _users(error) is None:
            raise
        text = f"the function {_raised(error)}"
    say(text)
    return WRONG_CALL


def _raised(error: Exception) -> str:
    """Which error, where, and its text."""
    frame = _users(error)
    named = frame is not None and frame.filename[:1] != "<"
    where = f" in line {frame.lineno} of {frame.filename}" if named and frame is not None else ""
    return f"raised {type(error).__name__}{where}: {error}"


def _users(error: Exception) -> traceback.FrameSummary | None:
    """The last line of the user's own code that the error passed; None if it comes from the package."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_PACKAGE)]
    users = [f for f in ours if not any(part in f.filename for part in _NOT_THE_USERS)]
    return users[-1] if users else None


def evaluate(text: str, said: str = "") -> Any:
    """The value of a Python expression, with NumPy as np, and math; explanations can quote its text.

    Raises WrongCall if it cannot be evaluated, which quotes `said` where that is what was written.

    >>> evaluate("np.sum([1, 2]) + math.floor(1.5)").item()
    4
    """
    name = f"<{text}>"
    linecache.cache[name] = (len(text), None, [text + "\n"], name)
    try:
        code = compile(text, name, "eval")
        return eval(code, {"np": np, "numpy": np, "math": math})  # the command line is Python
    except Exception as error:
        told = f"{(said or text)!r} is not a Python expression that can be evaluated: "
        raise WrongCall(told + _why(error, text)) from error


def _why(error: Exception, text: str) -> str:
    """What is wrong with an expression, and what is meant."""
    if isinstance(error, SyntaxError):
        julia = re.match(r"^\s*\(?[\w\s,]*\)?\s*->", text)
        return f"{error.msg}" + ("; it looks like Julia, which fluxbridge gradient takes" if julia else "")
    if isinstance(error, NameError) and hasattr(np, error.name or ""):
        return f"{error}; NumPy's is written np.{error.name}"
    return str(error)


def function(text: str, count: int) -> Callable[..., Any]:
    """The function that an expression is, or that ``module:function`` names.

    Raises WrongCall if there is none, or if it does not take `count` arguments.
    """
    if re.fullmatch(r"[\w.]+:[\w.]+", text):
        return takes(locate(text), text, count)
    try:
        f = evaluate(text)
    except WrongCall as error:
        if re.fullmatch(r"[\w.]+", text) and "." in text and not isinstance(error.__cause__, SyntaxError):
            module, _, attribute = text.rpartition(".")
            raise WrongCall(
                f"{error}; a function of a module of yours is written {module}:{attribute}"
            ) from error
        if isinstance(error.__cause__, NameError) and not re.search(r"\blambda\b|np\.\w+$", str(error)):
            raise WrongCall(f"{error}; write a function: 'lambda {error.__cause__.name}: {text}'") from error
        raise
    if not callable(f):
        raise WrongCall(f"{text!r} is no function: write one, for example 'lambda x: {text}'")
    return takes(f, text, count)


def takes(f: Callable[..., Any], name: str, count: int) -> Callable[..., Any]:
    """`f`, if it can be called with `count` arguments. Raises WrongCall otherwise."""
    import inspect

    try:
        signature = inspect.signature(f)
    except ValueError:  # one in C that does not say
        return f
    try:
        signature.bind(*range(count))
    except TypeError as error:
        given = "1 argument was given" if count == 1 else f"{count} arguments were given"
        raise WrongCall(f"{name} takes {signature}, and {given}: {error}") from None
    return f


def arguments(texts: Sequence[str]) -> tuple[Any, ...]:
    """The values of the arguments on the command line, lists of numbers as arrays.

    >>> arguments(["3", "[1.0, 2.0], {'a': 1}"])
    (3, array([1., 2.]), {'a': 1})
    """
    values: list[Any] = []
    for text in texts:
        value = evaluate(f"({text},)", text)
        values += [np.array(v) if isinstance(v, list) else v for v in value]
    return tuple(values)


def locate(name: str) -> Callable[..., Any]:
    """The function that ``module:function`` names; modules of the current folder are found."""
    module, _, attribute = name.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        target: Any = importlib.import_module(module)
    except Exception as error:  # whatever the module does when it is imported
        if isinstance(error, ModuleNotFoundError) and module.startswith(error.name or " "):
            raise WrongCall(f"{name!r} was not found: {error}") from error
        raise WrongCall(f"{module} cannot be imported, {_raised(error)}") from error
    try:
        for part in attribute.split("."):
            target = getattr(target, part)
    except AttributeError as error:
        raise WrongCall(f"{name!r} was not found: {error}") from error
    if not callable(target):
        raise WrongCall(f"{name!r} is not a function but {type(target).__name__}")
    return target
