"""What helpers give: a table from their names to functions of the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Callable

from ..kinds import (
    ANY,
    BOOL,
    CHAR,
    COMPLEX,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NUMBERS,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    floated,
    join_all,
    promoted,
    tuple_of,
)

Rule = Callable[[list[Kind]], Kind]
KINDS: dict[str, Rule] = {}
KEPT = frozenset(("sort", "reverse", "unique", "circshift", "copy"))
"""Helpers whose keywords do not change the kind."""


def gives(names: str) -> Callable[[Rule], Rule]:
    """Decorator: what the helpers of these names give."""

    def register(rule: Rule) -> Rule:
        for name in names.split():
            KINDS[name] = rule
        return rule

    return register


def _vector(kind: Kind) -> bool:
    return (kind.tag == "arr" and kind.rank == 1) or kind.tag == "range"


def _numbers(kind: Kind) -> bool:
    return kind.tag in ("arr", "range") and kind.element in NUMBERS


def _parts(kind: Kind) -> Kind:
    """What iterating gives."""
    if kind.tag in ("arr", "range", "str", "tuple", "set"):
        return kind.element
    if kind.tag == "dict":
        return Kind("pair", kind.args)
    return kind.args[0] if kind.tag == "iter" else ANY


@gives("div rem mod int_div mod1 fld cld fld1")
def _whole(kinds: list[Kind]) -> Kind:
    return INT if set(kinds) <= INTS else ANY


@gives("max_ min_")
def _extreme(kinds: list[Kind]) -> Kind:
    if not kinds or not all(k in NUMBERS for k in kinds):
        return ANY
    return promoted(kinds[0], join_all(kinds)) if len(set(kinds)) > 1 else kinds[0]


@gives("round_")
def _round(kinds: list[Kind]) -> Kind:
    return kinds[0] if len(kinds) == 1 and kinds[0] in REALS | {F32} else ANY


@gives("clamp")
def _clamp(kinds: list[Kind]) -> Kind:
    return (
        kinds[0] if len(kinds) == 3 and len(set(kinds)) == 1 and kinds[0] in (FLOAT, F32, INT, NAT) else ANY
    )


@gives("hypot")
def _hypot(kinds: list[Kind]) -> Kind:
    return FLOAT if all(k in REALS for k in kinds) else ANY


@gives("atan exp2 exp10 sinpi cospi sind cosd")
def _angle(kinds: list[Kind]) -> Kind:
    return FLOAT if kinds and all(k in REALS for k in kinds) else ANY


@gives("divrem fldmod")
def _divided(kinds: list[Kind]) -> Kind:
    return tuple_of(INT, INT) if set(kinds) <= INTS else ANY


@gives("sort reverse copy deepcopy unique shuffle circshift")
def _same(kinds: list[Kind]) -> Kind:
    return kinds[0] if kinds[0].tag == "arr" else ANY


@gives("cumsum cumprod diff")
def _running(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "range" and first.element in INTS:
        return arr(INT, 1)
    return first if first.tag == "arr" and first.rank == 1 and first.element in NUMBERS - {BOOL} else ANY


@gives("normalize")
def _direction(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    return first if first.tag == "arr" and first.element in (FLOAT, F32) and len(kinds) == 1 else ANY


@gives("norm opnorm")
def _norm(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "arr" and first.element in (INT, FLOAT):
        return FLOAT
    return F32 if first.tag == "arr" and first.element == F32 else ANY


@gives("det logdet")
def _determinant(kinds: list[Kind]) -> Kind:
    return FLOAT if kinds[0].tag == "arr" and kinds[0].element in (INT, FLOAT) else ANY


@gives("tr")
def _trace(kinds: list[Kind]) -> Kind:
    return kinds[0].element if kinds[0].tag == "arr" and kinds[0].element in (INT, FLOAT, F32) else ANY


@gives("dot")
def _dot(kinds: list[Kind]) -> Kind:
    if len(kinds) == 2 and all(k.tag == "arr" and k.element in (INT, FLOAT) for k in kinds):
        return promoted(kinds[0].element, kinds[1].element)
    return F32 if len(kinds) == 2 and all(k.tag == "arr" and k.element == F32 for k in kinds) else ANY


@gives("inv pinv")
def _inverse(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "arr" and first.rank == 2 and first.element in (INT, FLOAT, F32):
        return arr(floated(first.element), 2)
    return floated(first) if first in REALS else ANY


@gives("transpose")
def _transposed(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "arr" and first.rank == 1:
        return Kind("row", (first.element,))
    return first if first.tag == "arr" and first.rank == 2 and first.element in NUMBERS else ANY


@gives("permutedims")
def _turned(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag != "arr" or first.element not in NUMBERS:
        return ANY
    if len(kinds) == 1 and first.rank in (1, 2):
        return arr(first.element, 2)
    return arr(first.element, first.rank) if len(kinds) == 2 and kinds[1].tag == "tuple" else ANY


@gives("mean std var median")
def _statistic(kinds: list[Kind]) -> Kind:
    if len(kinds) != 1 or not _numbers(kinds[0]) or kinds[0].element == COMPLEX:
        return ANY
    return floated(kinds[0].element)


@gives("argmax argmin")
def _place(kinds: list[Kind]) -> Kind:
    if len(kinds) == 1 and (_vector(kinds[0]) or kinds[0].tag == "tuple"):
        return NAT
    return kinds[0].args[0] if len(kinds) == 1 and kinds[0].tag == "dict" else ANY


@gives("findmax findmin")
def _place_and_value(kinds: list[Kind]) -> Kind:
    return tuple_of(kinds[0].element, NAT) if len(kinds) == 1 and _vector(kinds[0]) else ANY


@gives("extrema")
def _extremes(kinds: list[Kind]) -> Kind:
    return tuple_of(kinds[0].element, kinds[0].element) if len(kinds) == 1 and _numbers(kinds[0]) else ANY


@gives("findall")
def _places(kinds: list[Kind]) -> Kind:
    return arr(INT, 1) if len(kinds) == 1 and kinds[0].tag == "arr" and kinds[0].rank == 1 else ANY


@gives("sortperm randperm")
def _order(kinds: list[Kind]) -> Kind:
    return arr(INT, 1) if len(kinds) == 1 else ANY


@gives("keys")
def _keys(kinds: list[Kind]) -> Kind:
    return Kind("iter", (kinds[0].args[0],)) if kinds[0].tag == "dict" else ANY


@gives("values")
def _values(kinds: list[Kind]) -> Kind:
    return Kind("iter", (kinds[0].args[1],)) if kinds[0].tag == "dict" else ANY


@gives("enumerate_")
def _numbered(kinds: list[Kind]) -> Kind:
    return Kind("iter", (tuple_of(NAT, _parts(kinds[0])),)) if kinds else ANY


@gives("zip_")
def _pairwise(kinds: list[Kind]) -> Kind:
    return Kind("iter", (tuple_of(*map(_parts, kinds)),))


@gives("pairs")
def _pairs(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "dict":
        return Kind("iter", (tuple_of(*first.args),))
    if first.tag == "record":
        return Kind("iter", (tuple_of(SYM, join_all(k for _, k in first.args)),))
    return ANY


@gives("eachrow eachcol")
def _lines(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if first.tag == "arr" and first.rank == 2 and first.element in NUMBERS:
        return Kind("iter", (arr(first.element, 1),))
    return ANY


@gives("zero one")
def _neutral(kinds: list[Kind]) -> Kind:
    return kinds[0] if kinds[0] in (INT, NAT, FLOAT) else ANY


@gives("only first last")
def _one(kinds: list[Kind]) -> Kind:
    return kinds[0].element if len(kinds) == 1 and kinds[0].tag == "arr" else ANY


@gives("split")
def _words(kinds: list[Kind]) -> Kind:
    return arr(STR, 1, "list")


@gives("eachindex")
def _positions(kinds: list[Kind]) -> Kind:
    return Kind("range", (NAT,))


@gives("axes")
def _axis(kinds: list[Kind]) -> Kind:
    return Kind("range", (NAT,)) if len(kinds) == 2 else ANY


@gives("zeros ones rand randn")
def _filled(kinds: list[Kind]) -> Kind:
    if not kinds:
        return FLOAT
    return arr(FLOAT, len(kinds)) if all(k in INTS for k in kinds) else _drawn(kinds)


def _drawn(kinds: list[Kind]) -> Kind:
    """Drawn from a collection, or numbers of a type."""
    first, sizes = kinds[0], kinds[1:]
    if not all(k in INTS for k in sizes):
        return ANY
    if first.tag == "type" and first.args:
        element = first.args[0]
    elif _vector(first) and first.element in NUMBERS:
        element = INT if first.element == NAT else first.element
    else:
        return ANY
    return arr(element, len(sizes)) if sizes else element


@gives("fill")
def _fill(kinds: list[Kind]) -> Kind:
    if not all(k in INTS for k in kinds[1:]) or len(kinds) < 2 or kinds[0] not in NUMBERS:
        return ANY
    return arr(kinds[0], len(kinds) - 1)


@gives("collect")
def _collected(kinds: list[Kind]) -> Kind:
    first = kinds[0]
    if len(kinds) != 1:
        return ANY
    if first.tag == "range":
        return arr(INT, 1)
    if first.tag == "arr" and first.stored == "nd":
        return first
    if first.tag == "str":
        return arr(CHAR, 1, "list")
    return ANY


@gives("parse")
def _parsed(kinds: list[Kind]) -> Kind:
    return kinds[0].args[0] if kinds and kinds[0].tag == "type" and kinds[0].args else ANY


@gives("onehotbatch")
def _onehot(kinds: list[Kind]) -> Kind:
    return Kind("onehot", (2,)) if _vector(kinds[0]) or kinds[0].tag == "str" else Kind("onehot")


@gives("onecold")
def _onecold(kinds: list[Kind]) -> Kind:
    return (
        arr(INT, 1) if len(kinds) == 1 and (kinds[0].rank == 2 or kinds[0] == Kind("onehot", (2,))) else ANY
    )
