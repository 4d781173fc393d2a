"""What the operators ask of a call before it runs, and what they say where it is none that they take."""

from __future__ import annotations

import inspect
from typing import Any

from .adtypes import ADType
from .autodiff.habits import KEYWORDS
from .errors import ArgumentError

_NOTHING: dict[str, Any] = {}

#: How those are written that are not name(f, x).
_CALLS = {"is_subgradient": "is_subgradient(g, f, x)", "directional": "directional(f, x, v)"}
#: Those that take no AD type, and why.
_NO_ENGINE = {
    **dict.fromkeys(
        ["directional", "explain", "is_subgradient", "kinks", "subgradients"],
        "it runs f by itself",
    ),
    "cross_check": "engines=['zygote'] says whom it asks",
}


def checked(
    name: str, f: Any, xs: tuple[Any, ...], keywords: dict[str, Any] = _NOTHING, source: bool = False
) -> None:
    """Raise ArgumentError unless ``name(f, *xs, **keywords)`` is a function, and arguments by position.

    With `source` the function may be the text of a program.

    >>> checked("gradient", abs, (3.0,))
    >>> checked("gradient", 3.0, ())
    Traceback (most recent call last):
    fluxbridge.errors.ArgumentError: gradient(f, x) takes a function as f; 3.0 is no function.
    """
    if not callable(f) and not (source and isinstance(f, str)):
        raise ArgumentError(_no_function(name, f))
    if keywords:
        raise ArgumentError(_keyword(name, f, xs, keywords))
    if not xs:
        _need_arguments(name, f)
    for x in xs:
        if issubclass(type(x), (ADType, type)):
            _not_here(name, x)


def choice(name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Raise ArgumentError if an option is none of the `allowed` values.

    >>> choice("order", "K", ("C", "F"))
    Traceback (most recent call last):
    fluxbridge.errors.ArgumentError: order is 'C' or 'F', not 'K'
    """
    if value not in allowed:
        raise ArgumentError(f"{name} is {' or '.join(map(repr, allowed))}, not {value!r}")


def _written(name: str) -> str:
    return _CALLS.get(name, f"{name}(f, x)")


def _no_function(name: str, f: Any) -> str:
    what = repr(f) if len(repr(f)) < 60 else f"an object of type {type(f).__name__}"
    text = f"{_written(name)} takes a function as f; {what} is no function."
    if isinstance(f, str):
        text += " Write Python as lambda x: …; Julia's source has engines: gradient(source, AutoZygote(), x)."
    return text


def _keyword(name: str, f: Any, xs: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    key = next(iter(keywords))
    if key in KEYWORDS and key not in _parameters(f):
        return f"{name} has no {key}=: {KEYWORDS[key]}."
    text = f"{name} takes the arguments of f by position, and no keywords: write "
    if not xs:
        return text + f"{name}(f, {', '.join(keywords)})."
    x = "x" if key != "x" else "y"
    return (
        f"{text}{name}(lambda {x}: f({x}, {key}={key}), {x}) for {key} as a constant, and "
        f"{name}(lambda {x}, {key}: f({x}, {key}={key}), {x}, {key}) for a gradient by it."
    )


def _parameters(f: Any) -> Any:
    try:
        return inspect.signature(f).parameters
    except (TypeError, ValueError):  # it has no signature
        return ()


def _need_arguments(name: str, f: Any) -> None:
    """Refuse ``gradient(f)(x)``: the operators take the function and its arguments together."""
    try:
        inspect.signature(f).bind()
    except TypeError:
        raise ArgumentError(
            f"{name} takes the arguments after the function: {_written(name)} instead of {name}(f)(x). "
            f"Where a function is wanted, write lambda x: {_written(name)}."
        ) from None
    except ValueError:  # it has no signature
        pass


def _not_here(name: str, x: Any) -> None:
    """Refuse an AD type that stands behind an argument, and its class in the place of it."""
    if isinstance(x, ADType):
        if name in _NO_ENGINE:
            raise ArgumentError(f"{name} takes no AD type: {_NO_ENGINE[name]}")
        raise ArgumentError(f"an AD type stands directly after the function: {name}(f, {x!r}, x)")
    if issubclass(x, ADType):
        raise ArgumentError(f"{x.__name__} is a class: write {name}(f, {x.__name__}(), x), with parentheses")
