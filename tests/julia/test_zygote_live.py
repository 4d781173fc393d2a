"""Every recorded answer of Zygote, asked again of the real one through the bridge."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fluxbridge
from fluxbridge import AutoZygote
from fluxbridge.errors import FluxbridgeError, MutationError, NotScalarError, StructureError

pytestmark = pytest.mark.julia

LINES = (Path(__file__).parents[1] / "reference" / "zygote_0.7.12.jsonl").read_text().splitlines()
CASES = [json.loads(line) for line in LINES[1:]]

#: The Python class for each recorded error; the same as the native engine's.
ERRORS = {
    "array output": NotScalarError,
    "complex output": NotScalarError,
    "string output": NotScalarError,
    "nothing output": NotScalarError,
    "mutation": MutationError,
    "dim mismatch": ValueError,
    "jacobian complex": StructureError,
}


def decode(x: Any) -> Any:
    if x is None or isinstance(x, (int, float)):
        return x
    if isinstance(x, str):
        return {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}[x]
    if isinstance(x, list):
        return [decode(v) for v in x]
    if "tuple" in x:
        return tuple(decode(v) for v in x["tuple"])
    if "fields" in x:
        return {k: decode(v) for k, v in x["fields"].items()}
    if "dict" in x:
        return {k: decode(v) for k, v in x["dict"].items()}
    if "list" in x:
        return decode(x["list"])
    if "array" in x:
        return np.array(decode(x["array"])).reshape(x["shape"])
    if "rational" in x:
        return Fraction(*x["rational"])
    if "re" in x:
        return complex(decode(x["re"]), decode(x["im"]))
    return decode(x["value"])


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


@pytest.mark.parametrize("case", CASES, ids=[f"{c['group']}: {c['name']}" for c in CASES])
def test_live_answer(case: dict) -> None:
    f = fluxbridge.julia.function(case["julia"])
    session = fluxbridge.julia.session.bridge()
    count = session.length(session.define(case["julia_args"]))
    args = [fluxbridge.julia.function(f"({case['julia_args']})[{k}]") for k in range(1, count + 1)]
    operator = getattr(fluxbridge, case["op"])
    options = {"order": "F"} if case["op"] in ("jacobian", "hessian") else {}
    if "error" in case:
        with pytest.raises((FluxbridgeError, ValueError)) as caught:
            operator(f, AutoZygote(), *args, **options)
        assert isinstance(caught.value, ERRORS[case["name"]])
        return
    agree(operator(f, AutoZygote(), *args, **options), decode(case["result"]))
