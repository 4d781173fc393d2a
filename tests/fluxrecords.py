"""What the real Flux answered (tests/reference/flux_*.jsonl): reading it, and comparing with it.

``cases("layers", "Dense")`` gives the recorded cases of a group whose names begin so, each a :class:`Case`
(``variations("layers")`` those of the file of variations):
``case["output"]`` is decoded, ``case.name``, ``case.error`` (a Julia exception, as a Python class) … are
at hand. ``agree(got, case["output"])`` compares every entry, with the rounding of the number type, and
the types too.
"""

from __future__ import annotations

import functools
import json
import math
import pathlib
from typing import Any

import numpy as np

from fluxbridge.autodiff.template import Record
from fluxbridge.errors import DimensionMismatch

FOLDER = pathlib.Path(__file__).parent / "reference"
FILES = ("flux_0.16.10.jsonl", "flux_more_0.16.10.jsonl")

#: Names of fields that are no names in Python, and what they are called there.
FIELDS = {"σ²": "σ2", "ϵ": "ε"}

#: Exceptions of Julia, and what is raised here in the same place.
ERRORS: dict[str, Any] = {
    "DimensionMismatch": DimensionMismatch,
    "ArgumentError": (ValueError, TypeError),
    "DomainError": ValueError,
    "BoundsError": IndexError,
    "DivideError": (ZeroDivisionError, ValueError),
    "AssertionError": (ValueError, AssertionError),
    "MethodError": (TypeError, ValueError),
    "ErrorException": (ValueError, TypeError, RuntimeError),
}

DTYPES = {
    "Float64": np.float64, "Float32": np.float32, "Float16": np.float16, "Bool": np.bool_, "OneHot": np.bool_,
    "UInt8": np.uint8, "Int8": np.int8, "Int16": np.int16, "Int32": np.int32, "Int": np.int64,
}  # fmt: skip
SPECIAL = {"NaN": math.nan, "Inf": math.inf, "-Inf": -math.inf}


class Symbol(str):
    """A symbol of Julia."""


class Function(str):
    """The name of a function."""


class Other(str):
    """The name of a type of something that was not recorded."""


class OneHot(np.ndarray):
    """A one-hot array: booleans, marked as what they are."""


class Case:
    """One recorded case; ``case[key]`` is decoded, ``case.get(key)`` is None where there is none."""

    def __init__(self, data: dict[str, Any]):
        self.data = data
        self.name: str = data["name"]
        self.group: str = data["group"]
        self.julia: str = data.get("julia", "")

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def __getitem__(self, key: str) -> Any:
        value = self.data[key]
        if key in ("inputs", "gradient", "grad_inputs", "params0", "data"):
            return {k: decode(v) for k, v in value.items()} if "fields" not in value else decode(value)
        if key == "trace":
            return [(step["label"], decode(step["value"])) for step in value]
        return decode(value) if isinstance(value, dict) and "error" not in value else value

    def get(self, key: str) -> Any:
        return self[key] if key in self.data else None

    @property
    def error(self) -> Any:
        """The exception that Flux threw, as the class of the one expected here; else None."""
        return ERRORS[self.data["error"]] if "error" in self.data else None

    def __repr__(self) -> str:
        return f"<{self.group}: {self.name}>"


@functools.cache
def _all(file: str) -> list[Case]:
    with (FOLDER / file).open(encoding="utf-8") as lines:
        next(lines)
        return [Case(json.loads(line)) for line in lines]


def cases(group: str | None = None, *prefixes: str, files: tuple[str, ...] = FILES) -> list[Case]:
    """The cases of a group, of those whose names begin with one of `prefixes`."""
    return [
        c
        for file in files
        for c in _all(file)
        if group in (None, c.group) and (not prefixes or any(c.name.startswith(p) for p in prefixes))
    ]


#: The same of a further file, whose cases all have a key ``python`` that can be evaluated.
variations = functools.partial(cases, files=("flux_variations_0.16.10.jsonl",))


def case(name: str, group: str | None = None) -> Case:
    """The one case of this name."""
    (found,) = [c for c in cases(group) if c.name == name]
    return found


def _numbers(v: Any) -> Any:
    if isinstance(v, list):
        return [_numbers(e) for e in v]
    return SPECIAL[v] if isinstance(v, str) else v


def _dtype(kind: str) -> Any:
    """The NumPy type in the name of a Julia type, None for arrays of other things."""
    if "Nothing" in kind or "Union" in kind:
        return None
    return next((dtype for name, dtype in DTYPES.items() if name in kind), None)


def decode(o: Any) -> Any:
    """The recorded value in Python: numbers, arrays, tuples, lists, dicts, and records for structs."""
    if o is None or not isinstance(o, dict):
        return o
    if "array" in o:
        kind = o.get("eltype") or o["type"]
        array = np.array(_numbers(o["array"]), dtype=_dtype(kind) or object).reshape(o["shape"])
        return array.view(OneHot) if "OneHot" in o["type"] else array
    if "value" in o:
        value, dtype = _numbers(o["value"]), _dtype(o["type"])
        if dtype in (np.float32, np.float16):
            return dtype(value)
        return float(value) if dtype is np.float64 else value
    if "tuple" in o:
        return tuple(decode(v) for v in o["tuple"])
    if "fields" in o:
        return Record(**{FIELDS.get(k, k): decode(v) for k, v in o["fields"].items()})
    if "dict" in o:
        return {k: decode(v) for k, v in o["dict"].items()}
    if "list" in o:
        items = [decode(v) for v in o["list"]]
        if "shape" not in o:
            return items
        out = np.empty(len(items), dtype=object)
        out[:] = items
        return out.reshape(o["shape"], order="F")
    if "leaf" in o:
        return {
            "rule": o["leaf"]["rule"],
            "state": decode(o["leaf"]["state"]),
            "frozen": o["leaf"]["frozen"],
        }
    for key, kind in (("string", str), ("symbol", Symbol), ("char", str), ("function", Function)):
        if key in o:
            return kind(o[key])
    return Other(o["other"])


