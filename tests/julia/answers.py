"""What the real Julia answered to emitted sources: written down once, and given as answers where none is.

A line of tests/reference/julia_emitted_*.jsonl is one question and its answer: the source of the function,
the captured values, the operation with its arguments, engine and order, and what came back. A
:class:`Scribe` is the real bridge and notes all that; a :class:`Replay` is a bridge that answers from the
lines. It answers only to a text that was recorded, so the answer is Julia's for this very source.
"""

from __future__ import annotations

import json
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fluxbridge.autodiff.matrices import Diagonal
from fluxbridge.autodiff.template import Record

RECORD = pathlib.Path(__file__).parents[1] / "reference" / "julia_emitted_1.10.8.jsonl"

# ---------------------------------------------------------------------------------------------
# Values as JSON
# ---------------------------------------------------------------------------------------------


def encode(x: Any) -> Any:
    """A value as JSON, with its type, to the last digit.

    >>> encode((1, 2.0, None, np.float32(0.1)))
    {'tuple': [1, 2.0, None, {'type': 'float32', 'value': 0.1}]}
    """
    if x is None or isinstance(x, (bool, str)) or type(x) is int:
        return x
    if type(x) is float:
        return x if np.isfinite(x) else {"float": str(x)}
    if type(x) is complex:
        return {"complex": [encode(x.real), encode(x.imag)]}
    if isinstance(x, np.generic):
        return {"type": x.dtype.name, "value": _elements(np.asarray(x))[0]}
    if isinstance(x, np.ndarray):
        return {"type": x.dtype.name, "shape": list(x.shape), "array": _elements(x)}
    if isinstance(x, Diagonal):
        return {"diagonal": encode(x.diag)}
    if isinstance(x, Record):
        return {"record": {k: encode(v) for k, v in x.items()}}
    if isinstance(x, (tuple, list)):
        return {type(x).__name__: [encode(v) for v in x]}
    if isinstance(x, dict):
        return {"dict": [[encode(k), encode(v)] for k, v in x.items()]}
    raise TypeError(f"{type(x).__name__} cannot be recorded")


def _elements(x: np.ndarray) -> list[Any]:
    if x.dtype.kind == "c":
        return [[encode(float(v.real)), encode(float(v.imag))] for v in x.ravel()]
    if x.dtype.kind == "f":  # the shortest decimals that name them
        return [encode(float(np.format_float_scientific(v, unique=True))) for v in x.ravel()]
    return x.ravel().tolist()


def decode(o: Any) -> Any:
    """The value that :func:`encode` wrote down.

    >>> decode(encode({"a": [np.arange(2), float("nan")]}))
    {'a': [array([0, 1]), nan]}
    """
    if not isinstance(o, dict):
        return o
    if "float" in o:
        return float(o["float"])
    if "complex" in o:
        return complex(*map(decode, o["complex"]))
    if "array" in o:
        return _array(o["array"], o["type"]).reshape(o["shape"])
    if "value" in o:
        return _array([o["value"]], o["type"])[0]
    if "diagonal" in o:
        return Diagonal(decode(o["diagonal"]))
    if "record" in o:
        return Record(**{k: decode(v) for k, v in o["record"].items()})
    if "dict" in o:
        return {decode(k): decode(v) for k, v in o["dict"]}
    return tuple(map(decode, o["tuple"])) if "tuple" in o else list(map(decode, o["list"]))


def _array(elements: list[Any], kind: str) -> np.ndarray:
    if kind.startswith("complex"):
        return np.array([complex(*map(decode, v)) for v in elements], kind)
    return np.array([decode(v) for v in elements], kind)


