"""Rules that change shapes, join, split, repeat and pad."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import withgradient
from fluxbridge.errors import MutationError

rng = np.random.default_rng(1)
X = rng.normal(size=(2, 3))
Y = rng.normal(size=(2, 3))
V = rng.normal(size=4)
T = rng.normal(size=(2, 3, 4))
Z = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
S = 0.7
SINCE_2_2 = np.lib.NumpyVersion(np.__version__) >= "2.2.0"  # older NumPys refuse these calls


def grad(f, *xs):
    return withgradient(f, xs)[1]


def sq(f):
    """f followed by a square, so that the second order is not zero."""

    def squared(*xs):
        out = f(*xs)
        return tuple(o * o for o in out) if isinstance(out, (tuple, list)) else out * out

    return squared


def S_(name, f, *args):
    return Sample(name, sq(f), args)


SAMPLES = [
    S_("reshape", lambda x: np.reshape(x, (3, -1)), X),
    S_("reshape", lambda x: np.reshape(x, (3, 2), order="F"), X),
    S_("reshape", lambda x: x.reshape(6), X),
    S_("reshape", lambda x: np.reshape(x, (1, 1)), S),
    S_("transpose", np.transpose, X),
    S_("transpose", lambda x: np.transpose(x, (2, 0, 1)), T),
    S_("transpose", lambda x: x.transpose(1, 2, 0), T),
    S_("transpose", lambda x: np.permute_dims(x, (-1, 0, 1)), T),
    S_("swapaxes", lambda x: np.swapaxes(x, 0, -1), T),
    S_("matrix_transpose", np.matrix_transpose, T),
    S_("linalg.matrix_transpose", np.linalg.matrix_transpose, T),
    S_("matrix_transpose", lambda x: x.mT, T),
    S_("moveaxis", lambda x: np.moveaxis(x, 0, -1), T),
    S_("moveaxis", lambda x: np.moveaxis(x, (0, 2), (1, 0)), T),
    S_("rollaxis", lambda x: np.rollaxis(x, 2), T),
    S_("rollaxis", lambda x: np.rollaxis(x, 0, 3), T),
    S_("rollaxis", lambda x: np.rollaxis(x, -1, 1), T),
    S_("squeeze", lambda x: np.squeeze(x[:, None, :, None]), X),
    S_("squeeze", lambda x: np.squeeze(x[:, None, :, None], axis=1), X),
    S_("expand_dims", lambda x: np.expand_dims(x, (0, 2)), X),
    S_("broadcast_to", lambda x: np.broadcast_to(x, (2, 2, 3)), X),
    S_("broadcast_to", lambda x: np.broadcast_to(x, (2, 3)), S),
    S_("broadcast_arrays", lambda x, y: np.broadcast_arrays(x, y[:2, None], 1.0)[:2], X, V),
    S_("ravel", np.ravel, X),
    S_("ravel", lambda x: np.ravel(x, "F"), X),
    S_("ravel", lambda x: np.ravel(x.T, "K"), X),
    S_("ravel", lambda x: np.ravel(x.T, "A"), X),
    S_("ravel", lambda x: x.flatten("F"), X),
    S_("atleast_1d", np.atleast_1d, S),
    S_("atleast_2d", np.atleast_2d, V),
    S_("atleast_3d", np.atleast_3d, X),
    S_("atleast_3d", np.atleast_3d, V),
    S_("atleast_1d", lambda x, y: np.atleast_1d(x, y), S, X),
    S_("flip", np.flip, T),
    S_("flip", lambda x: np.flip(x, (0, 2)), T),
    S_("flip", lambda x: np.flip(x, axis=1), Z),
    S_("fliplr", np.fliplr, X),
    S_("flipud", np.flipud, V),
    S_("rot90", np.rot90, X),
    S_("rot90", lambda x: np.rot90(x, 3, axes=(1, 2)), T),
    S_("roll", lambda x: np.roll(x, 2), X),
    S_("roll", lambda x: np.roll(x, (1, -1), axis=(0, 1)), X),
    S_("roll", lambda x: np.roll(x, 1, axis=1), Z),
    S_("tile", lambda x: np.tile(x, 2), X),
    S_("tile", lambda x: np.tile(x, (2, 1, 3)), X),
    S_("tile", lambda x: np.tile(x, (2,)), T),
    S_("tile", lambda x: np.tile(x, 3), S),
    S_("repeat", lambda x: np.repeat(x, 2), X),
    S_("repeat", lambda x: np.repeat(x, 3, axis=1), X),
    S_("repeat", lambda x: np.repeat(x, [2, 0, 1], axis=-1), X),
    S_("repeat", lambda x: x.repeat([1, 2, 0, 3]), V),
    S_("resize", lambda x: np.resize(x, (3, 5)), X),
    S_("resize", lambda x: np.resize(x, 3), X),
    S_("copy", np.copy, X),
    S_("astype", lambda x: np.astype(x, np.float64), X),
    S_("astype", lambda x: x.astype(complex) * (1 + 2j), X),
    # joining
    S_("concatenate", lambda x, y: np.concatenate([x, y]), X, Y),
    S_("concatenate", lambda x, y: np.concat((x, np.ones((2, 1)), y), axis=-1), X, Y),
    S_("concatenate", lambda x, y: np.concatenate([x, y], axis=None), X, V),
    S_("concatenate", lambda x: np.concatenate(x, axis=1), T),
    S_("concatenate", lambda x, z: np.concatenate([x, z]), X, Z),
    S_("concatenate", lambda x, s: np.concatenate([x, [s, 1.0]]), V, S),
    S_("stack", lambda x, y: np.stack([x, y]), X, Y),
    S_("stack", lambda x, y: np.stack([x, np.ones((2, 3)), y], axis=-1), X, Y),
    S_("stack", lambda s, v: np.stack([s, v[0], 1.0, s * v[1]]), S, V),
    S_("unstack", lambda x: np.unstack(x), X),
    S_("unstack", lambda x: np.unstack(x, axis=1), T),
    S_("vstack", lambda x, v: np.vstack([x, v[:3]]), X, V),
    S_("vstack", lambda x: np.vstack(x), T),
    S_("hstack", lambda x, y: np.hstack([x, y]), X, Y),
    S_("hstack", lambda s, v: np.hstack([s, v, 1.0]), S, V),
    S_("dstack", lambda x, y: np.dstack([x, y]), X, Y),
    S_("dstack", lambda v: np.dstack([v, v * v]), V),
    S_("column_stack", lambda x, v: np.column_stack([x, v[:2], [1.0, 2.0]]), X, V),
    S_("append", lambda x, v: np.append(x, v), X, V),
    S_("append", lambda x, y: np.append(x, y, axis=0), X, Y),
    S_("block", lambda x, y: np.block([[x, y], [y, x]]), X, Y),
    S_("block", lambda v, s: np.block([v, s, 1.0]), V, S),
    S_("block", lambda x, v: np.block([[x, np.zeros((2, 1))], [v]]), X, V),
    S_("block", lambda t: np.block([[[t, t]], [[t, 2 * t]]]), T),
    S_("meshgrid", lambda v, x: np.meshgrid(v, x[0]), V, X),
    S_("meshgrid", lambda v, x: np.meshgrid(v, x[0], [1.0, 2.0], indexing="ij"), V, X),
    S_("meshgrid", lambda v, x: np.meshgrid(v, x[0], sparse=True), V, X),
    # splitting
    S_("split", lambda v: np.split(v, 2), V),
    S_("split", lambda x: np.split(x, [1, 2], axis=1), X),
    S_("array_split", lambda v: np.array_split(v, 3), V),
    S_("hsplit", lambda x: np.hsplit(x, [2]), X),
    S_("hsplit", lambda v: np.hsplit(v, 2), V),
    S_("vsplit", lambda x: np.vsplit(x, 2), X),
    S_("dsplit", lambda t: np.dsplit(t, [1, 3]), T),
    # removing and inserting
    S_("delete", lambda x: np.delete(x, 1, axis=1), X),
    S_("delete", lambda x: np.delete(x, [0, 4]), X),
    S_("delete", lambda x: np.delete(x, slice(0, 2), axis=1), X),
    S_("insert", lambda v, s: np.insert(v, 2, s), V, S),
    S_("insert", lambda v, x: np.insert(v, [0, 2, 4], x[0]), V, X),
    S_("insert", lambda x, v: np.insert(x, 1, v[:2], axis=1), X, V),
    S_("insert", lambda x, s: np.insert(x, [0, 3], s, axis=1), X, S),
    S_("trim_zeros", lambda v: np.trim_zeros(np.pad(v, 2)), V),
    S_("trim_zeros", lambda v: np.trim_zeros(np.concatenate([[0.0], v, [0.0], v, [0.0]]), "b"), V),
    *([S_("trim_zeros", lambda x: np.trim_zeros(np.pad(x, 1)), X)] if SINCE_2_2 else []),
    S_("sliding_window_view", lambda v: np.lib.stride_tricks.sliding_window_view(v, 3), V),
    S_("sliding_window_view", lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)), X),
    # padding
    S_("pad", lambda x: np.pad(x, 1), X),
    S_("pad", lambda x: np.pad(x, ((1, 2), (0, 3)), constant_values=((1.0, 2.0), (3.0, 4.0))), X),
    S_("pad", lambda x, s: np.pad(x, ((1, 0), (2, 1)), constant_values=(s, s * s)), X, S),
    *([S_("pad", lambda x: np.pad(x, {1: (1, 2)}), X)] if SINCE_2_2 else []),
    S_("pad", lambda x: np.pad(x, ((1, 2), (2, 1)), "edge"), X),
    S_("pad", lambda x: np.pad(x, ((1, 1), (2, 5)), "reflect"), X),
    S_("pad", lambda x: np.pad(x, ((3, 1), (2, 5)), "symmetric"), X),
    S_("pad", lambda x: np.pad(x, ((3, 1), (2, 5)), "wrap"), X),
    S_("pad", lambda x: np.pad(x, ((1, 1), (2, 5)), "reflect", reflect_type="odd"), X),
    S_("pad", lambda x: np.pad(x, ((1, 2), (4, 1)), mode="symmetric", reflect_type="odd"), X),
    S_("pad", lambda x: np.pad(x, ((1, 2), (3, 0)), "linear_ramp"), X),
    S_("pad", lambda x, s: np.pad(x, 2, "linear_ramp", end_values=((1.0, s), (s, 2.0))), X, S),
    S_("pad", lambda x: np.pad(x, 2, "mean"), X),
    S_("pad", lambda x: np.pad(x, ((1, 2), (2, 0)), "mean", stat_length=2), X),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_float32_stays(sample):
    args = [
        a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == float else a for a in sample.args
    ]
    if any(np.iscomplexobj(a) for a in args):
        pytest.skip("complex")

    def total(*xs):
        out = sample.f(*xs)
        return (
            sum(np.sum(np.real(o)) for o in out) if isinstance(out, (tuple, list)) else np.sum(np.real(out))
        )

    for g, a in zip(grad(total, *args), args, strict=True):
        if isinstance(a, np.ndarray):
            assert g.dtype == np.float32 and g.shape == a.shape


@pytest.mark.parametrize("mode", ["maximum", "minimum", "median"])
def test_pad_by_statistics(mode):
    check(lambda x: np.pad(x, ((2, 1), (1, 2)), mode) ** 2, X)
    check(lambda x: np.pad(x, ((2, 1), (1, 2)), mode, stat_length=((1, 2), (2, 3))) ** 2, X)


EMPTY = np.zeros((0, 3))
ON_EMPTY = [
    np.ravel, np.transpose, np.flip, lambda x: np.concatenate([x, x]), lambda x: np.stack([x, x]),
    lambda x: np.tile(x, 2), lambda x: np.repeat(x, 2), lambda x: np.repeat(x, [1, 2, 0], axis=1),
    lambda x: np.roll(x, 1), lambda x: np.pad(x, 1), lambda x: np.pad(x, ((0, 0), (1, 1)), "edge"),
    lambda x: np.split(x, 3, axis=1)[0], lambda x: np.delete(x, 0, axis=1),
    lambda x: np.insert(x, 1, 2.0, axis=1), lambda x: np.resize(x, (2, 2)), lambda x: np.squeeze(x[None]),
    lambda x: np.atleast_3d(x), lambda x: np.meshgrid(x, [1.0])[0], lambda x: np.block([[x, x], [x, x]]),
]  # fmt: skip


@pytest.mark.parametrize("f", ON_EMPTY)
def test_empty(f):
    (g,) = grad(lambda x: np.sum(f(x)), EMPTY)
    assert g is None or g.shape == EMPTY.shape
    np.testing.assert_equal(
        withgradient(lambda x: np.sum(f(x)) + 0 * np.sum(x), (EMPTY,))[0], np.sum(f(EMPTY))
    )


def test_values_are_numpys():
    """What the compositions return is what NumPy returns."""
    for sample in SAMPLES:
        seen = []
        grad(lambda *xs: seen.append(sample.f(*xs)) or 0.0, *sample.args)  # noqa: B023
        want = sample.f(*sample.args)
        parts, wants = (seen[0], want) if isinstance(want, (tuple, list)) else ([seen[0]], [want])
        for p, w in zip(parts, wants, strict=True):
            while hasattr(p, "level"):
                p = p._value
            np.testing.assert_allclose(p, w, rtol=1e-12, err_msg=repr(sample))


def test_integers_are_promoted():
    (g,) = grad(lambda x: np.sum(np.tile(x, 2) * np.arange(6)), np.array([1, 2, 3]))
    assert g.dtype == np.float64 and g.tolist() == [3.0, 5.0, 7.0]


def test_zero_dimensional():
    (g,) = grad(lambda x: np.sum(np.broadcast_to(x, (3,))), np.array(2.0))
    assert np.shape(g) == () and g == 3.0
    (g,) = grad(lambda x: np.sum(np.flip(x)) + np.sum(np.squeeze(x)) + np.sum(np.tile(x, 2)), np.array(2.0))
    assert g == 4.0


def test_by_keyword():
    (g,) = grad(lambda x: np.sum(np.moveaxis(a=x, source=0, destination=1)), X)
    assert g.shape == X.shape
    (g,) = grad(lambda x: np.sum(np.repeat(a=x, repeats=2, axis=0)), X)
    assert np.all(g == 2)
    (g,) = grad(lambda x: np.sum(np.pad(array=x, pad_width=1, mode="edge")), np.ones(2))
    assert g.tolist() == [2.0, 2.0]


def test_stack_and_concatenate_take_dtype_and_refuse_out():
    (g,) = grad(lambda x: np.sum(np.concatenate([x, x], dtype=np.float32)), V)
    assert g.dtype == np.float64 and np.all(g == 2)
    for join in (np.concatenate, np.stack):
        with pytest.raises(MutationError, match="out="):
            grad(lambda x, join=join: np.sum(join([x, x], out=np.zeros(8))), V)


def test_numpys_own_errors():
    for f in (
        lambda x: np.split(x, 4, axis=1), lambda x: np.dsplit(x, 2), lambda x: np.concatenate([]),
        lambda x: np.reshape(x, (7,)), lambda x: np.swapaxes(x, 0, 5), lambda x: np.pad(x, -1),
        lambda x: np.broadcast_arrays(x, np.ones(4)), lambda x: np.stack([x, x[:, :1]]),
        lambda x: np.block([[x, x], x]), lambda x: np.pad(x, 1, "mean", reflect_type="odd"),
    ):  # fmt: skip
        with pytest.raises((ValueError, IndexError)):
            f(X)
        with pytest.raises((ValueError, IndexError)):
            grad(lambda x: np.sum(f(x)), X)  # noqa: B023


def test_pad_with_a_function_is_refused():
    with pytest.raises(MutationError, match="concatenate"):
        grad(lambda x: np.sum(np.pad(x, 1, lambda *a: None)), V)
