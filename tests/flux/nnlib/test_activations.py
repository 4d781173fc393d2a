import numpy as np
import pytest
from fluxcalls import check_call
from fluxrecords import Case, agree, cases, variations
from hypothesis import given
from hypothesis import strategies as st
from rulecheck import check

from fluxbridge import gradient, hessian
from fluxbridge.flux import nnlib
from fluxbridge.flux.nnlib import activations

RECORDED = [c for c in [*cases("activations"), *variations("activations")] if "x" in c]
PARAMETERS = {"leakyrelu": 0.2, "elu": 0.7, "celu": 1.3, "softshrink": 0.3, "trelu": 0.5}


def call(case: Case):
    """The function of a recorded case, with its parameters."""
    return lambda x: eval(case.data["python"], {**vars(nnlib), "np": np}, {"x": x})


@pytest.mark.parametrize("case", RECORDED, ids=repr)
def test_values_of_arrays_and_numbers(case):
    f, x = call(case), case["x"]
    agree(f(x), case["y"], case.name)
    agree(np.array([f(v) for v in x]), case["y"], case.name + " one by one")
    y = f(x)
    zero = y == 0
    assert np.array_equal(np.signbit(y[zero]), np.signbit(case["y"][zero]))  # -0.0 is kept


@pytest.mark.parametrize("case", [c for c in RECORDED if "dy_scalar" in c], ids=repr)
def test_derivatives_and_kinks(case):
    f, x = call(case), case["x"]
    agree(gradient(lambda z: np.sum(f(z)), x)[0], case["dy_broadcast"], case.name)
    agree(np.array([gradient(f, v)[0] for v in x]), case["dy_scalar"], case.name)


@pytest.mark.parametrize("case", [c for c in variations("activations") if "inputs" in c], ids=repr)
def test_functions_of_arrays(case):
    names = list(case["inputs"])
    check_call(
        case, lambda *x: eval(case.data["python"], dict(vars(nnlib)), dict(zip(names, x, strict=True)))
    )


@pytest.mark.parametrize("case", cases("activations", "alias"), ids=repr)
def test_aliases(case):
    assert getattr(nnlib, case.data["alias"]) is getattr(nnlib, {"σ": "sigmoid", "hardσ": "hardsigmoid",
        "logσ": "logsigmoid"}.get(case.data["of"], case.data["of"]))  # fmt: skip


def test_greek_names():
    assert nnlib.σ is nnlib.sigmoid
    assert nnlib.hardσ is nnlib.hardsigmoid
    assert nnlib.logσ is nnlib.logsigmoid


def test_fast_act():
    assert nnlib.fast_act(np.tanh) is nnlib.tanh_fast
    assert nnlib.fast_act(nnlib.sigmoid) is nnlib.sigmoid_fast
    for f in (nnlib.relu, np.exp, np.positive):
        assert nnlib.fast_act(f) is f


@pytest.mark.parametrize(
    "f", [f for f in activations.ACTIVATIONS if f is not nnlib.rrelu], ids=lambda f: f.__name__
)
def test_rules_to_second_order(f):
    x = np.array([-3.7, -0.8, -0.17, 0.21, 0.9, 2.3, 6.4])
    check(f, x)
    check(f, 0.37)
    check(f, np.zeros((0, 2)))


@pytest.mark.parametrize("name", PARAMETERS)
def test_derivative_by_the_parameter(name):
    x = np.array([-3.7, -0.8, -0.17, 0.21, 0.9, 2.3])
    check(getattr(nnlib, name), x, PARAMETERS[name])


@pytest.mark.parametrize(
    "f", [f for f in activations.ACTIVATIONS if f is not nnlib.rrelu], ids=lambda f: f.__name__
)
def test_types(f):
    keeps = f in (nnlib.relu, nnlib.relu6, nnlib.hardtanh, nnlib.trelu)
    for dtype in (np.float16, np.float32, np.float64):
        assert f(np.ones((2, 3), dtype)).dtype == dtype
        assert type(f(dtype(0.5))) is dtype
    assert f(np.ones(2, np.int8)).dtype == (np.int8 if keeps else np.float64)
    assert type(f(2)) is (int if keeps else float)
    assert type(f(2.0)) is float
    assert gradient(lambda x: np.sum(f(x)), np.ones(2, np.float32))[0].dtype == np.float32


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_rrelu_stays_between_its_slopes(a, b):
    lo, hi = sorted((a, b))
    x = np.linspace(-2, 2, 9)
    y = nnlib.rrelu(x, lo, hi, rng=np.random.default_rng(0))
    assert np.array_equal(y[x >= 0], x[x >= 0])
    slopes = y[x < 0] / x[x < 0]
    assert np.all(slopes >= lo - 1e-12) and np.all(slopes <= hi + 1e-12)


def test_second_derivative_of_a_number():
    assert (
        abs(hessian(lambda x: nnlib.softplus(x), 0.3) - nnlib.sigmoid(0.3) * (1 - nnlib.sigmoid(0.3))) < 1e-12
    )
