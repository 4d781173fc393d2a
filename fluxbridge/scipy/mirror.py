"""How a function of SciPy is mirrored: the value is SciPy's own, the derivative is defined here.

SciPy is called on the plain values, with all options. So errors, warnings, dtypes and the handling of options
are the same inside of a gradient as outside. The decorated function computes how the result depends on the
traced values; an option that it does not know is refused by name.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, holds_tracer, load_on_demand, plain, take_up
from ..autodiff.refusals import full_name, no_option
from ..autodiff.values import with_value

Function = Callable[..., Any]

#: Options that say how to compute, or what may be overwritten: no derivative depends on them.
_OF_THE_WAY = {
    "blocksize", "check_finite", "driver", "lapack_driver", "lwork", "method", "overwrite_a", "overwrite_ab",
    "overwrite_b", "workers",
}  # fmt: skip
CLOSE = 256  #: units in the last place by which two ways to compute a value may differ


def traced(*values: Any) -> bool:
    """Is one of the values, or something inside a list or tuple of them, being differentiated?"""
    return any(isinstance(v, Tracer) or holds_tracer(v) for v in values)


def array(x: Any) -> Any:
    """np.asarray for what may be traced."""
    return x if isinstance(x, Tracer) else take_up(x) if traced(x) else np.asarray(x)


def description(target: Any, name: str, *notes: str | None) -> str:
    """SciPy's documentation of `target`, without the examples, and what the mirror does after its summary."""
    theirs = (inspect.getdoc(target) or "").partition("\nExamples\n---")[0]
    summary, _, rest = theirs.partition("\n\n")
    mirrored = (
        f"This is {name} with derivatives: values, options and errors are the same. NoRuleError\n"
        "is raised where a value is traced and the derivative is not known, by this function or an option."
    )
    return "\n\n".join([summary, mirrored, *(inspect.cleandoc(note) for note in notes if note), rest])


def mirror(target: Function, exact: bool = False) -> Callable[[Function], Function]:
    """Decorator: call `target` itself on plain values, the decorated function if one is traced.

    Lists and object arrays that hold traced values arrive there as one traced array. `exact` says that
    the function calls `target` for the value itself, with all options.
    """

    def decorate(function: Function) -> Function:
        theirs = inspect.signature(target) if function is not target else None  # None: a ufunc
        name = public_name(target)
        ours = inspect.signature(function).parameters if theirs else {}
        if theirs and any(p.kind is p.VAR_POSITIONAL for p in theirs.parameters.values()):
            theirs = None

        @functools.wraps(target)
        def call(*args: Any, **options: Any) -> Any:
            if not traced(*args, *options.values()):
                return target(*args, **options)
            load_on_demand()
            args = tuple(a if isinstance(a, tuple) else array(a) if traced(a) else a for a in args)
            options = {k: array(v) if isinstance(v, list) and traced(v) else v for k, v in options.items()}
            if theirs is None:
                result = function(*args, **options)
                return (
                    result
                    if exact
                    else with_value(result, target(*plain(args), **plain(options)), name, CLOSE)
                )
            bound = theirs.bind(*args, **options)
            bound.arguments = {k: v for k, v in bound.arguments.items() if not k.startswith("overwrite_")}
            if not exact:
                value = target(*plain(bound.args), **plain(bound.kwargs))
            result = function(**{k: v for k, v in bound.arguments.items() if _is_taken(k, v)})
            return result if exact else with_value(result, value, name, CLOSE)

        def _is_taken(option: str, value: Any) -> bool:
            """Does our function take this option? If not: does the result not depend on it?"""
            if option in ours:
                return True
            default = theirs.parameters[option].default  # type: ignore[union-attr]
            if option not in _OF_THE_WAY and (traced(value) or not _same(value, default)):
                raise no_option(f"{name}(..., {option}={plain(value)!r})")
            return False

        call.__module__ = getattr(function, "__module__", None) or "fluxbridge.scipy.special"
        call.__qualname__ = function.__name__
        call.__doc__ = description(target, name, function.__doc__)
        return call

    return decorate


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and a == b)


def public_name(target: Function) -> str:
    """The name of a function of SciPy without the private modules that it stands in: scipy.linalg.solve."""
    parts = full_name(target).split(".")
    return ".".join([*[p for p in parts[:-1] if not p.startswith("_")], parts[-1]])
