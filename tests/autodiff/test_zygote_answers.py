"""The recorded answers of the real Zygote, asked of the native engine."""

from __future__ import annotations

import functools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fluxbridge
from fluxbridge.errors import FluxbridgeError

LINES = (Path(__file__).parents[1] / "reference" / "zygote_0.7.12.jsonl").read_text().splitlines()
HEADER, CASES = json.loads(LINES[0]), [json.loads(line) for line in LINES[1:]]

#: Where our answer is better than an accident; each stands in docs/deviations.md.
DEVIATIONS = {
    "mod at multiple": (1.0,),
    "std const": (np.zeros(3),),
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
    if expected is None:
        assert got is None
    elif isinstance(expected, tuple):
        assert isinstance(got, tuple)
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
        assert np.iscomplexobj(got) == np.iscomplexobj(expected)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


def spelled(case: dict) -> tuple[Any, tuple]:
    names: dict[str, Any] = {"np": np, "Fraction": Fraction}
    for source in HEADER["named_python_functions"].values():
        exec(source, names)
    return eval(case["python"], names), eval(case["python_args"], names)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=[f"{c['group']}: {c['name']}" for c in CASES])
def test_zygote_answer(case: dict) -> None:
    f, args = spelled(case)
    operator = getattr(fluxbridge, case["op"])
    if case["op"] in ("jacobian", "hessian"):  # Julia counts elements column by column
        operator = functools.partial(operator, order="F")
    if "error" in case:
        with pytest.raises((FluxbridgeError, ValueError)):
            operator(f, *args)
        return
    expected = DEVIATIONS.get(case["name"], decode(case["result"]))
    agree(operator(f, *args), expected)
