"""Implicit parameters: arrays that a function reaches by itself."""

from __future__ import annotations

import abc
import functools
import sys
import time
import timeit
import types

import numpy as np
import pytest

from fluxbridge import Params, gradient, jacobian, pullback, withgradient
from fluxbridge.errors import FluxbridgeError, StructureError

pytestmark = pytest.mark.once

X = np.array([[1, 2, 3], [4, 5, 6]])
Y = np.array([7, 8])
Z = np.array([1, 10, 100])
COUNT = 0


def helper():
    return np.sum(X * Y[:, None] * Z)


def counting():
    global COUNT
    COUNT += 1
    return helper()


class Model:
    def __init__(self):
        self.W = np.eye(2)
        self.parts = {"b": np.zeros(2)}

    def __call__(self, x):
        return self.W @ x + self.parts["b"]


EXPECTED = [[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]]


@pytest.mark.parametrize(
    "f",
    [
        helper,
        lambda: helper(),
        counting,
        functools.partial(lambda g: g(), helper),
        lambda: (lambda: helper())(),
    ],
)
def test_through_globals_and_the_functions_that_are_called(f):
    g = gradient(f, Params([X, Y]))
    np.testing.assert_array_equal(g[X], EXPECTED)
    np.testing.assert_array_equal(g[Y], [321.0, 654.0])
    assert X in g
    assert Z not in g
    assert [a is b for a, b in zip(g.keys(), [X, Y], strict=True)] == [True, True]
    np.testing.assert_array_equal(X, [[1, 2, 3], [4, 5, 6]])
    assert isinstance(X, np.ndarray)


def test_globals_that_the_function_assigns_are_kept():
    before = COUNT
    gradient(counting, Params([X]))
    assert before + 1 == COUNT


def test_through_closures_and_objects():
    model, x = Model(), np.array([1.0, 2.0])
    W, b = model.W, model.parts["b"]
    loss = lambda: np.sum(model(x) ** 2)  # noqa: E731
    value, g = withgradient(loss, Params([W, b]))
    assert value == 5.0
    np.testing.assert_array_equal(g[W], [[2, 4], [4, 8]])
    np.testing.assert_array_equal(g[b], [2, 4])
    assert model.W is W


def test_what_is_not_reached_is_none_and_what_is_unknown_is_an_error():
    w, b = np.array([1.0, 2.0]), np.array([3.0])
    g = gradient(lambda: np.sum(w * w), Params([w, b, w]))
    assert len(g) == 2
    assert g[b] is None
    with pytest.raises(KeyError, match="equal copy"):
        g[w.copy()]


def test_numbers_are_refused():
    with pytest.raises(StructureError, match="identity"):
        Params([1.0])
    assert issubclass(StructureError, FluxbridgeError)


def test_arithmetic_of_gradients():
    w = np.array([1.0, 2.0])
    b = np.array([3.0])
    ps = Params([w, b])
    g = gradient(lambda: np.sum(w * w), ps)
    h = 2 * g + g
    np.testing.assert_array_equal(h[w], [6.0, 12.0])
    assert h[b] is None
    np.testing.assert_array_equal(g.map(np.negative)[w], [-2.0, -4.0])
    with pytest.raises(StructureError, match="different parameters"):
        g + gradient(lambda: np.sum(w), Params([w]))


def test_a_norm_over_the_parameters_themselves():
    w = np.array([3.0, 4.0])
    ps = Params([w])
    g = gradient(lambda: sum(np.sum(p**2) for p in ps), ps)
    np.testing.assert_array_equal(g[w], [6.0, 8.0])


def test_pullbacks_and_jacobians():
    w = np.array([3.0, 4.0])
    y, back = pullback(lambda: w * w, Params([w]))
    np.testing.assert_array_equal(y, [9.0, 16.0])
    np.testing.assert_array_equal(back(np.array([1.0, 0.0]))[w], [6.0, 0.0])
    np.testing.assert_array_equal(jacobian(lambda: w * w, Params([w]))[w], [[6.0, 0.0], [0.0, 8.0]])


# -- what calls itself, classes and modules ----------------------------------------------------------------

W = np.array([2.0, 5.0])
CALLS = 0


def power(n):
    return W[0] if n == 1 else W[0] * power(n - 1)


@functools.lru_cache(None)
def cached(n):
    return W[0] if n == 1 else W[0] * cached(n - 1)


def wrapping(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)

    return wrapper


@wrapping
def wrapped(n):
    return W[0] if n == 1 else W[0] * wrapped(n - 1)


def even(n):
    return 1.0 if n == 0 else W[0] * odd(n - 1)


def odd(n):
    return even(n - 1)


def counted():
    global CALLS
    CALLS += 1
    return W[0] ** 2 * calls()


def calls():
    return float(CALLS)


