"""Errors of Python, NumPy and SciPy about traced values, in our words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..errors import FluxbridgeError, GradientLostError, MutationError
from .frames import of_engine
from .refusals import of_objects, of_type, refused_by_sparse
from .scipycalls import raised_by_scipy
from .tracing import Kind, Tracer, holds_tracer

#: What Python says when neither a sparse matrix nor a traced value can do an operation.
_SPARSE = re.compile(
    r"'\w+_(matrix|array)' and '(Reverse|Dual|Recorded)|'(Reverse|Dual|Recorded)\w+' and '\w+_(matrix|array)'"
)


#: What Python and NumPy say when they do not know what to do with a traced value.
_FOREIGN_WORDS = re.compile(
    r"ufunc '(\w+)'.*(dtype\('O'\)|not supported for the input types)|loop of ufunc does not support"
    r"|Object of type (float|int) is not JSON serializable"
    r"|Cannot cast array data from dtype\('O'\)|Iterator operand or requested dtype holds references"
    r"|'(float|int|complex|ndarray)' object has no attribute '(dtype|__dlpack__)'|or a Rational instance"
    r"|(conversion from|bytes-like object is required, not|but received a|apply to a|Object of type) "
    r"'?(Reverse|Dual|Recorded)"
)


#: The class of a stand-in was called: type(x)(2.0).
_MADE = re.compile(r"^(Reverse|Dual|Recorded)\w+\(\) takes no arguments")
#: A stand-in for a NumPy number has no x[...]: Python would take it for a sequence.
_INDEXED = re.compile(r"'(Reverse|Dual|Recorded)Scalar' object is not subscriptable")


def in_our_words(error: BaseException, refused: Any = None) -> FluxbridgeError | None:
    """A complaint about an array of objects, such as np.array([x, y]) makes, or about a traced value.

    `refused` is what was refused before; an error that came in its place, or after it, tells less.
    """
    named = raised_by_scipy(error)
    if named is not None:
        return named
    if isinstance(error, FluxbridgeError) or not isinstance(error, Exception):
        return None
    if refused is not None:
        return refused
    if isinstance(error, ValueError) and "read-only" in str(error):
        return MutationError(
            "Mutating arrays is not supported -- an array was changed in place that is being "
            f"differentiated, or was made of one by np.asarray: {error}. Build a new one (y = y + x), or "
            "change a copy (y.copy())."
        )
    if _SPARSE.search(str(error)):
        return refused_by_sparse(str(error))
    if isinstance(error, KeyError) and isinstance(error.args[0] if error.args else None, Kind):
        return of_type("looked up")
    if _MADE.search(str(error)):
        return of_type("called")
    if _INDEXED.search(str(error)):
        return GradientLostError(
            f"One of NumPy's numbers was indexed ({error}), as in x[()], x[...] or x[None], which fluxbridge "
            "does not follow. Write x for x[()], np.reshape(x, ()) for x[...], np.reshape(x, 1) for x[None]."
        )
    called = _called_with_objects(error)
    if called:
        return GradientLostError(
            f"{called} was called with a list or an array of traced values and does not take them: {error}. "
            "Write np.stack([x, y]) instead of [x, y] and of np.array([x, y]), np.block([[a, b], [c, d]]) "
            "for a matrix, and x itself instead of np.asarray(x). Where no derivative is wanted, take "
            "fluxbridge.ignore_derivatives(x)."
        )
    if not isinstance(error, (TypeError, AttributeError)) or not _FOREIGN_WORDS.search(str(error)):
        return None
    return of_objects(error)


def _called_with_objects(error: BaseException) -> str:
    """The function of NumPy or SciPy that failed because of traced values among its objects, or ""."""
    called = ""
    inside: list[Any] = []
    step = error.__traceback__
    while step is not None:
        module = step.tb_frame.f_globals.get("__name__", "")
        if module.startswith(("numpy.", "scipy.")):
            inside.append(step.tb_frame)
            name = step.tb_frame.f_code.co_name
            area = "np" if module.startswith("numpy.") else ".".join(module.split(".")[:2])
            called = called or f"{area}.{name}"
        elif not of_engine(module):
            called = ""
            inside.clear()
        step = step.tb_next
    has_traced = any(
        isinstance(x, Tracer) or (isinstance(x, (list, tuple, np.ndarray)) and holds_tracer(x))
        for frame in inside
        for x in frame.f_locals.values()
    )
    return called if has_traced else ""
