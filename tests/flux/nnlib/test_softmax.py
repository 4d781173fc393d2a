import numpy as np
import pytest
from fluxcalls import check_call
from fluxrecords import cases
from ownerrors import refused
from rulecheck import check

from fluxbridge.flux.nnlib import logsoftmax, logsumexp, sigmoid, softmax

FUNCTIONS = {f.__name__: f for f in (softmax, logsoftmax, logsumexp)}
RECORDED = cases("activations", *FUNCTIONS)
AXES = {"dims=:": None, "dims=1": 0, "dims=2": 1, "dims=3": 2, "dims=(1,2)": (0, 1), "dims=(1,3)": (0, 2)}


@pytest.mark.parametrize("case", RECORDED, ids=repr)
def test_recorded(case):
    f = FUNCTIONS[case.julia.partition("(")[0]]
    dims = case.julia.rpartition("; ")[2].rstrip(")").replace(" ", "") if "dims" in case.julia else ""
    dims = dims + ")" if "(" in dims else dims
    options = {"axis": AXES[dims]} if dims else {}
    check_call(case, lambda x: f(x, **options))


def test_a_gated_linear_unit():
    (case,) = cases("activations", "glu-like")
    check_call(case, lambda x: x[:1] * sigmoid(x[1:]))


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_rules(f):
    x = np.random.default_rng(0).normal(size=(3, 4, 2))
    for axis in (0, 1, (0, 2), None):
        check(lambda x, axis=axis: f(x, axis=axis), x)
    check(f, x.astype(np.float32).astype(float)[0])


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_types_and_refusals(f):
    assert f(np.ones((2, 3), np.float32)).dtype == np.float32
    assert f(np.ones((2, 3), np.float16)).dtype == np.float16
    assert f([1, 2]).dtype == np.float64
    with refused(TypeError, match=f"{f.__name__} after"):
        f(1.0)
