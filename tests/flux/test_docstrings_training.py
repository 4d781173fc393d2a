"""Docstrings of the training half of the mirror, of random numbers and of SciPy's functions.

Every public callable has one, with an example that is run, or names the function that it is another form of;
and it names each error that its code raises, also in the private functions that it calls.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

FILES = {
    "": "progress random",
    "flux.": """absent callbacks declare devices exchange lazy mode names outputsize precision rng saving show
        state training""",
    "flux.distributed.": "backends checkpoint collectives container optimiser synchronise",
    "flux.data.": "batches datasets folds like loader observations resample search views",
    "flux.exchange.": "functions layers",
    "flux.functors.": "keypath maps trained trees walks",
    "flux.optimisers.": "base chain changes implicit parameters rules scratch step text tree",
}
MODULES = [folder + file for folder, files in FILES.items() for file in files.split()]
SCIPY = ["integrate", "linalg", "signal", "special", "stats"]

#: Helpers without an underscore, whose errors belong into the docstrings of their callers.
HELPERS = {"checked_axis", "whole", "tidy"}


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """The functions and classes of a module, and the methods of the generators."""
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    for name in names:
        found = getattr(module, name)
        home = getattr(found, "__module__", None) or ""
        if callable(found) and (
            home == module.__name__ or (hasattr(module, "__all__") and "fluxbridge" in home)
        ):
            yield name, found
    if module.__name__ == "fluxbridge.random":
        for kind in (module.Generator, module.Xoshiro, module.StableRNG):
            for name, found in vars(kind).items():
                if not name.startswith("_") and inspect.isfunction(found):
                    yield f"{kind.__name__}.{name}", found


CALLABLES = {
    f"{name}.{key}": found
    for name in dict.fromkeys(MODULES)
    for key, found in public(importlib.import_module(f"fluxbridge.{name}"))
}


def code(f: Any) -> ast.AST | None:
    """The code of a function; of a class that of its constructor and its call."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(f))).body[0]
    except (OSError, TypeError):
        return None
    if isinstance(tree, ast.ClassDef):
        wanted = ("__init__", "__post_init__", "__call__", "__new__")
        kept = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in wanted]
        return ast.Module(body=list(kept), type_ignores=[])
    return tree


def raised(f: Any, seen: set[Any]) -> set[str]:
    """The errors that the code of `f` raises, and those of the private functions of its module."""
    tree = code(f)
    if tree is None or f in seen:
        return set()
    seen.add(f)
    found: set[str] = set()
    scope = getattr(inspect.getmodule(f), "__dict__", {})
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            found |= {name} if name[0].isupper() else set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            helper, name = scope.get(node.func.id), node.func.id
            if inspect.isfunction(helper) and (name.startswith("_") or name in HELPERS):
                found |= raised(helper, seen)
    return found


#: "as :func:`x`", "the step of :func:`x`", ":func:`x` on a copy"
REFERENCE = re.compile(r"\b(?:as|in|of|with|Undo) :(?:func|class|meth):`|^:(?:func|class|meth):`", re.M)
ERRORS = re.compile(r"[Rr]aises\s(?:as|what)|errors\s(?:are|as)|and\serrors|with its errors|what\s:func:")


@pytest.mark.parametrize("name", CALLABLES)
def test_every_public_callable_has_a_docstring_with_an_example(name):
    text = inspect.getdoc(CALLABLES[name]) or ""
    assert text, "no docstring"
    assert ">>> " in text or REFERENCE.search(text), "neither an example nor the function that it is like"
    first = text.split("\n\n")[0]
    assert first.rstrip().endswith((".", ":", "?")) and len(first) < 300


@pytest.mark.parametrize("name", [n for n, f in CALLABLES.items() if raised(f, set())])
def test_a_docstring_names_the_errors(name):
    text = inspect.getdoc(CALLABLES[name]) or ""
    missing = {error for error in raised(CALLABLES[name], set()) if error not in text}
    assert not missing or ERRORS.search(text), missing


@pytest.mark.parametrize("module", SCIPY)
def test_the_functions_of_scipy_say_what_they_mirror(module):
    found = importlib.import_module(f"fluxbridge.scipy.{module}")
    for name in found.__all__:
        text = getattr(found, name).__doc__
        assert re.search(r"This is (?:scipy|np)\.\S+ with derivatives", text), name
        assert "NoRuleError" in text, name
        summary = getattr(importlib.import_module(f"scipy.{module}"), name).__doc__.strip().split("\n")[0]
        assert text.strip().startswith(summary.strip()), name


def test_the_check_sees_what_is_raised():
    def quiet(x):
        if x:
            raise ValueError("no")

    assert raised(quiet, set()) == {"ValueError"}
    assert raised(CALLABLES["flux.data.search.topk"], set()) == {"ArgumentError", "DimensionMismatch"}
    assert "DomainError" in raised(CALLABLES["flux.training.train_"], set())
    assert "ArgumentError" in raised(CALLABLES["flux.optimisers.chain.AccumGrad"], set())
    assert len(CALLABLES) > 200
