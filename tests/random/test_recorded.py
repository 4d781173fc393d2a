"""Every stream that was recorded from the real Julia, to the last bit."""

from __future__ import annotations

import pytest
from juliarandom import answer, rows

JULIA = rows("julia_random_1.10.8.jsonl")


@pytest.mark.parametrize("row", JULIA, ids=lambda row: f"{row['seed']}-{row['call']}")
def test_equal_to_julia(row):
    assert answer(row["call"], row["seed"]) == row["value"]
