"""AutoNative(verify=True) and verifying(): a value that differs from that of a plain run is an error."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from fluxbridge import (
    AutoNative,
    Params,
    diaghessian,
    gradient,
    hessian,
    jacobian,
    pullback,
    pushforward,
    verifying,
    withgradient,
)
from fluxbridge.errors import ParityError

pytestmark = pytest.mark.once

VERIFY = AutoNative(verify=True)


def by_type(x: Any) -> Any:
    """What no stand-in can answer rightly."""
    return np.sum(x**3) if type(x) in BUILTIN else np.sum(x) + 0.25


BUILTIN = {float: 1, np.ndarray: 1}.keys()


@pytest.mark.parametrize("x", [2.0, np.array([1.0, 2.0])], ids=["number", "vector"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda e, x: gradient(by_type, *e, x),
        lambda e, x: withgradient(by_type, *e, x),
        lambda e, x: pullback(by_type, *e, x),
        lambda e, x: pushforward(by_type, *e, x)(x),
        lambda e, x: hessian(by_type, *e, x),
        lambda e, x: jacobian(by_type, *e, x),
        lambda e, x: diaghessian(by_type, *e, x),
    ],
    ids=["gradient", "withgradient", "pullback", "pushforward", "hessian", "jacobian", "diaghessian"],
)
def test_every_operator(ask: Any, x: Any) -> None:
    ask((), x)
    with pytest.raises(ParityError, match=r"inside of the gradient call and .* outside"):
        ask((VERIFY,), x)
    with verifying(), pytest.raises(ParityError):
        ask((), x)


def test_what_agrees_passes_with_the_same_answer() -> None:
    def f(x: Any, p: Any) -> Any:
        return np.sum(np.tanh(x) * p["w"]) if x[0] > 0 else 0.0

    xs = np.array([0.5, -1.0]), {"w": 3.0, "name": "n"}
    plainly, verified = withgradient(f, *xs), withgradient(f, VERIFY, *xs)
    assert plainly.val == verified.val
    np.testing.assert_array_equal(plainly.grad[0], verified.grad[0])
    assert plainly.grad[1] == verified.grad[1]


def test_further_outputs_are_compared() -> None:
    with pytest.raises(ParityError, match=r"at \[1\]"):
        withgradient(lambda x: (x**2, 1.0 if type(x) is float else 2.0), VERIFY, 3.0)


def test_an_error_outside_only() -> None:
    def f(x: Any) -> Any:
        if type(x) is float:
            raise KeyError("outside")
        return x

    with pytest.raises(ParityError, match="KeyError is raised outside"):
        gradient(f, VERIFY, 3.0)


def test_arguments_are_changed_once() -> None:
    class Counting:
        def __init__(self) -> None:
            self.calls, self.w = 0, 2.0

        def __call__(self, x: Any) -> Any:
            self.calls += 1
            return self.w * x

    model = Counting()
    gradient(lambda m, x: m(x), VERIFY, model, 3.0)
    assert model.calls == 1


def test_implicit_parameters() -> None:
    w = np.array([1.0, 2.0])
    assert gradient(lambda: np.sum(w * w), VERIFY, Params([w]))[w].tolist() == [2.0, 4.0]
    with pytest.raises(ParityError):
        gradient(lambda: np.sum(w) if type(w) is np.ndarray else np.sum(w * w), VERIFY, Params([w]))


def test_implicit_parameters_with_dropout() -> None:
    from fluxbridge.flux import Dropout

    w, layer = np.ones(20), Dropout(0.5)
    assert gradient(lambda: np.sum(layer(w)), VERIFY, Params([w]))[w].shape == (20,)


def test_nested() -> None:
    def f(x: Any) -> Any:
        return gradient(lambda y: x * y**3, VERIFY, x)[0]

    assert gradient(f, VERIFY, 2.0) == gradient(f, 2.0)


def test_random_numbers_of_numpy_are_drawn_again() -> None:
    np.random.seed(1)
    first = withgradient(lambda x: x * np.random.rand(), 1.0).val, np.random.rand()
    np.random.seed(1)
    assert (withgradient(lambda x: x * np.random.rand(), VERIFY, 1.0).val, np.random.rand()) == first


def test_a_function_that_does_not_repeat_itself_says_so() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ParityError, match="two plain runs"):
        gradient(lambda x: x * rng.random(), VERIFY, 1.0)


def test_dropout_draws_the_same() -> None:
    from fluxbridge.flux import Dropout

    assert gradient(lambda x: np.sum(Dropout(0.5)(x)), VERIFY, np.ones(50))[0].shape == (50,)


def test_threads_do_not_see_each_other() -> None:
    found = []
    with verifying():
        thread = threading.Thread(target=lambda: found.append(gradient(by_type, 2.0)))
        thread.start()
        thread.join()
    assert len(found) == 1
