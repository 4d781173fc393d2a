"""Structured arguments: what comes back has the structure of what went in."""

from __future__ import annotations

import functools
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge import Record, fill_none, gradient, pullback
from fluxbridge.errors import StructureError


@dataclass
class Affine:
    W: Any
    b: Any
    act: Any = None
    name: str = "affine"
    notes: list = field(default_factory=list)

    def __post_init__(self):
        self.notes.append("made")

    def __call__(self, x):
        y = self.W @ x + self.b
        return y if self.act is None else self.act(y)


@dataclass(frozen=True)
class Frozen:
    a: float
    b: float


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


Point = namedtuple("Point", "x y")
ONES = np.ones(2)


def test_a_layer_gives_a_record_of_its_fields():
    layer = Affine(np.eye(2), np.zeros(2), np.tanh)
    g, gx = gradient(lambda m, x: np.sum(m(x)), layer, ONES)
    assert list(g.keys()) == ["W", "b", "act", "name", "notes"]
    slope = 1 - np.tanh(1) ** 2
    np.testing.assert_allclose(g.W, slope * np.ones((2, 2)))
    np.testing.assert_allclose(g["b"], slope * ONES)
    assert g.act is None
    assert g.name is None
    np.testing.assert_allclose(gx, slope * ONES)
    assert layer.notes == ["made"]  # no constructor ran again


def test_a_callable_dataclass_and_a_closure():
    @dataclass
    class Poly:
        θ: Any

        def __call__(self, x):
            return sum(t * x**k for k, t in enumerate(self.θ))

    theta = np.array([10.0, 1.0, 0.1])
    gx, gp = gradient(lambda x, p: p(x), 5, Poly(theta))
    assert gx == pytest.approx(2.0)
    np.testing.assert_allclose(gp.θ, [1, 5, 25])

    def poly(θ):
        return lambda x: sum(t * x**k for k, t in enumerate(θ))

    gx, gp = gradient(lambda x, p: p(x), 5, poly(theta))
    assert gx == pytest.approx(2.0)
    assert repr(gp) == "(θ=array([ 1.,  5., 25.]))"


@pytest.mark.parametrize("kind", [Frozen, Slotted])
def test_objects_without_a_dict_or_setters(kind):
    g = gradient(lambda p: p.a**2, kind(3.0, 4.0))[0]
    assert g == Record(a=6.0, b=None)


def test_containers_to_any_depth():
    x = {"a": [np.ones(2), (2.0, "name", None)], "p": Point(3.0, 4.0), "unused": np.ones(3)}
    (g,) = gradient(lambda d: np.sum(d["a"][0]) * d["a"][1][0] + d["p"].y ** 2, x)
    assert set(g) == {"a", "p"}
    np.testing.assert_array_equal(g["a"][0], [2.0, 2.0])
    assert g["a"][1] == (2.0, None, None)
    assert g["p"] == Point(None, 8.0)
    assert isinstance(g["p"], Point)


def test_what_is_not_touched_is_none():
    assert gradient(lambda t: t[0][0] * 2, ((1.0, 2.0), [3.0])) == (((2.0, None), None),)
    assert gradient(lambda x, y: x, 1.0, {"a": 2.0}) == (1.0, None)
    assert gradient(lambda x, s, f, b: x * len(s), 1.0, "abc", len, True) == (3.0, None, None, None)
    assert gradient(lambda: 1.0) == ()


def test_the_same_array_at_two_places_counts_once_a_place():
    v = np.array([1.0, 2.0])
    (g,) = gradient(lambda d: np.sum(d["a"] * d["b"]), {"a": v, "b": v})
    np.testing.assert_array_equal(g["a"], v)
    np.testing.assert_array_equal(g["b"], v)
    layer = Affine(np.eye(2), np.zeros(2))
    (g,) = gradient(lambda m: np.sum(m[1](m[0](ONES))), [layer, layer])
    np.testing.assert_array_equal(g[0].b, ONES)
    np.testing.assert_array_equal(g[1].b, ONES)


def test_circles_end():
    layer = Affine(np.eye(2), np.zeros(2))
    layer.me = layer
    (g,) = gradient(lambda m: np.sum(m.me.me(ONES)), layer)
    np.testing.assert_array_equal(g.b, ONES)
    assert g.me is None


def test_partials_methods_and_subclasses():
    layer = Affine(np.eye(2), np.zeros(2))
    (g,) = gradient(lambda f: np.sum(f(ONES)), layer.__call__)
    np.testing.assert_array_equal(g.b, ONES)
    (g,) = gradient(lambda f: f(2.0), functools.partial(lambda a, x, k=1.0: a * x * k, 3.0, k=5.0))
    assert g.args == (10.0,)
    assert g.keywords == {"k": 6.0}
    (g,) = gradient(lambda d: d["b"] ** 2, OrderedDict(a=1.0, b=2.0))
    assert g == {"b": 4.0}


def test_objects_keep_their_type_and_identity_where_there_is_no_leaf():
    class Config:
        name = "x"

        def __init__(self):
            self.title = "t"

    config, seen = Config(), []
    gradient(lambda x, c: seen.append(c) or x, 1.0, config)
    assert seen[0] is config


