"""Random programs compute inside of a gradient what they compute outside, or are refused."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parity.referee import judge
from parity.writer import Writer

#: FLUXBRIDGE_PROGRAMS=10000 runs so many; the programs are the same ones in every run.
COUNT = int(os.environ.get("FLUXBRIDGE_PROGRAMS", "500"))
BLOCKS = 8


@pytest.mark.parametrize("block", range(BLOCKS))
def test_programs(block: int) -> None:
    fared = Counter(judge(Writer(random.Random(seed)).text) for seed in range(block, COUNT, BLOCKS))
    assert fared["equal"] > 0.6 * sum(fared.values()), fared  # or the programs would test little


@given(st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_programs_that_hypothesis_chooses(choose: random.Random) -> None:
    judge(Writer(choose, statements=4).text)
