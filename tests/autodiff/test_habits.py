"""The words of other frameworks are answered with what to write here, and the advice works."""

from __future__ import annotations

import re

import numpy as np
import pytest

import fluxbridge
from fluxbridge import gradient
from fluxbridge.autodiff import habits
from fluxbridge.errors import ArgumentError


@pytest.mark.parametrize("name", habits.FUNCTIONS)
def test_a_function_of_another_framework(name):
    with pytest.raises(AttributeError, match=re.escape(habits.FUNCTIONS[name])):
        getattr(fluxbridge, name)
    with pytest.raises(ImportError, match=re.escape(habits.FUNCTIONS[name])):
        exec(f"from fluxbridge import {name}")


def test_what_nobody_has_is_said_as_python_says_it():
    with pytest.raises(AttributeError, match=r"^module 'fluxbridge' has no attribute 'nothing'$"):
        fluxbridge.nothing
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec("from fluxbridge import nothing")


@pytest.mark.once  # outside of a gradient it is Python that says so
@pytest.mark.parametrize("x", [2.0, np.ones(2), np.float32(2.0)], ids=["number", "array", "NumPy's number"])
@pytest.mark.parametrize("name", habits.ATTRIBUTES)
def test_an_attribute_of_a_tensor(name, x):
    def f(x):
        has = hasattr(x, name)
        if not has and not hasattr(plain, name):
            with pytest.raises(AttributeError, match=re.escape(habits.ATTRIBUTES[name])):
                getattr(x, name)
        return np.sum(x)

    plain = x
    gradient(f, x)


@pytest.mark.parametrize("operator", [gradient, fluxbridge.withgradient, fluxbridge.pullback])
def test_keywords(operator):
    with pytest.raises(ArgumentError, match=r"write \w+\(lambda x: f\(x, k=k\), x\) for k as a constant"):
        operator(lambda x, k: x * k, 3.0, k=2)
    with pytest.raises(ArgumentError, match="has no argnums=: the gradient is taken by every argument"):
        operator(lambda x, y: x * y, 3.0, 2.0, argnums=0)


def test_the_advice_for_keywords_works():
    f = lambda x, k: x * k  # noqa: E731
    k = 2.0
    assert gradient(lambda x: f(x, k=k), 3.0) == (2.0,)
    assert gradient(lambda x, k: f(x, k=k), 3.0, k) == (2.0, 3.0)


def test_the_public_names_are_seen():
    names = dir(fluxbridge)
    assert set(fluxbridge.__all__) <= set(names)
    assert not [name for name in names if name.startswith("_") and not name.startswith("__")]
