"""Functions that remember what they saw."""

import time

import pytest

from fluxbridge.errors import ArgumentError
from fluxbridge.flux import early_stopping, patience, plateau, throttle


def wait_for(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_throttle_runs_at_once_and_then_not_until_later():
    said = []
    f = throttle(lambda x: said.append(x) or len(said), 0.2)
    start = time.monotonic()
    results = [f(k) for k in range(5)]
    assert said == [0] and results == [1] * 5
    time.sleep(max(0.0, 0.25 - (time.monotonic() - start)))
    assert f(9) == 2 and said == [0, 9]


def test_throttle_trailing_runs_the_last_call_later():
    said = []
    f = throttle(said.append, 0.1, trailing=True)
    for k in range(4):
        f(k)
    assert said == [0]
    wait_for(lambda: said == [0, 3])


def test_throttle_not_leading_waits():
    said = []
    f = throttle(said.append, 0.1, leading=False)
    f(1)
    f(2)
    assert said == []
    wait_for(lambda: said == [1])


def test_other_distances():
    stop = early_stopping(lambda x: x, 1, distance=lambda best, score: score - best, init_score=-1e9)
    assert [stop(x) for x in (1.0, 2.0, 1.5)] == [False, False, True]
    flat = plateau(lambda x: x, 1)
    assert [flat(x) for x in (1.0, 1.0 + 1e-9)] == [False, True]


def test_early_stopping_remembers_the_best():
    stop = early_stopping(lambda x: x, 1)
    assert [stop(x) for x in (8.0, 7.5, 7.8, 7.4)] == [False, False, True, False]
    first = early_stopping(lambda x: x, 1, init_score=5.0)
    assert [first(x) for x in (6.0, 4.0)] == [True, False]
    same = early_stopping(lambda x: x, 2)
    assert [same(x) for x in (1.0, 1.0, 1.0)] == [False, False, False]  # no worse than the best


def test_a_change_of_just_the_least_distance_counts():
    stop = early_stopping(lambda x: x, 1, min_dist=0.5)
    assert [stop(x) for x in (8.0, 7.5, 7.25)] == [False, False, True]
    flat = plateau(lambda x: x, 1, min_dist=0.5)
    assert [flat(x) for x in (1.0, 1.5, 1.0, 1.25)] == [False, False, False, True]
    near = plateau(lambda x: x, 1)
    assert [near(x) for x in (0.0, 2e-6, 2.5e-6)] == [False, False, True]


def test_a_plateau_begins_at_its_first_score():
    flat = plateau(lambda x: x, 1, init_score=1.0, min_dist=0.5)
    assert [flat(x) for x in (1.2, 2.0)] == [True, False]


def test_patience_counts_calls_in_a_row():
    assert [patience(lambda x: x, 1)(x) for x in (True,)] == [True]
    always = patience(lambda x: x, 0)
    assert always(False)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patience(3, 1), "3 is none"),
        (lambda: patience(bool, 1.5), "wait is a number of calls.*1.5"),
        (lambda: patience(bool, -1), "wait is a number of calls.*-1"),
        (lambda: patience(bool, True), "wait is a number"),
        (lambda: early_stopping(None, 1), "None is none"),
        (lambda: early_stopping(abs, "2"), "delay is a number"),
        (lambda: plateau(abs, -2), "width is a number"),
        (lambda: throttle(None, 1), "None is none"),
        (lambda: throttle(abs, -1), "timeout is a number of seconds"),
        (lambda: throttle(abs, "1"), "timeout is a number of seconds"),
        (lambda: throttle(abs, float("nan")), "timeout is a number of seconds"),
    ],
)
def test_refused(call, says):
    with pytest.raises(ArgumentError, match=says):
        call()