# ---------------------------------------------------------------------------------------------
# Comparing
# ---------------------------------------------------------------------------------------------


#: Units in the last place by which an answer may differ: of the entry itself, and of the largest entry.
#: The worst of 16,000 recorded arrays differs by 8; the rest is for other processors and versions of NumPy.
OF_ENTRY, OF_LARGEST = 64, 32


def agree(
    got: Any,
    expected: Any,
    at: str = "",
    *,
    tolerance: float = 1.0,
    least: float = 0.0,
    accuracy: Any = None,
    types: bool = True,
) -> None:
    """Raise AssertionError, with the place, where `got` is not `expected`.

    With eps of the number type (of `accuracy`, where a result has passed through a narrower one), every
    entry may differ by eps times ``64·|entry| + 32·max(|largest entry|, 0.001) + least``, times
    `tolerance`. `least` is for gradients whose summands, of size 1, cancel. Shapes and (with `types`)
    number types must be the same. Any sequence or object with the attributes of a record is compared
    with it.
    """
    options: dict[str, Any] = {"tolerance": tolerance, "least": least, "accuracy": accuracy, "types": types}
    if expected is None:
        assert got is None, f"{at}: {got!r} where nothing is expected"
    elif isinstance(expected, np.ndarray) and expected.dtype != object:
        _arrays_agree(got, expected, at, **options)
    elif isinstance(expected, (bool, str)):
        assert got == expected, f"{at}: {got!r}, expected {expected!r}"
    elif isinstance(expected, (int, float, np.floating)):
        assert got is not None and np.ndim(got) == 0, f"{at}: {got!r}, expected the number {expected!r}"
        _arrays_agree(np.asarray(got), np.asarray(expected), at, **options)
    elif isinstance(expected, Record):
        for name, value in expected.items():
            there = isinstance(got, (dict, Record)) and name in got
            part = got[name] if there else getattr(got, name)
            setting = isinstance(value, (float, np.floating))  # Python's float for every width
            agree(part, value, f"{at}.{name}", **{**options, "types": types and not setting})
    elif isinstance(expected, dict):
        assert set(got) == set(expected), f"{at}: keys {list(got)}, expected {list(expected)}"
        for name, value in expected.items():
            agree(got[name], value, f"{at}[{name!r}]", **options)
    else:
        assert len(got) == len(expected), f"{at}: {len(got)} members, expected {len(expected)}"
        for i, value in enumerate(expected):
            agree(got[i], value, f"{at}[{i}]", **options)


def _arrays_agree(
    got: Any, expected: np.ndarray, at: str, tolerance: float, least: float, accuracy: Any, types: bool
) -> None:
    array = np.asarray(got)
    assert array.shape == expected.shape, f"{at}: shape {array.shape}, expected {expected.shape}"
    if types:
        assert array.dtype == expected.dtype, f"{at}: {array.dtype}, expected {expected.dtype}"
    if expected.dtype.kind != "f":
        assert np.array_equal(array, expected), f"{at}: {got!r}, expected {expected!r}"
        return
    a, b = np.asarray(array, np.float64), np.asarray(expected, np.float64)
    finite = np.isfinite(b)
    assert np.array_equal(np.where(finite, 0, a), np.where(finite, 0, b), equal_nan=True), f"{at}: {a} {b}"
    widths = [d for d in (expected.dtype, array.dtype, np.dtype(accuracy or float)) if d.kind == "f"]
    eps = max(float(np.finfo(d).eps) for d in widths)
    a, b = np.where(finite, a, 0), np.where(finite, b, 0)
    scale = np.max(np.abs(b), initial=1e-3)
    wrong = np.abs(a - b) > eps * tolerance * (OF_ENTRY * np.abs(b) + OF_LARGEST * scale + least)
    assert not wrong.any(), f"{at}: {a[wrong]} is not {b[wrong]}, the largest being {scale}: {a} {b}"


def loss_weights(shape: tuple[int, ...], dtype: Any = np.float64) -> np.ndarray:
    """The weights w of the recorded losses, sum(w .* y), for an output of this shape."""
    k = np.arange(1, math.prod(shape) + 1)
    return np.round(np.sin(0.9 * k + 0.5) + 0.3, 4).reshape(shape, order="F").astype(dtype)


def weighted_sum(y: Any) -> Any:
    """The recorded loss of an output: sum(w .* y), y itself if it is a number, summed over tuples."""
    if isinstance(y, (tuple, list)):
        return sum(weighted_sum(v) for v in y)
    if np.ndim(y) == 0:
        return y
    return np.sum(loss_weights(np.shape(y), y.dtype) * y)
