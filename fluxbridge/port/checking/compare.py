"""Values of Julia, described as data, beside the values that Python has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from .. import base
from ..lower import python_name
from .answers import Seen

#: How far numbers may be apart, as a part of the largest entry, by the type that they have in Julia.
TOLERANCES = {"Float16": 2e-3, "Float32": 2e-5, "ComplexF32": 2e-5, "Complex{Float32}": 2e-5}
TOLERANCE = 1e-8
#: Below this a number counts as zero beside numbers of unit size: what rounding leaves of a difference.
SMALL = {"Float16": 1e-4, "Float32": 1e-7, "ComplexF32": 1e-7, "Complex{Float32}": 1e-7}

#: So many times as far apart, floats still agree, with a note: what rounding becomes in a long training.
ROUGH = 50

FAMILIES = {"b": "Bool", "i": "whole numbers", "u": "whole numbers", "f": "floats", "c": "complex numbers"}


@dataclass
class Comparison:
    """What a comparison found: how many values were compared, and the first that differs.

    ``where`` is the way to it, ``what`` how it differs; ``rough`` the first that agrees up to rounding only,
    ``unknown`` the types that are not compared.
    """

    count: int = 0
    where: str = ""
    what: str = ""
    rough: str = ""
    unknown: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.what

    def differs(self, where: str, what: str) -> None:
        """Keep the first difference."""
        if not self.what:
            self.where, self.what = where, what

    def off(self, where: str, off: float, allowed: float, what: str) -> None:
        """Numbers that are `off` by more than is `allowed`."""
        if off <= ROUGH * allowed:
            self.rough = self.rough or f"{where}: {what}"
        else:
            self.differs(where, what)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.what else f"{self.count} values agree"


def compared(name: str, seen: Seen, value: Any) -> Comparison:
    """Compare what Julia has with what Python has.

    >>> print(compared("x", ("array", "Float64", np.array([1.0, 2.0])), np.array([1.0, 2.5])))
    x: off by 0.5 at [1], in Julia 2.0, here 2.5
    """
    found = Comparison()
    _compare(found, name, seen, value)
    return found


def _compare(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    found.count += 1
    try:
        FORMS[seen[0]](found, where, seen, value)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError) as problem:
        found.differs(where, f"{_shown(value)} cannot be compared ({type(problem).__name__}: {problem})")


def _shown(value: Any) -> str:
    try:
        text = base.show(value)
    except Exception:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"


def _not(found: Comparison, where: str, value: Any, wanted: str) -> None:
    found.differs(where, f"in Julia {wanted}, here {_shown(value)}")


# -- numbers and arrays ------------------------------------------------------------------------------


def _number(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    _, kind, wanted = seen
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, (int, float, complex, Fraction, np.number, np.bool_)):
        return _not(found, where, value, f"the {kind} {base.show(wanted)}")
    if (kind == "Bool") != isinstance(value, (bool, np.bool_)):
        return _not(found, where, value, f"the {kind} {base.show(wanted)}")
    if wanted == value or (wanted != wanted and value != value):
        whole = kind.startswith(("Int", "UInt", "BigInt"))
        if whole and isinstance(value, (float, np.floating)):
            found.differs(where, f"a float, in Julia of the type {kind}")
        return None
    off = abs(complex(wanted) - complex(value))
    allowed = max(TOLERANCES.get(kind, TOLERANCE) * abs(complex(wanted)), SMALL.get(kind, 1e-12))
    exact = isinstance(wanted, (int, Fraction))
    if exact or not off <= allowed:
        text = f"in Julia {base.show(wanted)}, here {_shown(value)}" + _off(off)
        found.off(where, off, 0.0 if exact else allowed, text)
    return None


def _off(off: float) -> str:
    return f", off by {off:.3g}" if math.isfinite(off) else ""


def _array(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    _, kind, wanted = seen
    if isinstance(value, (str, Mapping)) or value is None or (np.ndim(wanted) and np.isscalar(value)):
        return _not(found, where, value, f"an array of {kind}")
    here = np.asarray(value if hasattr(value, "__array__") else list(value))
    if here.dtype == object:
        here = np.asarray(here.ravel().tolist()).reshape(here.shape)
    if here.shape != wanted.shape:
        return found.differs(where, f"of shape {here.shape}, in Julia {wanted.shape}")
    if not wanted.size:
        return None
    if _family(here.dtype) != _family(wanted.dtype):
        return found.differs(where, f"elements are {_family(here.dtype)}, in Julia {kind}")
    if here.dtype.kind == "f" and here.dtype != wanted.dtype and isinstance(value, np.ndarray):
        return found.differs(where, f"elements are Float{8 * here.itemsize}, in Julia {kind}")
    if wanted.dtype.kind in "biu":
        off = np.where(wanted == here, 0, np.abs(wanted.astype(float) - here.astype(float)))
        allowed = 0.0
    else:
        wide = complex if wanted.dtype.kind == "c" else float
        with np.errstate(invalid="ignore", over="ignore"):
            off = np.abs(wanted.astype(wide) - here.astype(wide))
        off = np.where((wanted == here) | (np.isnan(wanted) & np.isnan(here)), 0, off)
        finite = np.abs(wanted[np.isfinite(wanted)])
        largest = float(finite.max()) if finite.size else 0.0
        allowed = max(TOLERANCES.get(kind, TOLERANCE) * largest, SMALL.get(kind, 1e-12))
    off = np.where(np.isnan(off), math.inf, off)
    place = np.unravel_index(int(np.argmax(off)), off.shape)
    if off[place] > allowed:
        at = ", ".join(map(str, place))
        what = f"at [{at}], in Julia {wanted[place]}, here {here[place]}"
        text = f"off by {off[place]:.3g} {what}" if np.isfinite(off[place]) else what
        found.off(where, float(off[place]), allowed, text)
    return None


def _family(dtype: np.dtype) -> str:
    return FAMILIES.get(dtype.kind, str(dtype))


# -- what is made of other values ----------------------------------------------------------------------


def _items(found: Comparison, where: str, items: tuple, values: Any) -> None:
    values = list(values)
    if len(items) != len(values):
        return found.differs(where, f"{len(values)} elements, in Julia {len(items)}")
    for k, (item, value) in enumerate(zip(items, values, strict=True)):
        _compare(found, f"{where}[{k}]", item, value)
    return None


def _tuple(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    if not isinstance(value, tuple):
        return _not(found, where, value, "a tuple")
    return _items(found, where, seen[1], value)


def _list(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    _, _, size, items = seen
    if isinstance(value, (str, Mapping)) or value is None or np.isscalar(value):
        return _not(found, where, value, "a list")
    if len(size) == 1:
        return _items(found, where, items, value)
    here = np.asarray(value, object)
    if here.shape != tuple(size):
        return found.differs(where, f"of shape {here.shape}, in Julia {tuple(size)}")
    return _items(found, where, items, here.ravel(order="F"))


def _record(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    for name, item in zip(seen[-2], seen[-1], strict=True):
        try:
            inner = _field(value, name)
        except AttributeError:
            found.differs(where, f"has no field {name}")
            continue
        _compare(found, f"{where}.{name}", item, inner)


def _field(value: Any, name: str) -> Any:
    for own in (name, python_name(name), name.replace("²", "2"), name.replace("ϵ", "ε")):
        if isinstance(value, Mapping) and own in value:
            return value[own]
        if hasattr(value, own):
            return getattr(value, own)
    raise AttributeError(name)


def _dict(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    if not isinstance(value, Mapping):
        return _not(found, where, value, "a dictionary")
    if len(value) != len(seen[1]):
        return found.differs(where, f"{len(value)} keys, in Julia {len(seen[1])}")
    named = {base.string(k): v for k, v in value.items()}
    for key, item in zip(seen[1], seen[2], strict=True):
        name = base.string(key[2]) if key[0] in ("number", "text") else None
        if name is None:
            own = next((k for k in value if compared("", key, k)), None)
            name = base.string(own) if own is not None else "?"
        if name not in named:
            return found.differs(where, f"has no key {key[-1]}")
        _compare(found, f"{where}[{name}]", item, named[name])
    return None


def _set(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    rest = list(value)
    if len(rest) != len(seen[1]):
        return found.differs(where, f"{len(rest)} elements, in Julia {len(seen[1])}")
    for item in seen[1]:
        own = next((k for k, v in enumerate(rest) if compared("", item, v)), None)
        if own is None:
            return found.differs(where, f"has no element {item[-1]}")
        del rest[own]
    return None


def _model(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    from ... import flux

    _state(found, where, seen[2], flux.state(value))


def _state(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    """The parameters of a model: arrays count, settings only where both sides have them."""
    if seen[0] in ("record", "tuple", "list") and seen[-1] == ():
        return
    if seen[0] == "record":
        for name, item in zip(seen[1], seen[2], strict=True):
            try:
                inner = _field(value, name)
            except AttributeError:
                if item[0] == "array":
                    found.differs(where, f"has no {name}")
                continue
            _state(found, f"{where}.{name}", item, inner)
    elif seen[0] in ("tuple", "list"):
        values = list(value)
        if len(values) != len(seen[-1]):
            found.differs(where, f"has {len(values)} parts, in Julia {len(seen[-1])}")
        for k, (item, inner) in enumerate(zip(seen[-1], values, strict=False)):
            _state(found, f"{where}[{k}]", item, inner)
    elif seen[0] == "array":
        _compare(found, where, seen, value)


# -- texts and the rest --------------------------------------------------------------------------------


def _text(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    if not isinstance(value, str) or str(value) != seen[2]:
        _not(found, where, value, f"the {seen[1]} {seen[2]!r}")


def _is(test: Callable[[Any], bool], wanted: str) -> Callable[..., None]:
    def compare(found: Comparison, where: str, seen: Seen, value: Any) -> None:
        if not test(value):
            _not(found, where, value, wanted)

    return compare


def _unknown(found: Comparison, where: str, seen: Seen, value: Any) -> None:
    found.count -= 1
    found.unknown.append(seen[1])


FORMS: dict[str, Callable[..., None]] = {
    "number": _number,
    "text": _text,
    "nothing": _is(lambda x: x is None, "nothing"),
    "missing": _is(lambda x: repr(x) == "missing", "missing"),
    "array": _array,
    "range": _array,
    "list": _list,
    "tuple": _tuple,
    "pair": lambda found, where, seen, value: _items(found, where, seen[1], value),
    "cartesian": lambda found, where, seen, value: _number(
        found, where, ("number", "Bool", True), tuple(value) == seen[1]
    ),
    "record": _record,
    "struct": _record,
    "dict": _dict,
    "set": _set,
    "ref": lambda found, where, seen, value: _compare(found, where, seen[1], value.value),
    "model": _model,
    "function": _unknown,
    "type": _unknown,
    "module": _unknown,
    "other": _unknown,
}