def alike(a: Any, b: Any) -> bool:
    """Are these the same arguments? Their types and structure are equal, numbers but for the last digits,
    which depend on the machine where an argument is computed by a test."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray) and (a.dtype != b.dtype or a.shape != b.shape):
        return False
    if isinstance(a, (np.ndarray, np.generic, float, complex)):
        if np.asarray(a).dtype.kind not in "fc":
            return bool(np.array_equal(a, b))
        within = 1e-5 if np.asarray(a).dtype.name in ("float32", "complex64", "float16") else 1e-11
        return bool(np.allclose(a, b, rtol=within, atol=within * 1e-3, equal_nan=True))
    if isinstance(a, Diagonal):
        return alike(a.diag, b.diag)
    if isinstance(a, Record):
        return list(a.keys()) == list(b.keys()) and all(map(alike, a.values(), b.values()))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(alike, a.values(), b.values()))
    return bool(a == b)


# ---------------------------------------------------------------------------------------------
# Bridges
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    """A handle of either bridge: source, what is captured, and of which order it is a pullback."""

    source: str
    captured: tuple[Any, ...] = ()
    vjps: int = 0
    real: Any = None  #: the handle in a running Julia

    __hash__ = object.__hash__


@dataclass(frozen=True)
class Held:
    """The handle of a pullback: the question that it came from."""

    function: Function
    args: tuple[Any, ...]
    real: Any = None

    __hash__ = object.__hash__


class Bridge:
    """The operations that derivatives of Python functions need; `answer` is what a subclass adds."""

    def answer(
        self, operation: str, function: Function, settings: dict[str, Any], given: Any, real: Any
    ) -> Any:
        raise NotImplementedError

    def define(self, source: str) -> Function:
        return Function(source)

    def capture(self, function: Function, values: tuple) -> Function:
        return Function(function.source, tuple(values), function.vjps)

    def vjp(self, function: Function) -> Function:
        return Function(function.source, function.captured, function.vjps + 1)

    def withgradient(self, function: Function, args: tuple, engine: str = "zygote", aux: bool = True) -> Any:
        settings = {"engine": engine, "aux": aux}
        return self.answer(
            "withgradient", function, settings, args, lambda b, f: b.withgradient(f, args, engine, aux)
        )

    def pullback(self, function: Function, args: tuple) -> tuple[Any, Held]:
        y = self.answer("pullback", function, {}, args, None)
        return y, Held(function, args)

    def pull(self, held: Held, seed: Any) -> Any:
        return self.answer("pull", held.function, {}, (held.args, seed), lambda b, f: b.pull(held.real, seed))

    def withjacobian(self, function: Function, args: tuple, engine: str = "zygote", order: str = "C") -> Any:
        settings = {"engine": engine, "order": order}
        return self.answer(
            "withjacobian", function, settings, args, lambda b, f: b.withjacobian(f, args, engine, order)
        )

    def hessian(self, function: Function, x: Any, engine: str = "zygote", order: str = "C") -> Any:
        settings = {"engine": engine, "order": order}
        return self.answer("hessian", function, settings, x, lambda b, f: b.hessian(f, x, engine, order))

    def diaghessian(self, function: Function, args: Sequence[Any], engine: str = "zygote") -> Any:
        given = tuple(args)
        return self.answer(
            "diaghessian", function, {"engine": engine}, given, lambda b, f: b.diaghessian(f, given, engine)
        )


class Scribe(Bridge):
    """A running Julia, and notes of what it was asked and answered. `of` says what asks."""

    def __init__(self, bridge: Any):
        self.bridge = bridge
        self.of = ""
        self.lines: list[dict[str, Any]] = []

    def define(self, source: str) -> Function:
        return Function(source, real=self.bridge.define(source))

    def capture(self, function: Function, values: tuple) -> Function:
        made = super().capture(function, values)
        return Function(made.source, made.captured, made.vjps, self.bridge.capture(function.real, values))

    def vjp(self, function: Function) -> Function:
        made = super().vjp(function)
        return Function(made.source, made.captured, made.vjps, self.bridge.vjp(function.real))

    def pullback(self, function: Function, args: tuple) -> tuple[Any, Held]:
        y, held = self.bridge.pullback(function.real, args)
        self._note("pullback", function, {}, args, y)
        return y, Held(function, args, held)

    def answer(
        self, operation: str, function: Function, settings: dict[str, Any], given: Any, real: Any
    ) -> Any:
        y = real(self.bridge, function.real)
        self._note(operation, function, settings, given, y)
        return y

    def _note(self, operation: str, function: Function, settings: dict[str, Any], given: Any, y: Any) -> None:
        self.lines.append(
            {
                "of": self.of,
                "source": function.source,
                "captured": encode(function.captured),
                **({"vjps": function.vjps} if function.vjps else {}),
                "operation": operation,
                **settings,
                "given": encode(given),
                "answer": encode(_plain(y)),
            }
        )


def _plain(y: Any) -> Any:
    """Named tuples of results as plain ones."""
    if isinstance(y, tuple):
        return tuple(map(_plain, y))
    return list(map(_plain, y)) if isinstance(y, list) else y


class NotRecorded(AssertionError):
    """A question that Julia was not asked when the record was made."""


class Replay(Bridge):
    """Answers from the lines of a record."""

    def __init__(self, lines: Iterable[dict[str, Any]]):
        self.known: dict[Any, list[tuple[Any, Any, Any]]] = defaultdict(list)
        self.sources: set[str] = set()
        for line in lines:
            settings = {k: line[k] for k in ("engine", "aux", "order") if k in line}
            key = self._key(line["operation"], line["source"], line.get("vjps", 0), settings)
            self.known[key].append((line["captured"], line["given"], line["answer"]))
            self.sources.add(line["source"])

    @staticmethod
    def _key(operation: str, source: str, vjps: int, settings: dict[str, Any]) -> Any:
        return operation, source, vjps, tuple(sorted(settings.items()))

    def answer(
        self, operation: str, function: Function, settings: dict[str, Any], given: Any, real: Any
    ) -> Any:
        found = self.known.get(self._key(operation, function.source, function.vjps, settings), ())
        for captured, asked, answer in found:
            if alike(_plain(decode(captured)), _plain(function.captured)) and alike(
                _plain(decode(asked)), _plain(given)
            ):
                return decode(answer)
        if function.source not in self.sources:
            what = "this source is not in the record"
        elif not found:
            what = f"{operation} with {settings} is not recorded for this source"
        else:
            what = f"{operation} is recorded for this source with other arguments or captured values"
        raise NotRecorded(
            f"{what}; if that is right, record it where there is a Julia: python tests/julia/record.py"
            f"\n{function.source}\ncaptured {function.captured}\ngiven {given}"
        )


def lines(path: pathlib.Path = RECORD) -> list[dict[str, Any]]:
    """The lines of a record, without its head."""
    with path.open(encoding="utf-8") as file:
        next(file)
        return [json.loads(line) for line in file]
