"""Where cross_check draws its lines: how small a fault is found, how small one is rounding, what is a kink.

The errors of the planted rules are relative. Differences find 1e-10 and leave 1e-12 alone; the complex step,
which has no error of its own, finds 1e-12 and leaves 1e-16 alone.
"""

from __future__ import annotations

import numpy as np
import pytest
from check.power import FUNCTIONS, Fault, hard, planted, sites

from fluxbridge import adjoint, cross_check, gradient
from fluxbridge.autodiff.primitive import Tracer
from fluxbridge.check import nearby, noise
from fluxbridge.check.suspects import suspects
from fluxbridge.check.tolerance import ROUNDINGS, SWING, Tolerance
from fluxbridge.differences import slopes

BY_NAME = {f.name: f for f in FUNCTIONS}
#: Well-conditioned functions of several kinds; each with all places where a rule can be wrong.
KINDS = (
    "sum of squares,mean of exp,tanh layer,solve,power,hyperbolic,number,einsum,transpose,newton,cumulative"
)
PLACES = [(BY_NAME[kind], name, k) for kind in KINDS.split(",") for name, k in sites(BY_NAME[kind])]
IDS = [f"{f.name}-{name}-{k}" for f, name, k in PLACES]


def off_by(error):
    return Fault("a factor", lambda ct, dy, x: ct * (1 + error))


def found(function, name, k, error, engine):
    with planted(name, k, off_by(error)):
        return not cross_check(function.f, *function.xs, engines=[engine])


@pytest.mark.parametrize(("function", "name", "k"), PLACES, ids=IDS)
def test_how_small_a_fault_is_found(function, name, k):
    assert found(function, name, k, 1e-6, "finite differences")
    assert found(function, name, k, 1e-9, "finite differences")
    assert not found(function, name, k, 1e-12, "finite differences")
    assert not found(function, name, k, 1e-16, "complex step")


@pytest.mark.parametrize(("function", "name", "k"), PLACES, ids=IDS)
def test_how_small_a_fault_is_found_by_the_complex_step(function, name, k):
    report = cross_check(function.f, *function.xs, engines=["complex step"])
    if "complex step" not in report.engines:
        pytest.skip("not for the complex step")
    assert found(function, name, k, 1e-11, "complex step")


@pytest.mark.parametrize(("function", "name", "k"), PLACES, ids=IDS)
@pytest.mark.parametrize("error", [1e-3, 1e-9])
def test_a_small_fault_is_blamed_on_its_rule_and_on_no_other(function, name, k, error):
    with planted(name, k, off_by(error)):
        (suspect,) = suspects(function.f, function.xs)
    assert f"the rule of {name!r} for its input {k} " in suspect
    assert suspects(function.f, function.xs) == []


def test_a_slightly_wrong_derivative_of_a_rule_is_blamed_on_it():
    def wrong(ct, _dy, x):  # right to first order: what is added is 0, but its derivative is not
        from fluxbridge import ignore_derivatives

        return ct + 1e-6 * np.sum(ignore_derivatives(x) - x)

    function = BY_NAME["hyperbolic"]
    with planted("cosh", 0, Fault("second", wrong)):
        assert suspects(function.f, function.xs) == []
        (suspect,) = suspects(function.f, function.xs, order=2)
    assert "the derivative of the rule of 'cosh' for its input 0" in suspect


@pytest.mark.parametrize("single", [False, True])
def test_the_lines_are_drawn_in_the_precision_of_the_arguments(single):
    x = np.array([0.5, 1.5, -0.7], np.float32 if single else float)
    f = lambda x: np.sum(np.exp(x) * x)  # noqa: E731
    small, large = (1e-8, 1e-4) if single else (1e-13, 1e-9)
    for error, is_found in ((small, False), (large, True)):
        with planted("exp", 0, off_by(type(x[0])(error))):
            assert (not cross_check(f, x, engines=["finite differences"])) == is_found


# -- tolerances --------------------------------------------------------------------------------------


