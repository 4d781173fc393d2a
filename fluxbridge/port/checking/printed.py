"""What both sides print, line by line: words equal, numbers near."""

from __future__ import annotations

import re

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eEf][-+]?\d+)?|Inf|NaN)(?![\w.]*\d)")
#: Lines about time and memory, which no run repeats.
CLOCK = re.compile(r"\d seconds|allocation|elapsed|ETA|\bms\b|\bs/iter")
#: As a part of the number: of one that was printed with at most seven digits, and with more.
SHORT, LONG = 2e-5, 1e-8


def printed_difference(wanted: str, here: str, rough: float = 1.0) -> str:
    """The first line that differs, or nothing; ``rough`` times as far apart, numbers are equal, too.

    >>> printed_difference("loss 0.25\\n", "loss 0.5\\n")
    "prints 'loss 0.5', in Julia 'loss 0.25'"
    >>> printed_difference("loss 0.1234567\\n", "loss  0.1234568\\n")
    ''
    """
    ours, theirs = _lines(here), _lines(wanted)
    for w, h in zip(theirs, ours, strict=False):
        if w != h and not _near(w, h, rough):
            return f"prints {_short(h)}, in Julia {_short(w)}"
    if len(ours) != len(theirs):
        extra = (theirs if len(theirs) > len(ours) else ours)[min(len(ours), len(theirs))]
        counts = f"prints {len(ours)} lines, in Julia {len(theirs)}"
        return f"{counts}; the first without a partner is {_short(extra)}"
    return ""


def _lines(text: str) -> list[str]:
    text = text.replace("\r", "\n")
    return [" ".join(line.split()) for line in text.split("\n") if line.strip() and not CLOCK.search(line)]


def _short(line: str) -> str:
    return repr(line if len(line) <= 80 else line[:77] + "…")


def _near(wanted: str, here: str, rough: float) -> bool:
    words = [re.sub(r"\s", "", NUMBER.sub("#", line)) for line in (wanted, here)]
    numbers = [NUMBER.findall(line) for line in (wanted, here)]
    return words[0] == words[1] and all(
        near_numbers(a, b, rough) for a, b in zip(numbers[0], numbers[1], strict=True)
    )


def near_numbers(wanted: str, here: str, rough: float = 1.0) -> bool:
    """Whether two printed numbers are the same, up to rounding."""
    a, b = (float(t.replace("f", "e") if t.strip("+-") not in ("Inf", "NaN") else t) for t in (wanted, here))
    if a == b or (a != a and b != b):
        return True
    digits = len(re.sub(r"[^\d]", "", re.split(r"[ef]", wanted.lower())[0]).lstrip("0"))
    return abs(a - b) <= rough * max(abs(a), abs(b)) * (SHORT if digits <= 8 else LONG)
