"""Floating-point warnings name the user's line, and none comes from the engine's own work."""

from __future__ import annotations

import inspect
import threading
import warnings

import numpy as np
import pytest

from fluxbridge import adjoint, gradient, hessian, pullback, pushforward

x = np.array([1.0, -1.0])


def caught(call):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        result = call()
    return [(w.filename, w.lineno, str(w.message)) for w in seen], result


def log_of(x):
    return np.sum(np.log(x))


def root_at_zero(x):
    return np.sum(np.sqrt(x))


@adjoint
def own(x):
    return x * 1.0, lambda dy: (dy / 0.0 * np.array([0.0, 1.0]) * np.log(np.array([-1.0, -1.0])),)


LINE = inspect.getsourcelines(log_of)[1] + 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: gradient(log_of, x),
        lambda: pullback(log_of, x),
        lambda: pushforward(log_of, x)(np.ones(2)),
        lambda: hessian(log_of, x),
        lambda: gradient(lambda x: gradient(log_of, x)[0][0], x),
    ],
)
def test_the_users_line(call):
    seen, _ = caught(call)
    assert {w[:2] for w in seen} == {(__file__, LINE)}
    assert {w[2] for w in seen} == {"invalid value encountered in log"}


def test_the_way_back_gives_no_warning():
    seen, (g,) = caught(lambda: gradient(root_at_zero, np.array([0.0, 4.0])))
    assert seen == [] and g[0] == np.inf and g[1] == 0.25
    seen, (g,) = caught(lambda: gradient(lambda x: np.sum(np.where(x > 0, np.sqrt(np.maximum(x, 0)), 0)), x))
    assert seen == []


def test_a_rule_of_the_users_warns_in_its_line():
    seen, _ = caught(lambda: gradient(lambda x: np.sum(own(x)), np.ones(2)))
    assert seen and {w[0] for w in seen} == {__file__}


def test_once_a_line_as_python_does():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            gradient(log_of, x)
    assert len(seen) == 1


def test_warnings_that_are_errors_are_raised_and_settings_come_back():
    before = np.geterr(), np.geterrcall()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="invalid value encountered in log"):
            gradient(log_of, x)
    assert (np.geterr(), np.geterrcall()) == before


def test_what_the_user_sets_holds():
    with np.errstate(all="ignore"):
        assert caught(lambda: gradient(log_of, x))[0] == []
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        gradient(log_of, x)
    calls = []
    with np.errstate(invalid="call", call=lambda kind, flag: calls.append(kind)):
        assert caught(lambda: gradient(log_of, x))[0] == []
    assert calls[0] == "invalid value"

    def quiet(x):
        with np.errstate(invalid="ignore"):
            return np.sum(np.log(x))

    assert caught(lambda: gradient(quiet, x))[0] == []


def test_a_function_that_sets_them_for_good():
    before = np.geterr()

    def sets(x):
        np.seterr(divide="ignore")
        return np.sum(x)

    try:
        gradient(sets, x)
        assert np.geterr() == {**before, "divide": "ignore"} and np.geterrcall() is None
    finally:
        np.seterr(**before)


def test_in_threads():
    found = []

    def work():
        for _ in range(50):
            found.extend(w[:2] for w in [(__file__, LINE)] if gradient(log_of, x))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 200 and np.geterr()["invalid"] == "warn"
