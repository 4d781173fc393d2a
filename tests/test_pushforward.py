"""pushforward by every AD type: in forward mode, by differences, by pullbacks or by the Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fluxbridge import (
    ADType,
    AutoEnzyme,
    AutoFiniteDifferences,
    AutoForwardDiff,
    AutoJuliaFiniteDifferences,
    AutoMooncake,
    AutoNative,
    AutoZygote,
    pushforward,
)
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.errors import ArgumentError, StructureError

V = np.array([1.0, 2.0])


def structured(p: Any, x: Any) -> Any:
    return p["a"] * x, {"b": np.sum(x) * p["c"][0]}


class OnlyPullback(ADType):
    """What defines a pullback has everything else."""

    calls = 0

    def pullback(self, f, xs):
        type(self).calls += 1
        return AutoNative().pullback(f, xs)


ENGINES = [
    AutoNative(),
    AutoNative(verify=True),
    AutoFiniteDifferences(),
    AutoFiniteDifferences(order=3),
    OnlyPullback(),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("f", "xs", "dxs"),
    [
        (lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)),
        (lambda x: np.sin(x) * x[::-1], (V,), (np.array([0.5, -2.0]),)),
        (lambda x: np.outer(x, x) @ x, (V,), (np.array([0.5, -2.0]),)),
        (lambda n: n**3, (3,), (2.0,)),
        (np.sin, (0.5,), (1e6,)),
        (np.sin, (0.5,), (1e-6,)),
        (lambda z: np.exp(z) * np.conj(z), (0.5 + 1j,), (1.0 - 2j,)),
        (lambda z: np.abs(z), (np.array([0.5 + 1j, 2.0]),), (np.array([1j, 1.0]),)),
        (lambda x: np.sum(x) + 1j * x[0], (V,), (np.ones(2),)),
        (
            lambda p, x: (p["a"] * x, {"b": np.sum(x) * p["c"][0]}),
            ({"a": 2.0, "c": [5.0]}, V),
            ({"a": 1.0}, V),
        ),
        (lambda p, x: (p["a"] * x, {"b": np.sum(x) * p["c"][0]}), ({"a": 2.0, "c": [5.0]}, V), (None, V)),
        (lambda x: x[:0], (V,), (V,)),
        (lambda x: np.float32(2) * x, (np.ones(2, np.float32),), (np.ones(2, np.float32),)),
    ],
)
def test_pushforward_by_every_ad_type(engine, f, xs, dxs):
    expected = pushforward(f, *xs)(*dxs)
    near = (
        1e-7
        if engine.__class__ in (AutoNative, OnlyPullback)
        else 1e-3
        if np.float32 in map(_dtype, xs)
        else 1e-5
    )
    near *= 10.0 ** (5 - getattr(engine, "order", 5))
    a, b = leaves_of(pushforward(f, engine, *xs)(*dxs)), leaves_of(expected)
    assert a.keys() == b.keys()
    for path, value in b.items():
        assert np.shape(a[path]) == np.shape(value)
        assert np.result_type(a[path]).kind == np.result_type(value).kind
        np.testing.assert_allclose(a[path], value, rtol=near, atol=1e-15)


def _dtype(x: Any) -> Any:
    return getattr(x, "dtype", None)


def leaves_of(x: Any) -> dict[str, Any]:
    parts, template = take_apart(x)
    paths = [path for _, path in template.paths("")] if template is not None else []
    return dict(zip(paths, parts, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_pushforward_of_what_does_not_depend(engine):
    assert pushforward(lambda x: "text", engine, 2.0)(1.0) is None
    tangent = pushforward(lambda x: np.ones(2), engine, 2.0)(1.0)
    assert tangent is None or not np.any(tangent)
    assert not np.any(pushforward(lambda x, y: x * y, engine, 2.0, 3.0)(None, 0.0))
    with pytest.raises(StructureError, match="shape"):
        pushforward(lambda x: x, engine, V)(np.ones(3))
    with pytest.raises(ArgumentError, match="one tangent an argument"):
        pushforward(lambda x: x, engine, V)(1.0, 2.0)


def test_pushforward_asks_the_ad_type():
    before = OnlyPullback.calls
    pushforward(lambda x: 2 * x, OnlyPullback(), V)(V)
    assert OnlyPullback.calls == before + 1

    class Nothing(ADType):
        pass

    with pytest.raises(NotImplementedError):
        pushforward(lambda x: x, Nothing(), 1.0)(1.0)


def test_pushforward_by_differences_of_a_changing_structure():
    with pytest.raises(StructureError, match="changes with the arguments"):
        pushforward(lambda x: x[x > 0.0], AutoFiniteDifferences(), np.array([0.0, 1.0]))(np.ones(2))


def test_pushforward_by_julias_packages(monkeypatch):
    """Zygote by its pullback, the others by the Jacobian (computed here by the native engine)."""
    from fluxbridge.julia import engines

    asked = []
    monkeypatch.setattr(
        engines, "pullback", lambda f, xs: asked.append("pullback") or AutoNative().pullback(f, xs)
    )
    monkeypatch.setattr(
        engines,
        "withjacobian",
        lambda engine, f, xs, order: asked.append(engine) or AutoNative().withjacobian(f, xs, order),
    )
    for engine, word in (
        (AutoZygote(), "pullback"),
        (AutoForwardDiff(), "forwarddiff"),
        (AutoEnzyme(), "enzyme"),
    ):
        asked.clear()
        assert pushforward(lambda x, y: x * y, engine, 2.0, 3.0)(1.0, 10.0) == 23.0
        assert asked == [word]
        f = lambda x, s: np.outer(x, x) * s  # noqa: E731
        np.testing.assert_allclose(pushforward(f, engine, V, 2.0)(V, 1.0), pushforward(f, V, 2.0)(V, 1.0))
        assert not np.any(pushforward(f, engine, V, 2.0)(None, None))
    structure = pushforward(lambda p: p["a"] * 2.0, AutoZygote(), {"a": 3.0})({"a": 1.0})
    assert structure == 2.0
    for engine in (AutoForwardDiff(), AutoEnzyme(), AutoMooncake(), AutoJuliaFiniteDifferences()):
        with pytest.raises(StructureError, match=r"numbers and arrays.*AutoZygote\(\)"):
            pushforward(lambda p: p["a"] * 2.0, engine, {"a": 3.0})({"a": 1.0})
