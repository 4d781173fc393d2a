"""Every ruled function has inside of a gradient the type and the value that it has outside.

Numbers (0-d results) of whole-number types are Python's inside of a gradient, so their width does not count.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from optionsamples import leaves, real_leaves
from rulecheck import Sample
from rulesamples import samples

from fluxbridge.autodiff.native import withgradient
from fluxbridge.autodiff.primitive import plain
from fluxbridge.errors import FluxbridgeError

KINDS = ["?", "b", "B", "h", "i", "l", "L", "e", "f", "d", "F", "D"]
#: Numbers that NumPy takes for arrays without dimensions are Python's numbers, which adapt.
OF_NUMBERS = {"apply_along_axis", "dot", "einsum2", "getitem", "inner", "outer"}
if np.linalg.cond(1j * np.eye(2), 1).dtype.kind == "c":  # in older NumPys
    OF_NUMBERS.add("cond")
SAMPLES = {name: [s for s in samples() if s.name == name] for name in sorted({s.name for s in samples()})}


def converted(x: Any, kind: str) -> Any:
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "fc":
        return x
    if kind == "?":
        return x > 1
    value = np.abs(np.real(x)) * 3 if kind in "bBhilL" else x if kind in "FD" else np.real(x)
    return value.astype(kind)


def outcome(f: Any, args: tuple[Any, ...]) -> list[Any] | Exception:
    try:
        return leaves(f(*args))
    except Exception as error:
        return error


def traced_outcome(f: Any, args: tuple[Any, ...]) -> list[Any] | Exception:
    seen: list[Any] = []

    def scalar(*xs: Any) -> Any:
        result = f(*xs)
        seen.append([plain(v) for v in leaves(result)])
        return sum((1.0 * np.sum(np.real(v)) for v in real_leaves(result)), 0.0)

    try:
        withgradient(scalar, args)
    except Exception as error:
        return seen[0] if seen else error
    return seen[0]


def compare(sample: Sample, kind: str) -> None:
    args = tuple(converted(x, kind) for x in sample.args)
    expected, got = outcome(sample.f, args), traced_outcome(sample.f, args)
    if isinstance(expected, Exception):
        assert isinstance(got, Exception) or kind == "?", f"{kind}: outside this raises {expected!r}"
        return
    if isinstance(got, Exception):
        assert isinstance(got, FluxbridgeError), f"{kind}: inside this raises {got!r}"
        return
    for a, b in zip(map(np.asarray, got), map(np.asarray, expected), strict=True):
        assert a.shape == b.shape, f"{kind}: shape {a.shape} instead of {b.shape}"
        numbers = a.ndim == 0 and b.dtype.kind in "biu"
        assert a.dtype == b.dtype or numbers or sample.name in OF_NUMBERS, (
            f"{kind}: {a.dtype} instead of {b.dtype}"
        )
        if b.dtype.kind not in "fc":
            if numbers and sample.name in OF_NUMBERS:  # nor does it wrap round
                continue
            np.testing.assert_array_equal(a, b)
            continue
        eps = 64 * float(np.finfo(a.dtype).eps)
        scale = float(np.max(np.abs(b[np.isfinite(b)]), initial=0.0))
        np.testing.assert_allclose(a, b, rtol=eps, atol=eps * scale, err_msg=kind)


@pytest.mark.parametrize("name", SAMPLES)
def test_types_and_values(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample in SAMPLES[name]:
            for kind in KINDS:
                compare(sample, kind)


def test_powers_by_scalars_of_numpy():
    x = np.array([0.5, 2.0], np.float32)
    for p in (2, 2.0, np.float64(2), np.int64(2), np.int8(2), np.float32(2), np.float16(2), np.longdouble(2)):
        for power in (np.power, np.float_power, lambda a, b: a**b):
            got, expected = traced_outcome(lambda a, p=p, f=power: f(a, p), (x,)), power(x, p)
            assert got[0].dtype == expected.dtype
            np.testing.assert_array_equal(got[0], expected)


def test_double_precision_where_numpy_takes_it():
    x = np.array([1e30, 2e30, 4e30], np.float32)
    value, (g,) = withgradient(lambda x: np.cov(x), (x,))
    assert value == np.cov(x) and np.isfinite(value) and g.dtype == np.float32
    value, _ = withgradient(lambda x: np.sum(np.float_power(x, 2)), (x,))
    assert value == np.sum(np.float_power(x, 2)) and np.isfinite(value)
    value, _ = withgradient(lambda x, y: np.corrcoef(x, y)[0, 1], (x, x[::-1].copy()))
    assert value == np.corrcoef(x, x[::-1])[0, 1]
