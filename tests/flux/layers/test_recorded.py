"""Every recorded layer: values, gradients, states, looks, sizes."""

from __future__ import annotations

import pytest
from fluxlayers import DEVIATIONS, check_layer
from fluxrecords import Case, cases, variations

CASES = [
    c
    for c in [*cases("layers"), *variations("layers")]
    if c.name not in DEVIATIONS and ("forward" in c or "state" in c or "show" in c)
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_layer(case: Case) -> None:
    check_layer(case)
