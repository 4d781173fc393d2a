"""What is said when a derivative would be lost or does not exist: what happened, what to write instead."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from ..errors import FluxbridgeError, GradientLostError, MutationError, NoRuleError
from .primitive import ENGINE, ON_DEMAND, Kind, Tracer, holds_tracer


def no_rule(name: str, handed_over: bool = True) -> NoRuleError:
    """`handed_over` says that the function asks its arguments, so that a rule can be given to itself."""
    short = name.rpartition(".")[2]
    if not short.isidentifier():
        rule = "make it a function with a rule by fluxbridge.adjoint, "
    elif handed_over:
        rule = (
            f"give it a rule:\n\n    @fluxbridge.adjoint({name})\n    def _(x):\n"
            f"        return {name}(x), lambda dy: (dy * ...,)\n\n"
        )
    else:
        rule = (
            f"call one with a rule in its place:\n\n    @fluxbridge.adjoint\n    def {short}(x):\n"
            f"        return {name}(x), lambda dy: (dy * ...,)\n\n"
        )
    return NoRuleError(
        f"{name} has no derivative rule in fluxbridge. Write it with functions that have one, or {rule}"
        "or, if its result does not matter for the derivative, call it on fluxbridge.ignore_derivatives(x)."
    )


def no_option(call: str) -> NoRuleError:
    return NoRuleError(
        f"{call} has no derivative rule in fluxbridge with this option. Leave the option out, or, if the "
        "result does not matter for the derivative, call it on fluxbridge.ignore_derivatives(x)."
    )


def lost(what: str, instead: str) -> GradientLostError:
    return GradientLostError(
        f"{what} from a traced value, which would lose its derivative. {instead} "
        "Where no derivative is wanted, take fluxbridge.ignore_derivatives(x)."
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
    from .scipycalls import raised_by_scipy

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


def of_type(done: str) -> GradientLostError:
    return GradientLostError(
        f"type(x) was {done}, but the type of a traced value is a class of its own. Write x.__class__ in the "
        "place of type(x)."
    )


def of_objects(error: Any) -> GradientLostError:
    return GradientLostError(
        f"A function was called that does not take traced values, or arrays of them: {error}.\n"
        "np.array([x, y]) and np.asarray(x) of traced values make an array of objects, which only some "
        "functions take. Write np.stack([x, y]) instead of np.array([x, y]), np.block([[a, b], [c, d]]) "
        "for a matrix, and x itself instead of np.asarray(x). Where no derivative is wanted, take "
        "fluxbridge.ignore_derivatives(x)."
    )


#: What Python says when neither a sparse matrix nor a traced value can do an operation.
_SPARSE = re.compile(
    r"'\w+_(matrix|array)' and '(Reverse|Dual|Recorded)|'(Reverse|Dual|Recorded)\w+' and '\w+_(matrix|array)'"
)


def refused_by_sparse(what: str) -> GradientLostError:
    return GradientLostError(
        f"Sparse matrices of SciPy do not take traced values ({what}). Write A.toarray() @ x with an "
        "ordinary array, or give the product a rule, for a sparse matrix A:\n\n    @fluxbridge.adjoint\n"
        "    def product(x):\n        return A @ x, lambda dy: (A.T @ dy,)\n"
    )


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
        elif not module.startswith(ENGINE):
            called = ""
            inside.clear()
        step = step.tb_next
    found = any(
        isinstance(x, Tracer) or (isinstance(x, (list, tuple, np.ndarray)) and holds_tracer(x))
        for frame in inside
        for x in frame.f_locals.values()
    )
    return called if found else ""


def constant(x: Any, option: str, instead: str = "") -> Any:
    """The plain value of an option by which a function has no derivative; refuse a traced number there."""
    if isinstance(x, Tracer):
        raise lost(f"{option} was given as a number", instead or "Give a plain number.")
    return x


def full_name(function: Any) -> str:
    module = getattr(function, "__module__", None) or library(function)
    name = f"{module}.{getattr(function, '__name__', function)}"
    return name.replace("numpy", "np", 1) if name.startswith("numpy") else name


def library(ufunc: Any) -> str:
    """The module of a ufunc, which does not know it itself."""
    name = getattr(ufunc, "__name__", "")
    for module in ON_DEMAND:
        if getattr(sys.modules.get(module), name, None) is ufunc:
            return module
    return "numpy"


def no_attribute(name: str) -> GradientLostError:
    return GradientLostError(
        f"The attribute {name} of a traced value was asked for, which fluxbridge does not follow. Where only "
        f"the value counts, take fluxbridge.ignore_derivatives(x).{name}."
    )


def mutation(what: str) -> MutationError:
    return MutationError(
        f"Mutating arrays is not supported -- {what} changes an array that is being "
        "differentiated. Build a new one instead (np.where, np.stack, np.concatenate), or write "
        "into a fluxbridge.Buffer."
    )
