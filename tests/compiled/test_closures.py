"""What a function reads from outside is read at every call, or guarded; effects make it eager."""

from __future__ import annotations

import gc
import random
import time
import types
import warnings
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, same, state_of

from fluxbridge import gradient, pullback, withgradient
from fluxbridge.compiled import CompileWarning

pytestmark = pytest.mark.once

X = np.array([0.5, -1.5, 2.0])
SCALE = 2.0
WEIGHTS = np.array([1.0, 2.0, 3.0])


def both(f: Any, *xs: Any) -> Any:
    """Compiled, after assertion that eager says the same."""
    found = withgradient(f, COMPILED, *xs)
    assert same(tuple(found), tuple(withgradient(f, *xs)))
    return found


def is_compiled(f: Any) -> bool:
    state = state_of(f)
    return bool(state.entries) and not state.eager


def test_a_captured_number_is_read_again():
    scale = 2.0

    def f(x: Any) -> Any:
        return np.sum(x * scale)

    for scale in (2.0, 2.0, 2.0, 3.0, 2.0, np.float64(4.0), 2):  # noqa: B007
        both(f, X)
    assert is_compiled(f)


def test_a_captured_array_is_an_input():
    w = np.array([1.0, 2.0, 3.0])

    def f(x: Any) -> Any:
        return np.sum(x * w * w)

    for k in range(4):
        w[:] = k
        both(f, X)
    for k in range(3):
        w = np.full(3, 7.0 + k)
        both(f, X)
    w = np.float32([1, 2, 3])
    both(f, X)
    assert is_compiled(f)
    assert state_of(f).traces == 2  # one for each type


def test_a_global_number_and_array(monkeypatch):
    def f(x: Any) -> Any:
        return np.sum(x * WEIGHTS) * SCALE

    both(f, X), both(f, X), both(f, X)
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert both(f, X).grad[0][0] == 5.0
    monkeypatch.setitem(globals(), "WEIGHTS", np.array([10.0, 2.0, 3.0]))
    assert both(f, X).grad[0][0] == 50.0
    assert is_compiled(f)


def helper(x: Any) -> Any:
    return x * SCALE


def test_what_called_functions_read(monkeypatch):
    def f(x: Any) -> Any:
        return np.sum(helper(x))

    both(f, X), both(f, X), both(f, X)
    monkeypatch.setitem(globals(), "SCALE", -1.0)
    assert both(f, X).grad[0][0] == -1.0
    monkeypatch.setitem(globals(), "helper", lambda x: x * x)
    assert same(both(f, X).grad[0], 2 * X)


class Model:
    factor = 3.0

    def __init__(self) -> None:
        self.w = np.array([1.0, -1.0, 2.0])
        self.options = {"scale": 2.0, "names": ["a"]}
        self.square = True

    def __call__(self, x: Any) -> Any:
        y = x * self.w * self.options["scale"] * self.factor
        return np.sum(y * y if self.square else y)


def test_attributes_of_a_captured_object(monkeypatch):
    m = Model()

    def f(x: Any) -> Any:
        return m(x)

    both(f, X), both(f, X), both(f, X)
    m.w = m.w * 2
    both(f, X)
    m.w[0] = 10.0
    both(f, X)
    m.options["scale"] = 3.0
    both(f, X)
    m.square = False
    both(f, X)
    monkeypatch.setattr(Model, "factor", 7.0)
    both(f, X)
    m = Model()
    both(f, X)
    assert is_compiled(f)


def test_an_object_as_an_argument_and_as_the_function():
    m = Model()

    def f(model: Any, x: Any) -> Any:
        return model(x)

    for _ in range(3):
        both(f, m, X)
    m.options["scale"] = 4.0
    m.w = m.w + 1
    both(f, m, X)
    m.square = False
    both(f, m, X)
    both(m, X), both(m, X)
    m.w *= 3
    both(m, X)


def test_lambdas_made_anew_share_a_program():
    def loss(w: Any, x: Any, y: Any) -> Any:
        return np.sum((x * w - y) ** 2)

    codes = set()
    for k in range(6):
        x, y = X + k, X * k
        f = lambda w: loss(w, x, y)  # noqa: B023, E731
        codes.add(f.__code__)
        both(f, np.ones(3))
    assert len(codes) == 1
    assert state_of(f).traces == 1


def test_an_array_derived_outside_of_the_arguments():
    a = np.arange(6.0).reshape(2, 3)

    def f(x: Any) -> Any:
        return np.sum(a.T[:, 0] * x + (2 * a)[1] * x)

    both(f, X), both(f, X), both(f, X)
    a += 1
    both(f, X)
    assert is_compiled(f)


def test_integers_outside_are_guarded_by_their_content():
    index = np.array([0, 2])

    def f(x: Any) -> Any:
        return np.sum(x[index] ** 2)

    both(f, X), both(f, X), both(f, X)
    index[0] = 1
    both(f, X)
    assert is_compiled(f)


