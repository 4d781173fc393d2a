"""What a function asks about the type of a value: the answers inside of a gradient are those outside."""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import functools
import json
import logging
import math
import numbers
import pickle
import typing
from fractions import Fraction

import numpy as np
import pytest

from fluxbridge import gradient, ignore_derivatives, pushforward, withgradient
from fluxbridge.errors import GradientLostError
from fluxbridge.recording import Recording

POINTS = [
    3.0, 3, -2.0, 0.0, 1 + 2j, Fraction(1, 2),
    np.float64(3), np.int64(3), np.int32(4), np.float32(3), np.complex128(1j), np.longdouble(2),
    np.array([1.0, 2.0]), np.array([1, 2]), np.array([1.0, 2.0], np.float32),
]  # fmt: skip

TYPES = [
    float, int, complex, bool, np.ndarray, np.generic, np.number, np.floating, np.integer, np.complexfloating,
    np.float64, np.float32, np.int64, np.int32, np.complex128, Fraction,
    numbers.Number, numbers.Complex, numbers.Real, numbers.Rational, numbers.Integral,
    collections.abc.Hashable, collections.abc.Iterable, collections.abc.Sized, collections.abc.Sequence,
    collections.abc.Container, collections.abc.Callable, (int, float), (np.ndarray, np.generic),
]  # fmt: skip

ATTRIBUTES = [
    "shape", "ndim", "size", "dtype", "T", "item", "tolist", "astype", "copy", "reshape", "mean", "sum",
    "max", "strides", "itemsize", "real", "imag", "conjugate", "conj", "is_integer", "bit_length", "__len__",
    "__iter__", "__index__", "__float__", "__contains__", "__setitem__", "append", "keys", "nonsense",
]  # fmt: skip


@functools.singledispatch
def dispatched(x):
    return "other"


for _kind in (float, int, complex, np.ndarray, np.floating, np.integer, Fraction):
    dispatched.register(_kind, lambda x, name=_kind.__name__: name)


class Dispatching:
    @functools.singledispatchmethod
    def ask(self, x):
        return "other"

    @ask.register
    def _(self, x: float):
        return "float"

    @ask.register
    def _(self, x: np.ndarray):
        return "array"


def matched(x):
    match x:
        case bool():
            return "bool"
        case int(n):
            return f"int {n}"
        case np.floating():
            return "NumPy's"
        case float(v):
            return f"float {v > 0}"
        case complex():
            return "complex"
        case np.ndarray(shape=(n,)):
            return f"array {n}"
        case [_, _]:
            return "sequence"
        case _:
            return "other"


QUESTIONS = {
    **{f"isinstance {kind}": lambda x, kind=kind: isinstance(x, kind) for kind in TYPES},
    **{f"hasattr {name}": lambda x, name=name: hasattr(x, name) for name in ATTRIBUTES},
    "np.isscalar": np.isscalar,
    "np.ndim": np.ndim,
    "np.iscomplexobj": np.iscomplexobj,
    "np.isrealobj": np.isrealobj,
    "np.result_type": lambda x: isinstance(x, (Fraction, list)) or np.result_type(x, np.float32),
    "callable": callable,
    "is_dataclass": dataclasses.is_dataclass,
    "SupportsFloat": lambda x: isinstance(x, typing.SupportsFloat) or np.iscomplexobj(x),
    "singledispatch": dispatched,
    "singledispatchmethod": Dispatching().ask,
    "match": matched,
    "__class__": lambda x: x.__class__,
    "str": lambda x: "".join(str(x)),
    "repr": repr,
    "compared": lambda x: [type(c) for c in (x == 3, x != 3, 3 == x)],  # noqa: SIM300
    "ordered": lambda x: (
        np.iscomplexobj(x) or isinstance(x, list) or [type(c) for c in (x > 1, x < 1, x <= 1)]
    ),
    "format": lambda x: f"{x} {x!s} {x!r} {[x]}",
}

