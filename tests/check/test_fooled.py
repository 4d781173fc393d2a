"""cross_check where a wrong derivative is hard to see, and where a right one looks wrong."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import adjoint, checkpointed, cross_check, gradient, hook
from fluxbridge.autodiff.primitive import UFUNCS, Tracer
from fluxbridge.check import engines

ENGINES = ["complex step", "finite differences"]


def rule(value, slope):
    """A function of one argument with a rule of its own."""

    @adjoint
    def own(x):
        return value(x), lambda dy: (dy * slope(x),)

    return own


def ask(f, *xs, **options):
    return cross_check(f, *xs, engines=ENGINES, **options)


def relu(slope_at_0):
    return rule(lambda x: np.maximum(x, 0.0), lambda x: np.where(x == 0, slope_at_0, x > 0))


SMALL = rule(lambda x: 1e-14 * x**2, lambda x: 1e-14 * x)  # half of what is right

WRONG = {
    "a slope outside of those at a kink": (lambda x: np.sum(relu(-3.0)(x)), np.array([0.0, 1.0, -1.0])),
    "just outside": (lambda x: np.sum(relu(1.001)(x)), np.array([0.0, 1.0, -1.0])),
    "the only entry": (lambda x: np.sum(relu(-3.0)(x)), np.zeros(1)),
    "a small slope, little more than noise": (rule(lambda x: 1 + 1e-12 * np.cos(x), lambda x: 1000.0), 0.97),
    "a small slope of a large value": (rule(lambda x: 1e8 + 8e-5 * x, lambda x: 1000.0), 0.97),
    "a gradient below 1e-12": (SMALL, 0.97),
    "a gradient below 1e-300": (rule(lambda x: 1e-300 * x**2, lambda x: 1e-300 * x), 0.97),
    "at a jump": (rule(np.floor, lambda x: 1.0), 2.0),
    "the median of equal numbers": (rule(np.median, lambda x: np.array([0.0, 5.0, 0.0])), np.ones(3)),
    "a relative error of 1e-6": (rule(np.sin, lambda x: np.cos(x) * (1 + 1e-6)), 0.97),
    "a relative error of 1e-9": (rule(np.sin, lambda x: np.cos(x) * (1 + 1e-9)), 0.97),
    "both of two maxima": (rule(np.max, lambda x: np.array([1.0, 1.0, 0.0])), np.array([2.0, 2.0, 1.0])),
    "a norm at 0": (rule(np.linalg.norm, lambda x: np.full(3, 0.9)), np.zeros(3)),
    "two kinks that do not go together": (
        rule(lambda x: np.abs(x[0] + x[1]), lambda x: np.array([1.0, -1.0])),
        np.zeros(2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_it_is_found_and_blamed(name):
    report = ask(*WRONG[name])
    assert not report and report.verdict == "MISMATCH", str(report)
    assert len(report.suspects) == 1 and "rule of 'own' for its input 0 (its rule: " in report.suspects[0]


RIGHT = {
    "an error of 1e-12": (rule(np.sin, lambda x: np.cos(x) * (1 + 1e-12)), 0.97),
    "a slope between those at a kink": (lambda x: np.sum(relu(0.3)(x)), np.array([0.0, 1.0, -1.0])),
    "half of each of two maxima": (rule(np.max, lambda x: np.array([0.5, 0.5])), np.array([2.0, 2.0])),
    "sort of equal numbers": (lambda x: np.sort(x) @ np.array([1.0, 10.0, 2.0]), np.full(3, 2.0)),
    "a mixture of kinks": (lambda x: np.sum(np.maximum(x, 0.0) * np.array([1.0, -1.0, 2.0])), np.zeros(3)),
    "kinks 1e-9 apart": (lambda x: np.abs(x) + np.abs(x - 1e-9), 0.0),
    "no kink, but one 1e-10 away": (lambda x: 1e12 * np.abs(x - 1e-10), 0.0),
    "exp at 700 beside -700": (lambda x: np.sum(np.exp(x)), np.array([700.0, -700.0])),
    "sin(1e8 x)": (lambda x: np.sin(1e8 * x), 1.0),
    "where at its border": (lambda x: np.sum(np.where(x > 0, x**2, -x)), np.array([0.0, 1.0])),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_compared_and_right(name):
    report = ask(*RIGHT[name])
    assert report.verdict == "ok", str(report)


def hilbert(n):
    return 1.0 / (np.arange(n)[:, None] + np.arange(n) + 1.0)


NOISY, NO_LIMIT = (
    "rounding in the function hides the slope",
    "the slope grows without bound, or the value jumps",
)
UNKNOWN = {
    "(x + 1e16) - 1e16": (lambda x: np.abs((x + 1e16) - 1e16), 1.0, NOISY),
    "sin(1e17 x)": (lambda x: np.sin(1e17 * np.abs(x)), 1.0, NOISY),
    "inverse of a Hilbert matrix": (lambda a: np.sum(np.abs(np.linalg.inv(a))), hilbert(12), NOISY),
    "a chaotic map": (lambda x: chaos(np.abs(x)), 0.3, NOISY),
    "a square root at 0": (np.sqrt, 0.0, NO_LIMIT),
    "no number": (lambda x: np.abs(x * np.nan), 1.0, "the function is not finite here"),
}


def chaos(x):
    for _ in range(100):
        x = 3.9 * x * (1 - x)
    return x


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_nobody_can_judge_is_neither_right_nor_wrong(name):
    f, x, why = UNKNOWN[name]
    report = cross_check(f, x, engines=["finite differences"])
    assert (
        not report and not report.mismatches and report.verdict == "nothing compared" and not report.compared
    )
    said = " ".join(str(report).split())
    assert "nothing compared (no engine could judge any entry, so nothing is checked" in said
    assert report.to_dict()["verdict"] == "nothing compared"
    assert why in report.lines[0].note


INTEGERS = {
    "an index": (lambda x, i: x[i] ** 2, np.array([1.0, 2.0]), 1),
    "indices": (lambda x, i: np.sum(np.take(x, i) ** 2), np.array([1.0, 2.0]), np.array([0, 1])),
    "an axis": (lambda x, axis: np.sum(np.sum(x, axis=axis) ** 2), np.ones((2, 3)), 1),
    "a count": (lambda x, n: sum(x**k for k in range(n)), 0.5, 4),
    "a size": (lambda x, n: np.sum(np.reshape(x, (n, -1))[0] ** 2), np.arange(6.0), 2),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_that_cannot_vary_are_not_varied(name):
    report = ask(*INTEGERS[name])
    assert report.verdict == "ok", str(report)
    assert any(n.startswith("[1] was not varied: the function takes integers there (") for n in report.notes)
    assert {line.path for line in report.lines} == {"[0]"}


def test_an_integer_that_is_a_number_is_varied():
    report = ask(lambda x, n: x**n, 0.5, 3)
    assert report.verdict == "ok" and {line.path for line in report.lines} == {"[0]", "[1]"}


def test_none_for_an_integer_that_matters():
    @adjoint
    def product(x, n):
        return x * n, lambda dy: (dy * n, None)

    report = ask(product, 0.5, 3)
    assert [line.path for line in report.mismatches] == ["[1]"]
    assert "rule of 'product' for its input 1" in report.suspects[0]


@pytest.mark.once
def test_another_value_inside_of_a_gradient():
    report = ask(lambda x: x * 2 if isinstance(x, Tracer) else x * 2.001, 1.0)
    assert report.mismatches[0].path == "the value"
    assert report.mismatches[0].note.startswith("the function returns another value inside of a gradient")


def test_a_hook_is_no_derivative():
    report = ask(lambda x: hook(lambda d: 2 * d, x) ** 2, 1.3)
    assert not report and "the rule of 'hook'" in report.suspects[0]


def test_blame_inside_of_a_checkpoint():
    wrong = rule(np.sin, lambda x: -np.cos(x))
    report = ask(lambda x: checkpointed(lambda z: np.sum(wrong(z) ** 2), x), np.array([0.97, 0.2]))
    (suspect,) = report.suspects
    assert "the rule of 'own'" in suspect


def test_choices_that_do_not_go_together_are_told():
    f = lambda x: np.maximum(x, 0.0) - np.maximum(-x, 0.0)  # noqa: E731
    report = ask(f, 0.0)
    assert not report and gradient(f, 0.0) == (0.0,) and report.suspects == []
    assert any("'maximum' at v1, 'maximum' at v3" in note for note in report.notes), report.notes


def test_every_entry_has_a_tolerance_of_its_own(monkeypatch):
    """That of a large entry does not hide a small one, and complex steps see both."""
    exp = UFUNCS[np.exp]
    monkeypatch.setattr(exp, "vjps", (lambda dy, y, x: dy * y * np.where(x < 0, 0.5, 1.0),))
    monkeypatch.setattr(exp, "keeps", {})
    report = ask(lambda x: np.sum(np.exp(x)), np.array([30.0, -30.0]))
    assert report.worst.entry == "[0][1]"


def test_the_fixture_skips_what_nobody_can_judge(gradient_check):
    with pytest.raises(
        pytest.skip.Exception, match=r"nothing is checked.*rounding in the function hides the slope"
    ):
        gradient_check(lambda x: np.abs((x + 1e16) - 1e16), 1.0)


def test_nan_of_another_engine_judges_nothing(monkeypatch):
    def nothing(question):
        answer = engines.native(question)
        return engines.Answer(answer.value, [np.full(np.shape(leaf), np.nan) for leaf in answer.leaves])

    monkeypatch.setitem(engines.ENGINES, "zygote", nothing)
    x = np.array([1.0, 2.0])
    report = cross_check(lambda x: np.sum(x**3), x)
    assert report.verdict == "ok" and "zygote" not in report.summary() and "says NaN for 2" in str(report)
    assert cross_check(lambda x: np.sum(x**3), x, engines=["zygote"]).verdict == "nothing compared"
