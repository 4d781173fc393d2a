"""Are two records of Flux's answers equal up to rounding? ``python tests/reference/compare.py OLD NEW``

Prints every case that differs, with the place; numbers may differ by 1e-12 of the largest of their array in
Float64, 1e-5 in Float32, 1e-2 in Float16. Names of types are compared without their modules, messages by
their first words.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BOUNDS = {"Float64": 1e-12, "Float32": 1e-5, "Float16": 1e-2}
LOOSEST = 1e-5  #: for numbers that are written without their type


def differences(a: Any, b: Any, at: str = "", bound: float = LOOSEST, scale: float = 0.0) -> Iterator[str]:
    """Where two answers differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        kind = str(a.get("eltype") or a.get("type", ""))
        bound = next((v for k, v in BOUNDS.items() if k in kind), bound)
        scale = max([abs(x) for x in _numbers(a.get("array"))], default=0.0)
        for key in [*a, *[k for k in b if k not in a]]:
            if key not in a or key not in b:
                yield f"{at}.{key} is only in {'the old' if key in a else 'the new'}"
            elif key == "message":
                if a[key][:40] != b[key][:40]:
                    yield f"{at}.message: {a[key][:80]!r} and {b[key][:80]!r}"
            elif key == "type":
                if _type(a[key]) != _type(b[key]):
                    yield f"{at}.type: {a[key]} and {b[key]}"
            else:
                yield from differences(a[key], b[key], f"{at}.{key}", bound, scale)
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{at}: {len(a)} and {len(b)} entries"
            return
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from differences(x, y, f"{at}[{k}]", bound, scale)
    elif _is_number(a) and _is_number(b):
        if abs(a - b) > bound * max(abs(a), scale, 1e-3):
            yield f"{at}: {a} and {b}"
    elif a != b:
        yield f"{at}: {str(a)[:60]} and {str(b)[:60]}"


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def _numbers(x: Any) -> Iterator[float]:
    if isinstance(x, list):
        for v in x:
            yield from _numbers(v)
    elif _is_number(x):
        yield x


def _type(name: Any) -> str:
    return re.sub(r"\b[A-Z]\w*\.(?=[A-Z])", "", str(name))


def main(old: str, new: str) -> int:
    records = [
        [json.loads(line) for line in Path(p).read_text(encoding="utf-8").strip().split("\n")[1:]]
        for p in (old, new)
    ]
    if len(records[0]) != len(records[1]):
        print(f"{len(records[0])} and {len(records[1])} cases")
        return 1
    wrong = 0
    for a, b in zip(*records, strict=True):
        found = list(differences(a, b))
        wrong += bool(found)
        for text in found[:4]:
            print(f"{a['group']}: {a['name']}: {text}")
    print(f"{wrong} of {len(records[0])} cases differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
