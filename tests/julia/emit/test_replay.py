"""The whole way to Zygote and back without a Julia: its answers to the emitted sources were recorded.

The source of each sample is written anew. If it is the recorded one, so is Julia's answer; what is made of it
(structures, types, seeds, orders, captured values) is compared with the native engine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from answers import Function, NotRecorded, Replay, Scribe, alike, decode, encode, lines
from asked import FORWARD, OPERATORS, _branch, questions, samples
from programs import PROGRAMS
from test_programs import same
from test_spellings import agree, bound_of

from fluxbridge import AutoForwardDiff, AutoZygote, Record, gradient, hessian
from fluxbridge.errors import NoRuleError
from fluxbridge.julia import session

RECORDED = lines()
NAMES = {line["of"] for line in RECORDED}
QUESTIONS = questions()
SAMPLES = samples()


@pytest.fixture
def julia(monkeypatch):
    """A Julia that knows what was recorded."""
    replay = Replay(RECORDED)
    monkeypatch.setattr(session, "bridge", lambda: replay)
    return replay


def test_all_is_recorded():
    """Where a sample is new, or written in another way: python tests/julia/record.py, with a Julia."""
    assert set(OPERATORS) | {f"program {p.name}" for p in PROGRAMS} <= NAMES
    assert set(QUESTIONS) >= NAMES
    assert len(set(SAMPLES) - NAMES) <= len(SAMPLES) // 50, sorted(set(SAMPLES) - NAMES)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.filterwarnings("ignore")
def test_values_and_gradients_of_spellings(name, julia):
    if name not in NAMES:
        pytest.skip("not recorded yet (python tests/julia/record.py)")
    ask, ad = QUESTIONS[name]
    y, grads = ask((ad,))
    expected, native = ask(())
    bound = bound_of(SAMPLES[name])
    parts = expected if isinstance(expected, (tuple, list)) else [expected]
    for got, part in zip(y if isinstance(y, (tuple, list)) else [y], parts, strict=True):
        agree(got, part, bound)
    for got, part in zip(grads, native, strict=True):
        if got is None or part is None:  # nothing against zeros
            assert not np.any(got if part is None else part)
        else:
            agree(got, part, bound)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_programs(program, julia):
    ask, ad = QUESTIONS[f"program {program.name}"]
    (y, grads), (z, there) = ask(()), ask((ad,))
    rtol = 2e-6 if np.asarray(y).dtype == np.float32 else 1e-12
    same(z, y, rtol)
    same(there, grads, rtol)


@pytest.mark.once  # a plain run beside a traced one would ask Julia something else
@pytest.mark.parametrize("name", [n for n in QUESTIONS if n in OPERATORS or n.endswith("by ForwardDiff")])
def test_operators(name, julia):
    ask, ad = QUESTIONS[name]
    got, expected = ask((ad,)), ask(())
    if isinstance(expected, np.ndarray):
        np.testing.assert_allclose(got, expected, rtol=1e-12)
        return
    rtol = 2e-6 if "single" in name else 1e-12
    assert type(got) is type(expected)
    for a, b in zip(got, expected, strict=True) if isinstance(expected, (tuple, list)) else [(got, expected)]:
        same(a, b, rtol)


def test_the_orders_of_a_hessian_and_of_a_jacobian_differ(julia):
    """Otherwise nothing above would notice if an order got lost."""
    for name in ("hessian", "jacobian"):
        for ad in (AutoZygote(), AutoForwardDiff()):
            c, fortran = (OPERATORS[f"{name} in {order} order"]((ad,)) for order in ("C", "Fortran"))
            c, fortran = (c, fortran) if name == "hessian" else (c[0], fortran[0])
            assert c.shape == fortran.shape and not np.allclose(c, fortran)
    assert set(FORWARD) <= set(OPERATORS)


def test_what_was_not_asked_has_no_answer(julia):
    with pytest.raises(NotRecorded, match="this source is not in the record"):
        gradient(lambda x: np.sum(np.sin(x) ** 5), AutoZygote(), np.ones(2))
    with pytest.raises(NotRecorded, match="with other arguments"):
        gradient(_branch, AutoZygote(), 3.5)
    with pytest.raises(NotRecorded, match=r"hessian with .* is not recorded for this source"):
        hessian(_branch, AutoZygote(), 3.0)


def test_errors_come_before_julia_is_asked(julia):
    with pytest.raises(NoRuleError, match="an outer derivative"):
        gradient(lambda y: gradient(lambda x: x**2 * y, AutoForwardDiff(), 3.0)[0], 5.0)


# -- the record itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x",
    [None, True, 3, 2.5, float("nan"), -np.inf, 1 - 2j, "text", np.float32(0.1), np.int8(3),
     np.arange(6).reshape(2, 3), np.array([0.1, np.nan, np.inf], np.float32), np.array(2.5), np.zeros((0, 2)),
     np.array([1 + 2j, complex(np.nan, 1)]), (1, [2.0, None]), {"a": 1, 3: (2,)}, np.bool_(True),
     Record(a=1.0, b=Record(c=2))],
    ids=repr,
)  # fmt: skip
def test_values_are_written_down_with_their_types(x):
    assert alike(decode(encode(x)), x)


def test_what_is_told_apart():
    values = [
        1, 1.0, True, np.float64(1), np.float32(1), (1,), [1], np.ones(1), np.ones(1, int), np.ones((1, 1)),
        1 + 0j, "1", None, {"a": 1}, Record(a=1), Record(b=1), np.array([1.0001]), 1.0001,
    ]  # fmt: skip
    for i, a in enumerate(values):
        assert [alike(a, b) for b in values] == [i == j for j in range(len(values))]


class Echo:
    """A bridge that answers with what it was asked."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name: str) -> Any:
        def operation(*given: Any) -> Any:
            self.calls.append((name, *given))
            return (f"{name} of {given[0]}", given[1:]) if name == "pullback" else f"{name} of {given[0]}"

        return operation


