"""Drawing many at once gives what drawing one after another gives, and leaves the same state."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge.random import Int128, StableRNG, UInt128, Xoshiro, jump, words
from fluxbridge.random.logarithm import _exact_fma, log
from fluxbridge.random.ziggurat import exponential, normal

makers = st.sampled_from([Xoshiro, StableRNG])
seeds = st.integers(0, 2**64 - 1)
sizes = st.integers(0, 700) | st.integers(0, 20_000)
relaxed = settings(deadline=None, max_examples=60)


@relaxed
@given(makers, seeds, sizes, st.integers(0, 20_000))
def test_words_come_in_one_order(make, seed, n, stop):
    g, h = make(seed), make(seed)
    made, seek = g._window(n)
    stop = min(stop, n)
    assert made.tolist() == [h._next() for _ in range(n)]
    seek(n)
    assert g == h
    seek(stop)
    later = make(seed)
    for _ in range(stop):
        later._next()
    assert g == later


@pytest.mark.parametrize("make", [Xoshiro, StableRNG])
@pytest.mark.parametrize("n", [jump.CHUNK - 1, jump.CHUNK, jump.CHUNK + 1, 2 * jump.CHUNK + 12345])
def test_long_streams_are_put_together(make, n):
    g, h = make(5), make(5)
    whole = g._words(n)
    parts = [h._words(k) for k in (300, n // 3, 17, n - n // 3 - 317)]
    assert np.array_equal(whole, np.concatenate(parts))
    assert g == h


@pytest.mark.parametrize("exponent", range(10))
def test_a_jump_is_many_steps(exponent):
    g = Xoshiro(exponent)
    start = np.array([g.state[:4]], np.uint64)
    g._words(2**exponent)
    assert tuple(jump.advance(start, exponent)[0].tolist()) == g.state[:4]


@relaxed
@given(makers, seeds, st.integers(0, 3000), st.sampled_from(["normal", "exponential"]))
def test_a_ziggurat_in_bulk(make, seed, n, name):
    ziggurat = {"normal": normal, "exponential": exponential}[name]()
    g, h = make(seed), make(seed)
    assert g._ziggurat_sequence(ziggurat, n).tolist() == [h._by_ziggurat(ziggurat) for _ in range(n)]
    assert g == h


def test_a_ziggurat_in_windows_of_any_size(monkeypatch):
    monkeypatch.setattr(words, "CHUNK", 20)
    for ziggurat in (normal(), exponential()):
        g, h = Xoshiro(8), Xoshiro(8)
        assert g._ziggurat_sequence(ziggurat, 20_000).tolist() == [
            h._by_ziggurat(ziggurat) for _ in range(20_000)
        ]
        assert g == h


@relaxed
@given(
    makers,
    seeds,
    st.integers(1, 2**64) | st.integers(0, 64).map(lambda k: 2**k) | st.integers(1, 40),
    st.integers(0, 400),
)
def test_indices_in_bulk(make, seed, bound, n):
    g, h = make(seed), make(seed)
    pick = g._below(bound)
    many = g._many(pick, n).tolist()
    assert many == [h._one(pick) for _ in range(n)]
    assert all(0 <= value < bound for value in many)
    assert g == h


@relaxed
@given(
    makers,
    seeds,
    st.sampled_from([(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (1, 2, 3, 4, 5), "aß漢", [5, 6, 7], np.eye(3)])
    | st.builds(range, st.integers(-(2**63), 2**62), st.integers(2**63, 2**63 + 2**20), st.integers(2, 2**61))
    | st.builds(range, st.integers(-100, 100), st.integers(101, 300), st.integers(1, 7))
    | st.builds(lambda a, n: range(a, a + n), st.integers(-(2**130), 2**130), st.integers(1, 2**140)),
    st.integers(0, 50),
)
def test_elements_in_bulk(make, seed, items, n):
    g, h = make(seed), make(seed)
    items = list(items) if isinstance(items, str) else items
    one_by_one = [h.rand(items) for _ in range(n)]
    assert g.rand(items, n).tolist() == one_by_one
    assert g == h
    assert all(item in items for item in one_by_one)


KINDS = [float, np.float32, np.float16, bool, str, complex, np.complex64, Int128, UInt128]
INTEGERS = [np.dtype(f"{sign}{size}") for sign in "iu" for size in (1, 2, 4, 8)]


@relaxed
@given(seeds, st.sampled_from(KINDS + INTEGERS), st.integers(0, 300))
def test_types_in_bulk_where_all_arrays_are_made_one_by_one(seed, kind, n):
    g, h = StableRNG(seed), StableRNG(seed)
    assert g.rand(kind, n).tolist() == [h.rand(kind) for _ in range(n)]
    assert g == h


@relaxed
@given(seeds, st.sampled_from([float, np.float32, np.int8, np.uint64, Int128, bool]), st.integers(0, 2000))
def test_a_long_array_begins_as_a_longer_one(seed, kind, n):
    """The lanes fill whole blocks; what is left comes from the generator itself."""
    bytes_ = {float: 8, np.float32: 4, np.uint64: 8, Int128: 16}.get(kind, 1)
    block = 512 if kind is bool else 64
    long = (10 if kind is bool else 1) * 64
    if n * bytes_ < long:
        return
    whole = n * bytes_ // block * block // bytes_
    a, b = Xoshiro(seed).rand(kind, n), Xoshiro(seed).rand(kind, n + 1000)
    assert a[:whole].tolist() == b[:whole].tolist()


@relaxed
@given(makers, seeds, st.integers(0, 300))
def test_orders(make, seed, n):
    g = make(seed)
    assert sorted(g.randperm(n).tolist()) == list(range(n))
    assert sorted(g.shuffle(range(n)).tolist()) == list(range(n))
    cycle, place, seen = g.randcycle(n), 0, []
    for _ in range(n):
        place = int(cycle[place])
        seen.append(place)
    assert sorted(seen) == list(range(n))
    for share in (0, 0.03, 0.15, 0.3, 1):
        taken = g.randsubseq(range(n), share).tolist()
        assert taken == sorted(set(taken)) and set(taken) <= set(range(n))


@pytest.mark.parametrize("make", [Xoshiro, StableRNG])
def test_the_moments(make):
    g = make(1)
    for values, mean, variance in [
        (g.rand(200_000), 0.5, 1 / 12),
        (g.rand(np.float32, 200_000), 0.5, 1 / 12),
        (g.randn(200_000), 0, 1),
        (g.randn(np.float32, 200_000), 0, 1),
        (g.randn(complex, 200_000), 0, 1),
        (g.randexp(200_000), 1, 1),
    ]:
        assert abs(values.mean() - mean) < 0.01
        assert abs(values.var() - variance) < 0.02


LONG = {  # SHA-256 of the bytes of 3,000,005 numbers, made by Julia 1.10.8, beginning with seed 1
    (Xoshiro, "randn"): "ce9b0ea00c1fec39c3174f44dc1cd5e490bb417e9f5766f798b10f56d47c6b80",
    (Xoshiro, "randn32"): "f8435f39e7a0da839a93a88ae651a925e2de209a245341d1ec0e6a92f3fdcea5",
    (Xoshiro, "randexp"): "95bab7fe252cff19a58f5953b6ac1857aa9e55cf2500d22328b9afc134865696",
    (Xoshiro, "rand32"): "a43a908c9440d85cd2409f6c1d39aaa7313834422ed66f53eaa8633de2ffa16f",
    (Xoshiro, "die"): "ef34e3dc6d1b3605d2ccd159815035aa3f772ddc9edf6f5ef8b3ee31be6f6616",
    (StableRNG, "randn"): "20a90f30ce277f1a12614d22295a0ae4acb6751a6bc5faee94ac9d7b92b3748c",
    (StableRNG, "randn32"): "fc7942fe9ce4a21f2005f996cb04cabf22382f4fb608563461fa5b7e67810539",
    (StableRNG, "randexp"): "c4f485bccb591cb075d4b6af9d12120c6d8e57f117fd9b592e41379f16dd49b7",
    (StableRNG, "rand32"): "900a55dfce8c60df1ac1526387080854bde3b434ec56e05effa30e95523486c1",
    (StableRNG, "die"): "c4e5c812735c85bbd7187630debbe4da05970793f7ad8bad971cf169d8e537bf",
}


@pytest.mark.parametrize("make, name", LONG)
def test_millions(make, name):
    calls = {
        "randn": lambda g, n: g.randn(n),
        "randn32": lambda g, n: g.randn(np.float32, n),
        "randexp": lambda g, n: g.randexp(n),
        "rand32": lambda g, n: g.rand(np.float32, n),
        "die": lambda g, n: g.rand(range(1, 7), n),
    }
    values = calls[name](make(1), 3_000_005)
    assert hashlib.sha256(values.tobytes()).hexdigest() == LONG[make, name]


def test_the_logarithm_is_within_one_unit_in_the_last_place():
    for x in [5e-324, 2.0**-53, 1e-300, 1 - 2**-53, 1 + 2**-52, 1.5, 0.94, 1e300, *Xoshiro(1).rand(500)]:
        assert abs(log(float(x)) - math.log(x)) <= math.ulp(math.log(x))


def test_a_fused_multiply_add_rounds_once():
    x = 1 + 2.0**-30
    assert _exact_fma(x, x, -1 - 2.0**-29) == 2.0**-60
