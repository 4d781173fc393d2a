"""Calls of functions with each of their options: honoured, or refused by name.

A :class:`Row` names a function, the arguments of a plain call, and for every option of its signature
the values to try. :func:`trials` lists the calls, :func:`hold` makes one inside of a gradient: its
value must be that of the same call outside, its derivative that of finite differences; or the call
is refused with an error of ours that names the option.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from rulecheck import filled, inner, random_like, slope

from fluxbridge.autodiff.native import withgradient
from fluxbridge.autodiff.primitive import plain
from fluxbridge.errors import FluxbridgeError

#: Options that say how exact a result shall be: it does not depend on them, within that.
TOLERANCES = {"atol", "epsabs", "epsrel", "h0", "hmax", "hmin", "points", "rcond", "rtol", "tcrit", "tol"}


class At(NamedTuple):
    """An option's value that needs other arguments than those of its row, or further options."""

    value: Any
    args: tuple[Any, ...] | None = None
    others: dict[str, Any] | None = None


class Refused(NamedTuple):
    """An option's value that is refused, with a word that the error must hold."""

    value: Any
    word: str = ""
    args: tuple[Any, ...] | None = None


class Row(NamedTuple):
    """A function, the arguments of a plain call, and what each option is tried with."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, list[Any]]
    view: Callable[[Any], Any] = lambda result: result  #: what of the result is compared
    smooth: bool = True  #: may its derivative be compared with differences?


class Trial(NamedTuple):
    """One call."""

    name: str
    row: Row
    option: str
    args: tuple[Any, ...]
    options: dict[str, Any]
    refused: str | None = None

    def __repr__(self) -> str:
        return f"{self.name}-{self.option}" if self.option else self.name


def row(
    function: Callable[..., Any], *args: Any, view: Any = None, smooth: bool = True, **options: Any
) -> Row:
    """A row, where a single value need not stand in a list."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in options.items()}
    return Row(function, args, lists, view or (lambda result: result), smooth)


def options_of(function: Callable[..., Any], given: int) -> list[str]:
    """The parameters of a function after the first `given`, as its signature has them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # it is compiled, in older versions of NumPy
        return []
    rest = [p for p in parameters if p.name != "self"][given:]
    return [p.name for p in rest if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def options_with_defaults(function: Callable[..., Any]) -> list[str]:
    """The parameters of a function that may be left out."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.default is not p.empty]


def unlisted(rows: dict[str, Row]) -> list[str]:
    """Options of the functions' signatures that no row has an entry for."""
    return [
        f"{name}({option}=)"
        for name, entry in rows.items()
        for option in options_of(entry.function, len(entry.args))
        if option not in entry.options
    ]


def trials(rows: dict[str, Row]) -> Iterator[Trial]:
    """The plain call of every function, and one call for each value of each option it has here."""
    for name, entry in rows.items():
        yield Trial(name, entry, "", entry.args, {})
        try:
            parameters = inspect.signature(entry.function).parameters
            known = None if any(p.kind is p.VAR_KEYWORD for p in parameters.values()) else set(parameters)
        except (TypeError, ValueError):
            known = None
        for option, values in entry.options.items():
            if known is not None and option not in known:  # of another version
                continue
            for value in values:
                if isinstance(value, Refused):
                    args = entry.args if value.args is None else value.args
                    yield Trial(name, entry, option, args, {option: value.value}, value.word or option)
                elif isinstance(value, At):
                    args = entry.args if value.args is None else value.args
                    yield Trial(name, entry, option, args, {**(value.others or {}), option: value.value})
                else:
                    yield Trial(name, entry, option, entry.args, {option: value})


def differentiable(x: Any) -> bool:
    """Is this argument a float or complex number or array, or a list of such?"""
    if isinstance(x, (list, tuple)):
        return bool(x) and all(differentiable(v) for v in x)
    return isinstance(x, (float, complex)) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc")


def differentiable_options(trial: Trial) -> list[str]:
    """The options of a call that is not refused by which there may be a derivative."""
    if trial.refused is not None:
        return []
    return [k for k, v in trial.options.items() if k not in TOLERANCES and differentiable(v)]


def _copy(x: Any) -> Any:
    """An array that may be overwritten."""
    return x.copy() if type(x) is np.ndarray else x


def leaves(x: Any) -> list[Any]:
    """The arrays and numbers in a result."""
    if isinstance(x, (tuple, list)):
        return [leaf for part in x for leaf in leaves(part)]
    return [] if x is None else [x]