def test_branching_on_what_is_outside():
    w = np.array([1.0, 2.0])

    def f(x: Any) -> Any:
        return np.sum(x) if w[0] > 0 else np.sum(x * x)

    both(f, X), both(f, X), both(f, X)
    w[0] = -1.0
    both(f, X)


def test_default_values_are_guarded():
    def f(x: Any, k: Any = 2.0) -> Any:
        return np.sum(x) * k

    both(f, X), both(f, X), both(f, X)
    f.__defaults__ = (3.0,)
    assert both(f, X).grad[0][0] == 3.0


def test_a_module_of_the_users():
    settings = types.ModuleType("settings")
    settings.rate = 2.0  # type: ignore[attr-defined]

    def f(x: Any) -> Any:
        return np.sum(x) * settings.rate  # type: ignore[attr-defined]

    both(f, X), both(f, X), both(f, X)
    settings.rate = 4.0  # type: ignore[attr-defined]
    assert both(f, X).grad[0][0] == 4.0


def test_methods_that_are_replaced(monkeypatch):
    class Scaled:
        @property
        def half(self) -> float:
            return 0.5

        @staticmethod
        def twice(x: Any) -> Any:
            return 2.0 * x

        def of(self, x: Any) -> Any:
            return self.twice(x) * self.half

    s = Scaled()

    def f(x: Any) -> Any:
        return np.sum(s.of(x))

    both(f, X), both(f, X), both(f, X)
    monkeypatch.setattr(Scaled, "of", lambda self, x: x * 7.0)
    assert both(f, X).grad[0][0] == 7.0
    monkeypatch.undo()
    monkeypatch.setattr(Scaled, "twice", staticmethod(lambda x: 3.0 * x))
    assert both(f, X).grad[0][0] == 1.5
    monkeypatch.setattr(Scaled, "half", property(lambda self: 1.0))
    assert both(f, X).grad[0][0] == 3.0
    assert is_compiled(f)


def test_a_builtin_that_gets_another_meaning(monkeypatch):
    def f(x: Any) -> Any:
        return abs(x[1]) * 2.0

    both(f, X), both(f, X), both(f, X)
    monkeypatch.setitem(globals(), "abs", lambda x: x * 10.0)
    assert both(f, X).grad[0][1] == 20.0


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_objects_that_cannot_be_looked_into():
    import collections

    buffer = bytearray(b"12")
    counts = collections.Counter(a=2)

    def f(x: Any) -> Any:
        return np.sum(x) * buffer[0] * counts["a"]

    both(f, X), both(f, X), both(f, X)
    buffer[0] = 7
    both(f, X)
    counts["a"] = 5
    both(f, X)


# -- what makes a function eager ---------------------------------------------------------------------


def drawn(x: Any) -> Any:
    return np.sum(x * np.random.standard_normal(3))


def drawn_by_python(x: Any) -> Any:
    return np.sum(x) * random.random()


def timed(x: Any) -> Any:
    return np.sum(x) + time.time()


def printed(x: Any) -> Any:
    print("called")
    return np.sum(x)


LOG: list[float] = []
COUNT = 0


def logged(x: Any) -> Any:
    LOG.append(1.0)
    return np.sum(x)


def counted(x: Any) -> Any:
    global COUNT
    COUNT += 1
    return np.sum(x)


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        (drawn, "random|constant differs|something else"),
        (drawn_by_python, "random"),
        (timed, "time"),
        (printed, "prints"),
        (logged, "changes a list"),
        (counted, "assigns the global"),
    ],
)
def test_what_has_effects_runs_eagerly(f, reason):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(5):
            gradient(f, COMPILED, X)
    told = [w for w in told if w.category is CompileWarning]
    assert len(told) == 1
    assert f.__name__ in str(told[0].message)
    assert state_of(f).eager
    import re

    assert re.search(reason, state_of(f).eager), state_of(f).eager


def test_the_warning_names_the_line():
    def f(x: Any) -> Any:
        y = x * 2
        return np.sum(y) + time.perf_counter()

    with pytest.warns(CompileWarning, match=r"asks for the time \(test_closures.py:\d+\)"):
        gradient(f, COMPILED, X)


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_effects_happen_once_a_call(capsys):
    LOG.clear()
    for _ in range(4):
        gradient(logged, COMPILED, X)
        gradient(printed, COMPILED, X)
    assert len(LOG) == 4
    assert capsys.readouterr().out.count("called") == 4
    before = COUNT
    gradient(counted, COMPILED, X)
    assert before + 1 == COUNT