def test_a_tolerance_is_roundings_of_the_entry_and_its_swing():
    eps = float(np.finfo(float).eps)
    arrays = [np.ones(2), np.ones((), np.float32)]
    allowed = Tolerance(arrays, [np.array([0.0, 1e-10]), np.float64(0.0)], None, None)
    assert (ROUNDINGS, SWING) == (8, 16)
    np.testing.assert_allclose(allowed.of(0, np.array([1.0, -2.0])), [8 * eps, 16e-10 + 16 * eps], rtol=1e-6)
    np.testing.assert_allclose(allowed.of(1, np.float64(3.0)), 24 * np.finfo(np.float32).eps, rtol=1e-6)
    assert allowed.of(0, np.zeros(2))[0] < 1e-300
    assert not allowed.given and allowed.single
    given = Tolerance(arrays, [np.zeros(2), np.float64(1.0)], 1e-3, None)
    np.testing.assert_allclose(given.of(0, np.array([1.0, -2.0])), [1e-3, 2e-3])
    assert given.of(1, np.float64(0.0)) == 0.0
    given = Tolerance(arrays, [np.zeros(2), np.float64(1.0)], None, 1e-5)
    np.testing.assert_allclose(given.of(1, np.float64(100.0)), 1e-5)


@pytest.mark.parametrize("f", [lambda x: np.exp(x) * x, lambda x: np.sum(np.sin(x) ** 2) * np.ones(2)[0]])
def test_a_well_conditioned_entry_is_judged_to_its_last_digits(f):
    (line,) = cross_check(f, 0.7, engines=["complex step"]).lines
    assert line.tolerance < 200 * float(np.spacing(abs(line.ours)))


# -- noise -------------------------------------------------------------------------------------------

#: They take integers for positions or counts, which floats that err a little are not.
OF_INTEGERS = ("index", "axis", "count", "count of repeats")
#: Rounding may take them out of the domain.
ON_A_BORDER = ("power of a negative number", "square root at 0", "cube root at 0")


@pytest.mark.parametrize("function", [*FUNCTIONS, *hard()], ids=lambda f: f.name)
@pytest.mark.filterwarnings("ignore")
def test_gradients_run_with_disturbances(function):
    """Where they do not, the check takes a poorer estimate of the rounding, and says nothing."""
    if function.name in OF_INTEGERS + ON_A_BORDER:
        return
    runs = noise.disturbed_runs(
        lambda *xs, engine: gradient(function.f, engine, *xs),
        lambda stand_in: [stand_in(x) for x in function.xs],
        arguments=True,
        engine=True,
    )
    for found, run in zip(gradient(function.f, *function.xs), next(runs), strict=True):
        assert np.shape(noise.values(run)) == np.shape(found)


def test_disturbed_arrays_change_in_place_as_others_do():
    def f(x):
        y = 3 * x
        z = y[1:]
        y += 1.0
        z *= x[0]
        return np.sum(y * y[0])

    x = np.array([0.3, 1.7, -0.4])
    (run, *_) = noise.disturbed_runs(f, lambda stand_in: [stand_in(x)])
    assert noise.values(run) == pytest.approx(f(x.copy()), rel=1e-14) and noise.values(run) != f(x.copy())


@pytest.mark.parametrize(("x", "low", "high"), [(0.3, 1e-17, 2e-15), (3.7, 1e-14, 1e-12)])
def test_the_rounding_in_a_derivative(x, low, high):
    """1 - tanh² is wrong in more digits where tanh is close to 1."""
    x = np.array([x, x])
    runs = noise.disturbed_runs(
        lambda x, engine: gradient(lambda x: np.sum(np.tanh(x)), engine, x)[0],
        lambda stand_in: [stand_in(x)],
        engine=True,
    )
    found = gradient(lambda x: np.sum(np.tanh(x)), x)[0]
    assert low < np.max(noise.spread(found, map(noise.values, runs)) / found) < high


# -- values ------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(("error", "is_found"), [(1e-6, True), (1e-9, True), (1e-12, False), (0.0, False)])
def test_another_value_inside_of_a_gradient(error, is_found):
    def f(x):
        return np.sin(x) * (1 + error if isinstance(x, Tracer) else 1.0)

    report = cross_check(f, 0.7, engines=["finite differences"])
    told = [line for line in report.mismatches if line.path == "the value"]
    assert bool(told) == is_found
    assert all("another value inside of a gradient" in line.note for line in told)


# -- kinks -------------------------------------------------------------------------------------------

LEAST = 32 * float(np.spacing(1.0))


@pytest.mark.parametrize("distance", [0.0, 1e-17, 1e-15])
def test_a_kink_at_the_point_is_one(distance):
    seen = slopes(lambda t: abs(t - distance), least=LEAST)
    assert seen.kink
    assert (seen.low, seen.high) == (pytest.approx(-1, abs=1e-9), pytest.approx(1, abs=1e-9))


