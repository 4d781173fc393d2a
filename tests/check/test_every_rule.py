"""Every rule, put to the engines that are there by the fixture that users have."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from rulecheck import pair, random_like
from rulesamples import samples

SAMPLES = samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_gradient(sample, gradient_check):
    rng = np.random.default_rng(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = sample.f(*sample.args)
        weights = [random_like(rng, p) for p in (out if isinstance(out, (tuple, list)) else (out,))]
        gradient_check(pair(sample.f, weights), *sample.args, engines=["finite differences"], max_entries=12)
