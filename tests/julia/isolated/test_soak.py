"""A short soak; the long one is ``python tests/soak.py``."""

from __future__ import annotations

import sys

import pytest

pytestmark = [
    pytest.mark.julia,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]


def test_two_thousand_mixed_calls_leave_nothing_behind():
    from soak import run

    warm, end = run(2000)
    assert not end.grew(warm)
