"""Values of Python compared with the recorded values of Julia, by the rules of the records."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np


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


def differs(expected: Any, actual: Any, single: bool = False) -> str | None:
    """Where a value is not what was recorded, or ``None``."""
    if isinstance(expected, dict) and "struct" in expected:
        return _fields(expected["fields"], actual)
    if expected is None or (isinstance(expected, dict) and expected.get("type") == "Nothing"):
        return None if actual is None else f"{actual!r} is not nothing"
    if "null" in expected:
        return None if actual is None else f"{actual!r} is not nothing"
    if "array" in expected:
        return _array(expected, actual)
    if "tuple" in expected:
        return _sequence(expected["tuple"], tuple(actual) if not isinstance(actual, tuple) else actual)
    if "state" in expected:
        return _state(expected["state"], actual)
    if "fields" in expected:
        return _fields(expected["fields"], actual)
    if "dict" in expected:
        return _dict(expected["dict"], actual)
    if "list" in expected:
        if "shape" in expected and len(expected["shape"]) > 1:
            if tuple(np.shape(actual))[: len(expected["shape"])] != tuple(expected["shape"]):
                return f"shape {np.shape(actual)}, not {expected['shape']}"
            return _sequence(expected["list"], list(np.ravel(np.asarray(actual, object), order="F")))
        return _sequence(expected["list"], list(actual))
    if "set" in expected:
        if len(expected["set"]) != len(actual):
            return f"{len(actual)} elements, not {len(expected['set'])}"
        return _sequence(expected["set"], sorted(actual, key=str))
    if "pair" in expected:
        return _sequence(expected["pair"], list(actual))
    if "cartesian" in expected:
        return (
            None
            if tuple(expected["cartesian"]) == tuple(actual)
            else f"{actual!r}, not {expected['cartesian']}"
        )
    if "ref" in expected:
        return differs(expected["ref"], actual.value)
    if "function" in expected:
        return None if callable(actual) else f"{actual!r} is no function"
    if "typename" in expected:
        return None if repr(actual) == expected["typename"] else f"{actual!r}, not {expected['typename']}"
    kind, value = expected.get("type"), expected.get("value")
    if kind in ("String", "Symbol", "Char") or (
        isinstance(value, str) and kind is not None and "SubString" in kind
    ):
        return None if isinstance(actual, str) and str(actual) == value else f"{actual!r}, not {value!r}"
    if kind == "Missing":
        return None if repr(actual) == "missing" else f"{actual!r} is not missing"
    if kind == "Bool":
        return (
            None
            if bool(actual) == value and isinstance(actual, (bool, np.bool_))
            else f"{actual!r}, not {value!r}"
        )
    return _close(number(value), actual, kind == "Float32")


def _close(expected: Any, actual: Any, single: bool) -> str | None:
    if isinstance(actual, (str, list, tuple, dict)) or actual is None:
        return f"{actual!r}, not {expected!r}"
    if isinstance(actual, np.ndarray) and np.ndim(actual):
        return f"an array, not {expected!r}"
    if isinstance(expected, float) and math.isnan(expected):
        return None if actual != actual else f"{actual!r}, not NaN"
    if expected == actual:
        return None
    tolerance = (2e-5 if single else 1e-8) * max(abs(expected), 1e-300 if abs(expected) else 1e-12)
    if abs(complex(expected) - complex(actual)) <= max(tolerance, 1e-12 if not single else 1e-7):
        return (
            None
            if not isinstance(expected, int) or isinstance(expected, bool)
            else f"{actual!r}, not {expected!r}"
        )
    return f"{actual!r}, not {expected!r}"


def _array(expected: dict, actual: Any) -> str | None:
    wanted = array(expected)
    if isinstance(actual, dict) or actual is None:
        return f"{actual!r} is no array"
    found = np.asarray(actual)
    if found.dtype == object:
        found = np.asarray([complex(v) if isinstance(v, complex) else v for v in np.ravel(found)]).reshape(
            found.shape
        )
    if tuple(found.shape) != tuple(expected["shape"]):
        return f"shape {found.shape}, not {expected['shape']}"
    if not wanted.size:
        return None
    if found.dtype.kind not in "biufc":
        return f"elements of {found.dtype}"
    single = "Float32" in expected.get("type", "")
    finite = np.abs(wanted[np.isfinite(wanted)])
    largest = float(np.max(finite)) if finite.size else 1.0
    with np.errstate(invalid="ignore"):
        error = np.abs(wanted.astype(complex) - found.astype(complex))
    same = (wanted == found) | (np.isnan(wanted) & np.isnan(found))
    error = np.where(same, 0, error)
    worst = float(np.max(error)) if not np.any(np.isnan(error)) else math.inf
    return (
        None
        if worst <= (2e-5 if single else 1e-8) * max(largest, 1e-2 if single else 1e-4)
        else f"off by {worst:.3g} of {largest:.3g}"
    )


def _sequence(expected: list, actual: Any) -> str | None:
    if len(expected) != len(actual):
        return f"{len(actual)} elements, not {len(expected)}"
    for i, (e, a) in enumerate(zip(expected, actual, strict=False)):
        found = differs(e, a)
        if found:
            return f"[{i}]: {found}"
    return None


def _get(actual: Any, name: str) -> Any:
    from fluxbridge.port.lower import python_name

    for own in (name, python_name(name), name.replace("²", "2"), {"ϵ": "ε"}.get(name, name)):
        if isinstance(actual, dict) and own in actual:
            return actual[own]
        if hasattr(actual, own):
            return getattr(actual, own)
    raise AttributeError(name)


def _fields(expected: dict, actual: Any) -> str | None:
    for name, value in expected.items():
        try:
            found = _get(actual, name)
        except AttributeError:
            return f"no field {name}"
        wrong = differs(value, found)
        if wrong:
            return f".{name}: {wrong}"
    return None


def _state(expected: Any, actual: Any) -> str | None:
    from fluxbridge import flux as Flux

    try:
        state = Flux.state(actual)
    except Exception:
        state = actual
    return differs(expected, state) if isinstance(expected, dict) else None


def _dict(expected: Any, actual: Any) -> str | None:
    from fluxbridge.port import base as jl

    items = {jl.string(k): v for k, v in actual.items()}
    pairs = expected.items() if isinstance(expected, dict) else [(e[0], e[1]) for e in expected]
    if len(items) != len(list(pairs)):
        return f"{len(items)} keys, not {len(expected)}"
    for key, value in pairs:
        if key not in items:
            return f"no key {key}"
        found = differs(value, items[key])
        if found:
            return f"[{key}]: {found}"
    return None


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