#: How a value comes about. Python's numbers stay Python's, unless NumPy takes part.
MAKERS = {
    "itself": lambda x: x, "* 2": lambda x: x * 2, "* 1.5": lambda x: x * 1.5, "2 -": lambda x: 2 - x,
    "/ 2": lambda x: x / 2, "x + x": lambda x: x + x, "-x": lambda x: -x, "+x": lambda x: +x, "abs": abs,
    "** 2": lambda x: x**2, "** 0.5": lambda x: x**0.5, "2 **": lambda x: 2**x, "% 2": lambda x: x % 2,
    "// 2": lambda x: x // 2, "x ** x": lambda x: (x + 1) ** x, "round": lambda x: round(x, 1),
    "sin": np.sin, "np.abs": np.abs, "np.add": lambda x: np.add(x, x), "np.square": np.square,
    "np.negative": np.negative, "np.power": lambda x: np.power(x, 2), "maximum": lambda x: np.maximum(x, 0.5),
    "np.float64": lambda x: x * np.float64(2), "np.float32": lambda x: x * np.float32(2),
    "float32 array": lambda x: x * np.ones(2, np.float32), "array of it": lambda x: x * np.ones(2),
    "sum": np.sum, "mean": np.mean, "clip": lambda x: np.clip(x, 0, 5), "norm": np.linalg.norm,
    "x[0]": lambda x: x[0], "x[:1]": lambda x: x[:1], "dot": lambda x: np.dot(x, x),
    "item": lambda x: x.item(),
    "x[0].item": lambda x: x[0].item(), "conjugate": lambda x: x.conjugate(), "real": lambda x: x.real,
    "tolist": lambda x: x.tolist(), "mixed": lambda x: x[0] * 2 + x[1], "loop": lambda x: sum(x),
}  # fmt: skip


def reverse(f, x):
    gradient(f, x)


def nested(f, x):
    gradient(lambda y: gradient(lambda z: (f(z), 0.0)[1], y) and 0.0, x)


def forward(f, x):
    pushforward(f, x)(np.ones(np.shape(x)) if np.ndim(x) else 1.0)


def recorded(f, x):
    Recording(f, (x,))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("level", [reverse, nested, forward, recorded])
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.once
def test_answers_are_those_outside(maker, level):
    make = MAKERS[maker]
    for x in POINTS:
        try:
            value = make(x)
        except Exception:  # outside, too
            continue
        if np.iscomplexobj(x) and maker == "maximum":  # NumPy orders complex numbers, fluxbridge does not
            continue
        if isinstance(x, Fraction) and maker in (
            "float32 array",
            "array of it",
            "x ** x",
        ):  # arrays of objects
            continue
        expected = {name: ask(value) for name, ask in QUESTIONS.items()}
        found: dict[str, object] = {}

        def f(x, found=found):
            value = make(x)
            for name, ask in QUESTIONS.items():
                found[name] = ask(value)
            return 0.0

        level(f, x)
        assert found == expected, (x, {k: v for k, v in found.items() if v != expected[k]})


def test_the_other_branch_is_not_taken():
    assert withgradient(lambda r: 3.14 * r**2 if isinstance(r, (int, float)) else 0.0, 1.0) == (3.14, (6.28,))
    assert gradient(lambda x: x if isinstance(x, np.floating) else 2 * x, 1.0) == (2.0,)
    assert gradient(lambda x: x if isinstance(x, np.floating) else 2 * x, np.float64(1.0)) == (1.0,)
    assert gradient(lambda x: x[0] if isinstance(x[0], np.floating) else 2 * x[0], np.ones(1))[0] == [1.0]
    assert gradient(lambda n: n * 2.0 if isinstance(n, int) else n, 3) == (2.0,)


def test_gradients_inside_are_numbers_of_the_kind_outside():
    for x in (2.0, np.float64(2.0), 2):
        inner = withgradient(lambda x: (0.0, gradient(lambda t: np.sin(t) * t, x)[0].__class__), x).val[1]
        assert inner is type(gradient(lambda t: np.sin(t) * t, x)[0])


