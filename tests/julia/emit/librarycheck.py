"""Is what a Library finds for a run what would be written for this run alone? No Julia is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from fluxbridge.autodiff.native import as_in_gradient
from fluxbridge.errors import FluxbridgeError
from fluxbridge.julia.emit.program import Emitted, emit
from fluxbridge.julia.emit.questions import is_written
from fluxbridge.julia.emit.runs import CodeRecording
from fluxbridge.julia.emit.translation import Library
from fluxbridge.recording.keys import content, describe


class NoBridge:
    """Takes source and gives numbers for it."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def define(self, text: str) -> int:
        self.sources.append(text)
        return len(self.sources) - 1


def recorded(f: Callable[..., Any], xs: Sequence[Any]) -> CodeRecording:
    with as_in_gradient():
        return CodeRecording(f, xs)


def shown(emitted: Emitted, values: Sequence[Any]) -> Any:
    """The code, with numbers for the names of its parameters, and the captured values by their content."""
    head, _, body = " ".join(emitted.code.split()).partition(")")
    for k, name in enumerate(re.findall(r"\w+", head)[2:]):
        body = re.sub(rf"(?<![\w.]){name}\b", f"p{k}", body)
    return body, [content(v) for v in values]


def check(library: Library, run: CodeRecording, f: Callable[..., Any], bridge: Any = None) -> str:
    """The source that a library finds for a run: what is written for it now, with its values, or it fails."""
    try:
        known, values = library.find(bridge or NoBridge(), run, f)
    except (FluxbridgeError, *WRONG) as error:
        known, got = None, type(error)
    else:
        got = shown(known.emitted, values)
    described = describe(run, is_written)
    opened = library.families[described.key].opened
    try:
        fresh = emit(run, f, described, opened)
        expected = shown(fresh, fresh.values(run, described) or [])
    except (FluxbridgeError, *WRONG) as error:
        fresh, expected = None, type(error)
    if got != expected:
        raise AssertionError(
            f"found:\n{known and known.emitted.text}\n{got}\nanew:\n{fresh and fresh.text}\n{expected}"
        )
    return known.emitted.text if known else ""


#: What NumPy and spellings raise for options that do not fit.
WRONG = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    AssertionError,
)


def check_calls(calls: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[str]:
    """Calls one after the other, and in reverse, each order with a library of its own; the sources."""
    texts = []
    for order in (calls, calls[::-1]):
        library = Library()
        texts += [check(library, recorded(f, xs), f) for f, xs in order]
    return texts
