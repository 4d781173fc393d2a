"""Sizes that are not known yet: ``_`` in the arguments of a layer, and layers that are made when they are."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from typing import Any

from .habits import refuse_keywords


class Unknown:
    """A size that :func:`~fluxbridge.flux.autosize` finds, or what is computed from it by ``+ - * // % **``.

    >>> (_ // 4 + 1).of(8)
    3
    """

    def __init__(self, of: Callable[[int], int] = lambda n: n, text: str = "_"):
        self.of = of
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _operator(name: str, f: Callable[[Any, Any], Any], sign: str) -> None:
    def forward(self: Unknown, other: int) -> Unknown:
        return Unknown(lambda n: f(self.of(n), other), f"({self} {sign} {other})")

    def reflected(self: Unknown, other: int) -> Unknown:
        return Unknown(lambda n: f(other, self.of(n)), f"({other} {sign} {self})")

    setattr(Unknown, f"__{name}__", forward)
    setattr(Unknown, f"__r{name}__", reflected)


for _name, _sign in (
    ("add", "+"),
    ("sub", "-"),
    ("mul", "*"),
    ("floordiv", "//"),
    ("mod", "%"),
    ("pow", "**"),
):
    _operator(_name, getattr(operator, _name), _sign)

_ = Unknown()


def has_unknown(x: Any) -> bool:
    """Is there an unknown size in these arguments?

    >>> has_unknown((3, [_])), has_unknown({"stride": 2})
    (True, False)
    """
    if isinstance(x, dict):
        return any(map(has_unknown, x.values()))
    return isinstance(x, Unknown) or (type(x) in (tuple, list) and any(map(has_unknown, x)))


def _filled(x: Any, size: int) -> Any:
    if isinstance(x, Unknown):
        return x.of(size)
    if type(x) in (tuple, list):
        return type(x)(_filled(v, size) for v in x)
    return {k: _filled(v, size) for k, v in x.items()} if isinstance(x, dict) else x


class LazyLayer:
    """A layer that is made when its first input tells the size. What the layer raises, its first call raises.

    >>> import numpy as np
    >>> from fluxbridge.flux import Dense
    >>> layer = Dense((_, 2))
    >>> layer
    LazyLayer(Dense((_, 2)))
    >>> layer(np.ones((3, 4), np.float32)).shape, layer
    ((2, 4), LazyLayer(Dense(3 => 2)       # 8 parameters))
    """

    def __init__(self, kind: type, args: tuple[Any, ...], options: dict[str, Any]):
        self.kind, self.args, self.options = kind, args, options
        self.layer: Any = None

    def __call__(self, x: Any, *more: Any) -> Any:
        if self.layer is not None:
            return self.layer(x, *more)
        axis = getattr(self.kind, "autosize_axis", max(0, x.ndim - 2))
        size = x.shape[axis]
        made: Any = self.kind(*_filled(self.args, size), **_filled(self.options, size))
        y = made(x, *more)
        self.layer = made  # after the call, which may have failed
        return y

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.options.items())]
        made = self.layer if self.layer is not None else f"{self.kind.__name__}({', '.join(given)})"
        return f"LazyLayer({made})"


def wait_for_sizes(kind: type) -> None:
    """Let ``kind(…)`` make a :class:`LazyLayer` where a size is unknown.

    >>> class Wide:
    ...     def __init__(self, size): self.size = size
    >>> wait_for_sizes(Wide)
    >>> Wide(_), Wide(3).size
    (LazyLayer(Wide(_)), 3)
    """
    if kind.__init__ is object.__init__:  # type: ignore[misc]
        return  # it takes no sizes
    make = kind.__new__
    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())

    @functools.wraps(kind.__init__)  # type: ignore[misc]
    def __new__(cls: type, *args: Any, **options: Any) -> Any:
        if has_unknown(args) or (options and has_unknown(options)):
            return LazyLayer(cls, args, options)
        if options and cls is kind and not takes_any:
            refuse_keywords(cls.__name__, options.keys() - parameters.keys())
        return make(cls) if make is object.__new__ else make(cls, *args, **options)  # type: ignore[call-overload]

    kind.__new__ = __new__  # type: ignore[assignment, method-assign]
