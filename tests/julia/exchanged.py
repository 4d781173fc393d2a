"""How the real Flux describes its own models: recorded once, compared with what is written down here.

The models are the recorded layers (tests/reference/flux_*.jsonl), which have their source in Julia and in
Python. Of an array only type and shape are recorded. A :class:`Listener` stands for Julia: it takes the
description of a model that goes over, and gives a recorded one for a model that comes back.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import numpy as np
from fluxlayers import DEVIATIONS, build
from fluxrecords import Case, cases, variations

from fluxbridge.julia.bridge.objects import JuliaObject

RECORD = pathlib.Path(__file__).parents[1] / "reference" / "julia_exchange_1.10.8.jsonl"

#: What the sources in Julia name that Flux does not.
HELPERS = "halve(x) = x ./ 2; addone(x) = x .+ 1; square(x) = x .* x; mulsum(a, b) = a .* b .+ a; "
HELPERS += "catc(a, b) = cat(a, b; dims = 3); wmean(x) = sum(x); "


def models() -> dict[str, Case]:
    """The recorded layers, by name: one for each source."""
    found: dict[str, Case] = {}
    for case in [*cases("layers"), *variations("layers")]:
        known = case.data.get("python") and "show" in case.data and case.name not in DEVIATIONS
        if known and case.julia not in found:
            found[case.julia] = case
    return found


def model(case: Case) -> Any:
    """The model of a case here."""
    return build(case)


# -- descriptions as data ------------------------------------------------------------------------------


def written(node: Any) -> Any:
    """A description as JSON, without the contents of arrays."""
    if isinstance(node, (list, tuple)):
        return [written(x) for x in node]
    if isinstance(node, np.ndarray):
        return {"array": node.dtype.name, "shape": list(node.shape)}
    if isinstance(node, np.generic):
        return {"number": node.dtype.name, "value": node.item() if node.dtype.kind in "biu" else str(node)}
    if isinstance(node, complex) or (type(node) is float and not np.isfinite(node)):
        return {"number": type(node).__name__, "value": str(node)}
    if isinstance(node, JuliaObject):
        return {"julia": True}
    return node


def read(o: Any) -> Any:
    """The description again; arrays are full of zeros."""
    if isinstance(o, list):
        return [read(x) for x in o]
    if not isinstance(o, dict):
        return o
    if "array" in o:
        return np.zeros(o["shape"], o["array"])
    if "julia" in o:
        return JuliaObject("something", None)
    return np.dtype(o["number"]).type(o["value"]) if o["number"] != "float" else float(o["value"])


def normal(node: Any, known: dict[int, str] | None = None, at: str = "model") -> Any:
    """A description without what may differ: the numbers of shared parts, the order of fields, contents."""
    known = {} if known is None else known
    kind = node[0]
    if kind == "tied":
        known[node[1]] = at
        return normal(node[2], known, at)
    if kind == "again":
        return "again", known[node[1]]
    if kind == "value":
        return "value", _value(node[1])
    if kind == "layer":
        parts = {k: normal(n, known, f"{at}.{k}") for k, n in zip(node[2], node[3], strict=True)}
        return "layer", node[1], tuple(sorted(parts.items()))
    if kind in ("tuple", "vector"):
        return kind, tuple([normal(n, known, f"{at}[{i}]") for i, n in enumerate(node[1])])
    if kind in ("named", "dict"):
        keys = list(node[1])
        return kind, tuple([(k, normal(n, known, f"{at}.{k}")) for k, n in zip(keys, node[2], strict=True)])
    if kind == "unknown":
        return "value", "of Julia"
    return tuple([tuple(x) if isinstance(x, list) else x for x in node])


def _value(x: Any) -> Any:
    if isinstance(x, JuliaObject):
        return "of Julia"
    if isinstance(x, np.ndarray):
        return "array", x.dtype.name, x.shape
    if isinstance(x, np.generic):
        return x.dtype.name, str(x.item() if x.dtype == np.float64 else x)
    return {float: "float64", int: "int64"}.get(type(x), type(x).__name__), str(x)


class Listener:
    """A bridge that hears what goes to ``FluxBridge.built`` and answers ``FluxBridge.described``."""

    def __init__(self, description: Any = None):
        self.description = description
        self.heard: Any = None
        self.defined: list[str] = []

    def define(self, source: str) -> str:
        self.defined.append(source)
        return source

    def wrap(self, value: Any) -> Any:
        return value

    def callback(self, function: Any) -> Any:
        return function

    def call(self, handle: Any, args: tuple, keywords: Any = None) -> Any:
        if handle == "FluxBridge.built":
            (self.heard,) = args
            return JuliaObject("built", self)
        assert handle == "FluxBridge.described", handle
        return self.description


def lines(path: pathlib.Path = RECORD) -> list[dict[str, Any]]:
    """The lines of a record, without its head."""
    with path.open(encoding="utf-8") as file:
        next(file)
        return [json.loads(line) for line in file]


def record(versions: dict[str, str]) -> tuple[int, list[str]]:
    """Ask a running Julia for all descriptions, and write them down; how many, and what failed."""
    from fluxbridge.julia import function

    described = function("FluxBridge.described")
    found, failed = [], []
    for source, case in models().items():
        try:
            node = described(function(f"{HELPERS}{source}"))
        except Exception as error:
            failed.append(f"{source}: {str(error)[:150]}")
            continue
        found.append({"name": case.name, "julia": source, "described": written(node)})
    head = {
        "recorded_with": versions,
        "written_by": "tests/julia/record.py",
        "read_by": "tests/julia/exchanged.py",
    }
    texts = [json.dumps(line, ensure_ascii=False) for line in [head, *found]]
    RECORD.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return len(found), failed
