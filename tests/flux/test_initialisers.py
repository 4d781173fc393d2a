"""Initial weights: sizes, distributions, generators."""

import numpy as np
import pytest
from ownerrors import refused

from fluxbridge import flux, gradient
from fluxbridge.errors import ArgumentError, DimensionMismatch

ALL = [
    flux.glorot_uniform, flux.glorot_normal, flux.kaiming_uniform, flux.kaiming_normal, flux.orthogonal,
    flux.truncated_normal, flux.lecun_normal, flux.identity_init, flux.rand32, flux.randn32,
]  # fmt: skip


@pytest.mark.parametrize("init", ALL, ids=lambda f: f.__name__)
def test_ways_to_call(init):
    for size in ((3,), (3, 4), (3, 4, 5)):
        made = init(*size)
        assert made.shape == size
        assert made.dtype == np.float32
    one, two = (init(np.random.default_rng(1), 3, 4) for _ in range(2))
    assert np.array_equal(one, two)
    assert np.array_equal(init(np.random.default_rng(1))(3, 4), one)
    assert init()(3, 4).shape == (3, 4)
    with refused(TypeError):
        init((3, 4))
    assert isinstance(gradient(lambda x: np.sum(x * init(3, 4)), 5.0)[0], float)


def test_options_may_be_fixed_and_overridden():
    large = flux.kaiming_uniform(gain=1e9)
    assert large(8, 8).max() > 5e8
    assert large(8, 8, gain=1).max() < 10
    assert flux.sparse_init(sparsity=1)(8, 8).max() == 0


@pytest.mark.parametrize("size", [(1000,), (100, 400), (2, 3, 32, 64)])
@pytest.mark.parametrize("init", [flux.glorot_uniform, flux.glorot_normal])
def test_variance_of_glorot(init, size):
    variance = 2 / sum(flux.nfan(*size))
    assert abs(init(np.random.default_rng(3), *size).var() / variance - 1) < 0.1


def test_variance_of_the_others():
    rng = np.random.default_rng(5)
    assert abs(flux.kaiming_normal(rng, 100, 400).std() / np.sqrt(2 / 400) - 1) < 0.1
    bound = np.sqrt(6 / 400)
    made = flux.kaiming_uniform(rng, 100, 400)
    assert 0.99 * bound < np.abs(made).max() < bound
    assert abs(flux.lecun_normal(rng, 1000, 10).std() - 0.317) < 0.03
    v = flux.truncated_normal(rng, 100, 1000, mean=1, std=2, lo=-4.0, hi=5.0)
    assert abs(v.min() + 4) < 0.05
    assert abs(v.max() - 5) < 0.05
    assert abs(v.mean() - 1) < 0.1


def test_truncated_normal_without_scipy(monkeypatch):
    with_scipy = flux.truncated_normal(np.random.default_rng(1), 50, 50)
    import sys

    monkeypatch.setitem(sys.modules, "scipy.special", None)
    assert np.allclose(flux.truncated_normal(np.random.default_rng(1), 50, 50), with_scipy, atol=1e-6)


def test_truncated_normal_far_from_its_mean():
    with pytest.warns(UserWarning, match="two standard deviations"):
        flux.truncated_normal(3, 3, mean=10)


@pytest.mark.parametrize("size", [(5, 3), (3, 5), (3, 4, 5), (2, 2, 5), (6,)])
def test_orthogonal(size):
    w = flux.orthogonal(*size).reshape(-1, size[-1], order="F")
    product = w @ w.T if w.shape[0] < w.shape[1] else w.T @ w
    assert np.allclose(product, np.eye(len(product)), atol=1e-5)


@pytest.mark.parametrize(("sparsity", "zeros"), [(0.25, 25), (-0.1, 0), (1.1, 100), (0.333, 34)])
def test_sparse(sparsity, zeros):
    w = flux.sparse_init(100, 40, sparsity=sparsity, std=0.1)
    assert (np.sum(w == 0, axis=0) == zeros).all()
    if 0 < zeros < 100:
        assert not (w[:zeros] == 0).all()  # each column is shuffled
        assert abs(w[w != 0].std() - 0.1) < 0.01
    with refused(ArgumentError, match="matrices"):
        flux.sparse_init(3, 3, 3, sparsity=0.1)


def test_identity_leaves_what_goes_through():
    x = np.arange(9, dtype=np.float32).reshape(3, 3)
    assert np.array_equal(flux.Dense((3, 3), init=flux.identity_init)(x), x)
    image = np.arange(50, dtype=np.float32).reshape(5, 5, 2, 1)
    same = flux.Conv((3, 3), (2, 2), init=flux.identity_init, pad=flux.SamePad())
    assert np.array_equal(same(image), image)


def test_bias():
    w = np.ones((2, 3), np.float16)
    assert flux.create_bias(w, True, 2).dtype == np.float16
    assert flux.create_bias(w, [1, 2], 2).dtype == np.float16
    with refused(DimensionMismatch, match=r"size \(2,\).* \(3,\)"):
        flux.create_bias(w, [1, 2, 3], 2)


class Julia:
    """A generator with the methods of Julia's, as fluxbridge.random has them."""

    def rand(self, dtype, *shape):
        return np.full(shape, 0.75, dtype)

    randn = rand

    def randperm(self, n):
        return list(range(n))[::-1]


def test_other_generators():
    assert (
        flux.glorot_uniform(Julia(), 2, 2).tolist() == [[0.25 * np.float32(np.sqrt(np.float32(6)))] * 2] * 2
    )
    assert flux.sparse_init(Julia(), 4, 1, sparsity=0.5)[:2, 0].all()
    y = flux.trainmode_(flux.Dropout(0.5, rng=Julia()))(np.ones(3))
    assert y.tolist() == [2.0, 2.0, 2.0]


def test_the_ends_of_a_truncated_normal_without_scipy(monkeypatch):
    import sys

    from fluxbridge.flux.initialisers import _normal_quantile

    monkeypatch.setitem(sys.modules, "scipy.special", None)
    low, high = _normal_quantile(np.array([0.0, 1.0]))
    assert -40 < low < -8 < 8 < high < 40


def test_the_size_and_the_options_are_checked():
    for init in (flux.ones32, flux.zeros32, flux.glorot_uniform):
        with refused(TypeError, match="separate integers"):
            init(2.5, 3)
        with refused(ArgumentError, match="not negative"):
            init(2, -1)
    for options in ({"std": 0}, {"lo": 2}, {"lo": 1, "hi": 1}):
        with refused(ArgumentError, match="std > 0 and lo < hi"):
            flux.truncated_normal(3, **options)
    assert flux.kaiming_normal(3, 0).shape == flux.lecun_normal(3, 0).shape == (3, 0)
    with refused(ArgumentError, match="array of numbers"):
        flux.create_bias(np.ones((2, 2)), ["a", "b"], 2)
