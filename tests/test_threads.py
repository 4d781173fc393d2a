"""Eight threads that change places all the time see nothing of each other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from fluxbridge import (
    AutoFiniteDifferences,
    adjoint,
    checkpointed,
    cross_check,
    explain,
    gradient,
    hessian,
    jacobian,
    pushforward,
    verifying,
    withgradient,
)
from fluxbridge.autodiff.primitive import REPLACED, WATCHERS
from fluxbridge.errors import JuliaTimeout
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.isolated.remote import RemoteBridge
from fluxbridge.recording import Recording, backward

THREADS = 8
X = np.array([0.3, -0.7, 1.2])


@pytest.fixture(autouse=True)
def often() -> Iterator[None]:
    """Change places after every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """What `work` returns in each thread; all begin at once, and an error in one is raised here."""
    results: list[Any] = [None] * count
    begin = threading.Barrier(count)

    def run(k: int) -> None:
        begin.wait()
        try:
            results[k] = work(k)
        except BaseException as error:
            results[k] = error

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def asking(n: int) -> Callable[[float], Any]:
    """A function that asks 2n + 1 questions, one about an index."""

    def f(x: Any) -> Any:
        y = x * 1.0
        for k in range(n):
            y = y + 1.0 if y < k else y * 0.5
            y = np.where(np.greater(y, 0.25), y, -y)
        return y * int(y > 0)

    return f


def test_recordings_miss_no_question():
    def work(k: int) -> list[int]:
        return [len(Recording(asking(3 + k), (0.3,)).choices) for _ in range(60)]

    expected = [len(Recording(asking(3 + k), (0.3,)).choices) for k in range(THREADS)]
    assert together(work) == [[n] * 60 for n in expected]
    assert not WATCHERS


def test_a_recording_sees_the_questions_of_the_threads_that_its_function_starts():
    def f(x: Any) -> Any:
        answers: list[bool] = []
        thread = threading.Thread(target=lambda: answers.append(bool(x > 0.0)))
        thread.start()
        thread.join()
        return x if answers[0] else -x

    def work(k: int) -> list[Any]:
        return [[c.outcome for c in Recording(f, (k - 3.5,)).choices] for _ in range(10)]

    assert together(work) == [[[k > 3]] * 10 for k in range(THREADS)]


def model(x: Any) -> Any:
    h = np.tanh(np.array([[0.4, -0.2, 0.1], [0.3, 0.9, -0.5]]) @ x)
    h[0] > 0.0  # noqa: B015  (a question)
    return np.sum(np.where(h > 0, h, 0.1 * h) ** 2) + np.abs(x[0]) + checkpointed(np.sin, x)[1]


JOBS: dict[str, Callable[[], Any]] = {
    "gradient": lambda: gradient(model, X)[0],
    "verified": lambda: _verified(),
    "hessian": lambda: hessian(model, X),
    "pushforward": lambda: pushforward(model, X)(np.ones(3)),
    "jacobian": lambda: jacobian(lambda x: np.sin(x) * x, X)[0],
    "differences": lambda: gradient(model, AutoFiniteDifferences(), X)[0],
    "record": lambda: _swept(),
    "objects": lambda: gradient(lambda x: np.sum(np.array([x[0], 2.0 * x[1]]) * 3.0), X)[0],
}


def _verified() -> Any:
    with verifying():
        return withgradient(model, X).grad[0]


def _swept() -> Any:
    record = Recording(model, (X,))
    return backward(record.steps, {record.out: 1.0})[record.steps[0]]


def test_every_engine():
    expected = {name: job() for name, job in JOBS.items()}
    names = list(JOBS)

    def work(k: int) -> None:
        for turn in range(2 * len(names)):
            name = names[(turn + k) % len(names)]
            np.testing.assert_array_equal(JOBS[name](), expected[name], err_msg=name)

    together(work)


def test_explanations_and_checks():
    text = [str(explain(model, X * (k + 1))) for k in range(2)]
    verdict = str(cross_check(model, X))

    def work(k: int) -> None:
        for _ in range(2):
            assert str(explain(model, X * (k % 2 + 1))) == text[k % 2]
        assert str(cross_check(model, X)).splitlines()[0] == verdict.splitlines()[0]

    together(work)


def test_primitives_that_are_made_at_call():
    """Only one thread registers the primitive of so many operands."""

    def work(_: int) -> list[Any]:
        found = []
        for count in range(11, 19):
            terms = ",".join("i" * count)
            operands = [X] * (count - 1)
            found.append(gradient(lambda x, t=terms, o=operands: np.einsum(f"{t}->", x, *o), X)[0])
        return found

    for found in together(work):
        for count, g in zip(range(11, 19), found, strict=True):
            np.testing.assert_allclose(g, X ** (count - 1))


def test_rules_of_a_library_are_loaded_once():
    """In a process of its own, where nothing is loaded yet."""
    pytest.importorskip("scipy")
    code = """
import sys, threading
import numpy as np
import scipy.special
from fluxbridge import gradient
sys.setswitchinterval(1e-6)
begin, errors = threading.Barrier(8), []
def work():
    begin.wait()
    try:
        assert abs(gradient(scipy.special.erf, 0.5)[0] - 2 / np.pi**0.5 * np.exp(-0.25)) < 1e-12
    except BaseException as error:
        errors.append(error)
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
assert not errors, errors
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_rules_change_while_others_compute():
    """Whoever computes meanwhile meets the one rule or the other, and never none."""
    done = threading.Event()

    def change(_: Any) -> None:
        try:
            for _ in range(40):
                for f in (np.add, np.sin, np.cosh):
                    adjoint(f, lambda *xs, f=f: (f(*xs), lambda dy: tuple(7.0 * dy for _ in xs)))
                    adjoint(f, None)
        finally:
            done.set()

    def compute() -> None:
        while not done.is_set():
            assert gradient(lambda x: x + 1.0, 2.0)[0] in (1.0, 7.0)
            assert gradient(lambda x: np.sin(x), 0.0)[0] in (1.0, 7.0)
            assert gradient(lambda x: x * x, 3.0) == (6.0,)
            assert pushforward(lambda x: 1.0 + x, 2.0)(1.0) in (1.0, 7.0)
            assert len(Recording(lambda x: x + 1.0, (2.0,)).steps) == 2

    together(lambda k: change(k) if k == 0 else compute())
    assert not REPLACED & {np.add, np.sin, np.cosh}
    assert gradient(lambda x: np.sin(x + 1.0), 0.0)[0] == np.cos(1.0)


def test_a_time_limit_is_that_of_its_thread():
    bridge = RemoteBridge(factory="isolatedfake:make", timeout=20)
    try:
        sleep = JuliaObject(bridge.define("lambda t: time.sleep(t)"), bridge)
        in_block, out = threading.Event(), threading.Event()

        def limited() -> None:
            with bridge.time_limit(0.001), bridge.time_limit(None), bridge.time_limit(0.1):
                in_block.set()
                out.wait(20)
                with pytest.raises(JuliaTimeout):
                    sleep(10)
                with bridge.time_limit(None):
                    sleep(0.2)
            with bridge.time_limit(0.05):
                pass
            sleep(0.2)  # the block is over

        def unlimited() -> None:
            in_block.wait(20)
            sleep(0.2)  # longer than the other thread's limit
            out.set()

        together(lambda k: limited() if k else unlimited(), 2)
        assert bridge.timeout == 20
    finally:
        bridge.close()
