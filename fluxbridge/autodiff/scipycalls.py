"""Calls of SciPy's functions with traced values: which one the user called, and what to write instead.

SciPy makes plain arrays of its arguments, or calls compiled code. Wherever that fails the user is told
the name of the function that was called, and what has a derivative.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from types import FrameType, FunctionType, MethodType
from typing import Any

import numpy as np

from ..errors import FluxbridgeError, GradientLostError
from .frames import of_engine
from .refusals import lost, no_rule
from .tracing import Tracer, holds_tracer

_SOLVE = (
    "Solve with plain numbers, and let one step of Newton's method carry the derivative: with "
    "p = fluxbridge.ignore_derivatives(a) and x0 a solution of f(x, p) = 0, x = x0 - f(x0, a) / "
    "gradient(lambda x: f(x, p), x0)[0] (of several equations np.linalg.solve of the jacobian)."
)
_MINIMISE = (
    "Minimise with plain numbers (p = fluxbridge.ignore_derivatives(a)). At the minimum x0 the derivative of "
    "f(x0, a) by a is that of the least value; the minimum itself moves as the solution of gradient(f) = 0: "
    "x = x0 - np.linalg.solve(hessian(lambda x: f(x, p), x0), gradient(lambda x: f(x, a), x0)[0])."
)
_ODE = (
    "Use fluxbridge.scipy.integrate.odeint(f, y0, t, tfirst=True), where f(t, y) is the right side: it has a "
    "derivative by y0, t and what f depends on."
)
_SPLINE = (
    "Interpolation is linear in the values: with the matrix M = interpolate(knots, np.eye(n))(x) of the "
    "plain knots and points, M @ values has a derivative; np.interp has one by all its arguments."
)
_SPARSE = "Use an ordinary array: A.toarray() @ x."

#: What has a derivative instead, by the name or its beginning; the first that fits.
INSTEAD = {
    "integrate.solve_bvp": "",
    "integrate.solve_": _ODE, "integrate.ode": _ODE, "integrate.complex_ode": _ODE, "integrate.RK": _ODE,
    "integrate.LSODA": _ODE, "integrate.BDF": _ODE, "integrate.Radau": _ODE, "integrate.DOP": _ODE,
    "integrate.": "Use fluxbridge.scipy.integrate.quad, one integral in another for several variables, or "
                  "fluxbridge.scipy.integrate.simpson of samples.",
    "interpolate.": _SPLINE,
    **dict.fromkeys(
        ["optimize.minimize", "optimize.differential_evolution", "optimize.fmin", "optimize.least_squares",
         "optimize.curve_fit", "optimize.basinhopping", "optimize.dual_annealing", "optimize.shgo",
         "optimize.direct"], _MINIMISE,
    ),
    **dict.fromkeys(
        ["optimize.brentq", "optimize.brenth", "optimize.bisect", "optimize.ridder", "optimize.toms748",
         "optimize.newton", "optimize.root", "optimize.fsolve", "optimize.fixed_point"], _SOLVE,
    ),
    "optimize.approx_fprime": "Use fluxbridge.gradient: derivatives nest.",
    "linalg.lstsq": "Use np.linalg.lstsq, which has a derivative.",
    "sparse.": _SPARSE,
    "spatial.distance.cdist": "Write np.sqrt(np.sum((a[:, None] - b) ** 2, axis=-1)).",
    **{f"fft.{name}": f"Use np.fft.{name}, which has a derivative." for name in dir(np.fft) if "fft" in name},
}  # fmt: skip


def scipy_caller(frame: FrameType | None) -> str | None:
    """The SciPy function that the user called, if `frame` belongs to SciPy: "linalg.expm"."""
    frames = []
    while frame is not None and _module(frame).startswith(("scipy.", "numpy.")):
        frames.append(frame)
        frame = frame.f_back
    return None if _module(frame).startswith("fluxbridge.scipy") else _called(frames[::-1])


def refused_by_scipy(called: str) -> FluxbridgeError:
    """The error that says what to write instead of ``scipy.{called}`` with a traced value."""
    area, name = called.split(".")[:2]
    try:
        mirror: Any = importlib.import_module(f"fluxbridge.scipy.{area}")
    except ImportError:
        mirror = None
    if mirror is not None and name in mirror.__all__ and _is_mirrored(getattr(mirror, name), called):
        return GradientLostError(
            f"scipy.{called} makes plain arrays of its arguments, so the derivative of a traced one would be "
            f"lost. Use fluxbridge.scipy.{called}: it takes the same arguments and has a derivative."
        )
    instead = next((advice for start, advice in INSTEAD.items() if called.startswith(start)), "")
    if instead:
        return lost(f"scipy.{called} made plain numbers", instead)
    return no_rule(f"scipy.{called}", handed_over=False)


def _is_mirrored(ours: Any, called: str) -> bool:
    """Has the mirror a derivative of this function, or of this method of a distribution?"""
    _, _, method = called.partition(".")[2].partition(".")
    return not method or ours.has(method)


def raised_by_scipy(error: BaseException) -> FluxbridgeError | None:
    """What to say of an error inside of SciPy that a traced value is the reason of; None for any other."""
    if isinstance(error, FluxbridgeError) and "scipy." in str(error):
        return None
    frames: list[FrameType] = []
    step, caller = error.__traceback__, None
    while step is not None:
        module = _module(step.tb_frame)
        if module.startswith(("scipy.", "numpy.")):
            frames.append(step.tb_frame)
        elif not of_engine(module) and not isinstance(error, SystemError):
            frames, caller = [], step.tb_frame
        step = step.tb_next
    called = _called(frames)
    if called is None or _module(caller).startswith("fluxbridge.scipy"):
        return None
    if not isinstance(error, FluxbridgeError) and not any(
        _is_traced(v) for f in frames for v in f.f_locals.values()
    ):
        return None
    return refused_by_scipy(called)


def _is_traced(x: Any, depth: int = 2) -> bool:
    """Is this a traced value, or does it hold one: in a list, or as what a function has captured?"""
    if isinstance(x, Tracer) or holds_tracer(x):
        return True
    if depth == 0:
        return False
    if isinstance(x, MethodType):
        return _is_traced(x.__func__, depth) or _is_traced(x.__self__, depth)
    if isinstance(x, FunctionType):
        return any(_is_traced(c, depth - 1) for c in _captured(x))
    if isinstance(x, (list, tuple)):
        return any(_is_traced(v, depth - 1) for v in x)
    return False


def _captured(function: FunctionType) -> list[Any]:
    contents = []
    for cell in function.__closure__ or ():
        try:
            contents.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    return contents


def _module(frame: FrameType | None) -> str:
    return frame.f_globals.get("__name__", "") if frame is not None else ""


def _called(frames: Sequence[FrameType]) -> str | None:
    """The public name of the first function of SciPy in a chain of calls, from the outside in."""
    for frame in frames:
        module = _module(frame)
        if not module.startswith("scipy."):
            continue
        names = frame.f_locals
        owner = type(names["self"]).__name__ if "self" in names else ""
        if owner.endswith("_gen") and not frame.f_code.co_name.startswith("_"):  # a distribution: norm.pdf
            method = getattr(names.get("fun", names.get("f")), "__name__", frame.f_code.co_name)
            return f"{module.split('.')[1]}.{owner[:-4]}.{method}"
        if owner and _public(module, owner):
            method = frame.f_code.co_name
            return f"{_public(module, owner)}" + ("" if method.startswith("_") else f".{method}")
        for inner in (names.get(n) for n in ("f", "func", "fun", "hypotest_fun_in", "hypotest_fun_out")):
            name = getattr(inner, "__name__", "")  # what a decorator has decorated
            if name and getattr(inner, "__module__", "").startswith("scipy."):
                public_name = _public(inner.__module__, name)
                if public_name and frame.f_code.co_name != name and not hasattr(sys.modules[module], name):
                    return public_name
        public_name = _public(module, frame.f_code.co_name)
        if public_name:
            return public_name
    return None


def _public(module: str, name: str) -> str:
    """ "optimize.brentq" for the function of that name in scipy.optimize._zeros_py, if it is public."""
    parts = [p for p in module.split(".")[1:] if not p.startswith("_")]
    for count in range(len(parts), 0, -1):
        home = sys.modules.get(".".join(["scipy", *parts[:count]]))
        if not name.startswith("_") and hasattr(home, name):
            return ".".join([*parts[:count], name])
    return ""
