"""Optimisers against the recorded answers of Optimisers.jl: trajectories, states, printed rules, errors."""

import re

import numpy as np
import pytest
from fluxrecords import agree, cases, variations
from fluxscripts import same_tree

from fluxbridge.flux import optimisers
from fluxbridge.flux.optimisers import setup, update, update_
from fluxbridge.flux.optimisers.tree import copy_tree

WORDS = {
    **{name: getattr(optimisers, name) for name in optimisers.__all__},
    "np": np, "Float32": np.float32, "Float64": np.float64, "Inf": np.inf, "true": True, "false": False,
}  # fmt: skip


def in_python(julia):
    """A rule in Julia as one in Python."""
    text = (
        julia.replace("Optimisers.", "").replace("; ", ", ").replace("(, ", "(").replace("string(", "repr(")
    )
    return re.sub(r"\blambda=", "λ=", text)


def rule_of(julia):
    return eval(in_python(julia), WORDS)


TRAJECTORIES = [
    c
    for c in [*cases("optimisers"), *variations("optimisers")]
    if "trace" not in c and not c.name.startswith("adjust ")
]


@pytest.mark.parametrize("case", TRAJECTORIES, ids=lambda c: c.name)
@pytest.mark.parametrize("inplace", [True, False], ids=["update_", "update"])
def test_trajectory(case, inplace):
    if case.error:
        with pytest.raises(case.error):
            rule_of(case.data.get("python") or case.julia)
        return
    rule = rule_of(case.data.get("python") or case.julia)
    assert repr(rule) == case["show"], (repr(rule), case["show"])
    model = case["params0"]
    tree = setup(rule, model)
    same_tree(tree, case["state0"])
    for grad, expected in zip(case["gradients"], case["params"], strict=True):
        tree, model = (update_ if inplace else update)(tree, model, grad)
        agree(model, expected)
    if inplace and "MixedPrecision(Float64" in case.julia:
        tree = copy_tree(tree)[0]  # recorded with update, which prints another type
    same_tree(tree, case["state"])


@pytest.mark.parametrize("case", cases("optimisers", "adjust "), ids=lambda c: c.name)
def test_adjusted_rule(case):
    call = in_python(case.julia)
    if case.error:
        with pytest.raises(case.error):
            eval(call, WORDS, case["inputs"])
    else:
        assert eval(call, WORDS, case["inputs"]) == case["result"]


@pytest.mark.parametrize("rule", ["Rprop()", "AdaMax()", "AMSGrad()", "ClipGrad()"])
def test_rules_that_compare_refuse_complex_parameters(rule):
    with pytest.raises(ValueError, match="no complex parameters"):
        setup(rule_of(rule), {"z": np.array([1 + 2j])})
