"""Random programs, and the recorded cases of Zygote, compiled and eager."""

from __future__ import annotations

import os
import random

import pytest
from autodiff.test_zygote_answers import spelled
from compiledkit import agree, states
from parity.referee import ARGUMENTS
from parity.referee import compiled as made
from parity.writer import Writer
from zygoterecords import CASES, IDS

from fluxbridge.compiled.cache import CACHE

pytestmark = [
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::fluxbridge.compiled.CompileWarning"),
]

#: How many programs; FLUXBRIDGE_SOAK asks for more.
COUNT, BLOCKS = max(120, int(os.environ.get("FLUXBRIDGE_SOAK", "0")) // 4), 8


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs(block):
    eager = 0
    for seed in range(block, COUNT, BLOCKS):
        CACHE.states.clear()
        agree(made(Writer(random.Random(seed)).text), ARGUMENTS)
        eager += any(s.eager for s in states())
    assert eager <= 0.2 * COUNT / BLOCKS


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_zygote_case(case):
    f, args = spelled(case)
    CACHE.states.clear()
    agree(f, args, case["op"], calls=2)
