"""Every NumPy function that a traced value can reach is ruled, without derivative, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import fluxbridge.autodiff.rules  # noqa: F401
from fluxbridge.autodiff.primitive import FUNCTIONS, NO_DERIVATIVE, REFUSED, UFUNCS

MODULES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}


#: what NumPy 2 no longer has
DROPPED = {"alltrue", "asfarray", "cumproduct", "in1d", "msort", "product", "round_", "sometrue"}


def dispatching(module: Any) -> Iterator[tuple[str, Any]]:
    """The public functions of a module that ask their arguments: ufuncs and array functions."""
    for name, function in sorted(vars(module).items()):
        if name[0] != "_" and name not in DROPPED and isinstance(function, (np.ufunc, type(np.sum))):
            yield name, function


def ruled(function: Any) -> bool:
    return function in UFUNCS or function in FUNCTIONS


@pytest.mark.parametrize("prefix", MODULES)
def test_every_dispatching_function_is_known(prefix):
    missing = [
        f"{prefix}.{name}"
        for name, function in dispatching(MODULES[prefix])
        if not ruled(function) and function not in NO_DERIVATIVE and function not in REFUSED
    ]
    assert not missing, f"neither ruled, nor without derivative, nor refused: {missing}"


def test_the_enumeration_sees_them():
    names = {f"{prefix}.{name}" for prefix, module in MODULES.items() for name, _ in dispatching(module)}
    assert {"np.sin", "np.sum", "np.where", "np.linalg.det", "np.fft.fft"} <= names
    assert len(names) > 320


def test_nothing_is_ruled_and_said_to_have_no_derivative():
    both = [f for f in NO_DERIVATIVE if ruled(f) or f in REFUSED]
    assert not both


def test_nothing_that_autograd_differentiates_is_missing():
    mirror = pytest.importorskip("autograd.numpy")
    from autograd.core import primitive_vjps

    compared, missing = 0, []
    for prefix, module in MODULES.items():
        names = vars(mirror if module is np else getattr(mirror, prefix[3:]))
        for name, function in dispatching(module):
            if names.get(name) in primitive_vjps:
                compared += 1
                # a function of autograd's with the derivative 0 may be one without a derivative here
                if not ruled(function) and function not in NO_DERIVATIVE:
                    missing.append(f"{prefix}.{name}")
    assert compared > 120
    assert not missing, f"autograd has rules for {missing}"
