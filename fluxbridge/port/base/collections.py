"""Dictionaries, sets, named tuples and text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .arithmetic import add, is_array
from .broadcasting import Ref
from .dispatch import convert, generic
from .errors import MethodError
from .hashing import Keywords, OrderedSet, ordered, sized
from .iteration import Pair, iterate
from .printing import string
from .replacing import replaced_text
from .types import (
    Character,
    Nothing,
    Number,
    String,
    SubString,
    Substring,
    Symbol,
    Type,
    UnionType,
    Vector_,
    entry_types,
    joined_types,
    subtype,
    typeof,
)

_MISSING = object()


def dict_(*pairs: Any) -> dict:
    """``Dict(pairs…)``, also of one collection of pairs."""
    if len(pairs) == 1 and isinstance(pairs[0], dict):
        return dict(pairs[0])
    if len(pairs) == 1 and not isinstance(pairs[0], Pair):
        return sized(dict(iterate(pairs[0])))
    return sized(dict(pairs))


def text_of(x: Any) -> str:
    """``String(x)``: of characters, the text that they make."""
    return "".join(x) if isinstance(x, (list, tuple, np.ndarray)) else string(x)


def set_(*values: Any) -> OrderedSet:
    """``Set(values)``."""
    elements = list(iterate(values[0])) if values else []
    return OrderedSet(elements, len(elements))


def typed_set(kind: Any, *values: Any) -> OrderedSet:
    """``Set{T}(values)``.

    >>> from fluxbridge.port import base as jl
    >>> jl.show(jl.typed_set(jl.Int64))
    'Set{Int64}()'
    """
    made = set_(*([convert(kind, v) for v in iterate(x)] for x in values))
    made.element = kind
    return made


def named(**fields: Any) -> Record:
    """``(a = 1, b = 2)``."""
    return Record(**fields)


def named_of(pairs: Any) -> Record:
    """``(; pairs...)``."""
    items = pairs.items() if isinstance(pairs, (dict, Record)) else iterate(pairs)
    return Record(**{str(k): v for k, v in items})


def named_from(names: Any, values: Any) -> Record:
    """``NamedTuple{names}(values)``."""
    return Record(**dict(zip(map(str, names), iterate(values), strict=False)))


def haskey(d: Any, key: Any) -> bool:
    """``haskey(d, key)``."""
    return key in d


@generic("get")
def get(d: Any, key: Any, default: Any) -> Any:
    """``get(d, key, default)``; of a function as first argument: ``get(f, d, key)``."""
    if callable(d) and not hasattr(d, "get"):
        return key[default] if default in key else d()
    if isinstance(d, Record):
        return getattr(d, str(key)) if key in d else default
    if is_array(d) or isinstance(d, tuple):
        return d[key - 1] if 1 <= key <= len(d) else default
    return d.get(key, default) if hasattr(d, "get") else d[key]


def get_(d: Any, key: Any, default: Any) -> Any:
    """``get!(d, key, default)``."""
    if callable(d) and not isinstance(d, dict):
        if default not in key:
            key[default] = d()
        return key[default]
    return d.setdefault(key, default)


def delete_(d: Any, key: Any) -> Any:
    """``delete!(d, key)``."""
    if isinstance(d, set):
        d.discard(key)
    else:
        d.pop(key, None)
    return d


def keys(d: Any) -> Any:
    """``keys(d)``."""
    if isinstance(d, Record):
        return tuple(Symbol(k) for k in map(str, d.keys()))
    if isinstance(d, Keywords):
        return tuple(d)
    if isinstance(d, dict):
        return ordered(d).keys()
    if hasattr(d, "keys"):
        return tuple(Symbol(k) if isinstance(k, str) else k for k in iter(d.keys()))
    from .arrays import eachindex

    return eachindex(d)


def values(d: Any) -> Any:
    """``values(d)``."""
    if isinstance(d, Keywords):
        return Record(**{str(k): v for k, v in d.items()})
    if isinstance(d, Record):
        return tuple(d.values())
    return ordered(d).values() if hasattr(d, "values") else d


def merge(first: Any, *others: Any) -> Any:
    """``merge(d, others…)``."""
    if isinstance(first, Record):
        fields = dict(first.items())
        for other in others:
            fields.update(other.items())
        return Record(**fields)
    made = dict(first)
    for other in others:
        made.update(other)
    kinds = [entry_types(d)[1] for d in (first, *others)]
    if any(k != kinds[0] for k in kinds) and all(isinstance(k, Type) and subtype(k, Number) for k in kinds):
        target = joined_types(kinds)
        return sized({k: convert(target, v) for k, v in made.items()})
    return made


def merge_(first: dict, *others: Any) -> dict:
    """``merge!(d, others…)``."""
    for other in others:
        first.update(other)
    return first


def mergewith(combine: Callable, first: dict, *others: dict) -> dict:
    """``mergewith(f, d, others…)``."""
    made = dict(first)
    for other in others:
        for k, v in other.items():
            made[k] = combine(made[k], v) if k in made else v
    return made


def union(first: Any, *others: Any) -> Any:
    """``union(a, b…)``: of sets a set, of vectors a vector."""
    return _combined(first, others, lambda a, b: a | b, lambda a, b: a + [v for v in b if v not in a])


def intersect(first: Any, *others: Any) -> Any:
    """``intersect(a, b…)``."""
    return _combined(first, others, lambda a, b: a & b, lambda a, b: [v for v in a if v in b])


def setdiff(first: Any, *others: Any) -> Any:
    """``setdiff(a, b…)``."""
    return _combined(first, others, lambda a, b: a - b, lambda a, b: [v for v in a if v not in b])


def symdiff(first: Any, *others: Any) -> Any:
    """``symdiff(a, b…)``."""
    return _combined(
        first,
        others,
        lambda a, b: a ^ b,
        lambda a, b: [v for v in a if v not in b] + [v for v in b if v not in a],
    )


def _combined(first: Any, others: tuple, of_sets: Callable, of_lists: Callable) -> Any:
    from .arrays import unique
    from .gathering import gathered

    if isinstance(first, (set, frozenset)) or type(first).__name__ in ("dict_keys",):
        result: Any = OrderedSet(first)
        for other in others:
            second = list(iterate(other))
            result = OrderedSet(of_lists(list(result), OrderedSet(second)), len(result) + len(second))
        return result
    result = list(unique(list(iterate(first))))
    for other in others:
        result = of_lists(result, list(unique(list(iterate(other)))))
    return gathered(result)


def issubset(a: Any, b: Any) -> bool:
    """``a ⊆ b``."""
    from .arrays import in_

    return all(in_(v, b) for v in iterate(a))


def isdisjoint(a: Any, b: Any) -> bool:
    """``isdisjoint(a, b)``."""
    return set(iterate(a)).isdisjoint(set(iterate(b)))


# Text.


def join(parts: Any, between: str = "", last: str | None = None) -> str:
    """``join(parts, between, last)``."""
    texts = [string(p) for p in iterate(parts)]
    if last is not None and len(texts) > 1:
        return between.join(texts[:-1]) + last + texts[-1]
    return between.join(texts)


def split(text: str, separator: Any = None, *, limit: int = 0, keepempty: bool | None = None) -> list:
    """``split(text, separator)``."""
    if separator is None:
        return [Substring(part) for part in text.split()]
    if isinstance(separator, (list, tuple, set)):
        import re

        found = re.split("|".join(re.escape(s) for s in separator), text, maxsplit=max(limit - 1, 0))
    elif hasattr(separator, "split"):
        found = (
            separator.split(text)
            if not isinstance(separator, str)
            else text.split(separator, limit - 1 if limit else -1)
        )
    else:
        raise MethodError("split by a function is not supported")
    return [Substring(f) for f in found if f or keepempty is not False]


def rsplit(text: str, separator: Any = None, *, limit: int = 0) -> list:
    """``rsplit(text, separator)``."""
    return [Substring(part) for part in text.rsplit(separator, limit - 1 if limit else -1)]


def strip(text: str, *chars: Any) -> str:
    """``strip(text)``."""
    return Substring(text.strip(*("".join(c) for c in chars)))


def lstrip(text: str, *chars: Any) -> str:
    """``lstrip(text)``."""
    return Substring(text.lstrip(*("".join(c) for c in chars)))


def rstrip(text: str, *chars: Any) -> str:
    """``rstrip(text)``."""
    return Substring(text.rstrip(*("".join(c) for c in chars)))


def lpad(x: Any, width: int, pad: str = " ") -> str:
    """``lpad(x, width, pad)``."""
    text = string(x)
    return (pad * width)[: max(width - len(text), 0)] + text


def rpad(x: Any, width: int, pad: str = " ") -> str:
    """``rpad(x, width, pad)``."""
    text = string(x)
    return text + (pad * width)[: max(width - len(text), 0)]


def _same_sort(text: str, made: str) -> str:
    """A character is made of a character."""
    return Character(made) if isinstance(text, Character) else made


def uppercase(text: str) -> str:
    """``uppercase(text)``."""
    made = text.upper()
    if len(made) != len(text):  # Julia goes from one character to one character
        made = "".join("ẞ" if c == "ß" else c.upper() if len(c.upper()) == 1 else c for c in text)
    return _same_sort(text, made)


def lowercase(text: str) -> str:
    """``lowercase(text)``."""
    return _same_sort(text, text.lower())


def uppercasefirst(text: str) -> str:
    """``uppercasefirst(text)``."""
    return text[:1].upper() + text[1:]


def titlecase(text: str) -> str:
    """``titlecase(text)``."""
    return text.title()


def startswith(text: str, prefix: Any) -> bool:
    """``startswith(text, prefix)``."""
    if hasattr(prefix, "match"):
        return prefix.match(text) is not None
    return text.startswith(tuple(prefix) if isinstance(prefix, (set, list)) else prefix)


def endswith(text: str, suffix: Any) -> bool:
    """``endswith(text, suffix)``."""
    return text.endswith(tuple(suffix) if isinstance(suffix, (set, list)) else suffix)


def occursin(needle: Any, text: str) -> bool:
    """``occursin(needle, text)``."""
    return needle in text if isinstance(needle, str) else needle.search(text) is not None


def contains(text: str, needle: Any) -> bool:
    """``contains(text, needle)``."""
    return occursin(needle, text)


def replace(x: Any, *pairs: Any, count: int | None = None) -> Any:
    """``replace(x, old => new…)``: of text or of the elements of a collection."""
    if isinstance(x, str):
        return replaced_text(x, pairs, count)
    from .arithmetic import eq
    from .gathering import gathered

    table = list(pairs)
    return gathered([next((n for o, n in table if eq(v, o)), v) for v in iterate(x)])


class RegexMatch:
    """What ``match`` finds."""

    def __init__(self, found: Any) -> None:
        self._found = found
        self.match, self.offset = Substring(found.group()), found.start() + 1
        self.captures = Vector_(None if g is None else Substring(g) for g in found.groups())
        self.captures.element = UnionType(Nothing, SubString[String])

    def __getitem__(self, key: Any) -> Any:
        return self._found.group(key + 1) if isinstance(key, int) else self._found.group(str(key))

    def __iter__(self) -> Any:
        return iter(self.captures)


def match(pattern: Any, text: str) -> RegexMatch | None:
    """``match(r"…", text)``."""
    found = pattern.search(text)
    return RegexMatch(found) if found else None


def eachmatch(pattern: Any, text: str) -> list:
    """``eachmatch(r"…", text)``."""
    return [RegexMatch(m) for m in pattern.finditer(text)]


def chop(text: str, *, head: int = 0, tail: int = 1) -> str:
    """``chop(text; head, tail)``."""
    return Substring(text[head : max(len(text) - tail, head)])


def chomp(text: str) -> str:
    """``chomp(text)``."""
    return Substring(text.removesuffix("\n"))


def isdigit(c: str) -> bool:
    """``isdigit(c)``."""
    return c.isascii() and c.isdigit()


def isletter(c: str) -> bool:
    """``isletter(c)``."""
    return c.isalpha()


def isspace(c: str) -> bool:
    """``isspace(c)``."""
    return c.isspace()


def isuppercase(c: str) -> bool:
    """``isuppercase(c)``."""
    return c.isupper()


def islowercase(c: str) -> bool:
    """``islowercase(c)``."""
    return c.islower()


def ispunct(c: str) -> bool:
    """``ispunct(c)``."""
    import unicodedata

    return unicodedata.category(c).startswith("P")


def parse(kind: Type, text: str, *, base: int = 10) -> Any:
    """``parse(T, text)``."""
    from .errors import ArgumentError

    if kind.name == "Bool" and text.strip() in ("true", "false"):
        return text.strip() == "true"
    digits = text.strip().lower()
    for prefix, other in (("0x", 16), ("0b", 2), ("0o", 8)):
        if base == 10 and digits.removeprefix("-").startswith(prefix) and kind.name.startswith("Int"):
            base, text = other, digits
    try:
        return int(text, base) if kind.name.startswith("Int") else kind(float(text))
    except ValueError:
        raise ArgumentError(_no_number(kind, text, base)) from None


def _no_number(kind: Type, text: str, base: int) -> str:
    """What ``parse`` says about a text that is no number."""
    from .printing import show

    if kind.name in ("Float64", "Float32"):
        return f"cannot parse {show(text)} as {kind.name}"
    if text.strip() in ("", "+", "-"):
        return "input string is empty or only contains whitespace"
    digits = text.strip().removeprefix("-").removeprefix("+")
    allowed = "0123456789abcdefghijklmnopqrstuvwxyz"[:base]
    wrong = next((c for c in digits if c.lower() not in allowed), None)
    if wrong is None:
        return f"premature end of input: {show(text)}"
    if wrong.isspace():
        return f"extra characters after whitespace in {show(text)}"
    return f"invalid base {base} digit '{wrong}' in {show(text)}"


def tryparse(kind: Type, text: str) -> Any:
    """``tryparse(T, text)``."""
    from .errors import ArgumentError

    try:
        return parse(kind, text)
    except ArgumentError:
        return None


def codeunits(text: str) -> Any:
    """``codeunits(text)``."""
    return np.frombuffer(text.encode(), np.uint8)


def bitstring(x: Any) -> str:
    """``bitstring(x)``."""
    if isinstance(x, (float, np.floating)):
        data = np.asarray(x)
        return f"{int(data.view(f'u{data.dtype.itemsize}')):0{data.dtype.itemsize * 8}b}"
    size = 64 if isinstance(x, int) else x.dtype.itemsize * 8
    return f"{int(x) % 2**size:0{size}b}"


def symbol(*parts: Any) -> Symbol:
    """``Symbol(parts…)``."""
    return Symbol(string(*parts))


def isnothing(x: Any) -> bool:
    """``isnothing(x)``."""
    return x is None


def getfield(x: Any, name: Any) -> Any:
    """``getfield(x, :name)`` and ``getproperty``."""
    if isinstance(name, int):
        from .structs import fields_of

        return getattr(x, fields_of(x)[name - 1]) if not isinstance(x, (tuple, Record)) else x[name - 1]
    return x[str(name)] if isinstance(x, Record) else getattr(x, str(name))


def setfield_(x: Any, name: Any, value: Any) -> Any:
    """``setfield!(x, :name, value)``."""
    setattr(x, str(name), value)
    return value


def hasproperty(x: Any, name: Any) -> bool:
    """``hasproperty(x, :name)``."""
    return str(name) in x if isinstance(x, Record) else hasattr(x, str(name))


def fieldnames(x: Any) -> tuple:
    """``fieldnames(T)`` and ``propertynames(x)``."""
    from .structs import fields_of

    return tuple(Symbol(f) for f in fields_of(x))


def pipe(x: Any, function: Callable) -> Any:
    """``x |> f``."""
    return function(x)


def compose(*functions: Callable) -> Callable:
    """``f ∘ g``."""

    def composed(*args: Any, **keywords: Any) -> Any:
        result = functions[-1](*args, **keywords)
        for f in reversed(functions[:-1]):
            result = f(result)
        return result

    return composed


def ifelse(condition: Any, yes: Any, no: Any) -> Any:
    """``ifelse(condition, yes, no)``."""
    return yes if condition else no


def getindex_key(value: Any) -> Any:
    """The type of a value, for messages."""
    return typeof(value)


_ = (add, Ref)
