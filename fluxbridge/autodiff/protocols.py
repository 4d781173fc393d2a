"""How NumPy hands its functions over: ``__array_ufunc__``, ``__array_function__`` and ``__array__``."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from ..errors import MutationError
from .families import family_of
from .inplace import change, fitted, is_given_out
from .loops import in_loop
from .primitive import (
    FUNCTIONS,
    NO_DERIVATIVE,
    REFUSED,
    REPLACED,
    UFUNCS,
    Tracer,
    apply,
    asked,
    load_on_demand,
    plain,
    refuse_out,
    seen,
    take_up,
)
from .refusals import full_name, lost, no_rule, of_objects
from .running import about
from .scipycalls import refused_by_scipy, scipy_caller


def _call_ufunc(ufunc: np.ufunc, method: str, inputs: tuple, options: dict[str, Any]) -> Any:
    """Everything that is not a plain ``ufunc(*inputs)``: reduce, accumulate, outer, out=, where=."""
    out = options.pop("out", None)
    if out is not None:
        if method == "__call__" and len(out) == 1 and isinstance(out[0], Tracer):
            return _into(ufunc, inputs, out[0], options)
        out = out[0]
        if method != "__call__" or out is not inputs[0] or not _only_here(out):
            if _asked_by_numpy():
                raise about(of_objects("it writes into an array of its own"), *inputs)
            raise about(_into_ordinary(ufunc, "where" in options), *inputs)
        casting = options.get("casting", "same_kind")
        return fitted(out, _call_ufunc(ufunc, method, inputs, options), ufunc, inputs, casting)
    if ufunc in NO_DERIVATIVE and (method != "__call__" or ufunc not in FUNCTIONS):
        outcome = getattr(ufunc, method)(*map(seen, inputs), **plain(options))
        return asked(getattr(ufunc, method), inputs, options, outcome)
    if method == "__call__":
        axes = {k: options[k] for k in ("axis", "axes", "keepdims") if k in options}
        if axes and (ufunc, "axes") not in FUNCTIONS:
            raise about(no_rule(f"{full_name(ufunc)}(..., {', '.join(axes)})"), *inputs)
        call = partial(FUNCTIONS[ufunc, "axes"], **axes) if axes else ufunc
        return in_loop(ufunc, call, inputs, options)
    function = FUNCTIONS.get((ufunc, method))
    if function is None and method == "outer":
        a, b = (_as_array(x) for x in inputs)
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    if function is None:
        raise about(no_rule(f"{full_name(ufunc)}.{method}"), *inputs)
    if method != "at":
        _check_family((ufunc, method), inputs)
    if method in ("reduce", "accumulate") and len(inputs) == 1:
        options.setdefault("axis", 0)
    return function(*inputs, **options)


def _asked_by_numpy() -> bool:
    """Was the ufunc called by a function of NumPy, and not by the user?"""
    frame: Any = sys._getframe(2)
    while frame.f_globals.get("__name__", "").startswith("fluxbridge.autodiff."):
        frame = frame.f_back
    return frame.f_globals.get("__name__", "").startswith("numpy.")


def _into_ordinary(ufunc: np.ufunc, masked: bool) -> MutationError:
    name = full_name(ufunc)
    instead = (
        f"np.where(condition, {name}(...), array), with np.where(condition, x, 1.0) for arguments that "
        "the function cannot take elsewhere,"
        if masked
        else f"`array = {name}(...)` (`array = array + traced`)"
    )
    return MutationError(
        f"{name}(..., out=array) (or `array += traced`) would write a traced value into an ordinary array "
        f"that others can see; write {instead} or use fluxbridge.Buffer."
    )


def _into(ufunc: np.ufunc, inputs: tuple, out: Any, options: dict[str, Any]) -> Any:
    """``ufunc(*inputs, out=out)`` for a traced array `out`: a change in place."""
    if not hasattr(out, "state"):
        raise TypeError("return arrays must be of ArrayType")  # as NumPy says of a number
    where, casting = options.pop("where", True), options.get("casting", "same_kind")
    new = ufunc(*inputs, **options)
    if where is not True:
        new = np.where(where, new, out)
    return change(out, new, ufunc, inputs, casting)


# `array += traced` arrives as np.add(array, traced, out=(array,)), and nothing but the instruction of the
# caller tells it from np.add(a, x, out=a). Rebinding the name to the
# traced result is right as long as no one else holds the array or its memory; CPython's reference
# counts tell, measured once, at import, against a statement whose array is known to be alone.
_alone: tuple[int, int] | None = None


class _Measured(Exception):
    pass


def _only_here(array: np.ndarray) -> bool:
    """Is this the array of an in-place statement, which rebinds a name, and is it no one else's?"""
    if not hasattr(sys, "getrefcount"):
        return False
    base = array.base
    count = sys.getrefcount(array), 0 if base is None else sys.getrefcount(base)
    if _alone is None:
        raise _Measured(count)
    statement = sys._getframe(3)  # below are _call_ufunc and __array_ufunc__
    operation = dis.opname[statement.f_code.co_code[statement.f_lasti]]
    if operation != "BINARY_OP" and not operation.startswith("INPLACE"):  # np.add(a, x, out=a)
        return False
    own = base is None or (type(base) is np.ndarray and base.base is None)
    return own and count[0] <= _alone[0] and count[1] <= _alone[1]


