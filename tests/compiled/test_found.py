"""Programs that once gave another result compiled than eagerly: what they read was not guarded."""

from __future__ import annotations

import enum
import functools
import itertools
import math
import os
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, result, same

import fluxbridge
from fluxbridge import AutoNative, gradient, pullback, pushforward, withgradient, withjacobian
from fluxbridge.compiled import CompileWarning

pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")]
X = 1.5
RATE = 1.0


def follows(f: Callable[..., Any], change: Callable[[Any], Any], values: Any = (1.0, 1.0, 1.0, 2.0)) -> None:
    """After each change of what f reads compiled and eager give the same, and not what they gave before."""
    seen = []
    for value in values:
        change(value)
        found, wanted = withgradient(f, COMPILED, X), withgradient(f, X)
        assert same(found, wanted), (value, found, wanted)
        seen.append(found)
    assert not same(seen[0], seen[-1])


class Holder:
    def __init__(self) -> None:
        self.other = 0.0

    def times(self, x: Any) -> Any:
        return x * 2.0

    def __call__(self, x: Any) -> Any:
        return self.times(x)


def test_a_method_that_an_object_gets():
    holder = Holder()
    follows(holder, lambda k: k == 2.0 and setattr(holder, "times", lambda x: x * 7.0))


def test_a_method_that_a_subclass_gets():
    class Below(Holder):
        pass

    follows(Below(), lambda k: k == 2.0 and setattr(Below, "times", lambda self, x: x * 5.0))


def test_a_function_that_a_class_holds():
    class Act:
        act = staticmethod(np.sin)

        def __call__(self, x: Any) -> Any:
            return self.act(x)

    follows(Act(), lambda k: k == 2.0 and setattr(Act, "act", staticmethod(np.cos)))


def test_an_attribute_of_a_class_that_is_named():
    class Settings:
        rate = 1.0

    follows(lambda x: x * Settings.rate, lambda k: setattr(Settings, "rate", k))


@pytest.mark.parametrize("kind", [float, str, set, functools.partial])
def test_subclasses_of_plain_types(kind):
    made: Any = type("Made", (kind,), {})(*{float: [2.0], str: ["a"], set: [{1}]}.get(kind, [np.sin]))
    follows(lambda x: x * made.rate, lambda k: setattr(made, "rate", k))


def test_values_of_enumerations():
    kind = enum.Enum("Kind", {"FIRST": [1.0]})  # type: ignore[misc]
    follows(lambda x: x * kind.FIRST.value[0], lambda k: kind.FIRST.value.__setitem__(0, k))  # type: ignore[attr-defined]


def test_a_metaclass():
    class Meta(type):
        rate = 1.0

    class Made(metaclass=Meta):
        pass

    follows(lambda x: x * Made.rate, lambda k: setattr(Meta, "rate", k))


def test_attributes_of_functions():
    def f(x: Any) -> Any:
        return x * getattr(f, "rate", 1.0)

    follows(f, lambda k: k == 2.0 and setattr(f, "rate", 2.0))

    def counting(x: Any) -> Any:
        counting.count = getattr(counting, "count", 0) + 1  # type: ignore[attr-defined]
        return x

    for k in range(4):
        gradient(counting, COMPILED, X)
        assert counting.count == k + 1  # type: ignore[attr-defined]


def _module(name: str) -> Any:
    module = types.ModuleType(name)
    module.rate = 1.0  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize("way", ["by name", "in a list", "as a default", "given on", "partial"])
def test_modules_that_are_reached_otherwise(way):
    module, key, listed = _module("found_module"), "rate", []
    listed.append(module)

    def of(module: Any, x: Any) -> Any:
        return x * module.rate

    def default(x: Any, module: Any = module) -> Any:
        return x * module.rate

    f = {
        "by name": lambda x: x * getattr(module, key),
        "in a list": lambda x: x * listed[0].rate,
        "as a default": default,
        "given on": lambda x: of(module, x),
        "partial": functools.partial(of, module),
    }[way]
    follows(f, lambda k: setattr(module, "rate", k))


def test_imports_inside(monkeypatch):
    module = _module("found_module")
    monkeypatch.setitem(sys.modules, "found_module", module)

    def whole(x: Any) -> Any:
        import found_module  # type: ignore[import-not-found]

        return x * found_module.rate

    def part(x: Any) -> Any:
        from found_module import rate

        return x * rate

    follows(whole, lambda k: setattr(module, "rate", k))
    follows(part, lambda k: setattr(module, "rate", k))
    follows(lambda x: x * sys.modules["found_module"].rate, lambda k: setattr(module, "rate", k))


def _set_rate(value: float) -> None:
    global RATE
    RATE = value


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * globals()["RATE"],
        lambda x: x * eval("RATE"),
        lambda x: x * sys._getframe().f_globals["RATE"],
    ],
)
def test_globals_by_name(f):
    follows(f, _set_rate)


