"""Every sample of the rule tests, compiled and eager; in blocks, too; and where other branches are taken."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from compiledkit import moved, result, same
from rulecheck import Sample, pair, random_like
from rulesamples import samples

from fluxbridge.autodiff import native
from fluxbridge.compiled import build
from fluxbridge.compiled.refusals import CannotCompile
from fluxbridge.compiled.writers.python import MISS

groups = sys.modules["fluxbridge.compiled.passes.groups"]
pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore::RuntimeWarning")]

SAMPLES = samples()
#: Samples that are not compiled, by name, and why.
NOT_COMPILED = {"apply_along_axis"}
#: Samples whose programs answer for the values, or whole numbers, that they were made from: 41 of 2,009.
BY_VALUE = {
    "frexp", "getitem", "histogram", "histogramdd", "lstsq", "piecewise", "polyfit", "real_if_close",
    "trim_zeros", "unique_all", "unique_counts", "unique_inverse",
}  # fmt: skip
GROUPS = 40


def scalar(sample: Sample) -> tuple[Any, tuple[Any, ...]]:
    """The sample as a function with a gradient, and its arguments."""
    rng = np.random.default_rng(0)
    xs = tuple(x if isinstance(x, (float, complex)) else np.asarray(x) for x in sample.args)
    out = sample.f(*xs)
    parts = out if isinstance(out, (tuple, list)) else (out,)
    return pair(sample.f, [random_like(rng, p) for p in parts]), xs


def some(block: int) -> list[Sample]:
    return SAMPLES[block::GROUPS]


@pytest.mark.parametrize("block", range(GROUPS))
def test_compiled_is_eager_and_knows_where_it_does_not_apply(block):
    """Here the same bits; elsewhere the same, or the program says that it is not for it."""
    refused, guarded = [], []
    for sample in some(block):
        f, xs = scalar(sample)
        try:
            program = build.gradient(f, xs, False)
        except CannotCompile:
            refused.append(sample.name)
            continue
        assert same(program.run(f, xs), native.withgradient(f, xs)), sample.name
        if any("the_value" in question for question in program.report.questions):
            guarded.append(sample.name)
        for seed in range(3):
            point = moved(xs, seed)
            found = result(lambda: program.run(f, point))  # noqa: B023
            wanted = result(lambda: native.withgradient(f, point))  # noqa: B023
            if found is not MISS and not isinstance(found, type):
                assert same(found, wanted), (
                    f"{sample.name} at {point!r}: {found!r}, eager {wanted!r}\n{program.source}"
                )
    assert len(refused) <= 2, refused
    assert set(guarded) <= BY_VALUE, guarded


@pytest.mark.parametrize("block", range(0, GROUPS, 2))
def test_in_blocks(block, monkeypatch):
    monkeypatch.setattr(groups, "LARGE", 2)
    monkeypatch.setattr(groups, "BLOCK", 2 + block % 5)
    for sample in some(block):
        f, xs = scalar(sample)
        try:
            program = build.gradient(f, xs, False)
        except CannotCompile:
            continue
        value, grads = program.run(f, xs)
        wanted, slopes = native.withgradient(f, xs)
        np.testing.assert_allclose(value, wanted, rtol=1e-12, atol=1e-13, err_msg=sample.name)
        for g, s in zip(grads, slopes, strict=True):
            if s is None:
                assert g is None, sample.name
            else:
                np.testing.assert_allclose(g, s, rtol=1e-12, atol=1e-13, err_msg=sample.name)


def second(f: Any) -> Any:
    """The squares of the gradients of f, added up, whose gradient is a second derivative."""

    def squares(*xs: Any) -> Any:
        slopes = [g for g in native.withgradient(f, xs, False)[1] if g is not None]
        return sum((np.sum(np.real(g * np.conj(g))) for g in slopes), 0.0)

    return squares


@pytest.mark.parametrize("block", range(1, GROUPS, 4))
def test_second_derivatives(block):
    """A gradient inside a compiled one; arrays that do not depend on an argument may lie in another order."""
    compiled = 0
    for sample in some(block):
        f, xs = scalar(sample)
        f = second(f)
        try:
            program = build.gradient(f, xs, False)
        except CannotCompile:
            continue
        for point in (xs, moved(xs, 0), moved(xs, 1)):
            found = result(lambda: program.run(f, point))  # noqa: B023
            if found is MISS or isinstance(found, type):
                continue
            compiled += 1
            value, slopes = native.withgradient(f, point, False)
            np.testing.assert_allclose(found[0], value, rtol=1e-12, err_msg=sample.name)
            for a, b in zip(found[1], slopes, strict=True):
                assert (a is None) == (b is None), sample.name
                if a is not None:
                    scale = 1e-12 * max(1.0, float(np.max(np.abs(b), initial=0.0)))
                    np.testing.assert_allclose(a, b, rtol=1e-10, atol=scale, err_msg=sample.name)
    assert compiled > 30