@pytest.mark.parametrize("distance", [1e-12, 1e-9, 1e-6, 1e-3, 1e-2, 0.3])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_kink_beside_the_point_is_none(distance, sign):
    seen = slopes(lambda t: abs(t - sign * distance), least=LEAST)
    assert not seen.kink
    assert seen.value == pytest.approx(-sign, abs=1e-12) and seen.error < 1e-12
    report = cross_check(lambda x: np.abs(x - (1 + sign * distance)), 1.0, engines=["finite differences"])
    assert [line.verdict for line in report.lines] == ["agrees"] and not report.kinks


@pytest.mark.parametrize("distance", [1e-4, 1e-2])
def test_a_wrong_slope_beside_a_kink_is_found(distance):
    @adjoint
    def wrong(x):
        return np.abs(x), lambda dy: (dy * -0.5,)

    report = cross_check(lambda x: wrong(x - (1 + distance)), 1.0, engines=["finite differences"])
    assert not report


@pytest.mark.parametrize("bend", [1e1, 1e3, 1e5])
def test_a_bend_is_no_kink(bend):
    """sqrt(t² + 1/bend²) turns within 1/bend."""
    seen = slopes(lambda t: np.sqrt((t - 0.1 / bend) ** 2 + bend**-2), least=LEAST)
    assert not seen.kink
    assert seen.value == pytest.approx(-0.1 / np.sqrt(1.01), rel=1e-6)


@pytest.mark.parametrize(
    ("slope", "is_possible"),
    [
        (-1.0, True),
        (0.3, True),
        (1.0, True),
        (1 + 1e-12, True),
        (1 + 1e-3, False),
        (-1.01, False),
        (3.0, False),
    ],
)
def test_which_answers_are_possible_at_a_kink(slope, is_possible):
    @adjoint
    def mine(x):
        return np.abs(x), lambda dy: (dy * slope,)

    report = cross_check(mine, 0.0, engines=["finite differences"])
    (line,) = report.lines
    assert bool(report) == is_possible
    assert line.verdict == ("kink" if is_possible else "differs")
    assert bool(suspects(mine, (0.0,))) == (not is_possible)


def test_the_slopes_nearby():
    jitters = lambda rng: rng.standard_normal(3)  # noqa: E731

    def along_the_first(f):
        unit = np.array([1.0, 0.0, 0.0])
        return lambda jitter, t: np.asarray(f((jitter[0] * jitter[1] if jitter else 0.0) + t * unit))

    low, high = nearby.allowed(along_the_first(np.median), jitters, 1e-17)
    assert (low, high) == (pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-4))
    low, high = nearby.allowed(along_the_first(lambda x: 3 * np.max(x) + x[0]), jitters, 1e-17)
    assert (low, high) == (pytest.approx(1, abs=1e-4), pytest.approx(4, abs=1e-4))
    for smooth in (np.sum, lambda x: np.sum(np.sin(x) * 5), lambda x: 1e3 * np.sum(x**2)):
        assert nearby.allowed(along_the_first(smooth), jitters, 1e-17) is None
    rough = np.random.default_rng(0)  # what rounding does is no kink
    assert (
        nearby.allowed(along_the_first(lambda x: np.sum(x) + 1e-9 * rough.uniform(-1, 1)), jitters, 1e-9)
        is None
    )


def test_a_bend_nearby_allows_no_other_slope():
    """A kink whose slopes change with the distance: those at the point itself count."""
    jitters = lambda rng: rng.standard_normal()  # noqa: E731

    def value(jitter, t):
        x = jitter[0] * jitter[1] + t
        return np.asarray(np.abs(x) + 100 * x * np.abs(x))

    low, high = nearby.allowed(value, jitters, 1e-17)
    assert -1.05 < low <= -1 and 1 <= high < 1.05


def test_several_kinks_must_go_together():
    @adjoint
    def apart(x, y):
        return np.abs(x + y), lambda dy: (dy * 1.0, dy * -1.0)

    report = cross_check(apart, 0.0, 0.0, engines=["finite differences"])
    assert not report
    assert "not both together" in "".join(line.note for line in report.mismatches)
    report = cross_check(lambda x, y: np.abs(x + y), 0.0, 0.0, engines=["finite differences"])
    assert report and gradient(lambda x, y: np.abs(x + y), 0.0, 0.0)[0] is not None
