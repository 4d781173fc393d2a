"""Every stream that was recorded from the real Julia, to the last bit."""

from __future__ import annotations

import pytest
from juliarandom import answer, rows

JULIA = [row for name in ("", "mixed_") for row in rows(f"julia_random_{name}1.10.8.jsonl")]


@pytest.mark.parametrize("row", JULIA, ids=[f"{row['seed']}-{row['call']}"[:60] for row in JULIA])
def test_equal_to_julia(row):
    assert answer(row["call"], row["seed"]) == row["value"]
