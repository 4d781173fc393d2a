"""Dask's arrays: lazy, in chunks, with the values and gradients of NumPy's."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest
from autodiff.test_families import CASES, A, B, C, M
from otherarrays import refuse_to_compute
from rulecheck import pair, random_like
from rulesamples import samples

from fluxbridge import compute, gradient, withgradient
from fluxbridge.autodiff.chunks import works_on_chunks
from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.errors import FluxbridgeError, GradientLostError, NoRuleError, StructureError

dask = pytest.importorskip("dask", reason="Dask is not installed")
da = pytest.importorskip("dask.array", reason="Dask is not installed")

#: Dask lacks functions and options that its arrays have here, so that a plain run would fail.
pytestmark = pytest.mark.once


def lazily() -> Any:
    """Within it nothing can be computed."""
    return dask.config.set(scheduler=refuse_to_compute)


def uneven(x: Any) -> Any:
    """`x` in chunks of different sizes along every axis."""
    sizes = [(n - n // 3 - n // 5, n // 3, n // 5) if n > 4 else (n - n // 2, n // 2) for n in np.shape(x)]
    return da.from_array(np.asarray(x), chunks=tuple([tuple(c for c in s if c) or (0,) for s in sizes]))


CHUNKS = {"uneven": uneven, "one": lambda x: da.from_array(x, chunks=-1)}


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_numpy(name: str, chunks: str) -> None:
    f, x = CASES[name]
    value, (slope,) = withgradient(f, x)
    lazy = CHUNKS[chunks](x)
    with lazily():
        theirs, (their_slope,) = withgradient(f, lazy)
    assert isinstance(their_slope, da.Array)
    assert their_slope.chunks == lazy.chunks
    theirs, their_slope = dask.compute(theirs, their_slope)
    assert their_slope.dtype == slope.dtype
    np.testing.assert_allclose(theirs, value, rtol=1e-6)
    np.testing.assert_allclose(their_slope, slope, rtol=1e-5, atol=1e-12)


def _first_samples() -> list[Any]:
    """One call of each function of the rule tests that takes an array."""
    found: dict[str, Any] = {}
    for sample in samples():
        if any(np.ndim(x) for x in sample.args):
            found.setdefault(sample.name, sample)
    return list(found.values())


@pytest.mark.parametrize("sample", _first_samples(), ids=lambda s: s.name)
def test_every_rule_works_on_chunks_or_is_refused_by_name(sample: Any) -> None:
    xs = [x if isinstance(x, (float, complex)) else np.asarray(x) for x in sample.args]
    out = sample.f(*xs)
    rng = np.random.default_rng(0)
    f = pair(sample.f, [random_like(rng, p) for p in (out if isinstance(out, (tuple, list)) else (out,))])
    value, slopes = withgradient(f, *xs)
    by_itself = sample.name in PRIMITIVES and PRIMITIVES[sample.name].number_vjp is not None
    try:
        with lazily():
            found = withgradient(f, *[uneven(x) if np.ndim(x) else x for x in xs])
    except (FluxbridgeError, NotImplementedError) as error:  # ours, or Dask's own about its chunks
        assert not by_itself, error
        return
    theirs, their_slopes = compute(found.val, found.grad)
    np.testing.assert_allclose(theirs, value, rtol=1e-9)
    for a, b in zip(their_slopes, slopes, strict=True):
        a, b = (0.0 if g is None else g for g in (a, b))
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


def test_the_table_names_primitives() -> None:
    working = [name for name, primitive in PRIMITIVES.items() if works_on_chunks(primitive)]
    assert {"tanh", "matmul", "where"} <= set(working)
    assert not {"sort", "svd", "fft"} & set(working)


X = np.random.default_rng(1).normal(size=(100, 3))
Y = (X[:, 0] > 0.1) * 1.0


def logistic(w: Any, x: Any, y: Any) -> Any:
    z = x @ w
    return np.mean(np.logaddexp(0.0, z) - y * z)


def test_parameters_of_numpy_and_numbers_have_lazy_gradients() -> None:
    w = np.ones(3)
    with lazily():
        value, (slope,) = withgradient(lambda w: logistic(w, uneven(X), uneven(Y)), w)
        (by_number,) = gradient(lambda a: np.sum(np.tanh(a * uneven(X))), 2.0)
    expected = withgradient(lambda w: logistic(w, X, Y), w)
    value, slope, by_number = compute(value, slope, by_number)
    assert value == pytest.approx(expected.val)
    np.testing.assert_allclose(slope, expected.grad[0])
    assert by_number == pytest.approx(gradient(lambda a: np.sum(np.tanh(a * X)), 2.0)[0])


def test_value_and_gradient_read_each_chunk_once() -> None:
    reads: list[int] = []

    def read(block: Any) -> Any:
        reads.append(len(block))
        return block

    x = da.from_array(X, chunks=(25, 3)).map_blocks(read, dtype=X.dtype, meta=X[:0])
    with dask.config.set(scheduler="sync"):
        compute(withgradient(lambda w: logistic(w, x, uneven(Y)), np.ones(3)))
    assert reads == [25] * 4


def k_means(centers: Any, x: Any) -> Any:
    return np.mean(np.min(np.sum((x[:, None, :] - centers[None]) ** 2, axis=2), axis=1))


def factors(u: Any, v: Any, x: Any) -> Any:
    return np.sum((x - u @ v) ** 2)


def linear(w: Any, x: Any) -> Any:
    return np.mean((x @ w - x[:, 0]) ** 2)


def mlp(p: Any, x: Any) -> Any:
    return np.mean((np.tanh(x @ p["W"] + p["b"]) @ p["v"] - x[:, 0]) ** 2)


LOSSES = {
    "linear": (linear, (np.ones(3),)),
    "k-means": (k_means, (X[:4],)),
    "factors": (factors, (X[:, :1] / 3, X[:1] / 2)),
    "mlp": (mlp, ({"W": M[:3], "b": C, "v": C},)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_over_large_data(name: str) -> None:
    loss, parameters = LOSSES[name]
    rows = da.from_array(X, chunks=((40, 35, 25), (3,)))
    with lazily():
        found = withgradient(lambda *p: loss(*p, rows), *parameters)
        assert found.grad  # no chunk of what is computed on the way has more than the rows of one
    value, slopes = compute(found.val, found.grad)
    expected = withgradient(lambda *p: loss(*p, X), *parameters)
    assert value == pytest.approx(expected.val)
    for a, b in zip(slopes, expected.grad, strict=True):
        for key in a if isinstance(a, dict) else [...]:
            np.testing.assert_allclose(a[key], b[key], rtol=1e-9)


def test_a_branch_computes_what_it_asks_for_once(caplog: pytest.LogCaptureFixture) -> None:
    def f(x: Any) -> Any:
        total = np.sum(x)
        if total > 1.0 and total < 1e6 and int(total) > 0:
            return total**2
        return total

    with caplog.at_level(logging.DEBUG, logger="fluxbridge"):
        (slope,) = gradient(f, uneven(A))
    assert [r.levelname for r in caplog.records] == ["DEBUG"]
    assert "was needed" in caplog.text
    np.testing.assert_allclose(slope.compute(), np.full(A.shape, 2 * A.sum()))


def test_refusals_say_what_to_do() -> None:
    x = uneven(A)
    with pytest.raises(NoRuleError, match=r"sort .*x\.rechunk\(x\.shape\)"):
        gradient(lambda x: np.sum(np.sort(x, axis=0)), x)
    with pytest.raises(NoRuleError, match=r"np\.det .*x\.compute\(\)"):
        gradient(lambda x: np.linalg.det(x @ B), x)
    with pytest.raises(NoRuleError, match="several chunks"):
        gradient(lambda x: np.sum(x[[0, 0, 1]]), x)
    with pytest.raises(GradientLostError, match=r"np\.where\(mask, x, 0\.0\)"):
        gradient(lambda x: np.sum(x[x > 0.5]), x)
    with pytest.raises(GradientLostError, match=r"np\.where\(mask, x, 0\.0\)"):
        gradient(lambda a: np.sum(a[x > 0.5]), A)
    with pytest.raises(StructureError, match="compute_chunk_sizes"):
        gradient(lambda x: np.sum(x), x[x > 0.5])
    with pytest.raises(NoRuleError, match="argsort is not among"):
        gradient(lambda x: np.sum(np.argsort(x)) * x[0, 0], x)
    with pytest.raises(NoRuleError, match="does not take all of"):
        gradient(lambda x: np.sum(x, initial=1.0), x)


def test_with_one_chunk_a_rule_of_all_elements_works() -> None:
    x = da.from_array(A, chunks=-1)
    with lazily():
        (slope,) = gradient(lambda x: np.sum(np.sort(x, axis=0) * M), x)
        (picked,) = gradient(lambda x: np.sum(x[[0, 0, 1]] ** 2), x)
    np.testing.assert_allclose(slope.compute(), gradient(lambda x: np.sum(np.sort(x, axis=0) * M), A)[0])
    np.testing.assert_allclose(picked.compute(), gradient(lambda x: np.sum(x[[0, 0, 1]] ** 2), A)[0])


def test_compute_finds_lazy_arrays_in_structures() -> None:
    x = uneven(A)
    assert compute(3.0, [x.sum(), "text"])[1][0] == pytest.approx(A.sum())
    assert compute({"a": (x.max(),)})["a"][0] == A.max()


def _slow(block: Any) -> Any:
    time.sleep(0.05)
    return block


def test_a_cluster_of_two_workers_one_of_them_killed() -> None:
    distributed = pytest.importorskip("dask.distributed", reason="dask.distributed is not installed")
    rows = da.from_array(X, chunks=(5, 3)).map_blocks(_slow, dtype=X.dtype, meta=X[:0])
    expected = withgradient(lambda w: logistic(w, X, Y), np.ones(3))
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        first = next(iter(client.run(os.getpid).values()))
        threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
        found = compute(withgradient(lambda w: logistic(w, rows, uneven(Y)), np.ones(3)))
    assert found[0] == pytest.approx(expected.val)
    np.testing.assert_allclose(found[1][0], expected.grad[0])


def test_what_looks_at_elements_says_what_to_write() -> None:
    from fluxbridge import compute, cross_check, kinks

    x = da.ones((4, 2), chunks=(2, 2))
    for ask in (cross_check, kinks):
        with pytest.raises(StructureError, match=r"\[0\] is an array of Dask.*fluxbridge.compute\(x\)"):
            ask(lambda x: np.sum(np.tanh(x)), x)
        ask(lambda x: np.sum(np.tanh(x)), compute(x))
