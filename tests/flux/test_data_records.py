"""Data and one-hot arrays against the recorded answers of MLUtils and OneHotArrays."""

import contextlib
import re

import numpy as np
import pytest
from fluxrecords import OneHot, Symbol, agree, cases, weighted_sum

from fluxbridge import gradient
from fluxbridge.flux import callbacks, data
from fluxbridge.flux import onehotarrays as onehot

WORDS = {
    **{name: getattr(data, name) for name in data.__all__},
    **{name: getattr(onehot, name) for name in ("onehot", "onehotbatch", "onecold", "OneHotArray")},
    **{name: getattr(callbacks, name) for name in ("patience", "plateau", "early_stopping")},
    "np": np, "mean": np.mean, "hcat": lambda *xs: np.column_stack(xs), "size": np.shape, "length": len,
    "collect": lambda x: list(x) if isinstance(x, data.DataLoader) else np.asarray(x),
    "first": lambda d: next(iter(d)),
    "sprint_show": lambda _mime, x: repr(x), "plain": None,
    "mapped": lambda f, xs: type(xs)(map(f, xs)) if isinstance(xs, (tuple, list)) else list(map(f, xs)),
    "every_column": lambda parts: np.sort(np.concatenate([p.ravel() for p in parts])),
    "True_": True,
}  # fmt: skip

OURS = (
    "onehot", "onecold", "one-hot", "matrix times", "accuracy", "unsqueeze", "chunk", "batch", "unbatch",
    "stack", "unstack", "rpad", "numobs", "getobs", "splitobs", "DataLoader", "MLUtils", "gradient of chunk",
    "gradient of batch", "gradient of unsqueeze",
)  # fmt: skip

#: What a regular translation does not reach.
BY_HAND = {
    "one-hot arithmetic": "onehotbatch(l, range(1, 4)) + 0.5",
    "one-hot index": "onehotbatch(l, range(1, 4))[:, 1]",
    "accuracy": "np.mean(onecold(x, range(3)) == l)",
    "getobs": "getobs(x, [0, 2])",
    "gradient of chunk": "chunk(x, 2, axis=0)[1]",
    "gradient of batch": "batch([x, 2 * x])",
    "DataLoader WHCN": "[np.shape(b) for b in DataLoader(x, batchsize=2)]",
    "DataLoader collate=false":
        "np.array([isinstance(b, list) for b in DataLoader(x, batchsize=2, collate=False)])",
    "DataLoader shuffle covers everything":
        "every_column(list(DataLoader(x, batchsize=3, shuffle=True)))",
    "DataLoader named tuple": "list(DataLoader({'data': x, 'label': y}, batchsize=2))",
}  # fmt: skip


def in_python(julia):
    text = re.sub(r"\b(MLUtils|Flux)\.", "", julia)
    text = re.sub(r"'(\w)':'(\w)'", lambda m: repr("".join(map(chr, range(ord(m[1]), ord(m[2]) + 1)))), text)
    text = re.sub(r"(\d):(\d)", lambda m: f"range({m[1]}, {int(m[2]) + 1})", text)
    text = re.sub(r"dims=(\d)", lambda m: f"axis={int(m[1]) - 1}", text)
    text = re.sub(r"^\(d = (.*?); \(length\(d\), collect\(d\)\)\)$", r"(len(\1), list(\1))", text)
    text = re.sub(r'sprint\(show, MIME\("text/plain"\), ', "repr(", text)
    text = (
        text.replace("W * ", "W @ ").replace("; ", ", ").replace("=true", "=True").replace("=false", "=False")
    )
    return text.replace("map(", "mapped(")


def plain(value):
    """Inputs as Python has them: symbols are texts."""
    return (
        [str(v) for v in value]
        if isinstance(value, list) and value and isinstance(value[0], Symbol)
        else value
    )


@pytest.mark.parametrize("case", cases("utilities", *OURS), ids=lambda c: c.name)
def test_as_recorded(case):
    call = BY_HAND.get(case.name) or in_python(case.julia)
    inputs = {name: plain(value) for name, value in case["inputs"].items()}
    if case.error:
        with pytest.raises(case.error):
            eval(call, WORDS, inputs)
        return
    larger = "larger than the data" in case.name
    with pytest.warns(UserWarning, match="batch-size") if larger else contextlib.nullcontext():
        got = eval(call, WORDS, inputs)
    expected = case["result"]
    if isinstance(expected, OneHot):
        assert isinstance(got, onehot.OneHotArray)
    elif case.name.startswith("onecold") and ", " not in case.julia:
        expected = expected - 1  # positions count from 0
    if case.name == "DataLoader named tuple":
        expected = [dict(e.items()) for e in expected]
    agree(got, expected, types=not isinstance(expected, OneHot) or got.dtype == bool)
    for name, gradient_of in (case.get("gradient") or {}).items():
        (slope,) = gradient(lambda x, n=name: weighted_sum(eval(call, WORDS, {**inputs, n: x})), inputs[name])
        agree(slope, gradient_of)


SCRIPTS = {
    "early_stopping": lambda: callbacks.early_stopping(lambda x: x, 2, init_score=9),
    "patience": lambda: callbacks.patience(lambda x: x > 0, 2),
    "plateau": lambda: callbacks.plateau(lambda x: x, 2, init_score=10, min_dist=0.5),
}


@pytest.mark.parametrize("case", cases("utilities", *SCRIPTS), ids=lambda c: c.name)
def test_callbacks_as_recorded(case):
    trigger = SCRIPTS[case.name]()
    ((_, expected),) = case["trace"]
    assert [trigger(x) for x in case["inputs"]["seq"]] == expected.tolist()
