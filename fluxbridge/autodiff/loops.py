"""The options with which a ufunc says in which types it computes: dtype=, signature=, casting=.

NumPy converts the inputs to the types of the loop that it chooses, and computes there. So does a
traced call: the inputs are converted first, with NumPy's own errors where that is not allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from .primitive import PRIMITIVES, Tracer, apply, asked, plain, take_up
from .refusals import full_name


def in_loop(
    ufunc: np.ufunc, call: Callable[..., Any], inputs: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """``call(*inputs)``, which is `ufunc` of traced inputs, in the types that `options` ask for."""
    refuse_where(full_name(ufunc), options)
    kinds = {k: options[k] for k in ("dtype", "signature", "casting") if options.get(k) is not None}
    if not kinds or kinds == {"casting": "same_kind"}:
        return call(*inputs)
    inputs = tuple(take_up(x) for x in inputs)
    loop = _loop(ufunc, inputs, **kinds)
    if any(np.dtype(t).kind not in "fc" for t in loop[ufunc.nin :]):  # whole numbers: a step function
        return asked(ufunc, inputs, kinds, ufunc(*plain(inputs), **kinds))
    return call(*[_converted(x, t) for x, t in zip(inputs, loop, strict=False)])


def refuse_where(name: str, options: dict[str, Any]) -> None:
    """Raise if a ufunc was called with where=."""
    if options.get("where", True) is not True:
        raise GradientLostError(
            f"{name}(..., where=mask) leaves the other elements as they happen to be in memory. "
            f"Write np.where(mask, {name}(...), other), and say what they shall be."
        )


def _loop(
    ufunc: np.ufunc,
    inputs: tuple[Any, ...],
    dtype: Any = None,
    signature: Any = None,
    casting: Any = "same_kind",
) -> Any:
    """The types of the inputs and outputs of the loop that NumPy would choose, or NumPy's own error."""
    given = [type(v) if type(v) in (int, float, complex) else np.result_type(v) for v in map(plain, inputs)]
    if signature is None and dtype is not None:
        signature = (*[None] * ufunc.nin, *[np.dtype(dtype)] * ufunc.nout)
    chosen: Any = {} if signature is None else {"signature": signature}
    return ufunc.resolve_dtypes((*given, *[None] * ufunc.nout), casting=casting, **chosen)


def _converted(x: Any, dtype: Any) -> Any:
    value = plain(x)
    if np.result_type(value) == dtype and isinstance(value, (np.ndarray, np.generic)):
        return x
    if not isinstance(x, Tracer):
        return np.asarray(x).astype(dtype)[()]
    if np.dtype(dtype).kind not in "fc":  # truncation: a step function
        return np.asarray(value).astype(dtype)[()]
    return apply(PRIMITIVES["astype"], (x,), {"dtype": np.dtype(dtype)})