def test_what_f_stores_on_objects_and_containers_is_not_lost():
    layer = Affine(np.eye(2), np.zeros(2))
    state = {"count": 1, "loss": [0.5]}

    def loss(m, s, x):
        m.last = np.sum(m(x))
        m.calls = 1
        s["count"] = s["count"] + 1
        s["loss"].append(m.last)
        return m.last

    gradient(loss, layer, state, ONES)
    assert layer.last == 2.0
    assert layer.calls == 1
    assert state == {"count": 2, "loss": [0.5, 2.0]}
    assert type(state["loss"][1]) is float


@pytest.mark.once
def test_object_arrays_are_containers():
    x = np.empty(2, dtype=object)
    x[:] = [np.ones(2), 3.0]
    (g,) = gradient(lambda v: np.sum(v[0]) * v[1], x)
    assert g.dtype == object
    np.testing.assert_array_equal(g[0], [3.0, 3.0])
    assert g[1] == 2.0


def test_masked_arrays_and_matrices_are_refused():
    with pytest.raises(StructureError, match=r"np\.asarray"):
        gradient(lambda x: np.sum(x), np.ma.masked_array([1.0]))


def test_records():
    r = Record(W=2.0, act=None)
    assert (r.W, r["W"], r[0], len(r), "W" in r, dict(r)) == (2.0, 2.0, 2.0, 2, True, {"W": 2.0, "act": None})
    with pytest.raises(AttributeError, match="no field 'V'; it has W, act"):
        r.V
    with pytest.raises(AttributeError, match="cannot be changed"):
        r.W = 3.0


# -- seeds -------------------------------------------------------------------------------------------


def test_seeds_follow_the_structure_of_the_value():
    y, back = pullback(lambda x: {"a": (x**2, 1.0), "b": [x, "s"]}, 3.0)
    assert y == {"a": (9.0, 1.0), "b": [3.0, "s"]}
    assert back({"a": (1.0, None)}) == (6.0,)
    assert back({"a": None, "b": [2.0, None]}) == (2.0,)
    assert back({"a": (1.0, None), "b": [1.0, None]}) == (7.0,)
    assert back(None) == (None,)
    assert back({"a": (1.0, None)}) == (6.0,)
    with pytest.raises(StructureError, match="'a'"):
        back({"a": 1.0})
    _, back = pullback(lambda x: x * 2, np.ones(3))
    with pytest.raises(StructureError, match=r"shape \(2,\).*shape \(3,\)"):
        back(np.ones(2))


def test_fill_none():
    like = (Affine(np.eye(2), np.zeros(2)), 3, {"a": np.ones(2, np.float32)}, "s")
    filled = fill_none((None, None, None, None), like)
    np.testing.assert_array_equal(filled[0].W, np.zeros((2, 2)))
    assert filled[1] == 0.0
    assert filled[2]["a"].dtype == np.float32
    assert filled[3] is None


leaves = st.one_of(
    st.floats(-5, 5), st.lists(st.floats(-5, 5), max_size=3).map(np.array), st.none(), st.text(max_size=2)
)
structures = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    ),
    max_leaves=8,
)


def total(x):
    if isinstance(x, (str, type(None))):
        return 0.0
    if isinstance(x, dict):
        return sum((total(v) for v in x.values()), 0.0)
    if isinstance(x, (list, tuple)):
        return sum((total(v) for v in x), 0.0)
    return np.sum(x * x)


def same(g, x):
    """g is the gradient 2x of `total` at x."""
    if g is None:
        return not isinstance(x, (float, np.ndarray))
    if isinstance(x, dict):
        return isinstance(g, dict) and all(same(g.get(k), v) or _empty(v) for k, v in x.items())
    if isinstance(x, (list, tuple)):
        return type(g) is type(x) and len(g) == len(x) and all(map(same, g, x))
    return np.shape(g) == np.shape(x) and np.allclose(g, 2 * np.asarray(x))


def _empty(x):
    return isinstance(x, (str, type(None), list, tuple, dict))


@settings(max_examples=150, deadline=None)
@given(structures)
def test_any_structure_comes_back(x):
    (g,) = gradient(total, x)
    assert same(g, x)


def test_simple_namespaces_are_objects_too():
    from types import SimpleNamespace

    (grad,) = gradient(lambda m: m.w**2 + m.inner.b, SimpleNamespace(w=2.0, inner=SimpleNamespace(b=1.0)))
    assert grad.w == 4.0 and grad.inner.b == 1.0


def test_settings_are_no_variables():
    class Layer:
        __fluxbridge_constants__ = ("stride", "name")

        def __init__(self):
            self.stride, self.weight, self.name = (2, 1), np.ones(2), 3

        def __call__(self):
            assert type(self.stride[0]) is int and type(self.name) is int
            return np.sum(self.weight) * self.stride[0]

    grad = gradient(lambda layer: layer(), Layer())[0]
    assert list(grad.keys()) == ["stride", "weight", "name"]
    assert grad.stride is None and grad.name is None
    assert np.array_equal(grad.weight, [2, 2])


def test_functions_that_capture_nothing_pass_with_their_defaults():
    def f(x, a=3.0):
        return a * x

    assert gradient(lambda g, x: g(x), f, 2.0) == (None, 3.0)
