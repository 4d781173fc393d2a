"""Every public name of every public module: it is there, has a docstring, a signature, and help."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pydoc
import subprocess
import sys

import numpy as np
import pytest

import fluxbridge

MODULES = [
    "fluxbridge",
    "fluxbridge.check",
    "fluxbridge.errors",
    "fluxbridge.explanation",
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


def test_explain_is_a_function_as_any_other():
    """In any order of imports: no module has its name."""
    code = """
import copy, importlib, inspect, pickle, pydoc
from unittest import mock
import fluxbridge.explanation.views.text
from fluxbridge import explain
assert inspect.isfunction(explain) and explain.__qualname__ == "explain"
assert pickle.loads(pickle.dumps(explain)) is explain is copy.deepcopy(explain)
assert inspect.getsource(explain).startswith("def explain(")
assert list(inspect.signature(explain).parameters)[:2] == ["f", "xs"]
text = pydoc.render_doc(explain, renderer=pydoc.plaintext)
assert text.startswith("Python Library Documentation: function explain") and "PACKAGE" not in text, text
with mock.patch("fluxbridge.explain") as patched:
    from fluxbridge import explain as seen
    assert seen is patched
import fluxbridge
assert fluxbridge.explain is explain
importlib.reload(fluxbridge)
assert fluxbridge.explain is explain
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_compiled_is_a_package_too():
    function = fluxbridge.compiled
    assert "f" in inspect.signature(function).parameters
    text = pydoc.render_doc(function, renderer=pydoc.plaintext)
    inner = importlib.import_module("fluxbridge.compiled").compiled
    assert inspect.getdoc(inner).splitlines()[0] in text
    assert pickle.loads(pickle.dumps(function)) is function is copy.deepcopy(function)
