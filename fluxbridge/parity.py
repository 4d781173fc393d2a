"""Verification of values: a function is run outside of differentiation, too, and the values are compared."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

from .autodiff.families import family_of
from .autodiff.native import as_in_gradient, within_gradient
from .autodiff.primitive import Tracer, plain, seen, take_up
from .autodiff.structure import Splitter, is_number_or_array, take_apart
from .errors import ParityError
from .randomness import RandomNumbers

T = TypeVar("T")
Parts = dict[str, Any]

#: Is every native derivative of this thread or task verified?
wanted: ContextVar[bool] = ContextVar("fluxbridge_verifying", default=False)

#: How far two values may be apart, in units of their precision and relative to the largest entry: rules may
#: add up in another order than NumPy's own code does.
UNITS = 1 << 14


@contextlib.contextmanager
def verifying() -> Iterator[None]:
    """Within it every native derivative is verified, as with ``AutoNative(verify=True)``.

    A function is then run twice: with stand-ins for its arguments, and plainly on copies of them. If the two
    values differ, the call ends with a :class:`~fluxbridge.errors.ParityError`. What the function changes
    outside of its arguments is changed twice. The plain run gets the same random numbers of NumPy's and
    Python's global generators, which all threads share: where several verify at once, draw from others.

    >>> from fluxbridge import gradient, verifying
    >>> with verifying():
    ...     gradient(lambda x: x**2, 3.0)
    (6.0,)
    >>> with verifying():
    ...     gradient(lambda x: x**2 if type(x) is float else x, 3.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    fluxbridge.errors.ParityError: the value is 3.0 inside of the gradient call and 9.0 outside of it...
    """
    token = wanted.set(True)
    try:
        yield
    finally:
        wanted.reset(token)


def verified(f: Callable[..., Any], xs: Sequence[Any], derive: Callable[[Any], T]) -> T:
    """What `derive` makes of `f`; for each run of `f` in it there is a plain one on copies of `xs`, compared.

    The plain runs come last: what the native engine has to say of the function goes first.
    """

    f = RandomNumbers(f).f
    runs: list[Callable[[], None]] = []

    def noted(*stand_ins: Any) -> Any:
        copies, state, training = _copies(xs), _random_state(), within_gradient()
        out = f(*stand_ins)
        value = _parts(out)
        runs.append(lambda: compare(f, copies, value, state, training))
        return out

    result = derive(noted)
    for run in runs:
        run()
    return result


def verified_implicit(f: Callable[[], Any], pull: Callable[[Any], tuple[Any, Any]]) -> tuple[Any, Any]:
    """What `pull` makes of `f`, a function without arguments; a plain run is compared with its value."""

    f, state = RandomNumbers(f).f, _random_state()
    y, back = pull(f)
    compare(f, (), _parts(y), state, training=True)
    return y, back


def compare(f: Callable[..., Any], xs: Sequence[Any], value: Any, state: Any, training: bool) -> None:
    """Raise ParityError unless ``f(*xs)``, for plain `xs`, has the parts `value`.

    `state` is that of the random numbers before the run that gave `value`; afterwards they stand as before.
    `training` says whether layers are to train, as they do inside of a gradient.
    """
    after = _random_state()
    try:
        with as_in_gradient() if training else contextlib.nullcontext():
            _compare(f, xs, value, state)
    finally:
        _set_random_state(after)


def _compare(f: Callable[..., Any], xs: Sequence[Any], value: Any, state: Any) -> None:
    again = _copies(xs)
    _set_random_state(state)
    try:
        expected = f(*xs)
    except Exception as error:
        raise ParityError(
            f"{type(error).__name__} is raised outside of the gradient call ({error}), and not inside of it. "
            f"{_ADVICE}"
        ) from error
    expected = _parts(expected)
    difference = _difference(value, expected)
    if not difference:
        return
    _set_random_state(state)
    if _difference(_parts(f(*again)), expected):
        raise ParityError(
            "two plain runs of the function at the same point give different values, so there is nothing to "
            "verify: it draws random numbers by itself or changes what it computes with. Leave out "
            "verify=True."
        )
    raise ParityError(f"{difference}. {_ADVICE}")


_ADVICE = (
    "The function goes another way where it is differentiated: look for type(x) is ..., a cache, or a "
    "library that is given the values out of sight."
)


def _random_state() -> Any:
    """Where the random numbers of NumPy's and Python's own generators stand."""
    return np.random.get_state(), random.getstate()  # noqa: NPY002


def _set_random_state(state: Any) -> None:
    np.random.set_state(state[0])  # noqa: NPY002
    random.setstate(state[1])


def _copies(xs: Sequence[Any]) -> list[Any]:
    """The arguments with plain values and memory of their own; an array in two places is one array again."""
    made: dict[int, Any] = {}

    def copy(x: Any) -> Any:
        value = seen(x)
        if not isinstance(value, np.ndarray):
            return value
        return made.setdefault(id(x), value.copy("K"))

    return [Splitter(copy, _has_value).split(x)[0] for x in xs]


def _has_value(x: Any) -> bool:
    return isinstance(x, (Tracer, np.ndarray)) or is_number_or_array(x)


def _difference(value: Parts, expected: Parts) -> str:
    """What differs between the two values, in words; empty if nothing does."""
    if value.keys() != expected.keys():
        return (
            f"the result has numbers at {list(value)} inside of the gradient call and at {list(expected)} "
            "outside of it"
        )
    for path, a in value.items():
        b = expected[path]
        where = f"the value{' at ' + path if path else ''}"
        arrays = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        if arrays and (a.shape, a.dtype) != (b.shape, b.dtype):
            return (
                f"{where} is an array of shape {a.shape} and dtype {a.dtype} inside of the gradient call, "
                f"and of shape {b.shape} and dtype {b.dtype} outside of it"
            )
        if not _same(a, b):
            return f"{where} is {a!r} inside of the gradient call and {b!r} outside of it"
    return ""


def _parts(x: Any) -> Parts:
    """The plain numbers and arrays of a result, each by its path."""
    parts, template = take_apart(take_up(x) if isinstance(x, np.ndarray) else x, _has_value)
    paths = [path for _, path in template.paths("")] if template is not None else []
    return {path: _own(plain(part)) for path, part in zip(paths, parts, strict=True)}


def _own(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


def _same_in_library(a: Any, b: Any) -> bool:
    near = np.abs(a - b) <= UNITS * np.finfo(a.dtype).eps * np.abs(b)
    return bool(np.all(near | (a == b) | ((a != a) & (b != b))))


def _same(a: Any, b: Any) -> bool:
    """Are two numbers or arrays equal to within rounding, and NaN and inf in the same places?

    Of lazy arrays only shape and dtype are compared: nobody has asked for their values.
    """
    family = family_of(a)
    if family is not None and family_of(b) is family:
        return (a.shape, a.dtype) == (b.shape, b.dtype) and (family.lazy or _same_in_library(a, b))
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if a.dtype.kind not in "fc" or b.dtype.kind not in "fc":
        return bool(np.all(a == b))
    finite = np.isfinite(b)
    if not np.array_equal(finite, np.isfinite(a)) or not np.array_equal(
        a[~finite], b[~finite], equal_nan=True
    ):
        return False
    a, b = a[finite], b[finite]
    if not b.size:
        return True
    precision = max(np.finfo(a.dtype).eps, np.finfo(b.dtype).eps)
    return bool(np.max(np.abs(a - b)) <= UNITS * precision * np.max(np.abs(b)))
