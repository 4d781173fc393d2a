"""Data: what is refused, and how; defaults, values and copies that the records do not show."""

import numpy as np
import pytest

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import MLUtils as data
from fluxbridge.flux.data.loader import summary, type_text
from fluxbridge.flux.data.observations import DataContainer

M = np.arange(6.0).reshape(2, 3)
Datasets = data.Datasets


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: data.stack([]), ArgumentError, "at least one array"),
        (lambda: data.stack([M, M], axis=3), DimensionMismatch, r"axis=3 is no axis of the result.*\(2, 3\)"),
        (lambda: data.stack([M, M], axis=-4), DimensionMismatch, "axis=-4"),
        (lambda: data.unstack(M, axis=2), DimensionMismatch, r"axis=2 is no axis of an array.*\(2, 3\)"),
        (lambda: data.unsqueeze(M, axis=4), DimensionMismatch, "axis=4"),
        (lambda: data.unsqueeze(axis=4)(M), DimensionMismatch, "axis=4"),
        (lambda: data.chunk(M, 2, axis=2), DimensionMismatch, "axis=2"),
        (lambda: data.chunk(M, 0), ArgumentError, "at least one piece"),
        (lambda: data.chunk(M, size=0), ArgumentError, "at least 1"),
        (lambda: data.chunk(M, size=[1, 1]), ArgumentError, "sum of the sizes must be 3"),
        (lambda: data.chunk(M), ArgumentError, "either"),
        (lambda: data.chunk(M, 2, size=1), ArgumentError, "either"),
        (lambda: data.chunk(M, np.array([0, 2, 1])), ArgumentError, "must not decrease"),
        (lambda: data.rpad_constant(M, 4, axis=2), DimensionMismatch, "axis=2"),
        (lambda: data.rpad_constant(M, [4, 5], axis=0), ArgumentError, "one length an axis"),
        (lambda: data.batchseq([]), ArgumentError, "no sequences"),
        (lambda: data.batch_sequence([]), ArgumentError, "no sequences"),
        (lambda: data.batch([]), ArgumentError, "at least one observation"),
        (lambda: data.batch([(1, 2), (1,)]), ArgumentError, "different lengths"),
        (lambda: data.batch([{"a": 1}, {"b": 1}]), ArgumentError, "different keys"),
        (lambda: data.normalise(M, axis=2), DimensionMismatch, "axis=2"),
        (lambda: data.rescale(M, axis=(0, 2)), DimensionMismatch, "axis=2"),
        (lambda: data.fill_like(M, 1, "nonsense"), ArgumentError, "'nonsense' is no dtype"),
        (lambda: data.rand_like(), TypeError, r"\(\[rng,\] x, \[dtype\], \[shape\]\)"),
        (lambda: data.randn_like(M, float, 2, 3), TypeError, r"\(\[rng,\] x"),
        (lambda: data.DataLoader(M, batchsize=1.5), ArgumentError, "batchsize is an integer, not 1.5"),
        (lambda: data.DataLoader(M, num_workers=2), ArgumentError, "parallel=N"),
        (lambda: data.DataLoader(np.zeros((2, 0))), ArgumentError, "no observations"),
        (lambda: data.BatchView(M, batchsize=1.5), ArgumentError, "batchsize is an integer"),
        (lambda: data.BatchView(M, batchsize=0), ArgumentError, "at least one observation"),
        (lambda: data.batchsize(M), ArgumentError, "ndarray is not in batches; make a BatchView"),
        (lambda: data.mapobs(3, M), ArgumentError, "3 is none"),
        (lambda: data.mapobs({"a": 3}, M), ArgumentError, "3 is none"),
        (lambda: data.mapobs(abs, M, batched="yes"), ArgumentError, '"auto", "never" or "always"'),
        (lambda: data.getobs_(np.zeros(2), (M, M), 0), ArgumentError, "2 parts"),
        (lambda: data.getobs_((np.zeros(2),), (M, M), 0), ArgumentError, "2 parts"),
        (lambda: data.getobs_(np.zeros(2, int), M, 0), ArgumentError, "int64 cannot hold.*float64"),
        (lambda: data.getobs_(np.zeros(3), M, 0), DimensionMismatch, r"\(3,\), the observations \(2,\)"),
        (lambda: data.randobs(M, 1, 2), TypeError, r"\(\[rng,\] data, \[n\]\)"),
        (lambda: data.randobs([], 2), ArgumentError, "2 observations cannot be drawn from 0"),
        (lambda: data.randobs(M, 1.5), ArgumentError, "an integer, not 1.5"),
        (lambda: data.oversample(([], [])), ArgumentError, "no observations"),
        (lambda: data.undersample([1], [1, 2]), DimensionMismatch, "1 observations have 2 classes"),
        (lambda: data.topk(M, 1, axis=2), DimensionMismatch, "axis=2"),
        (lambda: data.topk(M, 3, axis=0), ArgumentError, "range 1:2"),
        (lambda: data.batched_searchsortedfirst(M, np.zeros((2, 4))), DimensionMismatch, "differs from x"),
        (lambda: data.obsview(M, data.ObsDim(2)), DimensionMismatch, "axis=2"),
        (lambda: data.slidingwindow(M, size=4), ArgumentError, "1 to 3 observations"),
        (lambda: data.slidingwindow(M, size=2, stride=0), ArgumentError, "at least 1"),
        (lambda: data.slidingwindow(M, size=1, obsdim=5), DimensionMismatch, "axis=5"),
        (lambda: Datasets.make_sin(-1), ArgumentError, "-1 points"),
        (lambda: Datasets.make_spiral(1.5), ArgumentError, "an integer, not 1.5"),
        (lambda: Datasets.make_moons((2, -1)), ArgumentError, "-1 points"),
        (lambda: data.timeseries_kfolds(6, k=6), ArgumentError, "within 2:5"),
        (lambda: data.timeseries_kfolds(6, k=2, gap=-1), ArgumentError, "negative"),
        (lambda: data.timeseries_kfolds(6, k=2, gap=2), ArgumentError, "too large"),
        (lambda: data.timeseries_kfolds(6, k=2, max_train_size=0), ArgumentError, "positive"),
        (lambda: data.leavepout(6, 4), ArgumentError, "within 1:3"),
        (lambda: data.splitobs(M, at=1.5), ArgumentError, "shares are between 0 and 1"),
    ],
)  # fmt: skip
def test_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_axes_from_the_end():
    assert data.stack([M, M], axis=-3).shape == (2, 2, 3) and data.unsqueeze(M, axis=-1).shape == (2, 3, 1)
    assert [s.tolist() for s in data.unstack(M, axis=-1)] == M.T.tolist()
    np.testing.assert_array_equal(data.rpad_constant(M, 3, axis=-2), np.concatenate([M, np.zeros((1, 3))]))


