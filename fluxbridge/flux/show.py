"""How models print: on one line by ``repr``, on a line a layer with numbers of parameters by ``str``."""

from __future__ import annotations

import functools
import math
import operator
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..autodiff.native import within_gradient
from ..autodiff.primitive import Tracer, plain
from ..autodiff.structure import Splitter
from ..autodiff.template import Record
from .functors import children, isleaf, trainable

#: What Julia calls functions that have another name here.
NAMES: dict[Any, str] = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.matmul: "*",
    np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/", np.matmul: "*", np.power: "^",
    np.maximum: "max", np.minimum: "min", np.absolute: "abs", np.arctan: "atan", np.arcsin: "asin",
    np.arccos: "acos", np.arcsinh: "asinh", np.arccosh: "acosh", np.arctanh: "atanh", np.negative: "-",
    np.conjugate: "conj", np.vstack: "vcat", np.hstack: "hcat",
}  # fmt: skip
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type, type(np.mean))
_SPELLINGS = {"sigmoid": "σ", "hardsigmoid": "hardσ", "logsigmoid": "logσ"}
_TYPES = {
    "float64": "Float64",
    "float32": "Float32",
    "float16": "Float16",
    "bool": "Bool",
    "complex128": "ComplexF64",
    "complex64": "ComplexF32",
}


class Verbatim(str):
    """Text that stands for a part of a layer where the layer is printed.

    >>> text(Verbatim("2 => 3")), text("2 => 3")
    ('2 => 3', "'2 => 3'")
    """


def function_name(f: Any, qualified: bool = False) -> str:
    """The name that Flux prints for a function; `qualified` with its module, as on a line of its own.

    >>> function_name(np.tanh), function_name(operator.add)
    ('tanh', '+')
    """
    f = plain(f) if isinstance(f, Tracer) else f
    try:
        known = NAMES.get(f)
    except TypeError:
        known = None
    if known is not None:
        return known
    if not isinstance(f, _FUNCTIONS):
        return repr(f)
    name = _SPELLINGS.get(f.__name__, f.__name__)
    module = getattr(f, "__module__", "") or ""
    if qualified and module.startswith("fluxbridge.flux.nnlib"):
        return f"NNlib.{name}"
    return f"Flux.{name}" if qualified and name in ("flatten", "normalise") else name


def array_summary(x: Any) -> str:
    """Size and type of an array as Julia says it on one line.

    >>> array_summary(np.zeros((2, 1), np.float32)), array_summary(np.zeros((2, 1, 1)))
    ('2×1 Matrix{Float32}', '2×1×1 Array{Float64,...}')
    """
    kind = _TYPES.get(x.dtype.name, x.dtype.name.capitalize().replace("Uint", "UInt"))
    if x.ndim == 1:
        return f"{x.shape[0]}-element Vector{{{kind}}}"
    size = "×".join(map(str, x.shape))
    return f"{size} Matrix{{{kind}}}" if x.ndim == 2 else f"{size} Array{{{kind},...}}"


def text(x: Any, qualified: bool = False) -> str:
    """One line for a layer, a function, an array or a setting.

    >>> text(np.tanh), text(True), text(2.5)
    ('tanh', 'true', '2.5')
    """
    if isinstance(x, Tracer):
        x = plain(x)
    if isinstance(x, Verbatim):
        return str(x)
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x)).lower()
    if x is None:
        return "nothing"
    if isinstance(x, _FUNCTIONS):
        return function_name(x, qualified)
    if isinstance(x, np.ndarray):
        return array_summary(x)
    if isinstance(x, (float, np.floating)):
        from .optimisers.text import julia

        return julia(float(str(x)))
    if isinstance(x, functools.partial):
        return f"partial({', '.join([function_name(x.func), *map(text, x.args)])})"
    if isinstance(x, Record):
        return "(" + ", ".join(f"{k} = {text(v)}" for k, v in x.items()) + ("," if len(x) == 1 else "") + ")"
    if type(x) in (tuple, list):
        inner = ", ".join(map(text, x)) + ("," if type(x) is tuple and len(x) == 1 else "")
        return f"({inner})" if type(x) is tuple else f"[{inner}]"
    if type(x).__repr__ is object.__repr__:
        return default_repr(x)
    return repr(x)


def default_repr(x: Any) -> str:
    """``Name(part, part)`` for an object that does not say how it prints.

    >>> from fluxbridge.flux import Dropout
    >>> default_repr(Dropout(0.5)).startswith("Dropout(0.5")
    True
    """
    parts = children(x)
    return f"{type(x).__name__}({', '.join(map(text, parts))})"


# ---------------------------------------------------------------------------------------------
# On several lines
# ---------------------------------------------------------------------------------------------


def plain_text(model: Any) -> str:
    """A model with a line for each of its layers, and the numbers of parameters.

    >>> from fluxbridge.flux import Chain, Dense
    >>> print(plain_text(Chain(Dense((3, 2)), np.tanh)))
    Chain(
      Dense(3 => 2),                        # 8 parameters
      tanh,
    )
    """
    if within_gradient():
        model = Splitter(plain, lambda x: isinstance(x, Tracer)).split(model)[0]
    return "".join(_lines(model, 0, None))


