"""cross_check: who agrees, who does not, where, and what the report says of it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from fluxbridge import adjoint, cross_check, flux, gradient
from fluxbridge.autodiff.primitive import UFUNCS
from fluxbridge.errors import GradientMismatchError, StructureError
from fluxbridge.random import Xoshiro

rng = np.random.default_rng(1)
QUICK = ["complex step", "finite differences"]


@dataclass
class Layer:
    W: object
    b: object
    act: object = np.tanh

    def __call__(self, x):
        return self.act(self.W @ x + self.b)


def loss(model, x):
    for layer in model["layers"]:
        x = layer(x)
    return np.sum(x**2)


MODEL = {
    "layers": [Layer(rng.normal(size=(3, 2)), rng.normal(size=(3, 1))), Layer(rng.normal(size=(1, 3)), 0.5)]
}
POINT = (MODEL, rng.normal(size=(2, 4)))


def test_a_right_gradient_of_a_structure():
    report = cross_check(loss, *POINT, engines=QUICK)
    assert report
    assert report.engines == ["native", "complex step", "finite differences"]
    assert {line.path for line in report.lines} == {
        "[0]['layers'][0].W", "[0]['layers'][0].b", "[0]['layers'][1].W", "[0]['layers'][1].b", "[1]",
    }  # fmt: skip
    assert all(line.verdict == "agrees" and line.difference < 1e-9 for line in report.lines)


def test_what_is_not_analytic_has_no_complex_step():
    report = cross_check(lambda x: np.sum(np.abs(x)), np.array([1.0, -2.0]), engines=QUICK)
    assert report and "complex step is only for" in str(report)


@pytest.fixture
def wrong_tanh(monkeypatch):
    monkeypatch.setattr(UFUNCS[np.tanh], "vjps", (lambda dy, y, _x: dy * (1 - y),))
    monkeypatch.setattr(UFUNCS[np.tanh], "keeps", {})


def test_a_wrong_rule_is_found_and_named(wrong_tanh):
    report = cross_check(loss, *POINT, engines=QUICK)
    assert not report
    worst = report.worst
    assert worst.entry.startswith(worst.path + "[")
    assert worst.path.startswith(("[0]['layers']", "[1]"))
    (suspect,) = report.suspects
    assert "the rule of 'tanh' for its input 0 (rules: transcendental:" in suspect
    assert "suspect: " in str(report)
    with pytest.raises(GradientMismatchError, match="the rule of 'tanh'") as raised:
        cross_check(loss, *POINT, engines=QUICK, raise_on_mismatch=True)
    assert raised.value.report.mismatches


def test_a_wrong_pullback_of_the_user():
    @adjoint
    def half(x):
        return x / 2, lambda dy: (dy,)

    report = cross_check(lambda x: np.sum(half(x)), np.ones(3), engines=QUICK)
    assert [line.verdict for line in report.lines] == ["differs"] * len(report.lines)
    (suspect,) = report.suspects
    assert "the rule of 'half' for its input 0 (its rule: " in suspect and "test_cross:" in suspect


def test_pure_formulas_to_the_last_digits():
    report = cross_check(lambda x, y: np.exp(np.sin(x)) / (1 + y**2), 0.7, -0.3, engines=QUICK)
    lines = [line for line in report.lines if line.engine == "complex step"]
    assert len(lines) == 2 and all(line.ulp <= 4 for line in lines)


@pytest.mark.parametrize("f", [abs, lambda x: max(x, 0.0), lambda x: np.maximum(x, -x)])
def test_kinks_are_told_and_are_no_mismatch(f):
    report = cross_check(f, 0.0, engines=QUICK)
    assert report
    (line,) = report.lines
    assert line.verdict == "kink"
    (told,) = report.kinks
    assert told.startswith("[0]: slope ") and f"chosen: native {gradient(f, 0.0)[0] or 0:.6g}" in told


def test_one_kink_among_entries_does_not_hide_the_others(monkeypatch):
    f = lambda x: np.sum(np.abs(x) + np.tanh(x))  # noqa: E731
    x = np.array([0.0, 1.0, -2.0])
    assert [line.verdict for line in cross_check(f, x, engines=QUICK).lines] == ["agrees"]
    monkeypatch.setattr(UFUNCS[np.tanh], "vjps", (lambda dy, y, _x: dy * (1 + y * y),))
    monkeypatch.setattr(UFUNCS[np.tanh], "keeps", {})
    assert not cross_check(f, x, engines=QUICK)


def test_none_against_numbers():
    report = cross_check(lambda x, y: x**2 + 0.0 * float(np.sum([1, 2])), 2.0, 3.0, engines=QUICK)
    assert report
    assert any(
        "native says None (no dependence), finite differences gives numbers" in r for r in report.remarks()
    )


@pytest.mark.parametrize("of", ["gradient", "jacobian", "hessian", "second"])
def test_every_derivative(of):
    f = (lambda x: np.sin(x[:2]) * x[2]) if of == "jacobian" else lambda x: np.prod(np.sin(x))
    report = cross_check(f, np.array([0.5, 1.0, 2.0]), of=of, engines=["finite differences"])
    assert report and report.lines
    assert report.lines[0].verdict == "agrees"


@pytest.mark.parametrize("of", ["jacobian", "hessian", "second"])
def test_every_wrong_derivative(of, wrong_tanh):
    f = np.tanh if of == "jacobian" else lambda x: np.sum(np.tanh(x) ** 2)
    report = cross_check(f, np.array([0.5, 1.0, 2.0]), of=of, engines=["finite differences"])
    # the Hessian agrees with differences of the gradient, which has the same error: it is looked at, too
    assert not report


def test_complex_arguments():
    f = lambda z, x: np.sum(np.abs(z * np.exp(1j * x)) ** 2 + np.real(z**2))  # noqa: E731
    report = cross_check(f, rng.normal(size=2) + 1j * rng.normal(size=2), 0.3, engines=QUICK)
    assert report
    assert report.lines[0].dtype == "complex128"


def test_float32_is_judged_as_float32():
    report = cross_check(lambda x: np.sum(np.exp(x) / (1 + x * x)), rng.normal(size=20).astype(np.float32))
    assert report and report.lines[-1].tolerance > 1e-8


def test_many_entries_are_sampled_and_a_direction_looks_at_all(monkeypatch):
    x = rng.normal(size=(40, 40))
    report = cross_check(lambda x: np.sum(np.tanh(x)), x, engines=QUICK, max_entries=10)
    assert report
    assert "looked at 10 of 1600 entries" in str(report)
    wrong = np.zeros_like(x)
    wrong[17, 3] = 1.0

    @adjoint
    def off(v):
        return np.sum(v), lambda dy: (dy * (1 + wrong),)

    report = cross_check(off, x, engines=QUICK, max_entries=2)
    assert [line.path for line in report.mismatches] == ["all leaves"]


def test_given_tolerances():
    @adjoint
    def nearly(x):
        return x * 2, lambda dy: (dy * 2.0001,)

    assert not cross_check(nearly, 1.0, engines=["finite differences"])
    report = cross_check(nearly, 1.0, engines=["finite differences"], rtol=1e-3)
    assert report and report.why == "as given"


def test_an_ill_conditioned_point_is_forgiven_more():
    well = cross_check(lambda x: x * 1.0, 1.0, engines=QUICK).lines[0].tolerance
    ill = cross_check(lambda x: np.sin(1e8 * x) / 1e8, 1.0, engines=QUICK).lines[0].tolerance
    assert ill > 1e3 * well


def test_shapes_of_the_report():
    report = cross_check(loss, *POINT, engines=QUICK)
    data = json.loads(report.to_json())
    assert data["ok"] is True
    assert data["verdict"] == "ok"
    assert len(data["lines"]) == 10
    assert "<table>" in report._repr_html_() and "[&#x27;layers&#x27;]" in report._repr_html_()
    assert (
        str(report)
        .splitlines()[0]
        .startswith("cross_check of loss: ok (native and complex step and finite differences agree)")
    )


def test_wrong_calls():
    with pytest.raises(ValueError, match="no engine is called 'zigote'; there are native, zygote"):
        cross_check(abs, 1.0, engines=["zigote"])
    with pytest.raises(ValueError, match="of is 'gradient' or"):
        cross_check(abs, 1.0, of="slope")
    with pytest.raises(StructureError, match="nothing to differentiate by"):
        cross_check(lambda s: 1.0, "text")


def test_nobody_else_is_no_check():
    assert "nothing is checked" in cross_check(abs, 1.0, engines=[]).summary()


PROGRAMS = [
    (loss, POINT),
    (lambda x: np.sum(np.where(x > 0, x, 0.1 * x) * np.exp(-x)), (rng.normal(size=(2, 3)),)),
    (
        lambda x, y: np.mean((x.T @ y - 1) ** 2) + np.max(x),
        (rng.normal(size=(3, 2)), rng.normal(size=(3, 2))),
    ),
    (lambda x: np.sum(np.stack([x[0], x[1] ** 3]) * np.cumsum(x)) / 2, (rng.normal(size=2),)),
]


@pytest.mark.parametrize("name", ["jax", "torch", "tensorflow"])
@pytest.mark.parametrize(("f", "xs"), PROGRAMS)
@pytest.mark.filterwarnings("ignore")
def test_other_frameworks(name, f, xs):
    if importlib.util.find_spec(name) is None:
        report = cross_check(f, *xs, engines=[name])
        assert report.silent == {name: "is not installed"}
        pytest.skip(f"{name} is not installed")
    report = cross_check(f, *xs, engines=[name])
    assert report and report.engines == ["native", name], str(report)


FAST = ["finite differences", "complex step"]


def dropping(**options):
    return flux.Chain(
        flux.Dense((4, 8), np.tanh), flux.Dropout(0.5, **options), flux.Dense((8, 3)), flux.AlphaDropout(0.3)
    )


def of_squares(m, x):
    return np.sum(m(x) ** 2)


X = np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)


@pytest.mark.parametrize(
    "rng", [None, Xoshiro(3), np.random.default_rng(4)], ids=["default", "Xoshiro", "NumPy"]
)
@pytest.mark.parametrize("axis", [None, 1])
def test_everybody_drops_the_same(rng, axis):
    report = cross_check(of_squares, dropping(rng=rng, axis=axis), X, engines=FAST)
    assert report, str(report)
    assert [n for n in report.notes if "random numbers" in n] == [
        "the function draws random numbers; every engine and every run got the same ones"
    ]


@pytest.mark.parametrize("of", ["jacobian", "hessian", "second"])
def test_everybody_drops_the_same_for_every_derivative(of):
    m = flux.f64(dropping())
    f = (lambda x: m(x)[0]) if of == "jacobian" else lambda x: of_squares(m, x)
    report = cross_check(f, X[:, :2].astype(float), of=of, engines=FAST[:1])
    assert report, str(report)


def test_random_activations_and_dropouts_of_functions():
    m = flux.f64(flux.Dense((4, 3), flux.rrelu))
    report = cross_check(lambda m, x: np.sum(flux.dropout(m(x), 0.5) ** 2), m, X.astype(float), engines=FAST)
    assert report, str(report)


def test_in_test_mode_nothing_is_drawn():
    m = flux.testmode_(dropping())
    report = cross_check(of_squares, m, X, engines=FAST)
    assert report, str(report)
    assert not report.notes


def test_the_check_takes_no_numbers_from_what_comes_after():
    """And the next run draws new ones."""
    m = flux.trainmode_(flux.Dropout(0.5))
    x = np.ones(200)
    cross_check(lambda x: np.sum(m(x) * x), x[:3], engines=FAST)
    assert not np.array_equal(m(x), m(x))


@pytest.mark.once
def test_a_function_with_random_numbers_of_its_own_is_told():
    rng = np.random.default_rng(5)
    report = cross_check(lambda x: np.sum(x * rng.random(3)), np.ones(3), engines=FAST[:1])
    assert any("two runs of the function at the same point differ" in n for n in report.notes)
    fine = cross_check(lambda x: np.sum(x * x), np.ones(3), engines=FAST[:1])
    assert not fine.notes


def test_a_deep_model_in_single_precision():
    """Differences are taken in double precision, of all of it."""
    m = flux.Chain(
        flux.Dense((4, 8), np.tanh), flux.BatchNorm(8), flux.Dense((8, 3), np.tanh), flux.Dense((3, 2))
    )
    report = cross_check(of_squares, m, X, engines=FAST)
    assert report, str(report)
    assert {line.verdict for line in report.lines} == {"agrees"}


LOADED = """
import sys
import numpy as np
from fluxbridge import cross_check
report = cross_check(lambda x: np.sum(x**2), np.ones(2))
assert report, report
print(*sorted(name for name in sys.modules if name.startswith("fluxbridge.flux")))
from fluxbridge import flux
model = flux.BatchNorm(2)
report = cross_check(lambda m, x: np.sum(m(x) ** 2), model, np.ones((2, 3)) * [0.1, 0.2, 0.4])
print(*[line.path for line in report.lines if line.engine == "finite differences"])
"""


def test_the_mirror_is_not_loaded_for_who_has_no_model():
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded, trained = run.stdout.splitlines()
    assert loaded == ""
    assert trained.split() == ["[0].β", "[0].γ", "[1]"]  # no running statistics