def test_the_slices_of_unstack_are_copies():
    x = M.copy()
    data.unstack(x, axis=0)[0][:] = 9
    np.testing.assert_array_equal(x, M)


def test_searches_along_another_axis():
    xp, x = np.array([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]), np.array([[0.0, 3.0], [4.5, 7.0]])
    first = data.batched_searchsortedfirst(xp, x, axis=1)
    last = data.batched_searchsortedlast(xp, x, axis=1)
    for row in range(2):
        np.testing.assert_array_equal(first[row], np.searchsorted(xp[row], x[row], side="left"))
        np.testing.assert_array_equal(last[row], np.searchsorted(xp[row], x[row], side="right") - 1)
    np.testing.assert_array_equal(  # one vector for all
        data.batched_searchsortedfirst(xp[0], x, axis=1), np.searchsorted(xp[0], x)
    )
    np.testing.assert_array_equal(data.batched_searchsortedfirst(xp[0], x, axis=0), np.searchsorted(xp[0], x))
    assert data.batched_searchsortedfirst(xp[0], 4.0) == 2


@pytest.mark.parametrize("axis", [0, 1])
def test_topk_along_an_axis(axis):
    x = np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 0.0]])
    values, places = data.topk(x, 2, axis=axis)
    expected = np.sort(x, axis=axis)
    expected = np.flip(expected, axis)[:2] if axis == 0 else np.flip(expected, axis)[:, :2]
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(np.take_along_axis(x, places, axis), expected)


