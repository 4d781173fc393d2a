"""How a function of SciPy is mirrored: the value is SciPy's own, the derivative ours.

SciPy is called on the plain values, with all options. So its errors and warnings, its dtypes and its
handling of options are the same inside of a gradient as outside. The decorated function says
how the result depends on the traced values; an option that it does not know is refused by name.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, holds_tracer, load_on_demand, plain, take_up
from ..autodiff.refusals import full_name, no_option

Function = Callable[..., Any]

#: Options that say how to compute, or what may be overwritten: no derivative depends on them.
_OF_THE_WAY = {
    "blocksize", "check_finite", "driver", "lapack_driver", "lwork", "method", "overwrite_a", "overwrite_ab",
    "overwrite_b", "workers",
}  # fmt: skip
_CLOSE = 256  #: units in the last place by which two ways to compute a value may differ unseen
_NEAR = 1e-3  #: relative to the largest; what differs by more is not the same function


def traced(*values: Any) -> bool:
    """Is one of the values, or something inside a list or tuple of them, being differentiated?"""
    return any(isinstance(v, Tracer) or holds_tracer(v) for v in values)


def array(x: Any) -> Any:
    """np.asarray for what may be traced."""
    return x if isinstance(x, Tracer) else take_up(x) if traced(x) else np.asarray(x)


def description(target: Function) -> str:
    """SciPy's documentation of `target` but for the examples, which are about SciPy's own function."""
    return (inspect.getdoc(target) or "").partition("\nExamples\n---")[0]


def as_scipy(ours: Any, theirs: Any, target: Any) -> Any:
    """`ours`, whose derivative is right, with the value of `theirs`; in tuples one by one.

    They may differ by rounding, or where neither is finite. If they differ by more, they are not the
    same function with these options, and that is an error.
    """
    if isinstance(theirs, (tuple, list)):
        return tuple(as_scipy(a, b, target) for a, b in zip(ours, theirs, strict=True))
    value = np.asarray(theirs)
    if not isinstance(ours, Tracer) or value.dtype.kind not in "fc":
        return theirs
    if np.result_type(plain(ours)) != value.dtype:
        ours = np.real(ours) if np.iscomplexobj(plain(ours)) and value.dtype.kind == "f" else ours
        ours = ours.astype(value.dtype)
    ours = np.reshape(ours, value.shape) if np.shape(ours) != value.shape else ours
    own = np.asarray(plain(ours))
    if np.array_equal(own, value):
        return ours
    finite = np.isfinite(value)
    gap = np.where(finite, value, 0.0) - np.where(finite, own, 0.0)
    size, eps = np.max(np.abs(value[finite]), initial=0.0), np.finfo(value.dtype).eps
    if not np.all(np.abs(gap) <= _NEAR * size + eps):
        raise no_option(f"{_named(target)}")
    if not np.all(finite | (own == value)):
        ours = np.where(finite, ours, theirs)
    return ours if np.all(np.abs(gap) <= _CLOSE * eps * size) else ours + gap.astype(value.dtype)


def mirror(target: Function, exact: bool = False) -> Callable[[Function], Function]:
    """Decorator: call `target` itself on plain values, the decorated function if one is traced.

    Lists and object arrays that hold traced values arrive there as one traced array. `exact` says that
    the function calls `target` for the value itself, with all options.
    """

    def decorate(function: Function) -> Function:
        theirs = inspect.signature(target) if function is not target else None  # None: a ufunc
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
                return result if exact else as_scipy(result, target(*plain(args), **plain(options)), target)
            bound = theirs.bind(*args, **options)
            bound.arguments = {k: v for k, v in bound.arguments.items() if not k.startswith("overwrite_")}
            if not exact:
                value = target(*plain(bound.args), **plain(bound.kwargs))
            result = function(**{k: v for k, v in bound.arguments.items() if _is_taken(k, v)})
            return result if exact else as_scipy(result, value, target)

        def _is_taken(option: str, value: Any) -> bool:
            """Does our function take this option? If not: does the result not depend on it?"""
            if option in ours:
                return True
            default = theirs.parameters[option].default  # type: ignore[union-attr]
            if option not in _OF_THE_WAY and (traced(value) or not _same(value, default)):
                raise no_option(f"{_named(target)}(..., {option}={plain(value)!r})")
            return False

        call.__module__ = getattr(function, "__module__", None) or "fluxbridge.scipy.special"
        call.__qualname__ = function.__name__
        call.__doc__ = description(target)
        return call

    return decorate


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and a == b)


def _named(target: Any) -> str:
    """The public name of a function of SciPy: scipy.linalg.solve."""
    parts = (target if isinstance(target, str) else full_name(target)).split(".")
    return ".".join([*[p for p in parts[:-1] if not p.startswith("_")], parts[-1]])
