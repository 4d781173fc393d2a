"""Saving and loading states: what comes back, what is refused."""

import io
import json
import pickle
import struct

import numpy as np
import pytest
from fluxrecords import agree
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import BatchNorm, Chain, Dense, Dropout, Record, load, save

ENDINGS = [".safetensors", ".npz"]


def model(seed=0):
    rng = np.random.default_rng(seed)
    init = flux.glorot_uniform(rng)
    return Chain(
        Dense((3, 4), np.tanh, init=init), BatchNorm(4), Dropout(0.5), Dense((4, 2), bias=False, init=init)
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_model_comes_back(tmp_path, ending):
    m = model()
    m(np.ones((3, 5), np.float32))
    path = tmp_path / f"m{ending}"
    save(path, m)
    agree(load(path), flux.state(m))
    other = load(path, model(1))
    x = np.ones((3, 2), np.float32)
    assert np.array_equal(other(x), m(x))
    assert list(tmp_path.iterdir()) == [path]  # nothing is left beside it


arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.int32, np.uint8, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
leaves = st.one_of(
    arrays, st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from([(), 1 + 2j, float("inf"), np.float32(1e-5), np.float64(2.5)]),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["weight", "σ", "a.b", "0", ""]), inner, max_size=3),
        st.dictionaries(st.sampled_from(["weight", "σ2", "b"]), inner, max_size=3).map(lambda d: Record(**d)),
    ),
    max_leaves=8,
)


def same(a, b):
    if isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=b.dtype.kind == "f")
        )
    if type(a) is not type(b):
        return False
    if isinstance(b, (Record, dict)):
        return list(a.keys()) == list(b.keys()) and all(same(a[k], b[k]) for k in list(b.keys()))
    if isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@settings(max_examples=60, deadline=None)
@given(tree=trees, ending=st.sampled_from(ENDINGS))
def test_any_state_comes_back(tmp_path_factory, tree, ending):
    path = tmp_path_factory.mktemp("s") / f"state{ending}"
    save(path, tree)
    assert same(load(path), tree)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_cut_short_is_refused(tmp_path, ending):
    path = tmp_path / f"m{ending}"
    save(path, model())
    data = path.read_bytes()
    m = model(1)
    before = m[0].weight.copy()
    for length in {0, 1, 7, 8, 9, 100, len(data) // 2, len(data) - 30, len(data) - 1}:
        path.write_bytes(data[:length])
        with pytest.raises(ArgumentError, match=f"m{ending} cannot be loaded"):
            load(path, m)
    assert np.array_equal(m[0].weight, before)


def test_a_damaged_header_is_refused(tmp_path):
    path = tmp_path / "m.safetensors"
    for header in (b"{", b"[]", b'{"w": 3}', b'{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}',
                   b'{"w": {"dtype": "X", "shape": [], "data_offsets": [0, 0]}}'):  # fmt: skip
        path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)
        with pytest.raises(ArgumentError, match="cannot be loaded"):
            load(path)


def test_pickles_are_refused(tmp_path):
    path = tmp_path / "m.npz"
    held = io.BytesIO()
    np.savez(held, w=np.array([{}], dtype=object))
    path.write_bytes(held.getvalue())
    with pytest.raises(ArgumentError, match="cannot be loaded"):
        load(path)
    path.write_bytes(pickle.dumps({"w": 1}))
    with pytest.raises(ArgumentError, match="cannot be loaded"):
        load(path)


def test_a_file_of_another_model_says_what_differs(tmp_path):
    path = tmp_path / "m.npz"
    save(path, model())
    other = Chain(Dense((3, 5), np.tanh), BatchNorm(4), Dropout(0.5), Dense((4, 2), bias=False))
    with pytest.raises(
        DimensionMismatch, match=r"layers.0.weight is an array of shape \(5, 3\), not of shape \(4, 3\)"
    ):
        load(path, other)
    with pytest.raises(ArgumentError, match="layers has 1 parts, not 4 parts"):
        load(path, Chain(Dense((3, 4))))


def test_other_names_and_things_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"\.safetensors or \.npz"):
        save(tmp_path / "m.bson", model())
    with pytest.raises(ArgumentError, match="safetensors cannot hold"):
        save(tmp_path / "m.safetensors", {"z": np.ones(1, np.complex128)})
    assert not list(tmp_path.iterdir())
    save(tmp_path / "m.npz", {"z": np.ones(1, np.complex128)})


def test_safetensors_from_elsewhere_is_a_dict(tmp_path):
    header = json.dumps({"a.w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + np.array([1.5, 2.5], "<f4").tobytes())
    assert load(path)["a.w"].tolist() == [[1.5, 2.5]]


def test_the_layout_of_safetensors(tmp_path):
    path = tmp_path / "m.safetensors"
    save(path, {"w": np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])})
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entry = json.loads(data[8 : 8 + length])["w"]
    assert (entry["dtype"], entry["shape"], entry["data_offsets"]) == ("F64", [2, 2], [0, 32])
    assert np.frombuffer(data[8 + length :], "<f8").tolist() == [1.0, 2.0, 3.0, 4.0]
    assert length % 8 == 0