def test_a_scribe_passes_on_and_notes_and_a_replay_answers_the_same():
    real = Echo()
    scribe = Scribe(real)

    def ask(bridge: Any) -> list[Any]:
        f = bridge.define("x -> x")
        g = bridge.vjp(bridge.capture(f, (2.0,)))
        y, held = bridge.pullback(g, (1.0, 2))
        return [
            y,
            bridge.pull(held, 3.0),
            bridge.pull(held, 4.0),
            bridge.withgradient(f, (1.0,), "forwarddiff", False),
            bridge.withjacobian(f, (1.0,), "zygote", "F"),
            bridge.hessian(f, 1.0, "zygote", "C"),
            bridge.diaghessian(f, [1.0]),
        ]

    answers = ask(scribe)
    assert real.calls[0] == ("define", "x -> x")
    assert ("withgradient", "define of x -> x", (1.0,), "forwarddiff", False) in real.calls
    assert ("withjacobian", "define of x -> x", (1.0,), "zygote", "F") in real.calls
    assert ("hessian", "define of x -> x", 1.0, "zygote", "C") in real.calls
    replay = Replay(scribe.lines)
    assert ask(replay) == answers
    for wrong in (
        lambda: replay.hessian(Function("x -> x"), 1.0, "zygote", "F"),
        lambda: replay.hessian(Function("x -> x"), 1.5),
        lambda: replay.hessian(Function("x -> x", (2.0,)), 1.0),
        lambda: replay.hessian(Function("x -> 2x"), 1.0),
        lambda: replay.withgradient(Function("x -> x"), (1.0,), "zygote", False),
        lambda: replay.pullback(Function("x -> x", (2.0,), 2), (1.0, 2)),
    ):
        with pytest.raises(NotRecorded):
            wrong()
