"""Functions that remember what they saw."""

import time

from fluxbridge.flux import early_stopping, plateau, throttle


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