def test_c_code_still_sees_no_float():
    with pytest.raises(GradientLostError, match=r"np\.sin instead of math\.sin"):
        gradient(math.sin, 1.0)


@pytest.mark.once
def test_the_class_itself_cannot_be_hidden():
    """``type(x)`` names the stand-in's class: docs/semantics.md says so."""
    assert gradient(lambda x: 2 * x if type(x) is float else x, 1.0) == (1.0,)


# -- text and copies -------------------------------------------------------------------------------------


def test_text_is_that_of_the_value_and_no_number():
    assert withgradient(lambda x: x if str(x).startswith("-") else -x, -0.3) == (-0.3, (1.0,))
    for read in (lambda x: float(str(x)) * x, lambda x: float(f"{x:.2f}") * x):
        with pytest.raises(GradientLostError, match=r"np\.round"):
            gradient(read, 0.333)
    assert withgradient(lambda x: np.round(x, 2) * x, 0.333).val == 0.33 * 0.333
    assert gradient(lambda n: float(sum(int(d) for d in str(n))) * n, 12) == (3.0,)


@pytest.mark.once
def test_what_outlived_its_call_says_so():
    kept = []
    gradient(lambda x: kept.append(x) or x, 3.0)
    assert repr(kept) == "[Traced(3.0)]"


@pytest.mark.parametrize("x", [0.3, np.ones(2)], ids=["number", "array"])
def test_copies(x):
    assert withgradient(lambda x: np.sum(copy.copy(x)) * 2, x).val == 2 * np.sum(x)
    np.testing.assert_array_equal(gradient(lambda x: np.sum(copy.deepcopy({"x": [x]})["x"][0]), x)[0], 1.0)
    for lose in (pickle.dumps, functools.partial(pickle.dumps, protocol=2)):
        with pytest.raises(GradientLostError, match="pickle"):
            gradient(lambda x, lose=lose: len(lose(x)) * 1.0, x)


@pytest.mark.parametrize("indent", [None, 1])
def test_json(indent):
    with pytest.raises(GradientLostError, match="ignore_derivatives"):
        gradient(lambda x: len(json.dumps([x], indent=indent)) * x, 0.3)
    assert gradient(lambda x: len(json.dumps([ignore_derivatives(x)])) * x, 0.3) == (5.0,)


# -- keys ------------------------------------------------------------------------------------------------

LOOKED_UP = {
    "in a set": lambda x: 2 * x if x in {0.3} else 3 * x,
    "in a frozenset": lambda x: 2 * x if x in frozenset([0.3]) else 3 * x,
    "of a dict": lambda x: {0.3: 2.0}[x] * x,
    "get": lambda x: {0.3: 2.0}.get(x, 3.0) * x,
    "set": lambda x: len({x, 0.3}) * x,
    "Counter": lambda x: collections.Counter([x, 0.3])[0.3] * x,
    "memo": lambda x: {x: 2.0}[0.3] * x,
}


@pytest.mark.parametrize("name", LOOKED_UP)
@pytest.mark.parametrize("x", [0.3, np.float64(0.3), np.array([0.3])], ids=["float", "np.float64", "picked"])
def test_a_number_that_varies_is_no_key(name, x):
    def f(x):
        return LOOKED_UP[name](x if np.ndim(x) == 0 else x[0])

    with pytest.raises(GradientLostError, match="ignore_derivatives"):
        gradient(f, x)
    with pytest.raises(GradientLostError, match="ignore_derivatives"):
        forward(f, x)


def test_the_advice_about_keys_works():
    assert gradient(lambda x: 2 * x if ignore_derivatives(x) in {0.3} else 3 * x, 0.3) == (2.0,)
    assert gradient(lambda x: {0.3: 2.0}[ignore_derivatives(x)] * x, 0.3) == (2.0,)
    assert gradient(lambda x: 2 * x if x in [0.3] else 3 * x, 0.3) == (2.0,)


@pytest.mark.parametrize("n", [3, np.int64(3)])
def test_integers_are_keys(n):
    assert gradient(lambda n: {3: 2.0}[n] * n, n)[0] == 2.0
    assert gradient(lambda n: 2.0 * n if n in {3} else n, n)[0] == 2.0


