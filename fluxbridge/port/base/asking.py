"""Questions about types, and functions with a fixed argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import MethodError
from .structs import fields_of
from .types import Symbol, Type, common_type, entry_types, function_name, is_mutable

_ABSTRACT = frozenset(
    """Any Number Real Integer Signed Unsigned AbstractFloat AbstractString AbstractChar Function
    AbstractArray AbstractVector AbstractMatrix AbstractRange AbstractDict Exception
    AbstractIrrational""".split()  # noqa: SIM905
)
#: Types that are concrete only with all of their parameters.
_WITH_PARAMETERS = frozenset(("Vector", "Array", "Matrix", "Dict", "Set", "Tuple", "Rational", "Complex"))


def isabstracttype(kind: Any) -> bool:
    """``isabstracttype(T)``."""
    if isinstance(kind, Type):
        return kind.name in _ABSTRACT
    return bool(kind.__dict__.get("_abstract")) or not _has_fields(kind)


def _has_fields(kind: Any) -> bool:
    return hasattr(kind, "__julia_struct__") or hasattr(kind, "__dataclass_fields__")


def isconcretetype(kind: Any) -> bool:
    """``isconcretetype(T)``."""
    general = getattr(kind, "_variables", ()) or getattr(kind, "name", "") in _WITH_PARAMETERS
    return not isabstracttype(kind) and not (general and not getattr(kind, "params", ()))


def ismutable(x: Any) -> bool:
    """``ismutable(x)``."""
    if _has_fields(type(x)):
        return is_mutable(type(x))
    return isinstance(x, (list, dict, set)) or hasattr(x, "shape")


def keytype(d: Any) -> Any:
    """``keytype(d)``."""
    return _entry(d)[0]


def valtype(d: Any) -> Any:
    """``valtype(d)``."""
    return _entry(d)[1]


def _entry(d: Any) -> tuple:
    if isinstance(d, dict):
        types = entry_types(d)
        if types[0] is not None:
            return types
    raise MethodError("the types of an empty or unknown dictionary are not known")


def fieldcount(kind: Any) -> int:
    """``fieldcount(T)``."""
    return len(fields_of(kind))


def fieldname(kind: Any, i: int) -> Symbol:
    """``fieldname(T, i)``."""
    return Symbol(fields_of(kind)[i - 1])


def nameof(x: Any) -> Symbol:
    """``nameof(f)`` of a function or a type of the program, or of a type."""
    name = x.name if isinstance(x, Type) else x.__name__ if isinstance(x, type) else function_name(x)
    if name == "?":
        raise MethodError("the name of this function in Julia is not known")
    return Symbol(name)


def typejoin(*kinds: Any) -> Any:
    """``typejoin(A, B…)``."""
    result = kinds[0]
    for kind in kinds[1:]:
        result = common_type(result, kind)
    return result


def Fix1(function: Callable, first: Any) -> Callable:
    """``Base.Fix1(f, a)``: ``x -> f(a, x)``."""
    return lambda x: function(first, x)


def Fix2(function: Callable, second: Any) -> Callable:
    """``Base.Fix2(f, b)``: ``x -> f(x, b)``."""
    return lambda x: function(x, second)


def Returns(value: Any) -> Callable:
    """``Returns(x)``: a function that always gives ``x``."""
    return lambda *args, **keywords: value


__all__ = [
    "Fix1",
    "Fix2",
    "Returns",
    "fieldcount",
    "fieldname",
    "isabstracttype",
    "isconcretetype",
    "ismutable",
    "keytype",
    "nameof",
    "typejoin",
    "valtype",
]
