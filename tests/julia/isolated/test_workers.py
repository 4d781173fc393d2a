"""A few starts and ends of the process for Julia; the many are ``python tests/workers.py``."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc")


def test_ten_starts_leave_nothing_behind():
    from workers import run

    assert run(10) == []


@pytest.mark.julia
def test_five_starts_of_julia_leave_nothing_behind():
    from workers import run

    assert run(5, julia=True) == []
