"""What the commands share: expressions and functions of the command line, and errors in one sentence."""

from __future__ import annotations

import importlib
import linecache
import math
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .errors import FluxbridgeError

#: Exit statuses, which docs/shell.md lists: the answer is yes; it is no; the call is wrong, or what it asks
#: for is refused; there was nothing to compare.
GOOD, NO, WRONG_CALL, NOTHING = 0, 1, 2, 3

_PACKAGE = os.path.dirname(__file__) + os.sep


class WrongCall(Exception):
    """The command line names no function, or an argument is no expression."""


def guarded(command: Callable[[Any], int], options: Any) -> int:
    """The exit status of a command; an error becomes one sentence on stderr, and the status 2."""
    try:
        return command(options)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except KeyboardInterrupt:
        print("fluxbridge: stopped", file=sys.stderr)
        return 130
    except (WrongCall, FluxbridgeError) as error:
        text = str(error)
    except ModuleNotFoundError as error:
        text = str(error)
    except Exception as error:
        frame = _users(error)
        if frame is None:
            raise
        where = f" in line {frame.lineno} of {frame.filename}" if frame.filename[:1] != "<" else ""
        text = f"the function raised {type(error).__name__}{where}: {error}"
    print(f"fluxbridge: {text}", file=sys.stderr)
    return WRONG_CALL


def _users(error: Exception) -> traceback.FrameSummary | None:
    """The last line of the user's own code that the error passed; None if it comes from the package."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_PACKAGE)]
    users = [f for f in ours if "site-packages" not in f.filename and f.name != "<module>"]
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
        raise WrongCall(
            f"{(said or text)!r} is not a Python expression that can be evaluated: {error}"
        ) from error


def evaluate_function(text: str, count: int) -> Callable[..., Any]:
    """The function that an expression is, which takes `count` arguments. Raises WrongCall otherwise."""
    f = evaluate(text)
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
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise WrongCall(f"{name!r} does not name a function; write module:function, for example mymodel:loss")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        target: Any = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
    except (ImportError, AttributeError) as error:
        raise WrongCall(f"{name!r} was not found: {error}") from error
    if not callable(target):
        raise WrongCall(f"{name!r} is not a function but {type(target).__name__}")
    return target
