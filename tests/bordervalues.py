"""Values of all kinds that Python has, and what it means that one is the same on the other side."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import types
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from fluxbridge import Record


class Point(NamedTuple):
    x: Any
    y: Any


@dataclasses.dataclass
class Box:
    content: Any
    name: str = "box"


class Plain:
    def __init__(self, content: Any):
        self.content = content


class Slotted:
    __slots__ = ("content",)

    def __init__(self, content: Any):
        self.content = content


class Callee(Plain):
    def __call__(self, x: Any) -> Any:
        return x


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Celsius(float):
    pass


class Name(str):
    def __str__(self) -> str:
        return self


class Liar:
    """Says that it is a number."""

    @property
    def __class__(self) -> type:
        return int


class Ordinal(type):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return NotImplemented


class Unhashable(metaclass=Ordinal):
    pass


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def of_itself() -> dict[str, Callable[[], Any]]:
    """Structures that hold themselves, in as many ways as there are containers; some twice."""

    def a_list() -> Any:
        x: list[Any] = []
        x += [x, x]
        return x

    def a_dict() -> Any:
        x: dict[str, Any] = {}
        x["a"] = x["b"] = x
        return x

    def a_tuple() -> Any:
        x: tuple[Any, ...] = ([],)
        x[0].append(x)
        return x

    def an_object(kind: Callable[[Any], Any]) -> Any:
        x = kind(None)
        x.content = (x, x)
        return x

    def an_array() -> Any:
        x = np.empty(2, object)
        x[0] = x[1] = x
        return x

    def two() -> Any:
        x, y = Plain(None), Plain(None)
        x.content, y.content = [y], {"x": x}
        return x

    return {
        "list": a_list, "dict": a_dict, "tuple": a_tuple, "object": lambda: an_object(Plain),
        "dataclass": lambda: an_object(Box), "slots": lambda: an_object(Slotted), "array": an_array,
        "two": two,
    }  # fmt: skip


def deep() -> dict[str, Any]:
    """Structures of a hundred thousand levels."""
    found: dict[str, Any] = {}
    makers: dict[str, Callable[[Any], Any]] = {
        "list": lambda x: [x], "tuple": lambda x: (x,), "dict": lambda x: {"a": x}, "object": Plain,
    }  # fmt: skip
    for name, make in makers.items():
        x = None
        for _ in range(100_000):
            x = make(x)
        found[name] = x
    return found


SCALAR_TYPES = sorted(
    {t for t in np.sctypeDict.values() if issubclass(t, np.number) or t is np.bool_},
    key=lambda t: np.dtype(t).num,
)


def awkward() -> list[Any]:
    """Values that went wrong once, or might."""
    nan = float("nan")
    rows = np.arange(24.0).reshape(4, 6)
    unaligned = np.zeros(3, dtype=[("tag", "i1"), ("value", "f8")])
    locked = np.arange(3.0)
    locked.flags.writeable = False
    return [
        *[t(3) for t in SCALAR_TYPES], *[np.array([1, 2], t) for t in SCALAR_TYPES], np.str_("a"),
        np.bytes_(b"a"),
        np.timedelta64(3, "s"), np.datetime64("2020-01-01"), np.datetime64("NaT"), unaligned[0], unaligned,
        np.longdouble(1) / 3, np.longdouble("1e4000"), np.clongdouble(1 + 2j), np.ones(2, "g") / 3,
        np.ones(2, "G"),
        Decimal("1e400"), Decimal("0.1"), Decimal("0.5"), Decimal("-0"), Decimal("nan"), Decimal("snan"),
        Decimal("-inf"), Decimal("1e999999"), Decimal(2) ** 200 + Decimal("0.25"), Fraction(1, 3),
        Fraction(2**70, 3),
        2**63, -(2**63), -(2**63) - 1, 2**64, 10**6000, -(10**6000), -1, True, nan, -0.0, float("inf"),
        complex(nan, -0.0), 5e-324, "", "a\0b", "σ🜁", "\ud800", "a" * 100_000, {"\ud800": 1}, b"\0\xff",
        bytearray(b"a"), memoryview(b"abc"), memoryview(np.arange(6.0)), None, ..., NotImplemented,
        slice(1, 2), range(5),
        range(0), range(5, 0, -2), range(2**70, 2**70 + 2), (), [], {}, set(), frozenset(), [[]], ((), [],
        {}),
        [1, 2.5], [2**53 + 1, 0.5], {2**53 + 1, 0.5}, [Fraction(1, 3), 0.5], [1, True], [True, False], [1,
        None],
        [1, 2**80], [np.float32(0.1), 0.1], [nan, 1], {nan: 1, np.float64("nan"): 2}, {1: "a", 2.5: "b"},
        {(1, 2): 3, frozenset({1}): 4, b"a": 5, None: 6}, {"a": 1, np.str_("b"): 2}, {1, "a", None, (1,)},
        frozenset({frozenset({1}), 2}), collections.OrderedDict(b=1, a=2), collections.Counter("aab"),
        collections.defaultdict(list, a=[1.0]), types.MappingProxyType({"a": 1}), collections.deque([1]),
        np.ma.masked_array([1.0, 2.0], [False, True]), np.ma.masked, np.ma.masked_array([1.0]),
        np.ones((1, 2)).view(np.matrix), np.rec.array([(1, 2.0)]), np.array(["a", "bc"]), np.array([["a"],
        ["b"]]),
        np.array([b"\xff", b"b"]), np.array("a"), np.array(b"a"), np.array(None), np.array([None, "a",
        1.5], object),
        np.array([[1, None]], object), np.array(["2020-01-01"], "M8[D]"), np.array(2.0), np.zeros((0, 3)),
        np.zeros((3, 0)),
        rows[::2, 1::2], rows.T, np.asfortranarray(rows), rows[::-1], np.broadcast_to(rows[0], (2, 6)),
        locked,
        unaligned["value"], np.arange(3).astype(">i8"), np.arange(3).astype(">f4"), np.ones((1,) * 20),
        Color.RED, Level.LOW, Celsius(3.5), Name("name"), Liar(), Point(1, [2.0]), Box(Point(1, 2)),
        Plain({"a": 1}),
        Slotted(1.0), Callee(1.0), Record(a=1, b=(2, None)), object(), Plain, Unhashable, int, np, len,
        np.sin,
        lambda x: x, functools.partial(max, 1), functools.lru_cache(abs), "a".join, Callee(None).__call__,
        KeyError("a"), Silent(), OSError(2, "no"),
        iter([1]), (x for x in "a"), zip([1], [2], strict=True), {}.keys(), {"a": 1}.items(),
        datetime.date(2020, 1, 1),
        datetime.timedelta(1), decimal.Context(), types.SimpleNamespace(a=1, b="c"), property(), super,
        np.random.default_rng(0), np.dtype("f4"), tuple(range(500)), list(range(3000)),
    ]  # fmt: skip


def _arrays() -> st.SearchStrategy[Any]:
    dtypes = st.one_of(
        stn.scalar_dtypes(), stn.byte_string_dtypes(), stn.unicode_string_dtypes(), st.just(np.dtype("O")),
        st.just(np.dtype("g")), stn.array_dtypes(max_size=2),
    )  # fmt: skip
    shapes = stn.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)

    def laid_out(x: Any, how: str) -> Any:
        if not isinstance(x, np.ndarray) or x.ndim == 0:
            return x
        return {"C": x, "F": np.asfortranarray(x), "T": x.T, "step": x[::2], "back": x[::-1]}[how]

    made = dtypes.flatmap(
        lambda d: stn.arrays(
            d, shapes, elements=st.one_of(st.none(), st.integers(), st.text()) if d.kind == "O" else None
        )
    )
    return st.builds(laid_out, made, st.sampled_from(["C", "F", "T", "step", "back"]))


def values() -> st.SearchStrategy[Any]:
    """Values at random, nested a few levels."""
    keys = st.one_of(
        st.text(max_size=3), st.integers(-3, 3), st.floats(), st.booleans(), st.none(), st.binary(max_size=2)
    )
    numbers = st.one_of(
        st.integers(), st.integers(-(2**70), 2**70), st.floats(), st.complex_numbers(), st.booleans(),
        st.decimals(),
        st.fractions(), stn.scalar_dtypes().flatmap(stn.from_dtype), st.floats(width=32).map(np.longdouble),
    )  # fmt: skip
    leaves = st.one_of(
        numbers, st.text(st.characters(exclude_categories=()), max_size=5), st.binary(max_size=5),
        st.none(), _arrays(),
        st.sampled_from([..., NotImplemented, Color.RED, Level.LOW, int, len, np, Plain]),
    )  # fmt: skip

    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(keys,
            inner, max_size=3),
            st.sets(keys, max_size=3), st.frozensets(keys, max_size=3), st.builds(Point, inner, inner),
            st.builds(Box, inner), st.builds(Plain, inner), st.builds(Slotted, inner), st.builds(Callee,
            inner),
            inner.map(lambda x: Record(a=x)),
        )  # fmt: skip

    return st.recursive(leaves, extend, max_leaves=5)


def same(x: Any, y: Any) -> bool:
    """Is `y` what `x` may come back as: equal, of the kind that the table in docs/julia.md says?"""
    if x is y:
        return True
    if isinstance(x, np.ndarray):
        return _same_array(x, y)
    if isinstance(x, (bool, np.bool_)):
        return isinstance(y, (bool, np.bool_)) and x == y
    if isinstance(x, (str, bytes, bytearray)):
        return isinstance(y, (str, bytes, bytearray)) and x == y
    if isinstance(x, (int, float, complex, np.number, Decimal, Fraction)):
        return not isinstance(y, (bool, np.ndarray)) and _same_number(x, y)
    if isinstance(x, Mapping):
        return isinstance(y, dict) and len(x) == len(y) and _pairs(x.items(), y.items())
    if isinstance(x, (set, frozenset)):
        return (
            isinstance(y, (set, frozenset))
            and len(x) == len(y)
            and _pairs([(v, v) for v in x], [(v, v) for v in y])
        )
    fields = _fields(x)
    if fields is not None:
        return (
            isinstance(y, Record)
            and list(fields) == list(y.keys())
            and all(same(v, y[k]) for k, v in fields.items())
        )
    if isinstance(x, (list, tuple, range)):
        alike = isinstance(y, tuple) if isinstance(x, tuple) else isinstance(y, (list, np.ndarray))
        return alike and len(x) == len(y) and all(map(same, x, y))
    return type(x) is type(y) and bool(x == y)


def _fields(x: Any) -> dict[str, Any] | None:
    if isinstance(x, Record):
        return dict(x.items())
    if isinstance(x, Point):
        return x._asdict()
    if isinstance(x, Slotted):
        return {"content": x.content}
    return dict(vars(x)) if isinstance(x, (Plain, Box, types.SimpleNamespace)) else None


def _pairs(here: Any, there: Any) -> bool:
    rest = list(there)
    for k, v in here:
        found = next((p for p in rest if same(k, p[0]) and same(v, p[1])), None)
        if found is None:
            return False
        rest.remove(found) if found == found else rest.pop(next(n for n, p in enumerate(rest) if p is found))
    return True


def _same_number(x: Any, y: Any) -> bool:
    if isinstance(x, (complex, np.complexfloating)):
        return isinstance(y, (complex, np.complexfloating)) and all(
            _same_number(a, b) for a, b in ((x.real, y.real), (x.imag, y.imag))
        )
    if x != x:
        return bool(y != y)
    if isinstance(y, Decimal) != isinstance(x, Decimal):  # a list of numbers of several kinds
        return (
            bool(Fraction(_python(x)) == Fraction(_python(y)))
            if np.isfinite(float(x))
            else float(x) == float(y)
        )
    return bool(x == y) and (x != 0 or not _negative(x) or _negative(y))


def _python(x: Any) -> Any:
    return x.item() if isinstance(x, np.generic) and not isinstance(x, np.longdouble) else x


def _negative(x: Any) -> bool:
    return x.is_signed() if isinstance(x, Decimal) else bool(np.signbit(float(x)))


def _same_array(x: np.ndarray, y: Any) -> bool:
    if x.ndim == 0:
        return same(x[()], y)
    if x.dtype.kind in "OUS":
        return isinstance(y, (list, np.ndarray)) and len(x) == len(y) and all(map(same, x.tolist(), y))
    short = {"g": "d", "G": "D"}.get(x.dtype.char, x.dtype.newbyteorder("="))
    return (
        isinstance(y, np.ndarray)
        and y.dtype == short
        and y.shape == x.shape
        and np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
    )
