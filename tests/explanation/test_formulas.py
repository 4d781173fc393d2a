"""The formulas that are shown are the derivatives that are used: evaluated, they give the same."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from rulecheck import pair, random_like

from fluxbridge import Buffer, gradient
from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.explanation import explain
from fluxbridge.explanation.formula import Formula, Symbol

RULES = Path(__file__).parents[1]
TABLES = [
    *sorted((RULES / "autodiff" / "rules").glob("test_*.py")),
    *sorted((RULES / "scipy").glob("test_*.py")),
]

#: Primitives with a reverse rule that no short formula says; the rule is named instead.
NAMED = {
    "assemble", "lstsq", "lfilter", "lu_factor", "odeint", "partition", "quad",
    "signal.convolve", "solve_banded",
    "solve_sylvester", "solve_triangular", "fresnel", "sici", "shichi", "airy", "block_diag",
    *(f"{f}{end}" for f in ("exp", "log", "cos", "sin", "tan", "cosh", "sinh", "tanh")
      for end in ("m", "m_frechet")),
}  # fmt: skip


def table(path: Path):
    """The samples of a test file; none if it needs a library that is not there."""
    name = f"samples_of_{path.parent.name}_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except pytest.skip.Exception:
            return []
        sys.modules[name] = module
    return getattr(sys.modules[name], "SAMPLES", [])


def explained(sample):
    args = tuple(x if isinstance(x, (float, complex, int)) else np.asarray(x) for x in sample.args)
    out = sample.f(*args)
    parts = out if isinstance(out, (tuple, list)) else (out,)
    rng = np.random.default_rng(0)
    return explain(pair(sample.f, [random_like(rng, p) for p in parts]), *args)


seen: set[str] = set()  #: primitives that were explained
told: set[str] = set()  #: those of them that had a formula of their own
through: set[object] = set()  #: tables and functions that this process has been through


@pytest.mark.parametrize("path", TABLES, ids=lambda p: f"{p.parent.name}-{p.stem[5:]}")
def test_every_formula_is_the_derivative_that_is_used(path):
    for sample in table(path):
        for line in explained(sample).lines:
            for part in line.parts:
                seen.add(line.primitive_name)
                if "pullback(" not in part.template:
                    told.add(line.primitive_name)
                text, tex = part.text(), part.latex()
                assert text and tex.count("{") == tex.count("}")
                if isinstance(part.contribution, tuple):
                    continue
                scale = np.max(np.abs(part.contribution), initial=1e-300)
                gap = np.abs(np.asarray(part.evaluate()) - part.contribution)
                nan = np.isnan(part.contribution)
                assert np.all((gap <= 1e-9 * scale) | nan), f"{sample.name}: {text}"
            assert line.is_argument or line.operation.text()
    through.add(path)


def filled(x):
    buffer = Buffer(np.zeros(3))
    buffer[0] = x
    buffer[1:] = x * np.ones(2)
    return np.sum(buffer.copy() ** 2)


WITHOUT_A_TABLE = [
    (lambda x: np.round(x, 1) * x, 0.77), (lambda x: np.around(x) * x, 0.7),
    (lambda x: np.fix(x) * x, 1.7),
    (lambda x: gradient(np.sinc, x)[0], 0.3), (lambda x: gradient(np.i0, x)[0], 0.3), (filled, 2.0),
    (lambda x: gradient(lambda a: np.sum(a[1:] ** 3), x)[0][1], np.array([1.0, 2.0])),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x"), WITHOUT_A_TABLE)
def test_primitives_without_a_table(f, x):
    through.add(f)
    explanation = explain(f, x)
    seen.update(line.primitive_name for line in explanation.lines if not line.is_argument)
    assert explanation.check() < 1e-12 and explanation.latex()


PACKAGE = Path(explain.__code__.co_filename).parents[1]
AREAS = {p.stem for p in [*(PACKAGE / "autodiff").rglob("*.py"), *(PACKAGE / "scipy").glob("*.py")]}


def test_every_primitive_was_explained_and_has_a_formula():
    if len(through) < len(TABLES) + len(WITHOUT_A_TABLE):
        pytest.skip("the tests above did not all run in this process")
    assert seen - told <= NAMED | {"around", "fix", "round", "sinc_derivative", "bessel_i", "scatter"}
    missing = {name for name, p in PRIMITIVES.items() if p.area in AREAS} - seen
    assert all(name.endswith(("_frechet", "_power")) for name in missing), missing  # in second orders only


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("dy @ adjoint(b)", "v̄3 · v2ᵀ"),
        ("dy * conj(p * x ** (p - 1))", "v̄3 ⊙ (3 · W²)"),
        ("dy / conj(2 * b)", "v̄3 / (2 · v2)"),
        ("dy * (1 - b * b)", "v̄3 ⊙ (1 - v2²)"),
        ("-dy", "-v̄3"),
        ("dy - (dy - b)", "v̄3 - (v̄3 - v2)"),
        ("dy / (dy / b)", "v̄3 / (v̄3 / v2)"),
        ("1 if x > b", "1 if W > v2 else 0"),
        ("put(dy, index, shape(x))", "v̄3 at [1:, 0]"),
        ("spread(dy, 0, shape(x))", "v̄3 along axis 0"),
        ("x ** (p - 2)", "W"),
        ("x + 0", "W"),
        ("sqrt(x + b)", "√(W + v2)"),
        ("inverse_adjoint(x) @ dy", "W⁻ᵀ · v̄3"),
        ("dy[1:3, 0]", "v̄3[1:3, 0]"),
    ],
)  # fmt: skip
def test_formulas_are_written_with_few_brackets(template, text):
    names = {
        "x": Symbol("W", "W", np.eye(2)), "b": Symbol("v2", "v_{2}", np.full((2, 2), 2.0)),
        "dy": Symbol("v̄3", r"\bar{v}_{3}", np.ones((2, 2))), "p": 3, "index": (slice(1, None), 0),
    }  # fmt: skip
    assert Formula(template, names).text() == text


def test_formulas_as_tex():
    names = {"x": Symbol("W", "W", np.eye(2)), "dy": Symbol("v̄3", r"\bar{v}_{3}", np.ones(2)), "n": 1e-7}
    assert Formula("adjoint(x) @ dy / (2 * n)", names).latex() == (
        r"\frac{{W}^{T} \cdot \bar{v}_{3}}{2e-07}".replace("2e-07", r"2 \cdot 10^{-7}")
    )
    assert Formula("sqrt(x)", names).latex() == r"\sqrt{W}"
    assert Formula("arctan2(x, dy)", names).latex() == r"\operatorname{arctan2}\left(W, \bar{v}_{3}\right)"


def test_complex_numbers_show_their_conjugates():
    z = np.array([1 + 2j, 0.5j])
    shown = [p.text() for line in explain(lambda z: np.sum(np.abs(z * z)), z).lines for p in line.parts]
    assert "v̄1 ⊙ conj(z)" in shown
    real = [p.text() for line in explain(lambda x: np.sum(np.abs(x * x)), z.real).lines for p in line.parts]
    assert "v̄1 ⊙ x" in real


def test_steps_of_a_perceptron_add_up():
    rng = np.random.default_rng(1)
    p = {"W1": rng.normal(size=(5, 3)), "b1": rng.normal(size=(5, 1)), "W2": rng.normal(size=(1, 5))}
    x, y = rng.normal(size=(3, 7)), rng.normal(size=(1, 7))

    def loss(p):
        return np.mean((p["W2"] @ np.tanh(p["W1"] @ x + p["b1"]) - y) ** 2)

    explanation = explain(loss, p)
    (expected,), (used,), (shown,) = (
        gradient(loss, p), explanation.gradient, explanation.gradient_from_formulas()
    )  # fmt: skip
    for key in p:
        np.testing.assert_array_equal(used[key], expected[key])
        np.testing.assert_allclose(shown[key], expected[key], rtol=1e-12)
    assert explanation.check() < 1e-14


A, V, N = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, 0.25]), 2.0


@pytest.mark.parametrize(
    ("f", "xs", "text"),
    [
        (lambda v: v[0] * v[1], (V,), "v[0] · v[1]"),
        (lambda v: np.sum(v) * np.max(v), (V,), "sum(v) · max(v)"),
        (lambda v: np.sum(v[:1] * v[1:]), (V,), "sum(v[:1] ⊙ v[1:])"),
        (lambda A: A[0, 1] * A[1, 1], (A,), "A[0, 1] · A[1, 1]"),
        (lambda A, v: np.sum(A[0] * v), (A, V), "sum(A[0] ⊙ v)"),
        (lambda A, v: np.sum(A * v[0]), (A, V), "sum(A · v[0])"),
        (lambda A, v: np.linalg.det(A) * (v @ v), (A, V), "det(A) · (v · v)"),
        (lambda A, v: (v @ A @ v) * np.mean(v), (A, V), "(v · A · v) · mean(v)"),
        (lambda A, v: np.sum(v * (v @ v)), (A, V), "sum(v · (v · v))"),
        (lambda A, v: np.sum((A @ v) * (v / np.sum(v))), (A, V), "sum((A · v) ⊙ v / sum(v))"),
        (lambda A, v: np.sum(A @ (v / v)), (A, V), "sum(A · (v / v))"),
        (lambda A, v: np.sum(A @ (v / 2)), (A, V), "sum(A · v / 2)"),
        (lambda A, v: np.sum(A @ v / v), (A, V), "sum((A · v) / v)"),
        (lambda A, v: (v * v) @ v, (A, V), "(v ⊙ v) · v"),
        (lambda A, v: np.sum(A @ (v @ A)), (A, V), "sum(A · (v · A))"),
        (lambda A, v: np.sum(A @ (A @ v)), (A, V), "sum(A · A · v)"),
        (lambda A, v: np.sum(2 * A @ v), (A, V), "sum(2 · A · v)"),
        (lambda A, v: np.sum(np.sum(A, axis=0) * v), (A, V), "sum(sum(A, axis=0) ⊙ v)"),
        (lambda x, v: np.sum(x * x * v), (N, V), "sum(x · x · v)"),
    ],
)
def test_the_sign_of_a_product_follows_the_shapes(f, xs, text):
    from fluxbridge.explanation.rows import formula_of

    e = explain(f, *xs)
    (group,) = (item for item in e.tree.groups() if item.kind == "line")
    assert formula_of(group).text() == text
    np.testing.assert_allclose(formula_of(group).evaluate(), e.value)
