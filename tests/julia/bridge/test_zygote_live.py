"""Every recorded answer of Zygote, asked again of the real one through the bridge."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from zygoterecords import CASES, HEADER, IDS, decode

import fluxbridge
from fluxbridge import AutoZygote
from fluxbridge.errors import JuliaError, MutationError, NotScalarError, StructureError

pytestmark = pytest.mark.julia

#: The Python class for each recorded error, by how its text begins; the same as the native engine's.
ERRORS = {
    "Output": NotScalarError,
    "Mutating": MutationError,
    "DimensionMismatch": ValueError,
    "ArgumentError": StructureError,
    "BoundsError": IndexError,
    "KeyError": KeyError,
    "stop": JuliaError,
}


def in_julia(source: str) -> Any:
    return fluxbridge.julia.function(f"{HEADER['preamble_julia']}\n{source}")


def agree(got: Any, expected: Any) -> None:
    if expected is None or isinstance(expected, Fraction):
        assert got == expected
    elif isinstance(expected, (tuple, list)):
        assert len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            agree(g, e)
    elif isinstance(expected, dict):
        for key, e in expected.items():
            agree(getattr(got, key) if hasattr(got, key) else got[key], e)
    else:
        assert np.shape(got) == np.shape(expected)
        assert np.iscomplexobj(got) == np.iscomplexobj(expected)
        np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_live_answer(case: dict) -> None:
    f = in_julia(case["julia"])
    session = fluxbridge.julia.session.bridge()
    count = session.length(session.define(case["julia_args"]))
    args = [in_julia(f"({case['julia_args']})[{k}]") for k in range(1, count + 1)]
    operator = getattr(fluxbridge, case["op"])
    options = {"order": "F"} if case["op"] in ("jacobian", "hessian") else {}
    if "error" in case:
        start = re.split(r"\W", case["message"])[0]
        with pytest.raises(ERRORS[start]):
            operator(f, AutoZygote(), *args, **options)
        return
    agree(operator(f, AutoZygote(), *args, **options), decode(case["result"]))