class Tower:
    V = np.array([2.0, 3.0])

    def __init__(self):
        self.w = np.array([2.0])

    def power(self, n):
        return self.w[0] if n == 1 else self.w[0] * self.power(n - 1)

    def square(self):
        return W[0] ** 2

    @staticmethod
    def fixed():
        return W[0] ** 2

    @classmethod
    def of_class(cls):
        return cls.V[0] ** 2

    @property
    def half(self):
        return W[0] / 2 + self.w[0]

    def __call__(self):
        return self.square()


class Higher(Tower):
    def square(self):
        return super().square() * 3.0


class Square:
    def __get__(self, owner, kind):
        return W[0] ** 2


class Empty(abc.ABC):
    described = Square()

    @abc.abstractmethod
    def square(self): ...


class Full(Empty):
    def square(self):
        return W[0] ** 2


EMPTY, SUM = Full(), W.sum
TOWER, HIGHER = Tower(), Higher()
OPERATIONS = {"f": lambda: W[0] ** 2}
SPACE = types.SimpleNamespace(W=W)
MODULE = types.ModuleType("of_a_user")
exec("import numpy as np\nV = np.array([3.0])\ndef loss(): return V[0] ** 2\n", vars(MODULE))


def closure_that_calls_itself():
    w = W

    def inner(n):
        return w[0] if n == 1 else w[0] * inner(n - 1)

    return lambda: inner(3)


REACHED = {
    "itself, by a global": (lambda: power(3), W, [12.0, 0.0]),
    "itself, by a closure": (closure_that_calls_itself(), W, [12.0, 0.0]),
    "each other": (lambda: even(4), W, [4.0, 0.0]),
    "itself, cached": (lambda: cached(3), W, [12.0, 0.0]),
    "itself, decorated": (lambda: wrapped(3), W, [12.0, 0.0]),
    "a method that calls itself": (lambda: TOWER.power(3), TOWER.w, [12.0]),
    "a bound method": (functools.partial(TOWER.power, 3), TOWER.w, [12.0]),
    "a method and a global": (lambda: TOWER.square(), W, [4.0, 0.0]),
    "an object that is called": (TOWER, W, [4.0, 0.0]),
    "super": (lambda: HIGHER.square(), W, [12.0, 0.0]),
    "a static method": (lambda: Tower.fixed() + TOWER.fixed(), W, [8.0, 0.0]),
    "a class method": (lambda: Tower.of_class() + TOWER.of_class(), Tower.V, [8.0, 0.0]),
    "a property": (lambda: TOWER.half, W, [0.5, 0.0]),
    "an attribute of a class": (lambda: Tower.V[0] * TOWER.V[1] * type(HIGHER).V[1], Tower.V, [9.0, 12.0]),
    "an object made inside": (lambda: Tower().square(), W, [4.0, 0.0]),
    "an attribute of a module": (lambda: MODULE.V[0] ** 2, MODULE.V, [6.0]),
    "a function of a module": (lambda: MODULE.loss(), MODULE.V, [6.0]),
    "a function in a dict": (lambda: OPERATIONS["f"](), W, [4.0, 0.0]),
    "a namespace": (lambda: SPACE.W[0] ** 2, W, [4.0, 0.0]),
    "an object without fields": (lambda: EMPTY.square(), W, [4.0, 0.0]),
    "a descriptor": (lambda: EMPTY.described, W, [4.0, 0.0]),
    "a method of the array": (lambda: SUM() ** 2, W, [14.0, 14.0]),
    "a name as text": (lambda: eval("W[0] ** 2") + globals()["W"][0], W, [5.0, 0.0]),
    "a default": (lambda w=W: w[0] ** 2, W, [4.0, 0.0]),
}


@pytest.mark.parametrize("name", REACHED)
def test_reached_by(name):
    f, parameter, expected = REACHED[name]
    cached.cache_clear()
    value, g = withgradient(f, Params([parameter]))
    cached.cache_clear()
    assert value == f()
    np.testing.assert_allclose(g[parameter], expected)


def test_instances_stay_instances():
    def f():
        assert isinstance(TOWER, Tower) and isinstance(HIGHER, Tower) and issubclass(Higher, Tower)
        assert not isinstance(TOWER, Higher) and not isinstance(3, Tower)
        return TOWER.square() + Tower.fixed()

    np.testing.assert_allclose(gradient(f, Params([W]))[W], [8.0, 0.0])
    assert type(TOWER) is Tower


def test_functions_share_the_globals_that_they_assign():
    before = CALLS
    value, g = withgradient(counted, Params([W]))
    assert before + 1 == CALLS
    assert value == 4.0 * CALLS
    assert g[W][0] == 4.0 * CALLS


