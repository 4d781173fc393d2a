"""What comes back holds no traced value, wherever f put it."""

from __future__ import annotations

import functools
import gc
import math
import types
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge import (
    AutoFiniteDifferences,
    adjoint,
    checkpointed,
    forwarddiff,
    gradient,
    hessian,
    hook,
    ignore_derivatives,
    pullback,
    pushforward,
    withgradient,
)
from fluxbridge.autodiff.primitive import Tracer
from fluxbridge.errors import GradientLostError, MutationError, StructureError
from fluxbridge.flux.nnlib import within_gradient

pytestmark = pytest.mark.once


def tracers_in(x: Any) -> list[Tracer]:
    """Every traced value behind an object, by way of the garbage collector."""
    seen, waiting, found = set(), [x], []
    while waiting:
        here = waiting.pop()
        if id(here) in seen or isinstance(here, (type, types.ModuleType, types.CodeType)):
            continue
        seen.add(id(here))
        if isinstance(here, Tracer):
            found.append(here)
        elif isinstance(here, np.ndarray) and here.dtype.hasobject:
            waiting += here.ravel().tolist()
        elif isinstance(here, types.FunctionType):
            waiting += [*(here.__closure__ or ()), here.__defaults__, here.__kwdefaults__, here.__dict__]
        else:
            waiting += gc.get_referents(here)
    return found


@dataclass
class Box:
    v: Any


class Slot:
    __slots__ = ("v",)

    def __init__(self, v):
        self.v = v


def objects(x):
    out = np.empty(2, dtype=object)
    out[0], out[1] = x, [x]
    return out


WRAPPERS = {
    "list": lambda x: [x],
    "tuple": lambda x: (x, 1),
    "dict": lambda x: {"a": x},
    "ordered": lambda x: OrderedDict(a=x),
    "deque": lambda x: deque([x], maxlen=3),
    "array of objects": objects,
    "object": Box,
    "slots": Slot,
    "namespace": lambda x: types.SimpleNamespace(v=x),
    "closure": lambda x: lambda y: (x, y),
    "default": lambda x: lambda y=x: y,
    "keyword": lambda x: lambda *, y=x: y,
    "partial": lambda x: functools.partial(max, x),
    "method": lambda x: Box(x).__repr__,
    "method of a list": lambda x: [x].count,
    "proxy": lambda x: types.MappingProxyType({"a": x}),
}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(WRAPPERS)), min_size=1, max_size=3),
    st.sampled_from(["tuple", "dict"]),
)
def test_further_results_of_any_kind_hold_no_traced_value(names, inner):
    def f(x):
        out = WRAPPERS[inner](x) if len(names) == 1 else x
        for name in names:
            out = WRAPPERS[name](out)
        return x**2, out

    value, grad = withgradient(f, 3.0)
    assert (value[0], grad) == (9.0, (6.0,))
    assert not tracers_in(value)
    assert tracers_in([gradient(lambda x: f(x)[0] + 0 * len(tracers_in(f(x)[1])), 3.0)]) == []
    y, back = pullback(lambda x: f(x)[1], 3.0)
    assert not tracers_in(y)
    _ = back
    d = {"x": 3.0}
    gradient(lambda box: (box.update(kept=f(box["x"])), box["x"] ** 2)[1], d)
    assert not tracers_in(d)


def test_values_are_where_the_traced_ones_were():
    value = withgradient(lambda n: (n**2, {n: [deque([n]), objects(n)], "f": lambda y=n: y + n}), 3).val[1]
    assert list(value) == [3, "f"]
    assert value[3][0] == deque([3])
    assert value[3][1][1] == [3]
    assert value["f"]() == 6
    for wrap in (lambda n: {(n, 1): 2}, lambda n: {("a", n)}):
        value = withgradient(lambda n, wrap=wrap: (n**2, wrap(n)), 3).val
        assert value == (9, wrap(3)) and not tracers_in(value)


def test_iterators_that_hold_traced_values_are_refused():
    for make in (lambda x: iter([x]), lambda x: (x for _ in range(2)), lambda x: map(abs, [x])):
        with pytest.raises(StructureError, match="make a list of it"):
            withgradient(lambda x, make=make: (x, make(x)), 3.0)
        assert withgradient(lambda x, make=make: (x, list(make(x))), 3.0).val[1][0] == 3.0
    value = withgradient(lambda x: (x, iter([1])), 3.0).val
    assert list(value[1]) == [1]


def test_arguments_that_are_returned_are_the_user_s_own_objects():
    box, array = Box(2.0), np.ones(3)
    value = withgradient(lambda b, a: (b.v * np.sum(a), b, [b, a]), box, array).val
    assert value[1] is box
    assert value[2][0] is box
    y, _ = pullback(lambda b: {"b": b}, box)
    assert y["b"] is box


def test_forward_mode_gives_plain_values_too():
    assert pushforward(lambda x: {"k": deque([x, x**2])}, 3.0)(1.0)["k"] == deque([1.0, 6.0])


# -- functions with rules of their own, and what they captured ---------------------------------------------