# -- integers --------------------------------------------------------------------------------------------

BITS = {
    "n & 1": lambda n: n & 1, "1 & n": lambda n: 1 & n, "n | 4": lambda n: n | 4, "4 | n": lambda n: 4 | n,
    "n ^ 1": lambda n: n ^ 1, "1 ^ n": lambda n: 1 ^ n,
    "n << 1": lambda n: n << 1, "1 << n": lambda n: 1 << n,
    "n >> 1": lambda n: n >> 1, "64 >> n": lambda n: 64 >> n, "~n": lambda n: ~n, "n & n": lambda n: n & n,
    "pow": lambda n: pow(n, 2, 5), "bit_length": lambda n: n.bit_length(),
    "to_bytes": lambda n: n.to_bytes(2, "big")[1],
    "index": lambda n: [1, 2, 3, 4][n], "range": lambda n: len(range(n)), "hex": lambda n: len(hex(n)),
}  # fmt: skip


@pytest.mark.parametrize("name", BITS)
@pytest.mark.parametrize("n", [3, np.int64(3), 3.0, np.float64(3.0)])
def test_operations_on_bits_count_and_take_no_floats(name, n):
    f = BITS[name]
    try:
        expected = f(n)
    except (TypeError, AttributeError) as error:
        with pytest.raises((TypeError, AttributeError)) as caught:
            gradient(lambda n: f(n) * 1.0, n)
        assert isinstance(caught.value, TypeError if isinstance(error, TypeError) else AttributeError)
        return
    assert withgradient(lambda n: f(n) * n, n) == (expected * n, (expected,))
    answers = [choice.outcome for choice in Recording(lambda n: f(n) * 1.0, (n,)).choices]
    assert answers == [expected] or name in ("index", "range", "hex", "to_bytes")
    assert answers


def test_a_comparison_of_an_element_can_be_negated():
    x = np.array([2.0])
    assert withgradient(lambda x: x[0] if ~(x[0] > 1) else 3 * x[0], x).val == 6.0
    assert withgradient(lambda x, t: x[0] if ~(t < x[0]) else 3 * x[0], x, 1.0).val == 6.0


def test_bits_of_arrays():
    x = np.array([1, 2, 3])
    assert withgradient(lambda x: np.sum((x & 1) * x), x).val == 4
    with pytest.raises(TypeError):
        gradient(lambda x: np.sum(x & 1), x * 1.0)


def test_text_by_percent():
    def f(x):
        text = "%.3f|%5.1e" % (x, x) + "%(x).1f" % {"x": x}  # noqa: UP031
        return x * len(text)

    for x in (0.75, np.float64(0.75), 3):
        assert withgradient(f, x) == (f(x), (float(len("0.750|7.5e-01") + 3),))


@pytest.mark.once
def test_text_by_logging(caplog):
    def f(x):
        logging.getLogger("fluxbridge.tests").warning("loss %.2f after %d steps", np.sum(x), 3)
        return np.sum(x)

    np.testing.assert_array_equal(gradient(f, np.ones(2))[0], 1.0)
    assert caplog.messages == ["loss 2.00 after 3 steps"]


@pytest.mark.parametrize("x", [0.75, 2, Fraction(1, 3), np.float64(0.75)])
@pytest.mark.parametrize(
    "f",
    [
        lambda q, x: q * x,
        lambda q, x: q + x * x,
        lambda q, x: q - x,
        lambda q, x: q / x,
        lambda q, x: x if q < x else 2 * x,
        lambda q, x: x if q == x else 2 * x,
        lambda q, x: x if q >= x else 2 * x,
        lambda q, x: sum([q, x, q]),
    ],
)
def test_a_fraction_on_the_left(f, x):
    q = Fraction(1, 2)
    value, (slope,) = withgradient(lambda x: f(q, x), x)
    assert value == pytest.approx(f(q, x), rel=1e-15)
    assert slope == pytest.approx(gradient(lambda x: f(0.5, x), float(x))[0], rel=1e-15)


