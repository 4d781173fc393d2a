"""Values of Python compared with the recorded values of Julia, by the rules of the records."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from fluxbridge.port.checking.answers import Seen
from fluxbridge.port.checking.compare import compared


def number(value: Any) -> Any:
    """A recorded number; those that JSON has no word for are texts."""
    if isinstance(value, str):
        return (
            {"NaN": math.nan, "Inf": math.inf, "-Inf": -math.inf}.get(value)
            if value in ("NaN", "Inf", "-Inf")
            else _parsed(value)
        )
    if isinstance(value, list):
        return complex(number(value[0]), number(value[1]))
    if isinstance(value, dict) and "num" in value:
        return number(value["num"]) / number(value["den"])
    if isinstance(value, dict):
        return complex(number(value.get("re")), number(value.get("im")))
    return value


def _parsed(value: str) -> Any:
    try:
        return int(value)
    except ValueError:
        return float(value)


def array(value: Any) -> Any:
    """A recorded array: nested lists of numbers."""

    def walk(v: Any, depth: int) -> Any:
        if depth == 0:
            return number(v)
        return [walk(x, depth - 1) for x in v]

    return np.array(walk(value["array"], len(value["shape"]))).reshape(value["shape"])


def described(record: Any) -> Seen:
    """A recorded value in the words of :mod:`fluxbridge.port.checking`."""
    if record is None or record.get("type") == "Nothing" or "null" in record:
        return ("nothing",)
    kind = record.get("type")
    for word, form in FORMS.items():
        if word in record:
            return form(record)
    if kind in ("String", "Symbol", "Char") or "SubString" in (kind or ""):
        return "text", kind if kind in ("Symbol", "Char") else "String", record["value"]
    return ("missing",) if kind == "Missing" else ("number", kind, number(record["value"]))


def _each(records: Any) -> tuple[Seen, ...]:
    return tuple(map(described, records))


def _array(record: dict) -> Seen:
    element = re.search(r"\{((?:Complex\{)?\w+)", record["type"])
    name = "Bool" if "OneHot" in record["type"] or "Bit" in record["type"] else element[1] if element else ""
    dtype = {"Complex{Float32": "complex64", "ComplexF32": "complex64"}.get(name, name.lower())
    values = array(record)
    return "array", name, values.astype(dtype) if dtype in np.sctypeDict else values


def _dict(record: dict) -> Seen:
    entries = record["dict"]
    pairs = list(entries.items()) if isinstance(entries, dict) else [(e[0], e[1]) for e in entries]
    return "dict", tuple(("text", "String", k) for k, _ in pairs), _each(v for _, v in pairs)


def _record(record: dict) -> Seen:
    return "record", tuple(record["fields"]), _each(record["fields"].values())


FORMS: dict[str, Callable[[dict], Seen]] = {
    "array": _array,
    "tuple": lambda r: ("tuple", _each(r["tuple"])),
    "state": lambda r: ("model", r.get("layer"), described(r["state"])),
    "fields": _record,
    "dict": _dict,
    "list": lambda r: ("list", "Any", tuple(r.get("shape", [len(r["list"])])), _each(r["list"])),
    "set": lambda r: ("set", _each(r["set"])),
    "pair": lambda r: ("pair", _each(r["pair"])),
    "cartesian": lambda r: ("cartesian", tuple(r["cartesian"])),
    "ref": lambda r: ("ref", described(r["ref"])),
    "function": lambda r: ("function", r["function"]),
    "typename": lambda r: ("type", r["typename"]),
}


def differs(expected: Any, actual: Any) -> str | None:
    """Where a value is not what was recorded, or ``None``."""
    found = compared("it", described(expected), actual)
    return None if found and not found.rough else found.rough or str(found)


NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*(?:[eEf][-+]?\d+)?|\d+(?:[eEf][-+]?\d+)?|Inf|NaN)(?!\w)|(?<![\w.])[-+]?\d+(?:\.\d+)?(?=im)"
)


def printed_differs(expected: str, actual: str) -> str | None:
    """Where printed numbers differ, line by line."""

    def clean(t: str) -> list[str]:
        t = re.sub(r"\binf\b", "Inf", re.sub(r"\bnan\b", "NaN", t))
        return [line for line in t.split("\n") if line.strip()]

    wanted, found = clean(expected), clean(actual)
    if len(wanted) != len(found):
        return f"{len(found)} lines printed, not {len(wanted)}"
    for w, f in zip(wanted, found, strict=False):
        if w == f:
            continue
        a, b = NUMBER.findall(w), NUMBER.findall(f)
        if len(a) != len(b):
            return f"printed {f!r}, not {w!r}"
        for x, y in zip(a, b, strict=False):
            p, q = (float(v.replace("f", "e") if "Inf" not in v and "NaN" not in v else v) for v in (x, y))
            if p == q or (p != p and q != q):
                continue
            if abs(p - q) > 2e-5 * max(abs(p), 1e-6):
                return f"printed {f!r}, not {w!r}"
    return None