def same(got: Any, expected: Any, loose: float = 1.0) -> None:
    """Assert that two results have the same structure, shapes, dtypes and values, to the last digits."""
    ours, theirs = leaves(plain(got)), leaves(expected)
    assert len(ours) == len(theirs), f"{len(ours)} results instead of {len(theirs)}"
    for a, b in zip(ours, theirs, strict=True):
        assert np.shape(a) == np.shape(b), f"shape {np.shape(a)} instead of {np.shape(b)}"
        a, b = np.asarray(a), np.asarray(b)
        assert a.dtype == b.dtype, f"{a.dtype} instead of {b.dtype}"
        if b.dtype.kind in "fc":
            rtol = 16 * np.finfo(b.dtype).eps * loose
            scale = np.max(np.abs(b[np.isfinite(b)]), initial=0.0)
            np.testing.assert_allclose(a, b, rtol=float(rtol), atol=float(rtol * scale))
        else:
            np.testing.assert_array_equal(a, b)


def real_leaves(x: Any) -> list[Any]:
    return [v for v in leaves(x) if np.asarray(plain(v)).dtype.kind in "fc"]


def hold(trial: Trial, also_options: bool = False, loose: float = 1.0) -> None:
    """Assert that a call is honoured inside of a gradient, or refused as its row says.

    With `also_options` what is a float in the option is differentiated as well, or refused.
    """
    function, view = trial.row.function, trial.row.view
    places = [i for i, x in enumerate(trial.args) if differentiable(x)]
    names = differentiable_options(trial) if also_options else []
    xs = tuple(trial.args[i] for i in places) + tuple(trial.options[k] for k in names)
    seen: list[Any] = []

    def call(*values: Any) -> Any:
        args, options = [_copy(x) for x in trial.args], dict(trial.options)
        for i, value in zip(places, values, strict=False):
            args[i] = _copy(value)
        for k, value in zip(names, values[len(places) :], strict=True):
            options[k] = value
        return view(function(*args, **options))

    def scalar(*values: Any) -> Any:
        result = call(*values)
        seen.append(plain(result))
        parts = real_leaves(result)
        rng = np.random.default_rng(0)
        return sum(inner(random_like(rng, plain(p)), p) for p in parts) if parts else 0.0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if trial.refused is not None:
            try:
                withgradient(scalar, xs)
            except FluxbridgeError as error:
                assert trial.refused in str(error), f"{trial.refused!r} is not named: {error}"
                return
            raise AssertionError(f"not refused: {trial.options}")
        try:
            expected = call(*xs)
        except Exception as error:  # whatever it is outside, it is inside
            try:
                withgradient(scalar, xs)
            except type(error):
                return
            except FluxbridgeError:
                return
            raise AssertionError(f"outside this raises {error!r}") from error
        try:
            _, grads = withgradient(scalar, xs)
        except FluxbridgeError:
            if also_options:
                return
            raise
        same(seen[0], expected, loose)
        if trial.row.smooth and all(np.all(np.isfinite(v)) for v in real_leaves(expected)):
            _derivative(scalar, xs, grads, expected)


def _derivative(s: Callable[..., Any], xs: tuple[Any, ...], grads: tuple[Any, ...], expected: Any) -> None:
    kinds = [np.asarray(v).dtype for v in [*leaves(expected), *leaves(list(xs))]]
    eps = max((float(np.finfo(k).eps) for k in kinds if k.kind in "fc"), default=0.0)
    if eps > 1e-6:  # too coarse for differences
        assert all(np.all(np.isfinite(g)) for g in leaves(list(grads)))
        return
    rng = np.random.default_rng(1)
    vs = [[random_like(rng, v) for v in leaves(x)] for x in xs]
    flat = [v for x in xs for v in leaves(x)]

    def of_flat(*values: Any) -> Any:
        rest = iter(values)
        return s(*[_like(x, rest) for x in xs])

    expected_slope = slope(
        of_flat, tuple(flat), [v for part in vs for v in part], 1e-3 if eps < 1e-12 else 1e-2
    )
    flat_grads = [g for x, grad in zip(xs, grads, strict=True) for g in _spread(grad, x)]
    pairs = zip(flat_grads, flat, [v for part in vs for v in part], strict=True)
    got = sum(float(inner(filled(g, x), v)) for g, x, v in pairs)
    rtol = 2e-6 if eps < 1e-12 else 2e-3
    assert abs(got - expected_slope) <= rtol * (1 + abs(expected_slope)), (
        f"{got}, differences {expected_slope}"
    )


def _like(x: Any, values: Iterator[Any]) -> Any:
    return type(x)(_like(v, values) for v in x) if isinstance(x, (list, tuple)) else next(values)


def _spread(grad: Any, x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        parts = [None] * len(x) if grad is None else list(grad)
        return [g for part, v in zip(parts, x, strict=True) for g in _spread(part, v)]
    return [grad]
