"""Derivatives by Julia's AD packages, behind the AD types of :mod:`fluxbridge.adtypes`.

A function of Julia's is called as it is; a Python function is translated first (:mod:`.translation`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.native import check_scalar, first, seed_like
from ..errors import NoRuleError, StructureError
from . import session
from .bridge.objects import has_tracer, value_and_back
from .emit.translation import Translated, is_python
from .functions import handle_of


def withgradient(engine: str, f: Any, xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
    bridge = session.bridge()
    if not is_python(f):
        return bridge.withgradient(handle_of(f), tuple(xs), engine, aux)
    call = Translated(bridge, f, xs)
    if call.open and engine == "zygote":
        y, back = value_and_back(bridge, call.handle, call.all_args)
        value = call.value(y)
        check_scalar(first(value) if aux else value)
        return value, call.gradients(back(call.seed(seed_like(value) if aux else 1.0)))
    y, grads = bridge.withgradient(_closed(call), call.args, engine, aux)
    return call.value(y), call.gradients(grads)


def pullback(f: Any, xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
    bridge = session.bridge()
    if not is_python(f):
        return value_and_back(bridge, handle_of(f), tuple(xs))
    call = Translated(bridge, f, xs)
    y, back = value_and_back(bridge, call.handle, call.all_args)
    return call.value(y), lambda seed: call.gradients(back(call.seed(seed)))


def withjacobian(engine: str, f: Any, xs: Sequence[Any], order: str) -> tuple[Any, Any]:
    check_order(order)
    bridge = session.bridge()
    if not is_python(f):
        return bridge.withjacobian(handle_of(f), tuple(xs), engine, order)
    call = Translated(bridge, f, xs)
    y, grads = bridge.withjacobian(_closed(call), call.args, engine, order)
    return call.value(y), tuple(grads)


def hessian(engine: str, f: Any, x: Any, order: str) -> Any:
    check_order(order)
    bridge = session.bridge()
    if not is_python(f):
        return bridge.hessian(handle_of(f), x, engine, order)
    call = Translated(bridge, f, (x,))
    return bridge.hessian(_closed(call), call.args[0], engine, order)


def diaghessian(engine: str, f: Any, xs: Sequence[Any]) -> tuple[Any, ...]:
    bridge = session.bridge()
    if not is_python(f):
        return bridge.diaghessian(handle_of(f), tuple(xs), engine)
    call = Translated(bridge, f, xs)
    return call.gradients(bridge.diaghessian(_closed(call), call.args, engine))


def _closed(call: Translated) -> Any:
    """The Julia function; raises NoRuleError if a captured value is traced by an outer derivative."""
    if call.open:
        raise NoRuleError(
            "the function uses a value of an outer derivative, which could not follow it into Julia. Take "
            "AutoZygote() and gradient or pullback, or pass the value as an argument."
        )
    return call.handle


def check_order(order: str) -> None:
    if order not in ("C", "F"):
        raise StructureError(f"order must be 'C' or 'F', not {order!r}")


def traced(xs: tuple[Any, ...]) -> bool:
    """Are there tracers of the native engine among the arguments?"""
    return any(type(x) is not float and type(x) is not np.ndarray and has_tracer(x) for x in xs)
