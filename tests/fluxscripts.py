"""Recorded scripts: a model, some calls, and what was said on the way."""

import operator

import numpy as np
from fluxrecords import agree, case

from fluxbridge import flux
from fluxbridge.autodiff.template import Record
from fluxbridge.flux.optimisers import Leaf


def same_tree(got, expected, at=""):
    """Compare a state tree with a recorded one."""
    if isinstance(expected, dict) and "rule" in expected:
        assert isinstance(got, Leaf), at
        assert repr(got.rule) == expected["rule"], at
        assert got.frozen is expected["frozen"], at
        agree(got.state, expected["state"], at)
    elif isinstance(expected, (Record, tuple)):
        assert len(got) == len(expected), at
        keys = expected.keys() if isinstance(expected, Record) else range(len(expected))
        for key in keys:
            same_tree(got[key], expected[key], f"{at}.{key}")
    else:
        agree(got, expected, at)


class Script:
    """Collects what a script says and compares it with the recorded trace."""

    def __init__(self, name, group="optimisers"):
        self.case = case(name, group)
        self.inputs = Record(**self.case["inputs"])
        self.trace = list(self.case["trace"])

    def snap(self, label, value):
        expected_label, expected = self.trace.pop(0)
        assert label == expected_label
        holds_leaves = isinstance(value, Leaf) or "Leaf(" in repr(value)
        (same_tree if holds_leaves else agree)(value, expected, label)

    def __enter__(self):
        return self, self.inputs

    def __exit__(self, kind, *_):
        assert kind or not self.trace, f"not compared: {self.trace}"


def flux_words():
    """Everything that the mirror offers, by its name there: to evaluate recorded expressions with."""
    return {"np": np, "operator": operator, "tanh": np.tanh, "identity": lambda x: x, **vars(flux)}
