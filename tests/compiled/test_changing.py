"""What a function reads changes between calls: the answers are those of the eager engine, never earlier ones.

A scenario makes a function and a list of changes. It is run twice from the beginning, eagerly and compiled;
the function is called some times before the first change and after each.
"""

from __future__ import annotations

import builtins
import enum
import functools
import types
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, result, same

from fluxbridge import hessian, jacobian, pullback, withgradient

pytestmark = [
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning"),
]
X = np.array([1.0, -2.0, 3.0])
SCALE: Any = 2.0
Made = tuple[Callable[[Any], Any], list[Callable[[], Any]]]


def set_global(value: Any) -> Callable[[], None]:
    return lambda: globals().update(SCALE=value)


def a_variable() -> Made:
    k: Any = 1.0

    def change(value: Any) -> Callable[[], None]:
        def now() -> None:
            nonlocal k
            k = value

        return now

    values = [
        2.0,
        2,
        True,
        np.float64(2.0),
        np.float32(0.1),
        np.array(3.0),
        X,
        X.astype(np.float32),
        -0.0,
        1j,
    ]
    return lambda x: np.sum(np.abs(x * k / 3)), [change(v) for v in values]


def a_global() -> Made:
    set_global(2.0)()
    return lambda x: np.sum(x**SCALE), [set_global(3.0), set_global(2), set_global(X), set_global(2.0)]


def a_dict() -> Made:
    d: dict[Any, Any] = {"mode": "sum", "w": 1.0}

    def f(x: Any) -> Any:
        return len(d) * d["w"] * (np.sum(x) if d["mode"] == "sum" else np.prod(x))

    return f, [
        lambda: d.update(mode="prod"), lambda: d.update(w=5), lambda: d.update(other=None),
        lambda: d.pop("other"), lambda: d.update(w=X[0]), lambda: d.pop("w"),
    ]  # fmt: skip


def an_order() -> Made:
    d = {"a": 1.0, "b": 2.0}
    return lambda x: np.sum(x) * next(iter(d.values())), [lambda: d.update(a=d.pop("a"))]


def a_list() -> Made:
    items: list[Any] = [1.0, [2.0], np.ones(3)]

    def f(x: Any) -> Any:
        return sum(np.sum(v * x) for v in (items[0], items[1][0], *items[2:]))

    return f, [
        lambda: items.append(4.0), lambda: items[1].__setitem__(0, 7.0), lambda: items[2].fill(3.0),
        lambda: items.pop(), lambda: items.__setitem__(2, items[2].copy()), lambda: items.reverse(),
    ]  # fmt: skip


def what_is_shared() -> Made:
    pair = [np.ones(3), np.ones(3)]

    def f(x: Any) -> Any:
        return np.sum(x * pair[0] * pair[1]) * (2.0 if pair[0] is pair[1] else 3.0)

    return f, [
        lambda: pair.__setitem__(0, pair[1]), lambda: pair[0].fill(4.0), lambda: pair.__setitem__(1, X)
    ]  # fmt: skip


def unusual_containers() -> Made:
    d: Any = defaultdict(lambda: 2.0)
    counts, ordered, line = Counter("aab"), OrderedDict(a=1.0, b=2.0), deque([1.0, 2.0])
    chain = ChainMap({"a": 1.0}, {"b": 2.0})
    base = {"a": 1.0}
    proxy, values = types.MappingProxyType(base), base.values()
    members = {1.0, 2.0}

    def f(x: Any) -> Any:
        numbers = d["q"], counts["a"], next(iter(ordered.values())), line[0], chain["a"], proxy["a"]
        return np.sum(x) * sum(numbers) * sum(values) * len(members)

    return f, [
        lambda: d.update(q=5.0), lambda: counts.update("a"), lambda: ordered.move_to_end("a"),
        lambda: line.rotate(), lambda: chain.update(a=9.0), lambda: base.update(a=3.0),
        lambda: members.add(3.0),
    ]  # fmt: skip