@functools.cache
def _remembered(n, k):
    return n * k * 1.0


def test_a_cache_that_finds_an_equal_integer():
    def f(n, k, g):
        return g(n, 2) + g(k, 2)

    for xs in [(3, 3), (5, 5)]:
        with pytest.raises(GradientLostError, match=r"f\.__wrapped__\(n\)"):
            gradient(lambda n, k: _remembered(n, 2) + _remembered(k, 2), *xs)
        assert gradient(lambda n, k: f(n, k, _remembered.__wrapped__), *xs) == (2.0, 2.0)
    assert gradient(lambda n: {3: 2.0}[n] * n * [1, 3].index(n), 3) == (2.0,)


@pytest.mark.parametrize("pick", [lambda x: x[()], lambda x: x[...], lambda x: x[None]])
def test_indices_of_arrays_without_axes(pick):
    def f(x):
        return np.sum(pick(x) ** 2)

    np.testing.assert_allclose(gradient(f, np.array(1.5))[0], 3.0)
    np.testing.assert_allclose(pushforward(f, np.array(1.5))(np.array(1.0)), 3.0)


def test_an_index_of_a_number_of_numpys():
    with pytest.raises(GradientLostError, match=r"np\.reshape\(x, 1\) for x\[None\]"):
        gradient(lambda x: np.sum(x)[()], np.ones(2))
    g = gradient(lambda x: np.sum(x) + np.reshape(np.sum(x), ()) + np.reshape(np.sum(x), 1)[0], np.ones(2))[0]
    np.testing.assert_array_equal(g, 3.0)


@pytest.mark.parametrize("x", [3.0, 3, np.float64(3), np.array(3.0), np.array([1.0, 2.0])])
@pytest.mark.parametrize(
    ("ask", "instead"),
    [
        (lambda x: x if type(x) == float else 2 * x, lambda x: x if x.__class__ == float else 2 * x),  # noqa: E721
        (
            lambda x: x if type(x) != np.ndarray else 2 * x,  # noqa: E721
            lambda x: x if x.__class__ != np.ndarray else 2 * x,
        ),
        (
            lambda x: x if type(x) in (int, float) else 2 * x,
            lambda x: x if x.__class__ in (int, float) else 2 * x,
        ),
        (lambda x: TABLE[type(x)] * x, lambda x: TABLE[x.__class__] * x),
    ],
)
def test_comparisons_of_types_are_refused(ask, instead, x):
    with pytest.raises(GradientLostError, match=r"x\.__class__"):
        gradient(lambda x: np.sum(ask(x)), x)
    value, (slope,) = withgradient(lambda x: np.sum(instead(x)), x)
    assert value == np.sum(ask(x))
    np.testing.assert_allclose(slope, np.full(np.shape(x), np.sum(ask(x)) / np.sum(x)))


TABLE = {float: 2.0, int: 3.0, np.float64: 4.0, np.ndarray: 5.0}


def test_types_that_are_no_numbers_compare_as_ever():
    def f(x):
        return x if type(x) in (list, tuple, str, dict) or [type(x)] == [list] else 2 * x

    assert withgradient(f, 3.0) == (6.0, (2.0,))
    with pytest.raises(GradientLostError, match=r"x\.__class__"):
        gradient(lambda x: type(x)(2.0) * x, 3.0)
    assert gradient(lambda x: x.__class__(2.0) * x, 3.0) == (2.0,)


@pytest.mark.parametrize("x", [2.0, 3, np.array([1.0, 2.0])], ids=["float", "int", "array"])
def test_names_that_other_libraries_ask_for_are_not_there(x):
    """``getattr(x, "value", x)`` must not hand out a value that has lost its derivative."""

    def f(x):
        x = getattr(x, "value", x)
        return np.sum(x * x) if not hasattr(x, "index") else np.sum(x)

    assert withgradient(f, x).val == f(x)
    np.testing.assert_array_equal(gradient(f, x)[0], 2 * np.asarray(x))
