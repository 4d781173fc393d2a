"""Names of tests."""

from __future__ import annotations

import re
from typing import Any


def named(x: Any) -> str:
    """`x` as text without addresses: processes that share the tests have to agree on their names.

    >>> named(named)
    '<function named>'
    """
    return re.sub(r" at 0x[0-9a-f]+", "", repr(x))