def defaults() -> Made:
    def f(x: Any, k: Any = 2.0, *, m: Any = 1.0) -> Any:
        return np.sum(x * k) * m

    def change(name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(f, name, value)

    return f, [
        change("__defaults__", (3.0,)), change("__kwdefaults__", {"m": 5.0}),
        lambda: f.__kwdefaults__.update(m=6.0), change("__defaults__", (X,)),
    ]  # fmt: skip


def the_code_itself() -> Made:
    def f(x: Any) -> Any:
        return np.sum(x)

    def other(x: Any) -> Any:
        return np.prod(x)

    return f, [lambda: setattr(f, "__code__", other.__code__)]


def a_function_that_is_called() -> Made:
    helpers = {"f": lambda x: x * 2}
    steps: list[Any] = [lambda x: x * 5, np.sin, functools.partial(np.power, 2.0), np.cos]
    return (
        lambda x: np.sum(helpers["f"](x)),
        [lambda step=step: helpers.update(f=step) for step in steps],  # type: ignore[misc]
    )


def a_partial() -> Made:
    f = functools.partial(lambda x, k, m: np.sum(x * k) * m, k=1.0, m=2.0)
    return f, [lambda: f.keywords.update(m=9.0), lambda: f.keywords.update(k=X)]


def an_object() -> Made:
    class Base:
        k = 2.0

        @property
        def twice(self) -> float:
            return 2 * self.k

        @classmethod
        def of_class(cls) -> float:
            return cls.k

    class Owner(Base):
        def __init__(self) -> None:
            self.w: Any = np.ones(3)

        def loss(self, x: Any) -> Any:
            return np.sum(x * self.w) * self.twice * self.of_class() * len(self)

        def __len__(self) -> int:
            return 1

    owner = Owner()

    def change(thing: Any, name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(thing, name, value)

    return owner.loss, [
        change(owner, "k", 3.0), change(Base, "k", 5.0), change(Owner, "k", 7.0), change(owner, "w", X),
        lambda: delattr(owner, "k"), lambda: delattr(Owner, "k"), change(Owner, "__len__", lambda self: 4),
        change(Base, "twice", 1.0), change(Owner, "loss", lambda self, x: np.prod(x)),
    ]  # fmt: skip


def the_class_of_an_object() -> Made:
    class First:
        def value(self) -> float:
            return 1.0

    class Second(First):
        def value(self) -> float:
            return 2.0

    owner = First()
    return lambda x: np.sum(x) * owner.value(), [lambda: setattr(owner, "__class__", Second)]


def slots() -> Made:
    class Owner:
        __slots__ = ("k",)

    owner = Owner()
    owner.k = 1.0  # type: ignore[attr-defined]
    return lambda x: np.sum(x) * owner.k, [lambda: setattr(owner, "k", 2.0)]  # type: ignore[attr-defined]


def an_enumeration() -> Made:
    class Mode(enum.Enum):
        A = 1
        B = 2

    held = [Mode.A]
    return (
        lambda x: np.sum(x) * held[0].value if held[0] is Mode.A else np.prod(x),
        [lambda: held.__setitem__(0, Mode.B)],
    )


def a_module() -> Made:
    module: Any = types.ModuleType("of_the_user")
    module.k, module.inner = 1.0, types.SimpleNamespace(z=1.0)
    return lambda x: np.sum(x) * module.k * module.inner.z, [
        lambda: setattr(module, "k", 2.0), lambda: setattr(module.inner, "z", 3.0),
        lambda: setattr(module, "inner", types.SimpleNamespace(z=9.0)),
    ]  # fmt: skip


def what_builtins_are() -> Made:
    usual = builtins.max
    return lambda x: np.sum(x) * max(1.0, 2.0), [
        lambda: setattr(builtins, "max", lambda *xs: 50.0), lambda: setattr(builtins, "max", usual)
    ]  # fmt: skip


def how_an_array_lies() -> Made:
    held = [np.arange(12.0).reshape(3, 4)]
    f = lambda x: np.sum(x * (2 * held[0]).ravel("K")[:3]) + np.sum(x @ held[0])  # noqa: E731
    return f, [
        lambda: held.__setitem__(0, np.asfortranarray(held[0])),
        lambda: held.__setitem__(0, held[0][:, ::-1]),
        lambda: held[0].__setitem__(0, 5.0), lambda: held.__setitem__(0, held[0].astype(np.float32)),
    ]  # fmt: skip


def arrays_that_are_no_floats() -> Made:
    words, dates = np.array(["a", "b"]), np.array(["2020-01-01"], dtype="M8[D]")
    rows, things = np.array([(1.0, 2)], dtype=[("a", float), ("b", int)]), np.array([1.0, None], dtype=object)

    def f(x: Any) -> Any:
        return np.sum(x) * (2 if words[0] == "a" else 3) * dates.astype(int)[0] * rows["a"][0] * things[0]

    return f, [
        lambda: words.__setitem__(0, "z"), lambda: dates.__setitem__(0, "2021-01-01"),
        lambda: rows.__setitem__("a", 9.0), lambda: things.__setitem__(0, 5.0),
    ]  # fmt: skip


def counters_and_effects() -> Made:
    calls: list[int] = []
    held = types.SimpleNamespace(n=0)
    numbers = iter(range(100))

    def f(x: Any) -> Any:
        calls.append(1)
        held.n += 1
        return np.sum(x) * len(calls) * held.n * next(numbers)

    return f, [lambda: calls.clear()]


def an_error_that_comes_later() -> Made:
    held = {"bad": False}

    def f(x: Any) -> Any:
        if held["bad"]:
            raise KeyError("bad")
        return np.sum(x * x)

    return f, [lambda: held.update(bad=True), lambda: held.update(bad=False)]


SCENARIOS = [
    a_variable, a_global, a_dict, an_order, a_list, what_is_shared, unusual_containers, defaults,
    the_code_itself, a_function_that_is_called, a_partial, an_object, the_class_of_an_object, slots,
    an_enumeration, a_module, what_builtins_are, how_an_array_lies, arrays_that_are_no_floats,
    counters_and_effects, an_error_that_comes_later,
]  # fmt: skip


def by_gradient(f: Any, *engine: Any) -> Any:
    return tuple(withgradient(f, *engine, X))


def by_pullback(f: Any, *engine: Any) -> Any:
    y, back = pullback(f, *engine, X)
    return y, back(1.0)


OPERATORS = {
    "withgradient": by_gradient,
    "pullback": by_pullback,
    "hessian": lambda f, *engine: hessian(lambda x: np.sum(x * x) * f(x), *engine, X),
    "jacobian": lambda f, *engine: jacobian(lambda x: x * f(x), *engine, X),
}


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("made", SCENARIOS, ids=lambda made: made.__name__)
def test_answers_are_never_earlier_ones(made, operator):
    answers = []
    for engine in ((), (COMPILED,)):
        f, changes = made()
        found = []
        for change in (lambda: None, lambda: None, *changes):
            result(change)
            found += [result(lambda: OPERATORS[operator](f, *engine)) for _ in range(2)]  # noqa: B023
        answers.append(found)
    for k, (wanted, found) in enumerate(zip(*answers, strict=True)):
        assert same(found, wanted), f"call {k}: compiled {found!r}, eager {wanted!r}"
    assert len({str(a) for a in answers[0]}) > 1
