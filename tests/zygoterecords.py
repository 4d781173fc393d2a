"""The recorded answers of the real Zygote: the cases, and what their answers are in Python."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

_FILE = Path(__file__).parent / "reference" / "zygote_0.7.12.jsonl"
HEADER, *CASES = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
IDS = [f"{case['group']}: {case['name']}" for case in CASES]


def decode(x: Any) -> Any:
    if x is None or isinstance(x, (int, float)):
        return x
    if isinstance(x, str):
        return {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}[x]
    if isinstance(x, list):
        return [decode(v) for v in x]
    if "tuple" in x:
        return tuple(decode(v) for v in x["tuple"])
    if "fields" in x:
        return {k: decode(v) for k, v in x["fields"].items()}
    if "dict" in x:
        return {k: decode(v) for k, v in x["dict"].items()}
    if "list" in x:
        return decode(x["list"])
    if "array" in x:
        return np.array(decode(x["array"]), dtype_of(x["type"])).reshape(x["shape"])
    if "rational" in x:
        return Fraction(*x["rational"])
    if "re" in x:
        return complex(decode(x["re"]), decode(x["im"]))
    value = decode(x["value"])
    return np.float32(value) if x["type"] == "Float32" else value


def dtype_of(julia: str) -> Any:
    """The NumPy dtype of the elements of a Julia array type, the first that its name tells."""
    kinds = {"ComplexF64": np.complex128, "Complex{Float64}": np.complex128, "Float32": np.float32,
             "Float64": np.float64, "Int64": np.int64}  # fmt: skip
    return kinds[min((k for k in kinds if k in julia), key=julia.index)]
