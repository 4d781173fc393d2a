"""What has no derivative still has a value: Julia is asked for it again, or it is a constant, as is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from librarycheck import check_calls

from fluxbridge import AutoZygote, withgradient
from fluxbridge.autodiff.primitive import NO_DERIVATIVE
from fluxbridge.julia import source
from fluxbridge.julia.emit.questions import LONGER, QUESTIONS

A = np.array
POINTS = [A([1.0, -2.5, 4.2]), A([4.0, 1.0, 0.0]), A([-0.0, np.inf, 2.5]), A([np.nan, 1.5, -np.inf])]
PAIR = A([1.0, 1.0, 5.0])

#: How functions are called that take more than one array, or give more than one.
CALLS: dict[str, Any] = {
    "allclose": lambda x: np.allclose(x, PAIR),
    "argpartition": lambda x: np.argpartition(x, 1),
    "argwhere": lambda x: np.argwhere(x)[:1, 0],
    "array_equal": lambda x: np.array_equal(x, PAIR),
    "array_equiv": lambda x: np.array_equiv(x, PAIR),
    "digitize": lambda x: np.digitize(x, [0.0, 1.0]),
    "diag_indices_from": lambda x: np.diag_indices_from(x[:, None] * x)[0],
    "flatnonzero": lambda x: np.flatnonzero(x)[:1],
    "isclose": lambda x: np.isclose(x, PAIR, rtol=0.1),
    "isin": lambda x: np.isin(x, [1.0, 4.0]),
    "ix_": lambda x: np.ix_(x > 1, x > 0)[0][:1, 0],
    "lexsort": lambda x: np.lexsort((x, PAIR)),
    "matrix_rank": lambda x: np.linalg.matrix_rank(np.where(np.isfinite(x), x, 0.0)[:, None] * PAIR),
    "nanargmax": lambda x: np.nanargmax(x),
    "nanargmin": lambda x: np.nanargmin(x),
    "nonzero": lambda x: np.nonzero(x)[0][:1],
    "searchsorted": lambda x: np.searchsorted(PAIR, x),
    "tril_indices_from": lambda x: np.tril_indices_from(x[:, None] * x)[0][:3],
    "triu_indices_from": lambda x: np.triu_indices_from(x[:, None] * x)[1][:3],
    "zeros_like": lambda x: np.zeros_like(x),
    "ones_like": lambda x: np.ones_like(x),
    "gammasgn": lambda x: __import__("scipy.special").special.gammasgn(x),
}

#: These give no number, or none that comes from values; or they take integers, which flow elsewhere.
NO_VALUE = {
    "array2string",
    "array_repr",
    "array_str",
    "bitwise_and",
    "bitwise_count",
    "bitwise_or",
    "bitwise_xor",
    "busday_count",
    "busday_offset",
    "can_cast",
    "common_type",
    "datetime_as_string",
    "einsum_path",
    "empty_like",
    "gcd",
    "invert",
    "is_busday",
    "iscomplexobj",
    "isnat",
    "isrealobj",
    "lcm",
    "left_shift",
    "may_share_memory",
    "min_scalar_type",
    "ndim",
    "packbits",
    "ravel_multi_index",
    "result_type",
    "right_shift",
    "save",
    "savetxt",
    "savez",
    "savez_compressed",
    "shape",
    "shares_memory",
    "size",
    "unpackbits",
    "unravel_index",
}
#: Of integers.
OF_INTEGERS: dict[str, Any] = {
    "bitwise_and": lambda n: n & A([1, 2, 4]),
    "bitwise_or": lambda n: np.bitwise_or(n, 1),
    "bitwise_xor": lambda n: np.bitwise_xor(n, 3),
    "invert": np.invert,
    "gcd": lambda n: np.gcd(n, 6),
    "lcm": lambda n: np.lcm(n, 6),
    "left_shift": lambda n: np.left_shift(n, 2),
    "right_shift": lambda n: np.right_shift(n, 1),
    "floor_divide": lambda n: n // 2,
    "unravel_index": lambda n: np.unravel_index(n % 6, (2, 3))[1],
    "ravel_multi_index": lambda n: np.ravel_multi_index((n % 2, n % 3), (2, 3)),
}


def _plainly(f: Any) -> Any:
    return lambda x: f(x, PAIR) if isinstance(f, np.ufunc) and f.nin == 2 else f(x)


STEPS = {f.__name__: f for f in (np.floor, np.ceil, np.rint, np.round, np.around, np.fix, np.sign)}
MORE: dict[str, Any] = {
    "argmax(axis)": lambda x: np.argmax(x[:, None] * PAIR, axis=0),
    "round(1)": lambda x: np.round(x, 1),
    "around(decimals)": lambda x: np.around(x, decimals=2),
    "x // 2": lambda x: x // 2,
    "2 // x": lambda x: 2 // x,
    "argsort(axis)": lambda x: np.argsort(x[None] * A([[1.0], [-1.0]]), axis=1)[1],
    "x > y": lambda x: x > PAIR,
    "and of comparisons": lambda x: np.logical_and(x, x > 1),
    "not of a comparison": lambda x: ~(x > 1),
    "count": lambda x: np.count_nonzero(x, axis=0),
    "isclose of a number": lambda x: np.isclose(x, 1.0),
    "isclose of nan": lambda x: np.isclose(x, A([np.nan, 1.0, np.inf]), equal_nan=True),
    "int": lambda x: int(np.nan_to_num(x[1], posinf=3.0)),
    "x != x": lambda x: x != x,
    "compared with a list": lambda x: np.greater(x, [1, 2, 3]),
}
QUESTIONED: dict[str, Any] = {
    **{f.__name__: CALLS.get(f.__name__, _plainly(f)) for f in NO_DERIVATIVE if f.__name__ not in NO_VALUE},
    **STEPS,
    **MORE,
}


def through(question: Any) -> Any:
    return lambda x: np.sum(question(x) * x * A([1.0, 10.0, 100.0]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(QUESTIONED))
def test_a_value_is_asked_for_or_is_a_constant_that_is_told(name):
    f = through(QUESTIONED[name])
    points = [*POINTS, POINTS[0].astype(np.float32), A([1, 2, 7])]
    check_calls([(f, (x,)) for x in points])
    if name not in ("zeros_like", "ones_like", "diag_indices_from", "tril_indices_from", "triu_indices_from"):
        text = source(f, POINTS[0])
        known = {*QUESTIONS.values(), "NumPy.isclose", ".==", ".!=", ".&", ".|", "⊻", "sign"}
        assert (
            "# taken as a constant" in text or "# branch: " in text or any(word in text for word in known)
        ), text


@pytest.mark.parametrize("name", sorted(OF_INTEGERS))
def test_questions_about_integers(name):
    f = through(OF_INTEGERS[name])
    check_calls([(f, (n,)) for n in (A([1, 2, 7]), A([3, 0, 5]))])
    assert "# taken as a constant" in source(f, A([1, 2, 7]))


@pytest.mark.parametrize(
    "function", [f for f in {**QUESTIONS, **LONGER} if isinstance(f, np.ufunc) or f in LONGER]
)
def test_functions_of_each_element_are_asked_again(function):
    if function is np.floor_divide:  # by zero it has another value in Julia
        return
    two = function is np.isclose or (isinstance(function, np.ufunc) and function.nin == 2)
    text = source(through(lambda x: function(x, PAIR) if two else function(x)), POINTS[1])
    assert "taken as a constant" not in text


def test_positions_that_values_choose_are_told():
    f = lambda x: np.sum(x[np.argsort(x)] * A([1.0, 10.0, 100.0]))  # noqa: E731
    comment, line = source(f, A([4.0, 1.0, 2.0])).splitlines()[1:3]
    assert comment.strip() == "# taken as a constant: argsort(x)"
    assert line.strip() == "return sum(x[[2, 3, 1]] .* [1.0, 10.0, 100.0])"
    g = lambda x: np.sum(x[np.where(x > 1)[0]])  # noqa: E731
    assert "# taken as a constant: x .> 1" in source(g, PAIR)


def test_a_constant_mask_is_no_comparison():
    mask = A([True, False, True])
    text = source(lambda x: np.sum(np.where(mask, x, 0) + np.where(x > 2, x, 1)), A([4.0, 1.0, 5.0]))
    assert "ifelse.([true, false, true], x, 0) .+ ifelse.(x .> 2, x, 1)" in text
    assert "x[x .> 2]" in source(lambda x: np.sum(x[x > 2]), PAIR)


def test_narrow_integers_are_computed_as_numpy_does():
    u = A([200, 3], np.uint8)
    assert "sum(NumPy.wrapped(UInt8, x .- 128))" in source(lambda x: np.sum(x - 128), u)
    assert "NumPy.wrapped(Int32, x .* x)" in source(lambda x: np.sum(x * x), A([2**30], np.int32))
    assert "sqrt.(Float16.(x))" in source(lambda x: np.sum(np.sqrt(x)), u)
    assert "wrapped" not in source(lambda x: np.sum(x[::-1] / 255.0), u)


def test_integers_where_zygote_takes_floats():
    n = A([1, 0, 3])
    assert "one.(x)" in source(lambda x: np.sum(x**0), n)
    assert "ifelse.(x .> 1, x, 1)" in source(lambda x: np.sum(np.where(x > 1, x, True)), n)
    assert "ifelse.(x .> 1, x, Int64.([true, false, true]))" in source(
        lambda x: np.sum(np.where(x > 1, x, A([True, False, True]))), n
    )


@pytest.mark.filterwarnings("ignore")
def test_numbers_that_are_not_finite():
    assert "x * complex(0.0, Inf)" in source(lambda x: np.abs(x * complex(0, np.inf)), 2.0)
    assert "complex(NaN, 1.0)" in source(lambda x: np.abs(x + complex(np.nan, 1)), 2.0)


@pytest.mark.parametrize("xs", [("a",), (None,), ({},), ((),), (True,), ("a", None)])
def test_arguments_without_numbers(xs):
    assert "return 3.0" in source(lambda *a: 3.0, *xs)


# ---------------------------------------------------------------------------------------------
# In Julia
# ---------------------------------------------------------------------------------------------


@pytest.mark.julia
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(QUESTIONED))
def test_value_and_gradient_in_julia(name):
    f = through(QUESTIONED[name])
    for x in (*POINTS, POINTS[0].astype(np.float32), A([1, 2, 7])):
        if name != "sign" or np.all((x != 0) & np.isfinite(x)):  # see docs/deviations.md
            _same(f, x)


@pytest.mark.julia
@pytest.mark.parametrize("name", sorted(OF_INTEGERS))
def test_integers_in_julia(name):
    for n in (A([1, 2, 7]), A([3, 0, 5])):
        _same(through(OF_INTEGERS[name]), n)


@pytest.mark.julia
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum((x - 100) * 0.5),
        lambda x: np.sum(x * x),
        lambda x: np.sum(x**2) * -1.5,
        lambda x: np.sum(-x + x * 3),
        lambda x: np.sum(np.cumsum(x)) * 1.0,
        lambda x: np.sum(x @ x) * 1.0,
        lambda x: np.sum(np.maximum(x, 3) * x),
        lambda x: np.prod(x) * 0.5,
        lambda x: np.sum(x.astype(float) ** 2),
        lambda x: np.sum(x[::-1] / 255.0),
        lambda x: np.sum(np.clip(x, 1, 99) * x),
        lambda x: np.sum(x**3 * 1.0),
        lambda x: np.sum(x ** A([3, 2, 1], x.dtype) * 1.0),
        lambda x: x[1] ** 5,
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64, np.int64])
def test_narrow_integers_in_julia(f, dtype):
    _same(f, A([200 % 128 if dtype == np.int8 else 200, 3, 117]).astype(dtype))


def _same(f: Any, x: Any) -> None:
    y, (g,) = withgradient(f, x)
    z, (h,) = withgradient(f, AutoZygote(), x)
    np.testing.assert_allclose(float(z), float(y), rtol=2e-6 if x.dtype == np.float32 else 1e-13)
    assert type(z) is type(y)
    if g is None or h is None:
        assert not np.any(g if h is None else h)
    else:
        assert g.dtype == h.dtype
        np.testing.assert_allclose(h, g, rtol=2e-6 if x.dtype == np.float32 else 1e-13)


@pytest.mark.parametrize(
    ("n", "text"), [(2048, "2048"), (2049, "2049.0f0"), (-2048, "(-2048)"), (4096, "4096.0f0")]
)
def test_integers_beside_narrow_floats_are_exact_or_as_wide(n, text):
    x = np.array([1.0, 3000.0], np.float32)
    assert f"x .> {text}," in source(lambda x: np.sum(np.where(x > n, x, 0)), x)


def test_closeness_is_asked_of_doubles_only():
    x = np.array([1.0, 2.0])
    close = lambda x, **options: np.sum(np.where(np.isclose(x, 1.0, **options), x, 0))  # noqa: E731
    assert "isclose" in source(lambda x: close(x, rtol=1e-3), x).partition("return")[2]
    for f, at in (
        (close, x.astype(np.float32)),
        (lambda x: close(x, rtol=np.array([1e-3, 1e-3])), x),
    ):
        assert "isclose" not in source(f, at).partition("return")[2]
