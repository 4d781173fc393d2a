"""Derivatives by Julia's AD packages, behind the AD types of :mod:`fluxbridge.adtypes`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import StructureError
from . import handle_of, session
from .objects import has_tracer, value_and_back


def withgradient(engine: str, f: Any, xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
    return session.bridge().withgradient(handle_of(f), tuple(xs), engine, aux)


def pullback(f: Any, xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
    return value_and_back(session.bridge(), handle_of(f), tuple(xs))


def withjacobian(engine: str, f: Any, xs: Sequence[Any], order: str) -> tuple[Any, Any]:
    check_order(order)
    return session.bridge().withjacobian(handle_of(f), tuple(xs), engine, order)


def hessian(engine: str, f: Any, x: Any, order: str) -> Any:
    check_order(order)
    return session.bridge().hessian(handle_of(f), x, engine, order)


def diaghessian(engine: str, f: Any, xs: Sequence[Any]) -> tuple[Any, ...]:
    return session.bridge().diaghessian(handle_of(f), tuple(xs), engine)


def check_order(order: str) -> None:
    if order not in ("C", "F"):
        raise StructureError(f"order must be 'C' or 'F', not {order!r}")


def traced(xs: tuple[Any, ...]) -> bool:
    """Are there tracers of the native engine among the arguments?"""
    return any(type(x) is not float and type(x) is not np.ndarray and has_tracer(x) for x in xs)
