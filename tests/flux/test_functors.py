"""Models as trees: what the records do not ask."""

import dataclasses
import functools
import types

import numpy as np
import pytest

from fluxbridge import flux, gradient
from fluxbridge.errors import ArgumentError, MutationError
from fluxbridge.flux import Chain, Dense, KeyPath, Record, children, fmap, isleaf, layer
from fluxbridge.flux.functors import DefaultWalk, setkeypath_


def test_closures_and_partials_are_branches():
    w = np.ones(2)
    f = lambda x: w * x  # noqa: E731
    assert children(f).w is w
    doubled = fmap(lambda v: 2 * v if isinstance(v, np.ndarray) else v, f)
    assert doubled(1.0).tolist() == [2.0, 2.0]
    assert f(1.0).tolist() == [1.0, 1.0]
    part = functools.partial(np.add, w)
    assert fmap(lambda v: 2 * v if isinstance(v, np.ndarray) else v, part)(0).tolist() == [2.0, 2.0]


def test_what_has_no_parts_stays_the_same_object():
    def plain(x):
        return x

    empty = types.SimpleNamespace()
    tree = fmap(lambda v: v, (plain, empty, flux.identity, np.tanh, None, "text"), exclude=lambda v: False)
    assert tree[0] is plain
    assert tree[1] is empty
    assert tree[2] is flux.identity


def test_a_function_that_calls_itself():
    w = np.ones(1)

    def down(n):
        return w if n == 0 else down(n - 1)

    assert list(children(down).keys()) == ["w"]


def test_dataclasses_and_methods():
    @dataclasses.dataclass
    class Pair:
        a: np.ndarray
        b: np.ndarray

        def total(self):
            return self.a + self.b

    p = Pair(np.ones(1), np.zeros(1))
    q = fmap(lambda v: v + 1, p)
    assert (q.a.item(), q.b.item()) == (2.0, 1.0)
    assert fmap(lambda v: v + 1, p.total)().item() == 3.0


def test_shared_parts_stay_shared_or_are_pruned():
    w = np.ones(1)
    d = flux.Dense(np.ones((1, 1)))
    seen = []
    tree = fmap(lambda v: seen.append(v) or v, (w, {"again": w}, d, d))
    assert sum(v is w for v in seen) == 1
    assert tree[2] is tree[3]
    assert fmap(lambda v: "first", (w, w), prune=None) == ("first", None)
    assert fmap(lambda v: v + 1, (1, 1)) == (2, 2)


def test_paths():
    tree = {"a": (1, Record(b=2))}
    assert flux.fmap_with_path(lambda path, v: tuple(path), tree) == {
        "a": (("a", 0), Record(b=("a", 1, "b")))
    }
    assert flux.getkeypath(tree, KeyPath("a", 1, "b")) == 2
    assert flux.haskeypath(tree, KeyPath("a", 0))
    assert not flux.haskeypath(tree, KeyPath("a", 5))
    assert flux.getkeypath(flux.Chain(flux.Dense((1, 1))), KeyPath("layers", 0, "bias")).shape == (1,)


def test_trees_that_do_not_match_are_an_error():
    with pytest.raises(IndexError):
        fmap(lambda a, b: a, (1, 2), (1,))


def test_leaf_classes():
    @flux.leaf
    class Table:
        def __init__(self):
            self.rows = np.ones(2)

    assert isleaf(Table())
    assert not flux.trainables({"t": Table()})


def test_layer_decorator():
    @layer(trainable=("a", "b"))
    class Trio:
        def __init__(self, a, b, c):
            self.a, self.b, self.c = a, b, c

        def __call__(self, x):
            return self.c(self.b(self.a(x)))

    t = Trio(
        flux.Dense(np.array([[1.1, 2.2]]), np.zeros(1), np.tanh),
        flux.Dense(np.array([[3.3]]), False),
        flux.Dropout(0.4),
    )
    assert repr(t) == "Trio(Dense(2 => 1, tanh), Dense(1 => 1; bias=false), Dropout(0.4))"
    assert str(t).splitlines()[:3] == [
        "Trio(",
        "  Dense(2 => 1, tanh),                  # 3 parameters",
        "  Dense(1 => 1; bias=false),            # 1 parameters",
    ]
    assert len(flux.trainables(t)) == 3
    (g,) = gradient(lambda m: np.sum(m(np.ones((2, 1)))), t)
    assert g.a.weight.shape == (1, 2)
    with pytest.raises(ValueError, match="noexpand"):
        layer(show="big")

    @layer(show="noexpand")
    class Small(Trio):
        pass

    assert str(Small(t.a, t.b, t.c)).startswith("Small(Dense(2 => 1, tanh), Dense(1 => 1; bias=false)")
    assert "# 4 parameters" in str(Small(t.a, t.b, t.c))


