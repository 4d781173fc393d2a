"""The recorded answers of the real Zygote, asked of the native engine."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from zygoterecords import CASES, HEADER, IDS, decode

import fluxbridge
from fluxbridge.errors import FluxbridgeError

#: Where our answer is better than an accident; each stands in docs/deviations.md.
DEVIATIONS = {
    "mod at multiple": (1.0,),
    "std const": (np.zeros(3),),
}


#: Cases of numbers of Julia whose arithmetic in Python is that of NumPy's numbers (1/0 is Inf).
OF_NUMPY = {"1/x at zero"}


def agree(got: Any, expected: Any) -> None:
    if expected is None:
        assert got is None
    elif isinstance(expected, (tuple, list)):
        assert isinstance(got, type(expected))
        assert len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            agree(g, e)
    elif isinstance(expected, dict):
        keys = got._fields if hasattr(got, "_fields") else got.keys()
        assert set(keys) == set(expected)
        for key, e in expected.items():
            agree(getattr(got, key) if hasattr(got, key) else got[key], e)
    elif isinstance(expected, Fraction):
        assert got == expected
    else:
        assert got is not None
        assert np.shape(got) == np.shape(expected)
        assert np.asarray(got).dtype == np.asarray(expected).dtype
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


def spelled(case: dict) -> tuple[Any, tuple]:
    names: dict[str, Any] = {}
    exec(HEADER["preamble_python"], names)
    for source in HEADER["named_python_functions"].values():
        exec(source, names)
    return eval(case["python"], names), eval(case["python_args"], names)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_zygote_answer(case: dict) -> None:
    f, args = spelled(case)
    if case["name"] in OF_NUMPY:
        args = tuple(map(np.float64, args))
    operator = getattr(fluxbridge, case["op"])
    if case["op"] in ("jacobian", "hessian"):  # Julia counts elements column by column
        operator = functools.partial(operator, order="F")
    if "error" in case:
        with pytest.raises((FluxbridgeError, ValueError, LookupError)):
            operator(f, *args)
        return
    expected = DEVIATIONS.get(case["name"], decode(case["result"]))
    agree(operator(f, *args), expected)