def test_a_collection_of_garbage_is_not_the_functions_doing(capsys):
    """Who measures how long collections take (hypothesis does) asks for the time in the middle of f."""
    times: list[float] = []

    def timing(phase: str, _info: Any) -> None:
        times.append(time.perf_counter())
        print(phase)

    class Node:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            print("freed", time.perf_counter())

    def f(x: Any) -> Any:
        for _ in range(4):
            Node()
            x = np.sin(x) * 2.0
        return np.sum(x)

    before = gc.get_threshold()
    callbacks = list(gc.callbacks)
    gc.callbacks.append(timing)
    gc.set_threshold(1)
    try:
        for _ in range(4):
            both(f, X)
    finally:
        gc.set_threshold(*before)
        gc.collect()
        gc.callbacks.remove(timing)
    assert times and "freed" in capsys.readouterr().out
    assert gc.callbacks == callbacks
    assert is_compiled(f), state_of(f).eager


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_random_numbers_are_drawn_as_eagerly():
    def run(engine: tuple[Any, ...]) -> list[Any]:
        np.random.seed(3)
        return [gradient(drawn, *engine, X)[0] for _ in range(6)]

    assert same(run((COMPILED,)), run(()))


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_counter_in_a_variable():
    n = 0

    def f(x: Any) -> Any:
        nonlocal n
        n += 1
        return np.sum(x) * n

    assert [gradient(f, COMPILED, X)[0][0] for _ in range(5)] == [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_counter_in_an_attribute_and_in_a_dict():
    class Counter:
        n = 0

    c, d = Counter(), {"n": 0}

    def f(x: Any) -> Any:
        c.n += 1
        return np.sum(x) * c.n

    def g(x: Any) -> Any:
        d["n"] = d["n"] + 1
        return np.sum(x) * d["n"]

    assert [gradient(f, COMPILED, X)[0][0] for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]
    assert [gradient(g, COMPILED, X)[0][0] for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_an_iterator_that_is_used_up():
    numbers = iter([1.0, 2.0, 3.0, 4.0, 5.0])

    def f(x: Any) -> Any:
        return np.sum(x) * next(numbers)

    assert [gradient(f, COMPILED, X)[0][0] for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_generator_of_numpy():
    def run(engine: tuple[Any, ...]) -> list[Any]:
        rng = np.random.default_rng(1)

        def f(x: Any) -> Any:
            return np.sum(x * rng.standard_normal(3))

        return [gradient(f, *engine, X)[0] for _ in range(5)]

    assert same(run((COMPILED,)), run(()))


def test_pullbacks_keep_their_inputs():
    w = np.array([1.0, 2.0, 3.0])
    x = X.copy()

    def f(x: Any) -> Any:
        return w * x * x

    for _ in range(3):
        y, back = pullback(f, COMPILED, x)
        wanted = pullback(f, x)[1](np.ones(3))
        x += 1
        y[:] = 0
        assert same(back(np.ones(3)), wanted)
        assert same(back(np.ones(3)), wanted)


def _with_counter() -> tuple[Any, Any]:
    def other() -> None: ...

    other.count = 0  # type: ignore[attr-defined]

    def f(x: Any) -> Any:
        other.count += 1  # type: ignore[attr-defined]
        return np.sum(x) * other.count  # type: ignore[attr-defined]

    return f, lambda k: None


def _with_counter_and_array() -> tuple[Any, Any]:
    def other(x: Any) -> Any:
        return x * other.weights  # type: ignore[attr-defined]

    other.count, other.weights = 0, np.ones(3)  # type: ignore[attr-defined]

    def f(x: Any) -> Any:
        other.count += 1  # type: ignore[attr-defined]
        return np.sum(other(x)) * other.count  # type: ignore[attr-defined]

    return f, lambda k: None


def _of_function(name: str, values: list[Any], read: Any) -> tuple[Any, Any]:
    def other(x: Any, y: Any = 1.0) -> None: ...

    return lambda x: np.sum(x) * read(other), lambda k: setattr(other, name, values[k])


def _method_that_is_looked_at() -> tuple[Any, Any]:
    class Owner:
        @staticmethod
        def hook() -> None: ...

        def other(self) -> None: ...

        def loss(self, x: Any) -> Any:
            return np.sum(x) * (2.0 if Owner.other is self.hook else 3.0)

    return Owner().loss, lambda k: setattr(Owner, "hook", [Owner.other, staticmethod(Owner.other)][k])


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
@pytest.mark.parametrize(
    "made",
    [
        _with_counter,
        _with_counter_and_array,
        lambda: _of_function("__defaults__", [(2.0,), (3.0,)], lambda g: g.__defaults__[0]),
        lambda: _of_function("__kwdefaults__", [{"y": 2.0}, {"y": 3.0}], lambda g: g.__kwdefaults__["y"]),
        lambda: _of_function("__name__", ["a", "bc"], lambda g: len(g.__name__)),
        lambda: _of_function("__doc__", ["a", "bc"], lambda g: len(g.__doc__)),
        lambda: _of_function("__annotations__", [{"x": 1.0}, {"x": 2.0}], lambda g: g.__annotations__["x"]),
        _method_that_is_looked_at,
    ],
)
def test_functions_that_are_looked_at_and_not_called(made):
    """Their attributes count, though they do not run."""
    found = []
    for engine in ((), (COMPILED,)):
        f, change = made()
        values = []
        for k in (0, 0, 0, 1, 1, 0):
            change(k)
            values.append(float(withgradient(f, *engine, X).val))
        found.append(values)
    assert found[0] == found[1] and len(set(found[0])) > 1