def test_the_environment(monkeypatch):
    follows(lambda x: x * float(os.environ["FOUND_RATE"]), lambda k: monkeypatch.setenv("FOUND_RATE", str(k)))
    follows(
        lambda x: x * float(os.getenv("FOUND_RATE", 0)), lambda k: monkeypatch.setenv("FOUND_RATE", str(k))
    )


def test_files(tmp_path):
    path = tmp_path / "there"
    follows(lambda x: x * 2 if os.path.exists(path) else x, lambda k: k == 2.0 and path.write_text("1"))


def test_functions_of_libraries_that_are_replaced(monkeypatch):
    follows(
        lambda x: x * math.floor(2.5), lambda k: k == 2.0 and monkeypatch.setattr(math, "floor", math.ceil)
    )
    follows(lambda x: np.sin(x), lambda k: k == 2.0 and monkeypatch.setattr(np, "sin", np.cos))


def test_methods_of_lists_and_dicts():
    numbers, named, log = [1.0], {"rate": 1.0}, []
    at, get, append = numbers.__getitem__, named.get, log.append
    follows(lambda x: x * at(0), lambda k: numbers.__setitem__(0, k))
    follows(lambda x: x * get("rate"), lambda k: named.__setitem__("rate", k))

    def f(x: Any) -> Any:
        append(1)
        return x

    for k in range(4):
        gradient(f, COMPILED, X)
        assert len(log) == k + 1


def test_functions_with_a_cache():
    named = {"rate": 1.0}
    rate = functools.lru_cache(lambda: named["rate"])

    def change(k: float) -> None:
        named["rate"] = k
        rate.cache_clear()

    follows(lambda x: x * rate(), change)


def test_random_numbers_that_decide():
    def f(x: Any) -> Any:
        return x if np.random.rand() < 0.5 else 2 * x

    drawn = []
    for engine in (AutoNative(), COMPILED):
        np.random.seed(0)
        drawn.append([withgradient(f, engine, X).val for _ in range(12)])
    assert drawn[0] == drawn[1] and len(set(drawn[0])) == 2


def test_warnings_of_f():
    def f(x: Any) -> Any:
        warnings.warn("of f", UserWarning, stacklevel=1)
        return x

    for _ in range(4):
        with pytest.warns(UserWarning, match="of f"):
            gradient(f, COMPILED, X)


def test_how_errors_are_taken():
    def quiet(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.sum(np.log(x)) * 2.0

    def caught(x: Any) -> Any:
        with np.errstate(all="raise"):
            try:
                return np.sum(np.log(x))
            except FloatingPointError:
                return np.sum(x * 7.0)

    for value in (1.0, 1.0, 1.0, 0.0, 1.0):
        x = np.array([value, 2.0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            assert same(withgradient(caught, COMPILED, x), withgradient(caught, x))
            wanted = withgradient(quiet, x)
        assert same(result(lambda: withgradient(quiet, COMPILED, x)), wanted)  # noqa: B023


def test_arrays_without_axes_and_numbers_of_float32():
    def f(x: Any) -> Any:
        return np.arctan2(x * x, 0.3)

    for x in (np.array(0.5), np.float32(0.5), np.array(0.5, np.float32), np.float16(0.5), 0.5):
        for _ in range(3):
            assert same(withgradient(f, COMPILED, x), withgradient(f, x))
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompileWarning)  # said before; and a float is compiled all the same
        gradient(f, COMPILED, 0.25)
    assert "0 arguments" not in fluxbridge.compiled.compiled(f).report()


@pytest.mark.parametrize("ufunc", [np.power, np.nextafter, np.subtract, np.logaddexp, np.minimum])
def test_types_of_written_rules(ufunc):
    x, y = np.array([0.3, 0.6], np.float32), np.array([0.9, 0.2], np.float32)
    for a, b in itertools.product([x, 0.5, np.float32(0.5)], [y, 0.3]):
        for _ in range(3):
            f = lambda x, y: np.sum(ufunc(x, y))  # noqa: E731
            assert same(withgradient(f, COMPILED, a, b), withgradient(f, a, b))


def test_bytes_in_another_order():
    x = np.arange(4.0).astype(">f8")
    for _ in range(3):
        f = lambda x: np.sum(x * x)  # noqa: E731
        assert same(withgradient(f, COMPILED, x), withgradient(f, x))


def test_numbers_out_of_several_results():
    x = np.eye(2)
    for _ in range(3):
        f = lambda x: np.linalg.slogdet(x)[1] + np.linalg.det(x)  # noqa: E731
        assert same(withgradient(f, COMPILED, x), withgradient(f, x))
        g = lambda x: np.sum(x**3)  # noqa: E731
        assert same(withjacobian(g, COMPILED, x), withjacobian(g, x))


def test_no_seed_at_all():
    for _ in range(3):
        f = lambda xs: xs[0] * xs[1]  # noqa: E731
        xs = [np.ones(2), 2.0]
        assert same(pullback(f, COMPILED, xs)[1](None), pullback(f, xs)[1](None))


def test_whole_numbers_as_tangents():
    for _ in range(3):
        f = lambda x: x  # noqa: E731
        assert same(pushforward(f, COMPILED, 2.0)(2), pushforward(f, 2.0)(2))