def test_forwarddiff_differentiates_what_the_function_captured():
    f = lambda a, b: forwarddiff(lambda t: t * b**2, a)  # noqa: E731
    assert gradient(f, 2.0, 3.0) == (9.0, 12.0)
    assert gradient(lambda a, b: forwarddiff(lambda t: t * b, 1.0) * a, 2.0, 3.0) == (3.0, 2.0)
    of_objects = lambda a, b: np.sum(forwarddiff(lambda t: t * t[0], np.array([a, b])))  # noqa: E731
    assert gradient(of_objects, 2.0, 3.0) == (7.0, 2.0)
    v = np.array([2.0, 3.0])
    g = lambda v: forwarddiff(lambda t: np.sum(t**2 * v[1]) + t[0] * v[0], v)  # noqa: E731
    plain = lambda v: np.sum(v**2 * v[1]) + v[0] * v[0]  # noqa: E731
    np.testing.assert_allclose(gradient(g, v)[0], gradient(plain, v)[0])
    np.testing.assert_allclose(hessian(g, v), hessian(plain, v))


def test_hooks_see_captured_values_as_plain_ones():
    kinds = []
    g = gradient(lambda a, b: hook(lambda d: kinds.append(type(b)) or d * b, a) * b, 2.0, 3.0)
    assert g == (9.0, 2.0)
    assert kinds == [float]
    assert [type(x) for x in g] == [float, float]


@adjoint
def scaled(x, factor=1.0):
    return x * factor, lambda dy: (dy * factor,)


def test_rules_that_use_more_than_their_arguments_are_refused():
    def in_value(a, b):
        return adjoint(lambda x: (x * b, lambda dy: (dy,)))(a)

    def in_cotangent(a, b):
        return adjoint(lambda x: (x * 3.0, lambda dy: (dy * b,)))(a)

    for f in (in_value, in_cotangent, lambda a, b: scaled(a, factor=b)):
        with pytest.raises(GradientLostError, match="Pass that value by position"):
            gradient(f, 2.0, 3.0)
    with pytest.raises(GradientLostError, match="Pass that value by position"):
        pullback(in_cotangent, 2.0, 3.0)[1](1.0)
    by_position = adjoint(lambda x, k: (x * k, lambda dy: (dy * k, dy * x)))
    assert gradient(lambda a, b: by_position(a, b), 2.0, 3.0) == (3.0, 2.0)
    assert gradient(lambda a, b: scaled(a, factor=ignore_derivatives(b)), 2.0, 3.0) == (3.0, None)


KEPT: dict[str, Any] = {}


def test_checkpointed_sees_its_closure_and_refuses_what_it_cannot_see():
    assert gradient(lambda a, b: checkpointed(lambda t: t * b, a), 2.0, 3.0) == (3.0, 2.0)
    settings_of = {0.5, 1.5}
    assert gradient(lambda a, b: checkpointed(lambda t: t * b * len(settings_of), a), 2.0, 3.0) == (6.0, 4.0)

    def by_global(a, b):
        KEPT["b"] = b
        return checkpointed(lambda t: t * KEPT["b"], a)

    with pytest.raises(GradientLostError, match="surroundings"):
        gradient(by_global, 2.0, 3.0)


def test_checkpointed_computes_again_with_what_it_saw():
    layer = types.SimpleNamespace(w=3.0, n=1.0)

    def f(m, x):
        def inner(z):
            m.n += 1.0
            return m.w * z * m.n

        return checkpointed(inner, x) * m.n

    value, (g, gx) = withgradient(f, layer, 2.0)
    assert value == 24.0
    assert layer.n == 2.0
    assert (g.w, gx) == (8.0, 12.0)


class Judge:
    def __init__(self):
        self.w, self.steps = 2.0, 0

    def __call__(self, x):
        return self.w * x


def test_ignore_derivatives_runs_a_training_step():
    judge = Judge()

    def step(fake):
        assert type(fake) is float
        assert not within_gradient()
        assert math.sqrt(fake) == 2.0
        (g,) = gradient(lambda j: j(fake) ** 2, judge)
        judge.w -= 0.01 * g.w
        judge.steps += 1

    def loss(x):
        fake = x**2
        ignore_derivatives(lambda: step(fake))
        assert within_gradient()
        return judge(fake)

    value, (g,) = withgradient(loss, 2.0)
    assert judge.w == pytest.approx(2.0 - 0.01 * 64)
    assert judge.steps == 1
    assert value == pytest.approx(4 * judge.w)
    assert g == pytest.approx(4 * judge.w)


def test_what_ignore_derivatives_changes_in_captured_objects_is_kept():
    def f(j, x):
        seen = [x]
        ignore_derivatives(lambda: (seen.append(j.w * x), setattr(j, "steps", j.steps + 1)))
        return x * seen[1] * seen[0]

    judge = Judge()
    assert withgradient(f, judge, 3.0) == (54.0, (None, 36.0))
    assert judge.steps == 1
    assert type(judge.steps) is int

    def in_place(x):
        def body():
            x[0] = 5.0

        ignore_derivatives(body)
        return np.sum(x)

    with pytest.raises(MutationError, match="copy"):
        gradient(in_place, np.ones(2))


def test_differences_agree():
    f = lambda a, b: forwarddiff(lambda t: np.sin(t * b), a) * hook(lambda d: d, b)  # noqa: E731
    np.testing.assert_allclose(
        gradient(f, 0.4, 0.7), gradient(f, AutoFiniteDifferences(), 0.4, 0.7), rtol=1e-8
    )


def test_gradients_lie_in_memory_as_the_rules_leave_them():
    w = np.arange(12.0).reshape(3, 4)
    (dx,) = gradient(lambda x: np.sum(x.T * w), np.ones((3, 4)).T.copy())
    np.testing.assert_array_equal(dx, w.T)
    assert dx.base is None and dx.flags.f_contiguous