def test_layers_need_no_decorator():
    class Affine:
        def __init__(self, w):
            self.w = w

        def __call__(self, x):
            return self.w @ x

    m = flux.Chain(Affine(np.ones((1, 2))), np.tanh)
    assert repr(m) == "Chain(Affine(1×2 Matrix{Float64}), tanh)"
    assert [a.shape for a in flux.trainables(m)] == [(1, 2)]
    assert flux.f32(m)[0].w.dtype == np.float32


def test_decorated_classes_stay_what_they_are():
    import inspect

    assert list(inspect.signature(flux.Dense).parameters) == ["size", "rest", "init", "bias"]

    @layer
    class Nothing:
        pass

    @layer
    class Pair(types.SimpleNamespace):
        pass

    assert repr(Nothing()) == "Nothing()"
    with pytest.raises(TypeError):
        Nothing(1)
    assert Pair(a=1).a == 1
    assert repr(flux.Chain(Nothing())) == "Chain(Nothing())"
    assert (
        str(flux.Chain(flux.Dense((1, 1)), flux.Dense((1, 1)), Nothing())).splitlines()[3] == "  Nothing(),"
    )


def test_setkeypath():
    model = Chain(Dense(np.zeros((1, 2))))
    setkeypath_(model, KeyPath("layers", 0, "weight"), np.ones((1, 2)))
    assert model.layers[0].weight.tolist() == [[1.0, 1.0]]
    with pytest.raises(ArgumentError, match="Empty keypath"):
        setkeypath_(model, KeyPath(), 1)
    with pytest.raises(TypeError):
        setkeypath_(model, KeyPath("layers", 0), 1)  # a tuple does not change


def test_a_cached_walk_goes_to_what_is_shared_once():
    shared = np.ones(2)
    calls = []

    def double(x):
        calls.append(x)
        return 2 * x

    made = fmap(double, {"a": shared, "b": [shared]}, walk=DefaultWalk())
    assert len(calls) == 1 and made["a"] is made["b"][0]
    made = fmap(double, {"a": shared, "b": [shared]}, walk=DefaultWalk(), cache=False)
    assert len(calls) == 3 and made["a"] is not made["b"][0]
    total = fmap(lambda a, b: a + b, (1, [2]), (10, [20]), walk=DefaultWalk())
    assert total == (11, [22])


def test_arrays_of_objects_keep_their_shape():
    boxes = np.empty((2, 3), object)
    boxes[:] = [[1, 2, 3], [4, 5, 6]]
    mapped = fmap(lambda v: 10 * v, boxes)
    assert mapped.shape == (2, 3) and mapped.tolist() == [[10, 20, 30], [40, 50, 60]]
    assert flux.fcollect(boxes)[1:] == [1, 2, 3, 4, 5, 6]


def test_prune_with_a_path():
    shared = [1.0]
    model = {"a": shared, "b": (shared, 2.0)}
    mapped = flux.fmap_with_path(lambda path, v: len(path), model, prune="seen")
    assert mapped == {"a": [2], "b": ("seen", 2)}
    assert flux.fmap_with_path(lambda path, v: path, model, cache=False)["b"][0] == [KeyPath("b", 0, 0)]


def test_what_is_shared_is_collected_once():
    shared = {"k": 1.0}
    assert flux.fcollect([shared, shared]) == [[shared, shared], shared, 1.0]
    assert flux.fcollect([shared, shared, 2.0], exclude=lambda v: isinstance(v, dict)) == [
        [shared, shared, 2.0],
        2.0,
    ]
    assert flux.fcollect(shared, exclude=lambda v: True) == []


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: flux.leaf(3), ArgumentError, "leaf declares a class; 3 is none"),
        (lambda: setkeypath_((1, 2), KeyPath(0), 5), MutationError, "a tuple cannot be changed"),
        (lambda: setkeypath_(Record(a=1), KeyPath("a"), 5), MutationError, "a Record cannot be changed"),
        (lambda: layer(trainable=(1,)), ArgumentError, "trainable names fields"),
        (lambda: layer(show="all"), ArgumentError, '"noexpand"'),
        (lambda: flux.CPUDevice("int32"), ArgumentError, "a float type such as np.float32, not to 'int32'"),
        (lambda: flux.cpu_device("nonsense"), ArgumentError, "'nonsense'"),
        (lambda: flux.seed_("seed"), ArgumentError, "'seed' is neither a seed"),
        (lambda: flux.seed_(-1), ArgumentError, "-1 is neither a seed"),
        (lambda: flux.outputsize(Dense((2, 1)), (2.5,)), ArgumentError, "a size is a tuple of integers"),
        (lambda: flux.outputsize(Dense((2, 1)), 2), ArgumentError, "a size is a tuple of integers.*got 2"),
        (lambda: flux.autosize((-1, 2), Dense((2, 1))), ArgumentError, "a size is a tuple of integers"),
    ],
)
def test_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_what_is_shared_is_mapped_each_time_without_a_cache():
    shared = np.ones(1)
    count = []
    for cache, times in ((True, 1), (False, 2)):
        count.clear()
        a, b = fmap(lambda v: count.append(v) or v + 1, (shared, shared), cache=cache)
        assert len(count) == times and (a is b) == cache
