"""What is differentiated, and how: the table of docs/functions.md, read off the registry.

``fluxbridge functions`` prints it. A row tells of one function how its derivative is found:

* ``rule``: a primitive with rules of its own;
* ``composition``: written with other functions that have rules;
* ``constant``: nothing to differentiate; the function sees plain values and its result has none;
* ``refused``: it raises, and says what to write instead;
* ``no rule``: it raises NoRuleError on a traced value, and shows how to give it a rule.

Functions that NumPy does not hand over to other types (``np.array``, ``np.asarray``) are not listed.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.chunks import composition_works, works_on_chunks
from ..autodiff.primitive import FUNCTIONS, NO_DERIVATIVE, PRIMITIVES, REFUSED, UFUNCS, binder, load_on_demand

_DISPATCHED = type(np.sum)
_BOUND = binder(PRIMITIVES["getitem"], None).__code__  # a function that stands for a primitive
_HIDDEN = {"errstate", "printoptions", "test", "get_include", "info", "show_config", "show_runtime"}


class FunctionRow(NamedTuple):
    """One function: its name, other names of the same, how it is differentiated, and where."""

    name: str
    aliases: tuple[str, ...]
    how: str
    where: str
    chunks: str = ""  #: does it work on Dask's arrays in chunks?

    def __str__(self) -> str:
        names = ", ".join(f"`{name}`" for name in (self.name, *self.aliases))
        return f"| {names} | {self.how} | {self.where} | {self.chunks} |"


def rows(prefix: str, namespace: Any, names: list[str] | None = None) -> list[FunctionRow]:
    """A row for every public function of `namespace`, spelled ``prefix.name``.

    >>> from fluxbridge.tables.functions import rows
    >>> print(rows("np", np, ["tanh"])[0])
    | `np.tanh` | rule | transcendental | yes |
    """
    names_of: dict[int, list[str]] = {}
    functions: dict[int, Any] = {}
    for name in names or sorted(dir(namespace)):
        function = getattr(namespace, name, None)
        if name.startswith("_") or name in _HIDDEN or not callable(function) or isinstance(function, type):
            continue
        names_of.setdefault(id(function), []).append(f"{prefix}.{name}")
        functions[id(function)] = function
    table = []
    for key, spelled in names_of.items():
        own = f"{prefix}.{getattr(functions[key], '__name__', '')}"
        first = own if own in spelled else spelled[0]
        how, where = _how(functions[key])
        if how != "plain":
            others = tuple(n for n in spelled if n != first)
            table.append(FunctionRow(first, others, how, where, _chunks(functions[key])))
    return sorted(table)


def _how(function: Any) -> tuple[str, str]:
    if function in UFUNCS:
        return "rule", UFUNCS[function].area
    if function in FUNCTIONS:
        answer = inspect.unwrap(FUNCTIONS[function])
        if getattr(answer, "__code__", None) is _BOUND:
            return "rule", PRIMITIVES[answer.__name__].area
        return "composition", _area(answer)
    if function in NO_DERIVATIVE:
        return "constant", ""
    if function in REFUSED:
        return "refused", REFUSED[function]
    return ("no rule" if isinstance(function, (np.ufunc, _DISPATCHED)) else "plain"), ""


def _chunks(function: Any) -> str:
    """ "yes" for what takes Dask's arrays, however they are cut."""
    if function in UFUNCS:
        return "yes" if works_on_chunks(UFUNCS[function]) else ""
    if function not in FUNCTIONS:
        return ""
    answer = inspect.unwrap(FUNCTIONS[function])
    if getattr(answer, "__code__", None) is _BOUND:
        return "yes" if works_on_chunks(PRIMITIVES[answer.__name__]) else ""
    return "yes" if composition_works(function) and function.__name__ not in _ONE_CHUNK else ""


#: Functions that go to a primitive of all elements, which works on one chunk.
_ONE_CHUNK = {
    "sort", "partition", "cumprod", "fft", "ifft", "rfft", "irfft", "fftn", "ifftn", "fftshift", "ifftshift",
    "cross", "trace", "vecdot", "matvec", "vecmat", "normp",
}  # fmt: skip


def _area(answer: Callable[..., Any]) -> str:
    return getattr(answer, "__module__", "").rpartition(".")[2]


def tables() -> Iterator[tuple[str, list[FunctionRow]]]:
    """(title, rows) for NumPy, and for SciPy where it is installed."""
    yield "numpy", rows("np", np)
    yield "numpy.linalg", rows("np.linalg", np.linalg)
    yield "numpy.fft", rows("np.fft", np.fft)
    try:
        special = importlib.import_module("scipy.special")
    except ImportError:
        return
    load_on_demand()
    ruled = [row for row in rows("scipy.special", special) if row.how == "rule"]
    yield "scipy.special, called as it is", ruled
    for area in ("integrate", "linalg", "signal", "special", "stats"):
        mirror = importlib.import_module(f"fluxbridge.scipy.{area}")
        known = {row.name.rpartition(".")[2] for row in ruled} if area == "special" else set()
        names = sorted(set(mirror.__all__) - known)
        spelled = [FunctionRow(f"fluxbridge.scipy.{area}.{name}", (), "mirror", area) for name in names]
        yield f"scipy.{area}, through fluxbridge.scipy.{area}", spelled


def markdown() -> str:
    """The page docs/functions.md."""
    words = [line.replace("``", "`") for line in (__doc__ or "").splitlines() if line.startswith("*")]
    lines = [
        "# Functions and their derivatives",
        "",
        f"Made by `fluxbridge functions` with NumPy {np.__version__}; do not edit. The words in the second",
        "column:",
        "",
        *[word.rstrip(".;") + ";" for word in words],
        "* `mirror`: takes what SciPy's function takes, and has a derivative (SciPy's own would lose it).",
        "",
        "The last column says what works on [Dask's arrays](scale.md), however they are cut, rule and all.",
        "The third column names the file in `fluxbridge/autodiff/rules/` or `fluxbridge/scipy/`. Functions",
        "that NumPy does not hand over to other types, such as `np.array`, are not listed:",
        "[semantics.md](semantics.md#arrays-of-traced-numbers) tells how they behave. How to give a function",
        "a rule: [architecture.md](architecture.md#how-to-add-a-rule).",
    ]
    for title, table in tables():
        counts = {how: sum(r.how == how for r in table) for how in dict.fromkeys(r.how for r in table)}
        lines += ["", f"## {title}", ""]
        lines += [", ".join(f"{n} {how}" for how, n in sorted(counts.items())) + ".", ""]
        lines += ["| function | derivative | where | chunks |", "| --- | --- | --- | --- |", *map(str, table)]
    return "\n".join(lines) + "\n"
