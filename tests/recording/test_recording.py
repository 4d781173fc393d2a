"""Whole recordings: steps, constants, questions, stacks, and the sweep over them."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from fluxbridge import gradient, jacobian, pushforward
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.recording import Recording, Step, backward


def gradients(recording):
    """The gradients of the arguments, from the steps."""
    found = backward(recording.steps, {recording.out: 1.0})
    cts = [found.get(step) for step in recording.steps[: recording.leaves]]
    return tuple(None if t is None else t.fill(cts) for t in recording.templates)


def mlp(p, x):
    h = np.tanh(p["W"] @ x + p["b"])
    return np.sum(h[1:] ** 2) / x.size


def loop(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-9:
        x = (x + a / x) / 2
    return x


rng = np.random.default_rng(0)
PROGRAMS = [
    (mlp, ({"W": rng.normal(size=(3, 2)), "b": rng.normal(size=(3, 1))}, rng.normal(size=(2, 4)))),
    (loop, (2.0,)),
    (lambda x: np.linalg.qr(x)[1][0, 0] + np.linalg.eigvalsh(x + x.T)[0], (rng.normal(size=(3, 3)),)),
    (lambda x: gradient(lambda y: x * y**3, 2.0)[0] * x, (3.0,)),
    (lambda x, name: sum(v * v for v in x), ([1.0, 2.0], "a name")),
]


@pytest.mark.parametrize(("f", "xs"), PROGRAMS)
def test_sweep_over_the_steps_gives_the_gradient(f, xs):
    recording = Recording(f, xs)
    np.testing.assert_allclose(recording.value, f(*xs), rtol=1e-14)
    expected, found = gradient(f, *xs), gradients(recording)
    for e, g in zip(expected, found, strict=True):
        assert type(g) is type(e)
        np.testing.assert_allclose(
            *(take_apart(v)[0][0] if v is not None else 0.0 for v in (g, e)), rtol=1e-13
        )


def test_constants_are_kept_as_they_were():
    c = np.array([1.0, 2.0])
    recording = Recording(lambda x: np.sum(x + c), (np.array([3.0, 4.0]),))
    c[0] = 100.0
    (add,) = [s for s in recording.steps if s.primitive.name == "add"]
    np.testing.assert_array_equal(add.values[1], [1.0, 2.0])


def test_paths_of_arguments():
    recording = Recording(mlp, PROGRAMS[0][1])
    assert [s.path for s in recording.steps[:3]] == ["[0]['W']", "[0]['b']", "[1]"]


def test_questions():
    def f(x):
        mask = x > 0
        if np.argmax(x) == 1 and x[0] < x[1]:
            return np.sum(np.where(mask, x, 0.0)) * (x[1] // 2)
        return 0.0

    recording = Recording(f, (np.array([-1.0, 5.0]),))
    asked = [choice.function for choice in recording.choices]
    assert asked == [operator.gt, np.argmax, operator.lt, operator.floordiv]
    (where,) = [s for s in recording.steps if s.primitive.name == "where"]
    assert where.values[0] is recording.choices[0].outcome
    assert all(isinstance(choice.inputs[0], Step) for choice in recording.choices)


def test_questions_of_an_inner_level_are_seen():
    recording = Recording(lambda x: gradient(lambda y: y * x if y > 1 else y, x)[0], (2.0,))
    assert [c.function for c in recording.choices] == [operator.gt]
    assert not Recording(lambda x: 3.0 if 2 > 1 else x, (2.0,)).choices


def test_stack_of_calls():
    def layer(x):
        return np.tanh(x) + 1

    def f(x):
        return layer(layer(x))

    recording = Recording(f, (0.5,))
    stacks = [[call.code.co_name for call in step.calls] for step in recording.steps[1:]]
    assert stacks == [["f", "layer"]] * 4
    lines = {step.calls[-1].line for step in recording.steps[1:]}
    assert lines == {layer.__code__.co_firstlineno + 1}
    assert Recording(f, (0.5,), calls=False).steps[1].calls == ()


def test_inside_of_other_levels():
    f = lambda x: Recording(lambda y: np.sin(y) * x, (2.0,)).value  # noqa: E731
    assert gradient(f, 3.0) == (np.sin(2.0),)
    assert pushforward(f, 3.0)(1.0) == np.sin(2.0)
    np.testing.assert_allclose(
        jacobian(lambda x: Recording(np.sin, (x,)).value, np.ones(2))[0], np.eye(2) * np.cos(1)
    )


def test_an_error_in_the_function_ends_the_recording():
    from fluxbridge.autodiff.primitive import WATCHERS

    with pytest.raises(KeyError):
        Recording(lambda x: {}[x > 0], (1.0,))
    assert not WATCHERS
