"""What Julia prints at a prompt, read for comparing."""

from __future__ import annotations

import re

#: Numbers and the words that stand for values.
VALUE = re.compile(
    r"(?<![\w.])(?:-?(?:\d+\.?\d*(?:[eEf][-+]?\d+)?|Inf|NaN)(?![\w.]*\w)|true|false|nothing)(?!\w)"
)
HEADER = re.compile(
    r"^.*(?:Vector|Matrix|Array|element|range|Tuple|Dict|Set|adjoint|transpose).*:?$", re.MULTILINE
)
SLICE = re.compile(r"^\[:.*\] =\s*$", re.MULTILINE)


def values_of(answer: str) -> list[str]:
    """The values that a printed answer shows, without the lines that name types and slices.

    >>> values_of("2×2 Matrix{Int64}:\\n 1  2\\n 3  4")
    ['1', '2', '3', '4']
    >>> values_of("3-element OneHotVector(::UInt32) with eltype Bool:\\n ⋅\\n 1\\n ⋅")
    ['0', '1', '0']
    """
    if "\n" in answer:
        first, rest = answer.split("\n", 1)
        answer = rest if first.endswith(":") else answer
        answer = SLICE.sub("", HEADER.sub("", answer))
    return VALUE.findall(answer.replace("⋅", "0"))


__all__ = ["values_of"]
