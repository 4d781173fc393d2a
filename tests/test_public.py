"""Every public name of every public module: it is there, has a docstring, a signature, and help."""

from __future__ import annotations

import importlib
import inspect
import pydoc

import numpy as np
import pytest

MODULES = [
    "fluxbridge",
    "fluxbridge.check",
    "fluxbridge.errors",
    "fluxbridge.flux",
    "fluxbridge.flux.functors",
    "fluxbridge.flux.nnlib",
    "fluxbridge.flux.optimisers",
    "fluxbridge.julia",
    "fluxbridge.port",
    "fluxbridge.random",
    "fluxbridge.scipy",
]


def public(module):
    if hasattr(module, "__all__"):
        return module.__all__
    return [
        k
        for k, v in vars(module).items()
        if not k.startswith("_") and getattr(v, "__module__", "") == module.__name__
    ]


@pytest.mark.parametrize("name", MODULES)
def test_completion_signature_and_help(name):
    module = importlib.import_module(name)
    assert set(public(module)) <= set(dir(module))
    lacking = []
    for member in public(module):
        value = getattr(module, member)
        if not callable(value) or isinstance(value, (type(np.sin), np.ufunc)):
            continue
        if not inspect.getdoc(value):
            lacking.append(f"{member} has no docstring")
        try:
            inspect.signature(value)
        except ValueError:
            if not (isinstance(value, type) and issubclass(value, (BaseException, str))):
                lacking.append(f"{member} has no signature")
        if not pydoc.render_doc(value):
            lacking.append(f"{member} has no help")
    assert lacking == []


@pytest.mark.parametrize("name", ["explain", "compiled"])
def test_a_function_that_is_a_package_too(name):
    function = getattr(importlib.import_module("fluxbridge"), name)
    assert "f" in inspect.signature(function).parameters
    text = pydoc.render_doc(function, renderer=pydoc.plaintext)
    inner = getattr(importlib.import_module(f"fluxbridge.{name}"), name)
    assert inspect.getdoc(inner).splitlines()[0] in text
