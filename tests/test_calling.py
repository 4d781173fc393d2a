"""What is no call of an operator is refused, with the call that was meant."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import fluxbridge as fb
import fluxbridge.flux as F
from fluxbridge.errors import ArgumentError, NotScalarError, StructureError

OPERATORS = (
    "diaghessian", "gradient", "hessian", "hessian_reverse", "jacobian", "pullback", "pushforward",
    "withgradient", "withjacobian",
)  # fmt: skip
LOOKING = ("cross_check", "explain", "kinks", "subgradients")


def f(x):
    return 3 * x**2


@pytest.mark.parametrize("name", [*OPERATORS, *LOOKING])
def test_the_function_alone(name):
    with pytest.raises(ArgumentError, match=rf"{name}\(f, x\) instead of {name}\(f\)\(x\)"):
        getattr(fb, name)(f)


@pytest.mark.parametrize("name", [*OPERATORS, *LOOKING])
@pytest.mark.parametrize("no_function", [3.0, "x^2", None, np.ones(2)])
def test_no_function(name, no_function):
    with pytest.raises(ArgumentError, match=rf"{name}\(f, x\) takes a function as f; .* is no function"):
        getattr(fb, name)(no_function, 3.0)


class Source(fb.AutoNative):
    """An engine of a language whose programs are texts."""

    takes_source = True

    def pullback(self, f, xs):
        return super().pullback(eval(f), xs)

    def withgradient(self, f, xs, aux=True):
        return super().withgradient(eval(f), xs, aux)


def test_source_is_a_function_where_the_engine_takes_it():
    assert fb.gradient("lambda x: x**2", Source(), 3.0) == (6.0,)
    assert fb.pullback("lambda x: x**2", Source(), 3.0)[0] == 9.0
    with pytest.raises(
        ArgumentError, match=r"Julia's source has engines: gradient\(source, AutoZygote\(\), x\)"
    ):
        fb.gradient("x -> x^2", 3.0)
    for engine in (fb.AutoZygote(), fb.AutoForwardDiff(), fb.AutoEnzyme()):
        assert engine.takes_source


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"argnums": 0}, "has no argnums=: the gradient is taken by every argument"),
        ({"backend": "zygote"}, "who computes is an AD type"),
        ({"k": 2}, r"write \w+\(lambda x: f\(x, k=k\), x\) for k as a constant"),
        ({"x": 2}, r"write \w+\(lambda y: f\(y, x=x\), y\) for x as a constant"),
    ],
)
def test_keywords(name, keywords, says):
    with pytest.raises(ArgumentError, match=says):
        getattr(fb, name)(f, 3.0, **keywords)


def test_what_a_function_calls_its_own_parameter_is_its_own():
    with pytest.raises(ArgumentError, match="for backend as a constant"):
        fb.gradient(lambda x, backend: x, 3.0, backend=2)


def test_a_keyword_for_the_only_argument():
    with pytest.raises(ArgumentError, match=r"write gradient\(f, x\)\."):
        fb.gradient(f, x=3.0)


@pytest.mark.parametrize("name", OPERATORS)
def test_ad_types_in_the_wrong_place(name):
    with pytest.raises(ArgumentError, match=rf"directly after the function: {name}\(f, AutoNative"):
        getattr(fb, name)(f, 3.0, fb.AutoNative())
    with pytest.raises(ArgumentError, match=rf"is a class: write {name}\(f, AutoZygote\(\), x\)"):
        getattr(fb, name)(f, fb.AutoZygote, 3.0)


@pytest.mark.parametrize("name", LOOKING)
def test_no_ad_type(name):
    with pytest.raises(ArgumentError, match=f"{name} takes no AD type"):
        getattr(fb, name)(f, fb.AutoNative(), 3.0)


def test_a_class_is_an_argument_as_any_other():
    assert fb.gradient(lambda kind, x: x**2 if kind is dict else x, dict, 3.0) == (None, 6.0)


def test_other_shapes_of_calls():
    with pytest.raises(ArgumentError, match=r"is_subgradient\(g, f, x\) takes a function as f"):
        fb.is_subgradient(f, 3.0)
    with pytest.raises(ArgumentError, match=r"directional\(f, x, v\) takes as many directions"):
        fb.directional(abs, 0.0)


@pytest.mark.parametrize("name", ["jacobian", "withjacobian", "hessian", "hessian_reverse"])
def test_order(name):
    with pytest.raises(ArgumentError, match="order is 'C' or 'F', not 'K'"):
        getattr(fb, name)(lambda x: np.sum(x**2), np.ones(2), order="K")


@pytest.mark.parametrize("options", [{"rtol": -1}, {"rtol": "a"}, {"atol": -1e-3}, {"atol": float("nan")}])
def test_tolerances(options):
    with pytest.raises(ArgumentError, match="tol is a number that is not negative"):
        fb.cross_check(f, 3.0, **options)


def test_one_engine_as_a_text():
    report = fb.cross_check(f, 3.0, engines="finite differences")
    assert report and {line.engine for line in report.lines} == {"finite differences"}


def test_finite_differences_of_numbers_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fb.cross_check(f, 3.0, engines="finite differences", rtol=1e-6)


@pytest.mark.parametrize(
    ("grad", "like"),
    [((None,), 3.0), ((1.0, 2.0), (3.0,)), ((np.ones(3),), (np.ones(2),)), ((1.0,), (3.0, 4.0))],
)
def test_fill_none_of_another_structure(grad, like):
    with pytest.raises(StructureError):
        fb.fill_none(grad, like)


def test_a_text_is_no_number():
    with pytest.raises(NotScalarError):
        fb.gradient(lambda x: f"{x:.2f}", 3.0)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (lambda x: x, "returns its value and its pullback"),
        (lambda x: (x, lambda dy: (dy, dy)), "returned 2 cotangents, and <lambda> has 1 arguments"),
        (lambda x: (x, lambda dy: ()), "returned 0 cotangents"),
        (lambda x: (x, lambda dy: ("a",)), "returned the text 'a'"),
        (
            lambda x: (x, lambda dy: (np.ones(7),)),
            r"shape \(7,\) at \[0\], but the argument has shape \(3,\)",
        ),
    ],
)
def test_rules_that_are_none(rule, says):
    with pytest.raises(StructureError, match=says):
        fb.gradient(lambda x: np.sum(fb.adjoint(rule)(x)), np.ones(3))


def test_a_rule_may_say_none_for_arguments_that_were_left_out():
    g = fb.adjoint(lambda x, k=2: (k * x, lambda dy: (k * dy, None)))
    assert fb.gradient(g, 3.0) == (2.0,)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Dense", "it is fluxbridge.flux.Dense"),
        ("Xoshiro", "it is fluxbridge.random.Xoshiro"),
        ("StructureError", "it is fluxbridge.errors.StructureError"),
        ("hesian", "did you mean fluxbridge.hessian"),
        ("GradientTape", "records f by itself"),
        ("Zygote", r"gradient\(f, AutoZygote\(\), x\)"),
    ],
)
def test_names_that_are_elsewhere(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(fb, name)
    with pytest.raises(ImportError, match=says):
        exec(f"from fluxbridge import {name}")


def test_names_that_nobody_means():
    with pytest.raises(AttributeError, match=r"^module 'fluxbridge' has no attribute 'zzz'$"):
        fb.zzz


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: F.Adam(lr=0.1), "Adam has no lr=.*eta"),
        (lambda: F.Dense((2, 3), activation=np.tanh), "Dense has no activation="),
        (lambda: F.Conv((3, 3), (1, 2), padding=1), "Conv has no padding=: it is called pad"),
        (lambda: F.DataLoader(np.ones(4), batch_size=2), "it is called batchsize"),
        (lambda: F.softmax(np.ones(3), dim=0), "softmax has no dim=: it is called axis"),
    ],
)
def test_keywords_of_other_frameworks(call, says):
    with pytest.raises(ArgumentError, match=says):
        call()


def test_a_layer_of_ones_own_may_have_such_keywords():
    @F.layer
    class Scaled:
        def __init__(self, lr):
            self.lr = lr

    assert Scaled(lr=2.0).lr == 2.0
    assert F.Chain(padding=F.Dense((2, 2)))


@pytest.mark.parametrize(
    ("name", "says"),
    [("Linear", "write Dense"), ("CrossEntropyLoss", "logitcrossentropy"), ("train", "did you mean train_")],
)
def test_names_of_other_frameworks(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(F, name)