def _lines(x: Any, indent: int, name: Any) -> Iterator[str]:
    parts = _shown(x)
    if getattr(x, "__flux_show__", "") == "noexpand" or all(_is_leaflike(p) for p in parts):
        yield _layer_line(x, indent, name)
        return
    before, after = _brackets(x)
    yield " " * indent + _label(name) + before + "\n"
    layers = getattr(x, "layers", None)
    if isinstance(x, Record):
        named: Any = x
    else:
        known = getattr(type(x), "shows_names", False)
        named = layers if known and isinstance(layers, Record) and len(layers) else None
    if named is None:
        for part in parts:
            yield from _lines(part, indent + 2, None)
    else:
        if hasattr(x, "connection"):
            yield from _lines(x.connection, indent + 2, None)
        for key, part in named.items():
            yield from _lines(part, indent + 2, key)
    if indent:
        yield " " * indent + after + ",\n"
    else:
        yield after.ljust(2) + _total(x)


def _label(name: Any) -> str:
    return "" if name is None else f"{name} = "


def _brackets(x: Any) -> tuple[str, str]:
    if isinstance(x, list):
        return "[", "]"
    if isinstance(x, Record):
        return "(;", ")"
    return ("Tuple" if type(x) is tuple else type(x).__name__) + "(", ")"


def _shown(x: Any) -> list[Any]:
    """The parts of `x` that are printed: what is trained, with tuples of it opened."""
    own = getattr(type(x), "__flux_parts__", None)
    if own is not None:
        return own(x)
    if isinstance(x, (Verbatim, str)):
        return []
    if isinstance(x, functools.partial):
        return [x.func, *x.args, *x.keywords.values()]
    parts = trainable(x)
    parts = list(parts.values() if isinstance(parts, dict) else parts)
    if hasattr(type(x), "__flux_show__"):
        return [q for p in parts for q in (p if isinstance(p, (tuple, Record)) else (p,))]
    return parts


def _is_leaflike(x: Any) -> bool:
    if isinstance(x, tuple):
        kinds = [isinstance(v, (int, float, complex, np.generic)) for v in x]
        return all(kinds) or all(isinstance(v, np.ndarray) for v in x)
    return isinstance(x, Verbatim) or isleaf(x)


def _layer_line(x: Any, indent: int, name: Any) -> str:
    words = _label(name) + text(x, qualified=True)
    line = " " * indent + words + ("," if indent else "")
    arrays = _trained(x)
    if arrays:
        count = _count(arrays)
        line += " " * max(2, (39 if indent else 20) - indent - len(words))
        line += f"# {count:_} parameters"
        rest = _total_size(x) - count
        if rest > 0:
            line += f", plus {rest:_}" + ("" if indent else " non-trainable")
        line += _alarm(arrays)
    return line + ("\n" if indent else "")


def _total(x: Any) -> str:
    arrays = _trained(x)
    if len(arrays) <= 2:
        return ""
    count, everything = _count(arrays), list(_arrays(x))
    size = _bytes_text(sum(a.nbytes for a in everything))
    rest = len(everything) - len(arrays)
    if rest > 0:
        others = sum(a.size for a in everything) - count
        return (
            f"{'':8}# Total: {len(arrays)} trainable arrays, {count:_} parameters,\n"
            f"{'':10}# plus {rest} non-trainable, {others:_} parameters, summarysize {size}."
        )
    return f"{'':18}# Total: {len(arrays)} arrays, {count:_} parameters, {size}."


def _trained(x: Any) -> list[Any]:
    from .optimisers.parameters import trainables

    return [] if isinstance(x, str) else trainables(x)


def _count(arrays: list[Any]) -> int:
    return sum(a.size for a in arrays)


def _arrays(x: Any) -> Iterator[np.ndarray]:
    """All numeric arrays inside, a shared one as often as it occurs."""
    if isinstance(x, np.ndarray) and not x.dtype.hasobject:
        yield x
    elif not isinstance(x, str):
        parts = children(x)
        for part in parts.values() if isinstance(parts, dict) else parts:
            yield from _arrays(part)


def _total_size(x: Any) -> int:
    return sum(a.size for a in _arrays(x))


def _alarm(arrays: list[Any]) -> str:
    if all(not np.any(a) for a in arrays):
        return "  (all zero)"
    if any(np.any(np.isnan(a)) for a in arrays):
        return "  (some NaN)"
    return "  (some Inf)" if any(np.any(np.isinf(a)) for a in arrays) else ""


def _bytes_text(n: int) -> str:
    """A number of bytes as Julia's ``format_bytes`` says it.

    >>> _bytes_text(1), _bytes_text(360), _bytes_text(1100)
    ('1 byte', '360 bytes', '1.074 KiB')
    """
    if n < 1024:
        return f"{n} byte{'' if n == 1 else 's'}"
    power = min(int(math.log(n, 1024)), 6)
    return f"{n / 1024**power:.3f} {'KMGTPE'[power - 1]}iB"
