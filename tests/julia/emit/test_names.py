"""The names in emitted source."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge.julia.emit import names


@pytest.mark.parametrize(
    ("f", "count", "expected"),
    [
        (lambda x, y=1, *, z=2: x, 2, ["x", "y"]),
        (lambda x, y=1: x, 1, ["x"]),
        (lambda *xs: xs, 1, ["xs"]),
        (lambda *xs: xs, 2, ["xs1", "xs2"]),
        (lambda a, *xs: xs, 2, ["a", "xs"]),
        (max, 1, ["x"]),  # without a signature
        (max, 2, ["x1", "x2"]),
        (lambda a: a, 3, ["a", "x2", "x3"]),
        ("no function", 2, ["x1", "x2"]),
    ],
)
def test_names_of_arguments(f, count, expected):
    assert names.argument_names(f, count) == expected


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("x", set(), "x"),
        ("x", {"x"}, "x2"),
        ("x", {"x", "x2"}, "x3"),
        ("end", set(), "end_"),
        ("α", set(), "α"),
    ],
)
def test_names_that_are_free(name, taken, expected):
    assert names.julia_name(name, taken) == expected


def test_names_of_functions():
    class Model:
        def __call__(self, x):
            return x

        def loss(self, x):
            return x

    assert names.function_name(np.sin) == "sin"
    assert names.function_name(Model()) == "Model"
    assert names.function_name(Model().loss) == "loss"
    assert names.function_name(lambda x: x) == "f"