# -- data sets by their formulas ---------------------------------------------------------------------------


def test_defaults_of_the_data_sets():
    assert Datasets.make_sin()[0].shape == (50,) and Datasets.make_sin()[0][-1] == 2 * np.pi
    assert Datasets.make_spiral()[0].shape == (2, 2 * 97)
    assert Datasets.make_moons()[0].shape == (2, 100) and sorted(Datasets.make_moons(5)[1]) == [1, 1, 2, 2, 2]


def test_a_spiral():
    x, _y = Datasets.make_spiral(7, 2.0, 8.0, 50.0, noise=0)
    for k in range(7):
        radius, angle = 2.0 * (50 - k) / 50, k * np.pi / 8
        np.testing.assert_allclose(x[:, k], [radius * np.sin(angle), radius * np.cos(angle)], atol=1e-15)
    np.testing.assert_array_equal(x[:, 7:], -x[:, :7])
    numbers = iter([2.0, 3.0])
    noisy, _ = Datasets.make_spiral(7, 2.0, 8.0, 50.0, noise=0.5, f_rand=lambda: next(numbers))
    np.testing.assert_allclose(noisy - x, np.array([[1.0], [1.5]]) * np.ones((1, 14)))


def test_moons_lie_on_half_circles():
    x, y = Datasets.make_moons((20, 30), shuffle=False)
    outer, inner = x[:, y == 1], x[:, y == 2]
    np.testing.assert_allclose(np.hypot(*outer), 1)
    np.testing.assert_allclose(np.hypot(inner[0] - 1, inner[1] - 0.5), 1)
    assert (outer[1] >= 0).all() and (inner[1] <= 0.5).all() and np.ptp(outer[0]) > 1
    noisy, _ = Datasets.make_moons((1, 1), shuffle=False, noise=2.0, f_rand=lambda *s: np.full(s, 10.0))
    assert (noisy > 15).all()


def test_noise_of_sines_and_polynomials():
    x, y = Datasets.make_sin(3, noise=0.5, f_rand=lambda n: np.arange(float(n)))
    np.testing.assert_allclose(y - np.sin(x), [0, 0.5, 1])
    assert Datasets.make_poly([1.0], [0.0, 0.0], noise=0.5, f_rand=lambda: 3.0)[1].tolist() == [2.5, 2.5]


# -- views -------------------------------------------------------------------------------------------------


def test_a_mapped_data_set_asks_as_it_was_told():
    asked = []

    def f(x):
        asked.append(np.shape(x))
        return x

    rows = np.arange(6).reshape(2, 3)
    for batched, shapes in (("auto", [(2, 2)]), ("never", [(2,), (2,)]), ("always", [(2, 2)])):
        asked.clear()
        several = data.mapobs(f, rows, batched=batched)[[0, 2]]
        assert asked == shapes
        assert np.array_equal(np.stack(several, -1) if batched == "never" else several, rows[:, [0, 2]])
    one = data.mapobs(f, rows, batched="always")[1]
    assert asked[-1] == (2, 1) and one.tolist() == [1, 4]


def test_a_container_must_say_what_is_in_it():
    class Nothing(DataContainer):
        def __len__(self):
            return 1

    with pytest.raises(NotImplementedError):
        Nothing()[0]
    with pytest.raises(IndexError, match="position 1 of a data set with 1 observations"):
        Nothing()[1]


