"""What crosses the border is exact or refused, in the same way in both modes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import bordervalues
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from fluxbridge import AutoZygote, Record, gradient, julia
from fluxbridge.errors import FluxbridgeError, StructureError
from fluxbridge.julia import session
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.isolated.remote import RemoteBridge

pytestmark = pytest.mark.julia

MODES = ["here", "isolated"]
Function = Callable[[str], Any]


@pytest.fixture(scope="module")
def functions() -> Iterator[dict[str, Function]]:
    """How to make a function of source, in this process and in another one, side by side."""
    before, session._bridge = session._bridge, None
    if not isinstance(before, RemoteBridge):
        session._bridge = before
    julia.start(isolated=False)
    here, there = session.bridge(), RemoteBridge()
    yield {
        "here": lambda source: JuliaObject(here.define(source), here),
        "isolated": lambda source: JuliaObject(there.define(source), there),
    }
    there.close()
    session._bridge = before if before is not None else session._bridge


@pytest.fixture(params=MODES)
def function(functions: dict[str, Function], request: pytest.FixtureRequest) -> Function:
    return functions[request.param]


def outcome(f: Any, *args: Any) -> Any:
    try:
        return f(*args)
    except FluxbridgeError as error:
        assert str(error)
        return FluxbridgeError


def check(echoes: list[Any], x: Any) -> None:
    """Each gives back what it got, or all refuse it."""
    here, there = (outcome(echo, x) for echo in echoes)
    assert (here is FluxbridgeError) == (there is FluxbridgeError), (x, here, there)
    if here is not FluxbridgeError:
        assert bordervalues.same(x, here), (x, here)
        assert bordervalues.same(x, there), (x, there)
        assert type(here) is type(there)


@pytest.fixture(scope="module")
def echoes(functions: dict[str, Function]) -> list[Any]:
    return [functions[mode]("x -> x") for mode in MODES]


def test_awkward_values(echoes: list[Any]) -> None:
    for x in bordervalues.awkward():
        check(echoes, x)


@given(bordervalues.values())
@settings(
    max_examples=int(os.environ.get("FLUXBRIDGE_FUZZ", "60")), deadline=None,
    derandomize="FLUXBRIDGE_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck), database=None,
)  # fmt: skip
def test_anything(echoes: list[Any], x: Any) -> None:
    check(echoes, x)


@pytest.mark.parametrize("name", bordervalues.of_itself())
def test_what_holds_itself(echoes: list[Any], name: str) -> None:
    for echo in echoes:
        with pytest.raises(StructureError, match="holds itself"):
            echo(bordervalues.of_itself()[name]())


def test_depth(echoes: list[Any]) -> None:
    for x in bordervalues.deep().values():
        for echo in echoes:
            with pytest.raises(StructureError):
                echo(x)
    x: Any = ()
    for _ in range(20):
        x = (x,)
    check(echoes, x)
    x = [1.0]
    for _ in range(70):
        x = {"a": x}
    for echo in echoes:
        with pytest.raises(StructureError, match="64 levels"):
            echo(x)


JULIA_VALUES = {
    'big"1e400"': lambda y: 0 < abs(Fraction(y) / 10**400 - 1) < Fraction(1, 2**255),
    'big"0.5"': lambda y: y == Decimal("0.5") and isinstance(y, Decimal),
    "-big(0.0)": lambda y: y == 0 and y.is_signed(),
    "big(NaN)": lambda y: y.is_nan(),
    'nextfloat(big"1.0")': lambda y: Fraction(y) == 1 + Fraction(1, 2**255),
    '[big"0.5", big"2"]': lambda y: y == [Decimal("0.5"), 2],
    "Complex(1, 2)": lambda y: y == 1 + 2j,
    "Complex(2^60 + 1, 0)": lambda y: isinstance(y, JuliaObject),
    "[Complex(2^60 + 1, 0)][1:1]": lambda y: isinstance(y[0], JuliaObject),
    "[Complex(1, 2)]": lambda y: y.dtype == complex,
    "1//0": lambda y: isinstance(y, JuliaObject),
    "2//3": lambda y: y == Fraction(2, 3),
    "Int128(2)^100": lambda y: y == 2**100,
    "[Int128(2)^100]": lambda y: y == [2**100],
    "big(2)^20000": lambda y: y == 2**20000,
    "typemax(UInt64)": lambda y: y == 2**64 - 1,
    "Float16(0.1)": lambda y: type(y) is np.float16,
    "-0.0": lambda y: np.signbit(y),
    "UInt8('a')": lambda y: y == 97,
    "('a', :b, \"c\")": lambda y: y == ("a", "b", "c"),
    "Some(nothing)": lambda y: isinstance(y, JuliaObject),
    "[1.0, missing]": lambda y: y == [1.0, None],
    "Set([Set([1]), Set([2])])": lambda y: y == {frozenset({1}), frozenset({2})},
    "Dict((1, 2) => Dict(:a => [1.0]))": lambda y: y[1, 2]["a"][0] == 1.0,
    "(a = (b = 1f0, c = :x),)": lambda y: y == Record(a=Record(b=np.float32(1), c="x")),
    "CartesianIndex(1, 2)": lambda y: isinstance(y, JuliaObject),
    "zeros(ntuple(_ -> 1, 40))": lambda y: isinstance(y, JuliaObject),
    "view([1, 2, 3], 2:3)": lambda y: y.tolist() == [2, 3],
    "[1 2; 3 4]'": lambda y: y.tolist() == [[1, 3], [2, 4]],
    '"a\\0b"': lambda y: y == "a\0b",
    "reinterpret(Float64, 0x7ff8000000000123)": lambda y: np.float64(y).view("u8") == 0x7FF8000000000123,
}  # fmt: skip

REFUSED = {
    'Dict(:a => 1, "a" => 2)': "two keys of this Dict are one in Python",
    "Set([\"a\", 'a', :a])": "two keys of this Set are one in Python",
    "Dict(0.0 => 1, -0.0 => 2)": "two keys of this Dict",
    "Dict(missing => 1, nothing => 2)": "two keys of this Dict",
    "Set([1 => 2, (1, 2)])": "two keys of this Set",
    "(a = 1, b = [Dict(:a => 1, 'a' => 2)])": "two keys of this Dict",
    "Dict([1] => 2)": "unhashable",
    '"\\xff"': "codeunits",
    "'\\xff'": "codeunits",
    "(v = Any[]; push!(v, v); push!(v, v); v)": "holds itself",
    "(d = Dict{Any,Any}(); d[1] = d; d)": "holds itself",
    "(r = Ref{Any}(); r[] = r; r)": "holds itself",
    "foldl((a, b) -> Any[a], 1:10^5; init = 1)": "64 levels",
    'big"1e100000"': "too many digits",
    "1:10^13": "OutOfMemory",
}


def test_values_of_julia(function: Function) -> None:
    for source, right in JULIA_VALUES.items():
        y = function(f"() -> {source}")()
        assert right(y), (source, y)


def test_refused_values_of_julia(function: Function) -> None:
    for source, words in REFUSED.items():
        with pytest.raises(FluxbridgeError, match=words):
            function(f"() -> {source}")()
    assert function('() -> collect(Dict(:a => 1, "a" => 2))')() in (
        [("a", 1), ("a", 2)],
        [("a", 2), ("a", 1)],
    )
    assert function('() -> collect(codeunits("\\xff"))')().tolist() == [255]


def test_decimals_there_and_back(function: Function) -> None:
    kind = function("x -> string(typeof(x))")
    assert kind(Decimal("1e400")) == "BigFloat"
    assert function("x -> x == big(10)^400")(Decimal("1e400")) is True
    assert function("x -> 2x")(Decimal("0.25")) == Decimal("0.5")
    square = function("x -> x^2")
    assert square._bridge.withgradient(square._value, (Decimal("0.75"),))[1] == (Decimal("1.5"),)


class Affine:
    """A function with parameters."""

    def __init__(self, W: Any, b: Any):
        self.W, self.b = W, b

    def __call__(self, x: Any) -> Any:
        return self.W @ x + self.b


def test_callable_objects_with_fields(function: Function) -> None:
    m, x = Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5])), np.array([1.0, -1.0])
    assert function("(m, x) -> sum(m(x)) + sum(m.W)")(m, x) == np.sum(m(x)) + 10
    assert function("m -> m")(m) is m
    assert function("m -> collect(propertynames(m))")(m) == ["W", "b"]
    loss = function("(m, x) -> sum(abs2, m(x)) + 3sum(m.b)")
    value, (gm, gx) = loss._bridge.withgradient(loss._value, (m, x))
    expected = gradient(lambda m, x: np.sum(m(x) ** 2) + 3 * np.sum(m.b), m, x)
    np.testing.assert_allclose(value, np.sum(m(x) ** 2) + 3 * np.sum(m.b))
    np.testing.assert_allclose(gm.W, expected[0].W)
    np.testing.assert_allclose(gm.b, expected[0].b)
    np.testing.assert_allclose(gx, expected[1])
    only = function("(m, x) -> sum(abs2, m(x))")
    np.testing.assert_allclose(
        only._bridge.withgradient(only._value, (m, x))[1][0].W, gradient(lambda m: np.sum(m(x) ** 2), m)[0].W
    )
    untouched = function("(m, x) -> sum(x)")
    assert untouched._bridge.withgradient(untouched._value, (m, x))[1][0] is None
    m.me = m  # no structure any more, but still a function
    assert function("(m, x) -> sum(m(x))")(m, x) == np.sum(m(x))


class Net:
    def __init__(self) -> None:
        self.parts = [{"a": 1.0, "b": bordervalues.Callee(2.0)}, bordervalues.Point(3.0, [4.0, 5.0])]
        self.pair = (bordervalues.Callee(np.ones(2)), bordervalues.Callee(bordervalues.Box(0.5)))
        self.act = np.tanh

    def __call__(self, x: Any) -> Any:
        first, second = self.parts
        y = first["a"] * first["b"].content * second.x * second.y[1]
        return y * self.pair[1].content.content * self.act(np.sum(x * self.pair[0].content))


def test_callable_objects_in_each_other(function: Function) -> None:
    m, x = Net(), np.array([0.1, 0.2])
    f = function("(m, x) -> m(x)^2 + sum(m.pair[1].content)")
    _, got = f._bridge.withgradient(f._value, (m, x))
    expected = gradient(lambda m, x: m(x) ** 2 + np.sum(m.pair[0].content), m, x)
    np.testing.assert_allclose(got[1], expected[1])
    np.testing.assert_allclose(got[0].pair[0].content, expected[0].pair[0].content)
    np.testing.assert_allclose(got[0].pair[1].content.content, expected[0].pair[1].content.content)
    (a, b), (c, d) = got[0].parts, expected[0].parts
    assert (a["a"], a["b"].content, b.x) == pytest.approx((c["a"], c["b"].content, d.x))
    np.testing.assert_allclose(b.y[1], d.y[1])
    (outer,) = gradient(lambda m: np.sin(f(m, x)), m)
    (native,) = gradient(lambda m: np.sin(m(x) ** 2 + np.sum(m.pair[0].content)), m)
    np.testing.assert_allclose(outer.pair[0].content, native.pair[0].content)
    np.testing.assert_allclose(outer.parts[1].x, native.parts[1].x)


def test_exceptions_are_values(function: Function) -> None:
    error = KeyError("a")
    error.more = [1]  # type: ignore[attr-defined]
    assert function("x -> [x, 1]")(error)[0] is error


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_copies_for_python_functions_are_let_go_at_once(function: Function) -> None:
    from soak import total

    x = np.ones(2**20)  # 8 MiB
    loops = {
        "(g, x, n) -> (s = 0.0; for i in 1:n; s += g(x); end; s)": lambda v: float(v[0]),
        "(g, x, n) -> (s = 0.0; for i in 1:n; s += g((x, (a = x,))); end; s)": lambda v: float(v[1].a[0]),
        "(g, x, n) -> (s = 0.0; for i in 1:n; s += g([x, x], Dict(1 => x)); end; s)": lambda v, d: float(
            d[1][0]
        ),
        "(g, x, n) -> (s = 0.0; for i in 1:n; s += g(x)[1]; end; s)": lambda v: v + 0.0,
        "(g, x, n) -> (s = 0.0; for i in 1:n; s += Zygote.gradient(g, x)[1][1]; end; s)": lambda v: np.sum(v),
    }
    for source, g in loops.items():
        loop = function(source)
        loop(g, x, 2)
        before, peak = total(), _Peak(total)
        with peak:
            assert loop(g, x, 100) == 100.0
        assert peak.value - before < 250, source  # all copies are 800 MiB and more


class _Peak:
    """The largest value of a number while something runs."""

    def __init__(self, number: Callable[[], float]):
        self.value, self._number, self._done = 0.0, number, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.value = max(self.value, self._number())

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def test_results_are_let_go_before_julia_collects(function: Function) -> None:
    """Python's own count of references says so: nobody else holds a result."""
    import gc
    import weakref

    f = function("x -> 2 .* x")
    y = f(np.ones(1000))
    gone = weakref.ref(y)
    del y
    f(1.0)
    gc.collect()
    assert gone() is None


def test_endless_recursion_is_an_error_where_julia_is_isolated(functions: dict[str, Function]) -> None:
    f = functions["isolated"]("f(x) = x + f(x + 1)")
    with pytest.raises(RecursionError):
        f(1)
    assert functions["isolated"]("x -> x")(1) == 1


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_endless_recursion_ends_the_process_where_julia_is_not_isolated() -> None:
    """As docs/julia.md says; if this fails, the text there can go."""
    code = "from fluxbridge import julia\njulia.function('f(x) = x + f(x + 1)')(1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300, check=False)
    assert done.returncode < 0


def test_numbers_in_gradients_keep_their_kind() -> None:
    assert gradient("x -> x^2", AutoZygote(), np.longlong(3)) == (6.0,)
