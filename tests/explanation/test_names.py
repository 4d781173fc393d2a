"""What steps are called: only as variables that hold them."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from fluxbridge import gradient, ignore_derivatives
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.explanation import explain
from fluxbridge.explanation.names import tex
from fluxbridge.explanation.rows import formula_of, gift_formula, given, homes, negligible, sum_text, terms
from fluxbridge.explanation.texing import letter, tex_text
from fluxbridge.explanation.views.outline import rows


def names(f, *xs):
    return [line.name for line in explain(f, *xs).lines if not line.is_argument]


def test_a_variable_that_holds_something_else_gives_no_name():
    def f(x):
        y = x * 2.0
        y = 5.0
        return x * y

    assert names(f, 3.0) == ["v1", "v2"]  # nothing was recorded between the two assignments


def test_a_variable_that_is_deleted_gave_its_name():
    def f(x):
        y = x * 2.0
        z = y + 1.0
        del y
        return z

    assert names(f, 3.0) == ["y", "z"]


def test_an_argument_keeps_its_name_under_another():
    def f(x):
        same = x
        return same * 2.0

    explanation = explain(f, 3.0)
    assert [line.name for line in explanation.lines] == ["x", "v1"]


def test_the_outermost_assignment_names():
    def inner(t):
        deep = t * 2.0
        return deep

    def f(x):
        found = inner(x)
        return np.sin(found)

    assert names(f, 3.0) == ["found", "v1"]
    assert names(lambda x: np.sin(inner(x)), 3.0) == ["deep", "v1"]


def test_a_parameter_names_what_has_no_other_name():
    def inner(t):
        return t * 2.0

    assert names(lambda x: inner(x + 1.0), 3.0) == ["t", "v1"]


def test_names_that_look_like_numbers_of_steps():
    def f(x):
        v1 = x * 2.0
        return np.sin(v1 * 3.0)

    assert names(f, 3.0) == ["v1", "v2", "v3"]


def test_globals_and_slots():
    class Slotted:
        __slots__ = ("h",)

    def f(x):
        global shared_by_the_test
        box = Slotted()
        box.h = x * 2.0
        shared_by_the_test = box.h + 1.0
        return shared_by_the_test * 3.0

    assert names(f, 3.0) == ["box.h", "shared_by_the_test", "v1"]
    del globals()["shared_by_the_test"]


def test_properties_are_not_asked():
    class Loud:
        @property
        def h(self):
            raise AssertionError("a property ran")

        @h.setter
        def h(self, value):
            self.__dict__["kept"] = value

    def f(x):
        loud = Loud()
        loud.h = x * 2.0
        return loud.kept * 3.0

    assert names(f, 3.0) == ["v1", "v2"]


def test_generators():
    def squares(xs):
        for x in xs:
            square = x * x
            yield square

    def f(*xs):
        total = 0.0
        for s in squares(xs):
            total = total + s
        return total

    assert names(f, 1.0, 2.0) == ["s₀", "total₀", "s₁", "total₁"]


def test_a_list_that_grows():
    def f(x):
        hs = [x]
        for _ in range(3):
            hs.append(np.sin(hs[-1]))
        return hs[-1] * hs[1]

    assert names(f, 1.0) == ["hs[1]", "hs[2]", "hs[3]", "v1"]


def test_constants_are_called_by_their_variables():
    W = np.eye(2)

    def f(x):
        rows = np.array([1.0, 2.0])
        return np.sum(W @ x * rows * np.array([3.0, 4.0]))

    explanation = explain(f, np.ones(2))
    assert [name for name, _ in explanation.names.constants.values()] == ["W", "rows", "c1"]


def test_an_array_that_changes_has_a_name_for_each_content():
    def f(x):
        weights = np.ones(2)
        y = x * weights
        weights[0] = 5.0
        return np.sum(y * weights)

    explanation = explain(f, np.ones(2))
    assert [(name, c.tolist()) for name, c in explanation.names.constants.values()] == [
        ("weights₀", [1.0, 1.0]),
        ("weights₁", [5.0, 1.0]),
    ]


def test_nothing_of_a_run_stays_alive():
    class Model:
        def __init__(self):
            self.w = 2.0

        def __call__(self, x):
            self.h = self.w * x
            return self.h * self.h

    kept = []

    def f(m, x):
        kept.append(weakref.ref(m))
        return m(x)

    explanation = explain(f, Model(), 3.0)
    assert explanation["self.h"].value == 6.0
    del explanation
    gc.collect()
    assert kept[0]() is None


def test_a_name_with_digits_finds_its_step():
    def f(x):
        y = x * 2.0
        y = np.sin(y)
        return y

    explanation = explain(f, 1.0)
    assert explanation["y1"] is explanation["y₁"]
    with pytest.raises(KeyError, match="no step is called 'y2'"):
        explanation["y2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x₁", "x_{1}"), ("W1₂", "W_{1,2}"), ("yhat₀", r"\text{yhat}_{0}"), ("σ", r"\sigma"),
        ("λ₁₂", r"\lambda_{12}"),
        ("ŷ", r"\hat{y}"), ("Ω", r"\Omega"), ("m.W", r"\text{m.W}"), ("ж", r"\text{ж}"),
    ],
)  # fmt: skip
def test_names_in_tex(name, text):
    assert tex(name) == text


def test_text_in_tex():
    assert tex_text("a_b < λ^2") == r"\text{a\_b $<$ $\lambda$\^{}2}"
    assert letter("ς") == r"\varsigma" and letter("Α") == r"\text{Α}"


# -- statements and sums ---------------------------------------------------------------------------------


def many(x, w):
    h = np.tanh(w @ x * 2.0 + 1.0)
    for _ in range(2):
        h = np.tanh(w @ h + h * np.sum(h**2)) / 2.0
    return np.sum((h - x) ** 2) / x.size


def test_the_formulas_of_statements_are_what_they_compute():
    rng = np.random.default_rng(0)
    explanation = explain(many, rng.normal(size=3), rng.normal(size=(3, 3)))
    statements = [g for g in explanation.tree.groups() if g.kind == "line"]
    assert len(statements) == 4
    checked = 0
    for group in statements:
        (result,) = explanation.results(group)
        np.testing.assert_allclose(formula_of(group).evaluate(), result.value, rtol=1e-14)
        for gift in given(group):
            formula = gift_formula(group, gift)
            if formula is not None:
                np.testing.assert_allclose(formula.evaluate(), gift.contribution, rtol=1e-12)
                checked += 1
    assert checked > 4


def test_only_tests_are_left_out():
    def f(x):
        d = abs(x * x - 2.0)
        kept = x * 5.0  # not needed either, but no test asks for it
        return x * 3.0 if d > 1 else kept

    explanation = explain(f, 3.0)
    assert [line.operation.text() for line in explanation.lines[1:]] == ["x · 5", "x · 3"]
    assert not any(line.kink for line in explain(f, np.sqrt(2.0)).lines)
    assert [t["text"] for t in explanation.data()["tests"]] in (
        ["d > 1"],
        ["return x * 3.0 if d > 1 else kept"],
    )


@pytest.mark.parametrize(
    ("part", "whole", "answer"),
    [
        (4e-13, 0.353553, True), (4e-7, 0.353553, True), (6e-7, 0.353553, False), (0.0, 1.0, False),
        (1e8, 0.35, False), (1e-300, 0.0, False), (1.0, np.inf, False), (1e-9, None, False),
        (np.array([1e-9, 0.0]), np.array([1.0, 0.0]), True),
        (np.array([1e-9, 1.0]), np.array([1.0, 1.0]), False),
        (np.array([1e-9, 1e-9]), np.array([1.0, 0.0]), False),
    ],
)  # fmt: skip
def test_what_is_negligible(part, whole, answer):
    assert negligible(part, whole) is answer


def test_what_no_derivative_goes_through_has_no_kink():
    def f(x):
        unused = abs(x) * 2.0
        return (np.maximum(x, 0.0), unused)[0]

    assert [line.primitive_name for line in explain(f, 0.0).lines if line.kink] == ["maximum"]
    assert [line.primitive_name for line in explain(f, 0.0, forward=True).lines if line.kink] == [
        "absolute",
        "maximum",
    ]


def test_sums_name_all_rows():
    def f(x):
        return x * 2.0 - x * 3.0 + np.sin(x) + x * 1e-9 + x + x * 5.0 + x * 7.0

    explanation = explain(f, 0.0)
    home = homes(rows(explanation))
    x = explanation["x"]
    assert sum_text(terms(x, home), x.cotangent) == " = 7 + 5 + 1 + ≈ 0 + 1 + … (2 more)"


def test_sums_link_to_rows():
    html = explain(lambda x: x * 2.0 + np.sin(x), 1.0).html()
    targets = [part.partition('"')[0] for part in html.split('href="#')[1:]]
    assert len(targets) == 2 and all(f'id="{target}"' in html for target in targets)


# -- with respect to what --------------------------------------------------------------------------------


def test_what_the_gradient_is_taken_by():
    class Model:
        def __init__(self):
            self.used, self.idle = 2.0, np.ones(3)

    def f(m, k, held, act, name):
        fixed = ignore_derivatives(held)
        return act(m.used * fixed) if k > 1 else m.used

    explanation = explain(f, Model(), 2, 3.0, np.sin, None)
    assert str(explanation).splitlines()[1] == (
        "gradient with respect to m (1 of its 2 parts); constant: "
        "k (a whole number that only counts or is compared), held (held back by ignore_derivatives), "
        "act (a function without parameters), name (None)"
    )
    assert [g is None for g in explanation.gradient] == [False, True, True, True, True]
    about = explanation.data()["arguments"]
    assert [a["constant"] for a in about] == [False, True, True, True, True]
    assert "nothing" in str(explain(lambda x: 3.0, 1.0)).splitlines()[1]


@pytest.mark.parametrize(
    "xs", [(1.0, 2, "a", True, None), (np.ones(2), 3, b"b", False, [1.0])], ids=["numbers", "arrays"]
)
def test_constants_are_the_arguments_without_a_gradient(xs):
    def f(a, n, *rest):
        for _ in range(n):
            a = a * 1.5
        return np.sum(a)

    for said, found in zip(explain(f, *xs).about, gradient(f, *xs), strict=True):
        assert bool(said.reason) == (found is None or not take_apart(found)[0])


# -- data ------------------------------------------------------------------------------------------------


def test_the_data_refer_to_each_other():
    data = explain(many, np.ones(3), np.eye(3)).data()
    ids = [step["id"] for step in data["steps"]]
    assert ids == sorted(set(ids)) == data["forward"] and set(data["reverse"]) <= set(ids)
    listed = [item for group in data["groups"] for item in group["items"]] + data["items"]
    assert sorted(item["step"] for item in listed if "step" in item) == [
        step["id"] for step in data["steps"] if "operation" in step
    ]
    assert sorted(item["group"] for item in listed if "group" in item) == list(range(len(data["groups"])))
    for step in data["steps"]:
        for x in step.get("inputs", []):
            assert x in ids if isinstance(x, int) else "value" in x or x["constant"] < len(data["constants"])
    for place in data["places"]:
        source = data["sources"][place["source"]]
        first, last = (n - source["first"] for n in place["lines"])
        assert 0 <= first <= last < len(source["lines"])
    shown = {
        data["sources"][0]["lines"][p["lines"][0] - data["sources"][0]["first"]][slice(*p["columns"])]
        for p in data["places"]
        if "columns" in p and p["lines"][0] == p["lines"][1]
    }
    assert not shown or {"w @ x * 2.0 + 1.0", "np.sum(h**2)"} <= shown
    assert [step["turns"] for step in data["steps"] if "turns" in step][0::7][:1] == [[1]]


def test_forward_mode_has_the_same_names():
    data = explain(lambda x: x * np.sin(x), 2.0, forward=True).data()
    assert data["mode"] == "forward" and data["tangent"] == data["steps"][-1]["tangent"]
    assert data["about"] == "derivative along x" and not data["contributions"]