def _measure() -> None:
    """Count the references to an array, and to its base, that only a local variable holds."""
    global _alone
    array = np.zeros(2)[:1]
    try:
        array += NumpyProtocols()  # type: ignore[arg-type]
    except _Measured as measured:
        _alone = measured.args[0]


def _has_its_own_way(x: Any) -> bool:
    """Does `x` answer NumPy itself, as fluxbridge.I does?"""
    return not isinstance(x, _OURS) and hasattr(type(x), "__array_ufunc__") and family_of(x) is None


@functools.cache
def place_of_out(function: Any) -> int:
    """At which position a NumPy function takes its argument out=."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return sys.maxsize
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names.index("out") if "out" in names else sys.maxsize


_SHARING = (np.shares_memory, np.may_share_memory)
_OURS = (Tracer, np.ndarray, np.generic, float, int, complex, list, tuple)


def _by_numpy(frame: Any) -> str:
    """ ", by np.interp," if that is the function of NumPy that the user called."""
    name = ""
    while frame is not None and frame.f_globals.get("__name__", "").startswith("numpy."):
        name = f", by np.{frame.f_code.co_name},"
        frame = frame.f_back
    return name


#: Functions of NumPy that may return what they were given.
_AS_IT_CAME = {np.real, np.imag}


def as_numpy_gives(result: Any) -> Any:
    """What a function of NumPy returns: its numbers are NumPy's, whatever arithmetic they were made by."""
    if type(result) is tuple:
        return tuple([as_numpy_gives(part) for part in result])
    kind = type(result)
    return result.as_numpys() if getattr(kind, "pythons", None) is kind else result


def _as_array(x: Any) -> Any:
    """`x` as NumPy takes it up: numbers count as its own, which do not adapt to float32."""
    x = take_up(x)
    if family_of(x) is not None:
        return x
    return as_numpy_gives(x) if isinstance(x, Tracer) else np.asarray(x)


def _check_family(function: Any, args: Iterable[Any], constant: bool = False) -> None:
    """Raise where an argument, or a member of a list, is of a library that `function` cannot take."""
    for x in args:
        for part in x if isinstance(x, (list, tuple)) else (x,):
            family = family_of(plain(part))
            if family is not None:
                (family.check_constant if constant else family.check)(function)


class NumpyProtocols:
    """NumPy's two protocols, for numbers and arrays alike."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options or method != "__call__":
            return _call_ufunc(ufunc, method, inputs, options)
        primitive = UFUNCS.get(ufunc)
        if primitive is not None:
            if len(inputs) == 1:
                return self.level.record(primitive, inputs, {})  # type: ignore[attr-defined]
            if any(_has_its_own_way(x) for x in inputs):
                return NotImplemented
            return apply(primitive, inputs, {})
        function = FUNCTIONS.get(ufunc)
        if function is not None:
            if ufunc in REPLACED and any(_has_its_own_way(x) for x in inputs):
                return NotImplemented
            return as_numpy_gives(function(*inputs))
        if ufunc in NO_DERIVATIVE:
            return asked(ufunc, inputs, {}, ufunc(*map(seen, inputs)))
        load_on_demand()
        if ufunc in UFUNCS or ufunc in FUNCTIONS:
            return ufunc(*inputs)
        raise about(no_rule(full_name(ufunc)), *inputs)

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        function = FUNCTIONS.get(func)
        if function is not None:
            if self.level.foreign:  # type: ignore[attr-defined]
                _check_family(func, (*args, *kwargs.values()))
            result = function(*args, **kwargs)
            return result if func in _AS_IT_CAME else as_numpy_gives(result)
        if func in NO_DERIVATIVE:
            if self.level.foreign:  # type: ignore[attr-defined]
                _check_family(func, (*args, *kwargs.values()), constant=True)
            out = kwargs.get("out", args[k] if len(args) > (k := place_of_out(func)) else None)
            refuse_out(full_name(func), out if isinstance(out, Tracer) else None)
            if func in _SHARING and is_given_out(*args[:2]):
                return True
            return asked(func, args, kwargs, func(*map(seen, args), **plain(kwargs)))
        if func in REFUSED:
            raise about(MutationError(f"{full_name(func)} {REFUSED[func]}"), self)
        raise about(no_rule(full_name(func)), self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        called = scipy_caller(sys._getframe(1))
        if called:
            raise about(refused_by_scipy(called), self)
        family = family_of(plain(self))
        if family is not None:
            refusal = lost(
                f"A NumPy array was asked for{_by_numpy(sys._getframe(1))} of an array of {family.name},",
                "Call NumPy's functions on x itself.",
            )
            raise about(refusal, self)
        if dtype is not None and np.dtype(dtype).kind != "O":
            refusal = lost(
                f"An array of {np.dtype(dtype)} was asked for{_by_numpy(sys._getframe(1))}",
                "Write np.stack([x, y]) instead of a list of traced values, leave out dtype= (np.array and "
                "np.asarray take traced values without it; x.astype(dtype) converts), or write the formula "
                "with NumPy functions of x (mean + scale * rng.normal()).",
            )
            raise about(refusal, self)
        return self.as_objects(copy)  # type: ignore[attr-defined]


_measure()