def test_what_cannot_be_rebuilt_is_refused():
    def importing():
        import of_a_user

        return of_a_user.V[0]

    sys.modules["of_a_user"] = MODULE
    try:
        with pytest.raises(StructureError, match="at the top of the file"):
            gradient(importing, Params([MODULE.V]))
    finally:
        del sys.modules["of_a_user"]

    class Counted:
        def __init_subclass__(cls):
            raise AssertionError

        def f(self):
            return W[0]

    with pytest.raises(StructureError, match="no class can stand for it"):
        gradient(lambda: Counted().f(), Params([W]))
    stream = iter([W])
    with pytest.raises(StructureError, match=r"Pass the parameter as an argument"):
        gradient(lambda: np.sum(next(stream)), Params([W]))


# -- long lists --------------------------------------------------------------------------------------------


def test_parameters_in_long_lists_are_found_whatever_was_known_of_the_list():
    data = [(np.ones(2), 1.0) for _ in range(2000)]
    w = np.array([3.0])
    ps = Params([w])

    def loss():
        first = data[77][0]
        return first() if callable(first) else np.sum(first * w)

    for _ in range(3):
        np.testing.assert_array_equal(gradient(loss, ps)[w], [2.0])
    data[77] = (lambda: w[0] ** 2, 1.0)
    np.testing.assert_array_equal(gradient(loss, ps)[w], [6.0])
    data[77] = (np.ones(2), 1.0)
    for _ in range(3):
        np.testing.assert_array_equal(gradient(loss, ps)[w], [2.0])
    data[77] = (w, 1.0)
    np.testing.assert_array_equal(gradient(loss, ps)[w], [6.0])
    data[77] = (lambda: w[0] ** 3, 1.0)
    np.testing.assert_array_equal(gradient(loss, ps)[w], [27.0])
    data[77] = (np.ones(2), 1.0)
    np.testing.assert_array_equal(gradient(loss, ps)[w], [2.0])


LONG = [(np.ones(2), 1.0) for _ in range(2000)]


def of_long():
    first = LONG[77][0]
    return first() if callable(first) else first[0] * W[0]


def test_functions_that_come_into_a_long_list_of_the_module():
    ps = Params([W])
    for _ in range(3):
        np.testing.assert_array_equal(gradient(of_long, ps)[W], [1.0, 0.0])
    LONG[77] = (lambda: W[1] ** 2, 1.0)
    np.testing.assert_array_equal(gradient(of_long, ps)[W], [0.0, 10.0])


def test_many_parameters_in_a_list_and_in_a_dict():
    ws = [np.ones(2) for _ in range(600)]
    g = gradient(lambda: sum(np.sum(w) for w in ws[::2]), Params(ws))
    assert [v is None for v in g.values()] == [False, True] * 300
    by_name = {f"w{k}": w for k, w in enumerate(ws)}
    assert gradient(lambda: np.sum(by_name["w599"]), Params(ws))[ws[599]] is not None


def test_the_time_does_not_depend_on_what_else_is_in_sight():
    x, w = np.ones(2), np.array([1.0, 2.0])
    long = [(np.ones(2), np.ones(2)) for _ in range(20_000)]

    def small():
        return np.sum(x * w)

    def large():
        return np.sum(long[5][0] * w)

    def seconds(f, ps):
        gradient(f, ps)
        return min(timeit.repeat(lambda: gradient(f, ps), number=5, repeat=7, timer=time.process_time))

    assert seconds(large, Params([w])) < 3 * seconds(small, Params([w])) + 1e-3


def test_parameters_are_taken_out_put_in_and_found_by_position():
    w, b, more = np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0])
    ps = Params([w, b])
    assert ps[0] is w and ps[-1] is b and ps[:1] == [w]
    assert ps.delete(b) is ps and len(ps) == 1 and b not in ps
    assert len(ps.delete_(w.copy())) == 1, "an equal copy is another array"
    assert [*map(id, ps.push_(w, more))] == [id(w), id(more)]
    g = gradient(lambda: np.sum(w**2) + np.sum(more * b), ps)
    assert g[w].tolist() == [2.0, 4.0] and g[more].tolist() == [3.0]
    for position in (2, -3, w):
        with pytest.raises(StructureError, match="2 parameters, at positions from 0"):
            _ = ps[position]
    with pytest.raises(StructureError, match="implicit parameters are arrays"):
        ps.push_(1.0)


def test_gradients_are_their_own_dictionary():
    w, b = np.array([1.0, 2.0]), np.array([3.0])
    ps = Params([w, b])
    g = gradient(lambda: np.sum(w * w), ps)
    assert g.grads[w] is g[w] and g.grads[b] is None and len(g.grads) == 2
    ps.delete(w)
    assert [k is v for (k, _), v in zip(g.items(), [w, b], strict=True)] == [True, True]
    assert (2 * g)[w].tolist() == [4.0, 8.0] and len(g.keys()) == 2