def test_shares_and_numbers_do_not_mix():
    assert [len(p) for p in flux.splitobs(10, at=(3, 2))] == [3, 2, 5]
    assert [len(p) for p in flux.splitobs(10, at=(0.5, 0))] == [5, 0, 5]
    assert [len(p) for p in flux.splitobs(10, at=(0, 0.5))] == [0, 5, 5]


def test_no_gap_unless_asked_for():
    train, validate = flux.timeseries_kfolds(10, k=3)
    assert all(t[-1] + 1 == v[0] for t, v in zip(train, validate, strict=True))
    assert [t.tolist() for t in train] == [list(range(n)) for n in (4, 6, 8)]
    train, validate = flux.timeseries_kfolds(10, k=3, max_train_size=5)
    assert [t.tolist() for t in train] == [[0, 1, 2, 3], [1, 2, 3, 4, 5], [3, 4, 5, 6, 7]]
    train, validate = flux.timeseries_kfolds(10, k=3, gap=2, max_train_size=1)
    assert [t.tolist() for t in train] == [[1], [3], [5]]


def test_a_loader_in_batches_of_its_own_kind():
    assert len(flux.DataLoader(M)) == 3 and flux.batchsize(flux.DataLoader(M, batchsize=2)) == 2
    assert [x.shape for x in flux.DataLoader(M, batchsize=2, partial=False)] == [(2, 2)]
    assert [x.tolist() for x in flux.DataLoader(M)] == [[[0.0], [3.0]], [[1.0], [4.0]], [[2.0], [5.0]]]


def test_batches_of_a_view():
    assert len(data.BatchView(M)) == 3 and data.BatchView(M)[1].tolist() == [[1.0], [4.0]]
    batches = data.BatchView(np.arange(5), batchsize=2)
    assert batches[[0, 2]].tolist() == [0, 1, 4] and [b.tolist() for b in batches] == [[0, 1], [2, 3], [4]]
    assert len(data.joinobs()) == 0 and list(data.joinobs([1], data.joinobs([2, 3], "a"))) == [1, 2, 3, "a"]


def test_rescaling_along_an_axis():
    x = np.array([[1.0, 3.0, 2.0], [10.0, 10.0, 30.0]])
    np.testing.assert_allclose(data.rescale(x, axis=1, eps=0), [[0, 1, 0.5], [0, 0, 1]])
    np.testing.assert_allclose(data.rescale(x, axis=0, eps=0), [[0, 0, 0], [1, 1, 1]])
    np.testing.assert_allclose(data.rescale(x, axis=None, eps=0).max(), 1)
    np.testing.assert_allclose(data.rescale(x, axis=1, eps=1)[0], [0, 2 / 3, 1 / 3])
    np.testing.assert_allclose(data.normalise(x, axis=1, eps=0), (x.T - x.mean(1)).T / x.std(1)[:, None])


def test_types_of_data():
    assert type_text(flux.Record(a=np.ones(2))) == "Record" and summary(flux.Record(a=1)) == "Record"


def test_windows_of_one():
    assert [w.tolist() for w in data.slidingwindow(np.arange(3), size=1)] == [[0], [1], [2]]
    assert len(data.slidingwindow(M, size=3)) == 1
    rows = data.slidingwindow(M, size=1, obsdim=0)
    assert [np.ravel(w).tolist() for w in rows] == M.tolist()


def test_what_is_not_read_is_not_loaded():
    """A loop that is left cancels what waits to be loaded."""

    class Counted:
        loaded: list = []  # noqa: RUF012

        def __len__(self):
            return 1000

        def __getitem__(self, k):
            self.loaded.append(k)
            return k

    for x in flux.DataLoader(Counted(), batchsize=-1, parallel=2):
        if x == 3:
            break
    assert len(Counted.loaded) < 100 and Counted.loaded[:2] == [0, 1]
