"""Calls of Julia's Random as they were recorded: in Python, and with the answer in the record's form."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from fluxbridge.random import Int128, StableRNG, UInt128, Xoshiro

FOLDER = Path(__file__).parent / "reference"
FUNCTIONS = "bitrand|randcycle|randexp|randperm|randstring|randsubseq|randn|rand|shuffle"
# fmt: off
TYPES = {
    "Float64": "np.float64", "Float32": "np.float32", "Float16": "np.float16", "ComplexF64": "np.complex128",
    "ComplexF32": "np.complex64", "Bool": "bool", "Char": "str", "Int128": "Int128", "UInt128": "UInt128",
} | {f"{sign}{bits}": f"np.{sign.lower()}{bits}" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)}


def rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


def python(call: str) -> str:
    """A call of Julia as one of Python, with a generator g.

    >>> python("(rand(Float32,3), rand(1:10^3), rand('a':'c'))")
    '(g.rand(np.float32,3), g.rand(range(1, 10**3 + 1)), g.rand(["a", "b", "c"]))'
    """
    strings: list[str] = []

    def keep(text: str) -> str:
        strings.append(text)
        return f"@{len(strings) - 1}@"

    call = re.sub(r'"[^"]*"', lambda m: keep(m[0]), call)
    call = re.sub(r"'(.)':'(.)'", lambda m: keep(json.dumps(_letters(*m.groups()), ensure_ascii=False)), call)
    call = re.sub(r"\bcollect\(([^()]*)\)", r"np.array(\1)", call)
    call = call.replace("^", "**")
    number = r"-?[0-9]+(?:\*\*[0-9]+)?"
    call = re.sub(rf"({number}):(-?[0-9]+):({number})", _stepped, call)
    call = re.sub(rf"\bbig\(({number})\)", r"\1", call)
    call = re.sub(rf"({number}):({number})", r"range(\1, \2 + 1)", call)
    call = re.sub(rf"\b({FUNCTIONS})\((?:g\b(?:, *)?)?", r"g.\1(", call)
    call = re.sub(r"\b(" + "|".join(TYPES) + r")\b", lambda m: TYPES[m[0]], call)
    return re.sub(r"@(\d+)@", lambda m: strings[int(m[1])], call)


def _letters(first: str, last: str) -> list[str]:
    return [chr(code) for code in range(ord(first), ord(last) + 1)]


def _stepped(match: re.Match) -> str:
    start, step, stop = match.groups()
    return f"range({start}, {stop} {'+' if int(step) > 0 else '-'} 1, {step})"


def answer(call: str, seed: Any) -> Any:
    """What fluxbridge answers, in the form of the record."""
    make, _, rest = call.rpartition("; ")
    g = StableRNG(seed) if "StableRNG" in make else Xoshiro(seed)
    call = rest if make else call
    value = eval(python(call), {"np": np, "g": g, "Int128": Int128, "UInt128": UInt128})
    values = value if isinstance(value, tuple) else (value,)
    counts = re.findall(rf"\b({FUNCTIONS})\(", call)
    encoded = [
        encode(v + 1 if name in ("randperm", "randcycle") else v)
        for name, v in zip(counts, values, strict=True)
    ]
    return encoded if isinstance(value, tuple) else encoded[0]


def encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [encode(item) for item in (value.T.reshape(-1) if value.dtype != object else value.ravel("F"))]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (complex, np.complexfloating)):
        return [encode(value.real), encode(value.imag)]
    if isinstance(value, (float, np.floating)):
        array = np.asarray(value)
        return f"{int(array.view(f'u{array.itemsize}')):0{2 * array.itemsize}x}"
    if isinstance(value, np.uint64):
        return f"{int(value):x}"
    return int(value) if isinstance(value, (int, np.integer)) else str(value)
