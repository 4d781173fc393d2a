"""Further recorded calls of utilities: drawn numbers, data, one-hot arrays, derivatives, looks."""

import operator
import re

import numpy as np
import pytest
from fluxcalls import check_call
from fluxlayers import _NAMES, without_bytes
from fluxrecords import OneHot, agree, variations, weighted_sum

from fluxbridge import flux, gradient
from fluxbridge.random import StableRNG, Xoshiro

WORDS = {
    **vars(flux), **_NAMES, "flux": flux, "operator": operator, "Xoshiro": Xoshiro, "StableRNG": StableRNG,
    "typemax": lambda kind: np.iinfo(kind).max, "Int64": np.int64, "sin": np.sin, "prod": np.prod,
    "sum": lambda x, axis=None: np.sum(x, axis=axis, keepdims=axis is not None),
    "collect": lambda data: list(data) if isinstance(data, flux.DataLoader) else np.asarray(data),
}  # fmt: skip


def inputs_of(case):
    return {
        name: flux.OneHotArray(np.argmax(value, axis=0), len(value)) if isinstance(value, OneHot) else value
        for name, value in case["inputs"].items()
    }


def answer(case, **inputs):
    return eval(case.data["python"], {**WORDS, **inputs})


@pytest.mark.parametrize("case", [c for c in variations("utilities") if "result" in c], ids=lambda c: c.name)
def test_calls(case):
    inputs = inputs_of(case)
    least = 100.0 if "hessprod" in case.name else 0.0  # divided by an entry near 0 in Julia
    agree(answer(case, **inputs), case["result"], least=least)
    for name, expected in (case.get("gradient") or {}).items():
        (slope,) = gradient(
            lambda x, name=name: weighted_sum(answer(case, **{**inputs, name: x})), inputs[name]
        )
        agree(slope, expected, name)


@pytest.mark.parametrize("case", [c for c in variations("layers") if "result" in c], ids=lambda c: c.name)
def test_functions_of_nnlib(case):
    shifted = {"idx": case["inputs"]["idx"] - 1} if "idx" in case["inputs"] else {}
    names = list(case["inputs"])
    check_call(case, lambda *xs: answer(case, **dict(zip(names, xs, strict=True))), **shifted)


@pytest.mark.parametrize("case", [c for c in variations("utilities") if "trace" in c], ids=lambda c: c.name)
def test_printed(case):
    model, said = answer(case), dict(case["trace"])
    assert repr(model) == re.sub(r"Recurrence\{.*\}\(", "Recurrence(", said["repr"])  # type parameters
    assert without_bytes(str(model)) == without_bytes(said["plain"])
    assert sum(a.size for a in flux.trainables(model)) == said["count"]
