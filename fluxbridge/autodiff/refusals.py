"""What is said when a derivative would be lost or does not exist: what happened, what to write instead."""

from __future__ import annotations

from typing import Any

from ..errors import GradientLostError, MutationError, NoRuleError
from .ondemand import library_of
from .tracing import Tracer


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


def refused_by_sparse(what: str) -> GradientLostError:
    return GradientLostError(
        f"Sparse matrices of SciPy do not take traced values ({what}). Write A.toarray() @ x with an "
        "ordinary array, or give the product a rule, for a sparse matrix A:\n\n    @fluxbridge.adjoint\n"
        "    def product(x):\n        return A @ x, lambda dy: (A.T @ dy,)\n"
    )


def constant(x: Any, option: str, instead: str = "") -> Any:
    """The plain value of an option by which a function has no derivative; refuse a traced number there."""
    if isinstance(x, Tracer):
        raise lost(f"{option} was given as a number", instead or "Give a plain number.")
    return x


def full_name(function: Any) -> str:
    module = getattr(function, "__module__", None) or library_of(function)
    name = f"{module}.{getattr(function, '__name__', function)}"
    return name.replace("numpy", "np", 1) if name.startswith("numpy") else name


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
